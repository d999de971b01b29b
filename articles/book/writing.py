"""Writes a book: a ZIP archive (EPUB 3.3, section 4), one article and one picture in memory at a time."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from time import monotonic
from typing import IO

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from articles.book.choice import Choice, Period
from articles.book.content import chapter_of, title_of, words_of_book
from articles.book.epub import pages
from articles.book.epub.pages import NCX, XHTML, Book, Day, Entry, File, Words
from articles.book.pictures import Maker, Picture
from articles.export import feeds
from articles.export.feeds import files_of, urn, view_key
from articles.export.formats.markup import plain
from articles.export.signatures import signatures
from articles.models import Article
from articles.notes.own import notes_on, notes_signature
from articles.querysets import FEED_COLUMNS
from articles.search.find import Search

FORM = 1  # changes with the form of books, so that no reader keeps an old one
LARGEST = 100_000_000  # bytes; no article is begun beyond
MOST_FOR_PICTURES = 80_000_000  # of them
BATCH = 20
CSS = Path(__file__).with_name("book.css")
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)  # the same articles are the same bytes
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = (
    "feed", "url", "title", "author", "language", "summary", "content_html", "image_url", "published_at", "updated_at",
    "changed_at", "received_at", *(f"feed__{name}" for name in FEED_COLUMNS), "origin",
)  # fmt: skip


@dataclass(slots=True)
class Tally:
    """Counts of what is in the book, and of what is not. `late`: pictures that would have taken too long to make."""

    articles: int = 0
    pictures: int = 0
    left_out: int = 0
    missing: int = 0
    late: int = 0


def write_book(
    file: IO[bytes],
    search: Search,
    choice: Choice,
    *,
    site: str,
    period: Period | None = None,
    picture_seconds: float = float("inf"),
    notes_of: User | None = None,
) -> Tally:
    """Write the book of the view into `file`, in the language that is active. `site` may be empty. For so many seconds
    pictures are made to fit; then only those that are at hand go in. With the notes of `notes_of`, whom nobody else
    gets such a book for."""
    with zipfile.ZipFile(file, "w") as archive:
        maker = Maker(monotonic() + picture_seconds)
        return _Writer(archive, site, maker, notes_of).write(search, choice, period)


def tag_of_book(
    search: Search, choice: Choice, *, site: str, period: Period | None = None, notes_of: User | None = None
) -> str:
    """The entity tag of a book that has all its pictures: another when the book is. Reads no article's text."""
    place = (site, get_language(), timezone.get_current_timezone_name())
    notes = notes_signature(notes_of, choice.article_ids) if notes_of else ()
    return feeds.entity_tag(
        FORM, *place, title_of_book(search, period), choice.has_more, signatures(choice.article_ids), *notes
    )


def title_of_book(search: Search, period: Period | None) -> str:
    """The view's name, and of which days."""
    named = feeds.title_of(search)
    return f"{named} · {_period_title(period)}" if period else named


