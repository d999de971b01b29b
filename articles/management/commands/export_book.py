"""A list of articles as a book."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from articles.book.choice import MOST, USUAL, NoSuchPeriod, Period, choose, period_named
from articles.book.writing import Tally, write_book
from articles.lists.pages import Selection, Show
from articles.management.readers import NEEDS_READER, reader_named
from articles.search.find import Search
from feeds.management.options import ID_OR_URL, feed_named_or_none
from feeds.management.place import place_of
from feeds.models import Category


class Command(BaseCommand):
    help = (
        "Write a list of articles as an EPUB 3 book, newest first, with the pictures that this site keeps. Without "
        "options it is the newest of all articles. Exit code: 0 it is written, 1 it can't be, 2 wrong use."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="is replaced where it is there already")
        parser.add_argument("--feed", metavar=ID_OR_URL, help="only of this one")
        parser.add_argument("--category", metavar="SLUG", help="only of this one and those inside it")
        parser.add_argument("--query", default="", metavar="QUERY", help="only what this search finds")
        parser.add_argument("--date", default="", metavar="DAY", help="only of this day, 2026-01-31, or month, 2026-01")
        parser.add_argument("--show", choices=[show.value for show in Show], default=Show.ALL.value)
        parser.add_argument("--user", metavar="NAME", help="whose unread or starred articles")
        parser.add_argument("--notes", action="store_true", help="with the notes and highlights of --user")
        parser.add_argument("--articles", type=_size, default=USUAL, metavar="N", help=f"at most so many ({USUAL})")

    def handle(self, *args: Any, **options: Any) -> None:
        search, period, path = _search(options), _period(options["date"]), place_of(options["file"])
        notes_of = search.reader if options["notes"] and isinstance(search.reader, User) else None
        if options["notes"] and notes_of is None:
            raise CommandError("--notes needs --user", returncode=2)
        part = path.with_name(f".{path.name}.part")
        with translation.override(settings.LANGUAGE_CODE):
            choice = choose(search, period=period, size=options["articles"])
            try:
                with part.open("wb") as file:
                    site = settings.NEWSREADER_URL
                    tally = write_book(file, search, choice, site=site, period=period, notes_of=notes_of)
                part.replace(path)
            except OSError as error:
                raise CommandError(f"can't be written: {error}", returncode=1) from error
            finally:
                part.unlink(missing_ok=True)
        self._tell(tally, path.stat().st_size, has_more=choice.has_more)

    def _tell(self, tally: Tally, size: int, *, has_more: bool) -> None:
        if has_more:
            self.stdout.write(
                f"the list has more articles: --articles takes up to {MOST}, --date and --query narrow it"
            )
        if tally.left_out:
            self.stdout.write(f"left out {tally.left_out} articles: the book is full")
        if tally.missing:
            self.stdout.write(f"{tally.missing} pictures are not kept here: archive_images keeps them")
        self.stdout.write(f"wrote {tally.articles} articles, {tally.pictures} pictures, {size / 1e6:.1f} MB")


def _search(options: dict[str, Any]) -> Search:
    reader, show = reader_named(options["user"]), Show(options["show"])
    if show is not Show.ALL and not isinstance(reader, User):
        raise CommandError(f"--show {show} needs --user", returncode=2)
    selection = Selection(
        feed=feed_named_or_none(options["feed"]),
        category=_category(options["category"]),
        show=show,
        query=options["query"].strip(),
    )
    if selection.is_personal and not isinstance(reader, User):
        raise CommandError(NEEDS_READER, returncode=2)
    return Search(selection=selection, reader=reader, now=timezone.localtime())


def _category(slug: str | None) -> Category | None:
    if slug is None:
        return None
    category = Category.objects.filter(owner=None, slug=slug).first()
    if category is None:
        raise CommandError(f"there is no category {slug}: give its slug, as in the admin", returncode=2)
    return category


def _period(name: str) -> Period | None:
    try:
        return period_named(name)
    except NoSuchPeriod as error:
        raise CommandError(f"{name} is neither a day, as 2026-01-31, nor a month, as 2026-01", returncode=2) from error


def _size(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= MOST):
        raise ArgumentTypeError(f"a number from 1 to {MOST}")
    return int(text)