@dataclass(slots=True)
class _Writer:
    archive: zipfile.ZipFile
    site: str
    maker: Maker
    notes_of: User | None = None
    words: Words = field(default_factory=words_of_book)
    tally: Tally = field(default_factory=Tally)
    files: list[File] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)
    pictures: dict[str, Picture | None] = field(default_factory=dict)
    modified_at: datetime = _NEVER

    def write(self, search: Search, choice: Choice, period: Period | None) -> Tally:
        self._put("mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
        self._put("META-INF/container.xml", pages.CONTAINER)
        self._add("book.css", "text/css", CSS.read_bytes())
        for day, articles in groupby(self._articles(search, choice.article_ids), _day):
            self.days.append(Day(_day_title(day), [self._write_article(article) for article in articles]))
        self.tally.late = self.maker.late
        book = self._book(search, choice, period)
        self._add("cover.xhtml", XHTML, pages.cover(book, self.words))
        self._add("nav.xhtml", XHTML, pages.navigation(self.days, self.words), properties="nav")
        self._add("toc.ncx", NCX, pages.old_contents(self.days, book, self.words))
        self._put("EPUB/package.opf", pages.package(book, self._in_order()))
        return self.tally

    # --- articles ---

    def _articles(self, search: Search, article_ids: Sequence[int]) -> Iterator[Article]:
        """By day, the newest first, also where the best hits were chosen; the oldest, where the view has them first."""
        dates = dict(Article.objects.filter(pk__in=article_ids).values_list("pk", "published_at"))
        pks = sorted(dates, key=lambda pk: (dates[pk], pk), reverse=not search.selection.is_oldest_first)
        for start in range(0, len(pks), BATCH):
            batch = Article.objects.select_related("feed", "origin").only(*_COLUMNS).in_bulk(pks[start : start + BATCH])
            for number, pk in enumerate(pks[start : start + BATCH], start):
                if self._size() > LARGEST:
                    self.tally.left_out = len(pks) - number
                    return
                if pk in batch:  # else it was deleted meanwhile
                    yield batch.pop(pk)

    def _write_article(self, article: Article) -> Entry:
        name, files = f"articles/{article.pk}.xhtml", files_of([article.pk])[article.pk]
        notes = notes_on(self.notes_of, article.pk) if self.notes_of else ()
        chapter = chapter_of(article, files, site=self.site, words=self.words, picture_of=self._picture, notes=notes)
        page = pages.chapter(chapter, self.words)
        # EPUB 3.3, section D.3: the package names the pages with formulas.
        self._add(name, XHTML, page, is_page=True, properties="mathml" if "<math " in page else "")
        self.tally.articles += 1
        self.languages.update(filter(None, [chapter.language]))
        moments = (article.received_at, article.changed_at, article.updated_at)
        self.modified_at = max(self.modified_at, *filter(None, moments))
        return Entry(name, title_of(article), chapter.language)

    def _picture(self, url: str) -> Picture | None:
        """The picture at that address, in the book once however often it is shown."""
        if url not in self.pictures:
            self.pictures[url] = self._new_picture(url)
        return self.pictures[url]

    def _new_picture(self, url: str) -> Picture | None:
        made = self.maker.picture(url) if self._size() < MOST_FOR_PICTURES else None
        if made is None:
            self.tally.missing += 1
            return None
        picture, data = made
        name = f"pictures/{picture.name}"
        if f"EPUB/{name}" not in self.archive.NameToInfo:
            self._add(name, picture.media_type, data)
            self.tally.pictures += 1
        return picture

    # --- the book around them ---

    def _book(self, search: Search, choice: Choice, period: Period | None) -> Book:
        feed = search.selection.feed
        in_time = self.days if search.selection.is_oldest_first else self.days[::-1]
        return Book(
            id=urn(repr(("book", view_key(search), period and period.name, choice.article_ids))),
            title=plain(title_of_book(search, period)).strip() or "Newsreader",
            subtitle=_subtitle(in_time, self.tally.articles),
            author=plain(feed.name).strip() if feed else "Newsreader",
            site=self.site,
            modified_at=self.modified_at,
            languages=[language for language, _n in self.languages.most_common()] or [self.words.language],
            notes=tuple(self._notes(choice)),
        )

    def _notes(self, choice: Choice) -> Iterator[str]:
        """The sentences that say what the book leaves out."""
        if choice.has_more:
            yield _("The list has more articles than stand in this book.")
        if n := self.tally.left_out:
            text = ngettext(
                "%(n)s article is left out: the book is full.", "%(n)s articles are left out: the book is full.", n
            )
            yield text % {"n": n}
        if self.tally.late:
            yield _("Some pictures were not ready in time. Make the book once more to have them.")
        elif self.tally.missing:
            yield _("Where a picture is not kept on this site, its words stand in its place.")

    def _in_order(self) -> list[File]:
        """The cover first, then the contents, then the articles."""
        first = ("cover.xhtml", "nav.xhtml")
        front = [replace(file, is_page=True) for name in first for file in self.files if file.name == name]
        return [*front, *(file for file in self.files if file.name not in first)]

    # --- the archive ---

    def _add(
        self, name: str, media_type: str, data: str | bytes, *, is_page: bool = False, properties: str = ""
    ) -> None:
        self.files.append(File(name, media_type, is_page, properties))
        is_small_already = media_type.startswith("image/")
        self._put(f"EPUB/{name}", data, zipfile.ZIP_STORED if is_small_already else zipfile.ZIP_DEFLATED)

    def _put(self, name: str, data: str | bytes, method: int = zipfile.ZIP_DEFLATED) -> None:
        info = zipfile.ZipInfo(name, _FIXED_DATE)
        info.compress_type, info.external_attr = method, 0o644 << 16
        self.archive.writestr(info, data.encode("utf-8", "ignore") if isinstance(data, str) else data)

    def _size(self) -> int:
        """Bytes that are written."""
        assert self.archive.fp
        return self.archive.fp.tell()


def _day(article: Article) -> date:
    return timezone.localdate(article.published_at)


def _day_title(day: date) -> str:
    return date_format(day, pgettext("format of a day in another year", "j F Y"))


def _period_title(period: Period) -> str:
    if period.is_day:
        return _day_title(period.first)
    return date_format(period.first, pgettext("format of a month in a year", "M Y"))


def _subtitle(days: Sequence[Day], articles: int) -> str:
    """From which day to which, and how many articles."""
    titles = list(dict.fromkeys([days[0].title, days[-1].title])) if days else []
    counted = ngettext("%(n)s article", "%(n)s articles", articles) % {"n": articles}
    return " · ".join(filter(None, (" – ".join(titles), counted)))
