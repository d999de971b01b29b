"""The way out: every article as a file in a folder that git can keep, and pages that list them.

    README.md, subs.json            the sources; which of them are polled
    <source>/README.md              its months
    <source>/2026-01/README.md      its articles of that month
    <source>/2026-01/2026-01-31/2026-01-31-<title>-<hash of the guid>.md
    images/ab/<SHA-256>.jpg         pictures, on request

What is in the folder already is compared, byte by byte: nothing has to be remembered between runs, and a clone of the
folder is as good as the folder. Articles are read a few at a time and written one by one, so that memory does not grow.
"""

from __future__ import annotations

import filecmp
import html
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self

from django.contrib.auth.models import User

from articles.archive_files.format import names
from articles.archive_files.format.article_file import ArticleFile, OwnNote
from articles.archive_files.format.front_matter import source_name
from articles.archive_files.format.picture_links import FOLDER
from articles.archive_files.format.writing import link, write
from articles.archive_files.pictures import PicturesOut
from articles.archive_files.reading import SUBSCRIPTIONS
from articles.archive_files.stale_files import INDEX, MARK, PART, Leftovers
from articles.compression import decompressed
from articles.full_text.models import FullText
from articles.labels.own import labels_on
from articles.models import Article, ArticleSource, Enclosure
from articles.notes.models import Note
from articles.notes.own import notes_among
from articles.querysets import Key
from feeds.categories import Tree, read_tree
from feeds.models import Feed
from feeds.parse.values import ParsedEnclosure, ParsedSource

BATCH = 50
_FILE = tuple(field.name for field in fields(ParsedEnclosure))
# Git must not turn the ends of lines into another system's: the files would be others then.
WARNING = (
    "The articles hold their publishers' HTML as it came, unsanitized, scripts and all: take care where it is rendered."
)
ATTRIBUTES, ATTRIBUTES_TEXT = ".gitattributes", "* -text\n"


class NotAnArchive(ValueError):
    """The folder holds something else."""


@dataclass(slots=True)
class ExportReport:
    """The outcome of an export of articles. `removed`: files of articles that are now elsewhere or deleted; `unknown`:
    article files that this database knows nothing of, which stay; `pictures`: those that were written."""

    exported: int = 0
    unchanged: int = 0
    removed: int = 0
    unknown: int = 0
    pictures: int = 0

    def __str__(self) -> str:
        return f"exported {self.exported}, unchanged {self.unchanged}"


def export_folder(
    root: Path,
    *,
    feeds: Sequence[Feed] | None = None,
    with_pictures: bool = False,
    reader: User | None = None,
    progress: Callable[[ExportReport], None] = lambda report: None,
) -> ExportReport:
    """Bring the archive in `root` up to date, for `feeds` alone where they are given, with the pictures that are kept
    beside it if so asked, and with the labels and notes of `reader`, whose own it is then. Interrupted and called
    again, it ends in the same bytes. Raises NotAnArchive, OSError."""
    root.mkdir(parents=True, exist_ok=True)
    _claim(root)
    return _Export(root, progress, with_pictures=with_pictures, reader=reader).run(feeds)


def _claim(root: Path) -> None:
    """Begin the index page, by which the next run knows the folder."""
    index = root / INDEX
    if index.exists():
        with index.open("rb") as file:
            if not file.read(len(MARK)).startswith(MARK.encode()):
                raise NotAnArchive(f"{index} is not by Newsreader")
        return
    if any(not entry.name.startswith(".") for entry in root.iterdir()):
        raise NotAnArchive(f"{root} is neither empty nor an archive of Newsreader's")
    index.write_text(MARK, encoding="utf-8", newline="")


class _Export:
    """One run."""

    def __init__(
        self, root: Path, progress: Callable[[ExportReport], None], *, with_pictures: bool, reader: User | None
    ) -> None:
        self._root = root
        self._reader = reader
        self._pictures = PicturesOut(root) if with_pictures else None
        self._progress = progress
        self._report = ExportReport()
        self._tree = read_tree()
        self._feeds = {feed.pk: feed for feed in Feed.objects.order_by("pk")}
        self._folders = names.folder_names({pk: (feed.name, feed.url) for pk, feed in self._feeds.items()})

    def run(self, feeds: Sequence[Feed] | None) -> ExportReport:
        for pk in self._feeds if feeds is None else [feed.pk for feed in feeds]:
            self._export(self._feeds[pk])
        if feeds is None:
            self._tidy(self._root, {*self._folders.values(), INDEX, FOLDER}, None)
        self._write_root()
        return self._report

    def _export(self, feed: Feed) -> None:
        """A feed's months, the newest first."""
        folder = self._root / self._folders[feed.pk]
        months = []
        of_month = groupby(_articles(feed, self._reader), lambda stored: stored.month)
        for month, articles in of_month:
            months.append((month, self._export_month(feed, folder / month, articles)))
        if months:
            with _Page(folder / INDEX, feed.name) as page:
                page.lines(f"- {link(month, f'{month}/{INDEX}')} ({count})" for month, count in months)
        if folder.is_dir():
            self._tidy(folder, {month for month, _count in months} | ({INDEX} if months else set()), feed)

    def _export_month(self, feed: Feed, folder: Path, articles: Iterator[_Stored]) -> int:
        """Export the articles of a month. Returns their number."""
        days, count = set(), 0
        make_folder(folder)
        with _Page(folder / INDEX, f"{feed.name}, {folder.name}") as page:
            for day, of_day in groupby(articles, lambda stored: stored.day):
                days.add(day)
                page.heading(day)
                make_folder(folder / day)
                written = {self._export_article(feed, folder / day, each): _Line.of(each.article) for each in of_day}
                # Of one moment by file name: rows' numbers are others in another database.
                listed = sorted(written, key=lambda name: (-written[name].published, name))
                page.lines(f"- {link(written[name].title, f'{day}/{name}')}" for name in listed)
                self._tidy(folder / day, listed, feed)
                count += len(listed)
        self._tidy(folder, {*days, INDEX}, feed)
        return count

    def _export_article(self, feed: Feed, folder: Path, stored: _Stored) -> str:
        """The file's name."""
        article, file = stored.article, _article_file(stored, feed, self._tree)
        if self._pictures:
            file = self._pictures.beside(file)
            self._report.pictures = self._pictures.written
        data = write(file, name=article.name)
        name = names.article_name(article.published_at, article.title, article.guid)
        if replace(folder / name, data):
            self._report.exported += 1
        else:
            self._report.unchanged += 1
        self._progress(self._report)
        return name

    def _tidy(self, folder: Path, keep: Collection[str], feed: Feed | None) -> None:
        leftovers = Leftovers(feed)
        leftovers.remove_from(folder, keep)
        self._report.removed += leftovers.removed
        self._report.unknown += leftovers.unknown

    def _write_root(self) -> None:
        """The index of all sources that are there, and which of them are polled."""
        by_folder = {self._folders[pk]: feed for pk, feed in self._feeds.items()}
        there = sorted(path.parent.name for path in self._root.glob(f"*/{INDEX}"))
        known = [by_folder[folder] for folder in there if folder in by_folder]
        with _Page(self._root / INDEX, "") as page:
            page.lines([WARNING, ""])
            page.lines(
                f"- {link(by_folder[folder].name if folder in by_folder else folder, f'{folder}/{INDEX}')}"
                for folder in there
            )
        replace(self._root / SUBSCRIPTIONS, self._subscriptions(known))
        if not (self._root / ATTRIBUTES).exists():
            replace(self._root / ATTRIBUTES, ATTRIBUTES_TEXT.encode())

    def _subscriptions(self, feeds: Sequence[Feed]) -> bytes:
        """As articles.archive_files.reading reads them: a name that two feeds have would lose one of them."""
        called = [source_name(feed.name) for feed in feeds]
        polled = [
            {"site": site if called.count(site) == 1 else self._folders[feed.pk], "url": feed.url}
            for site, feed in zip(called, feeds, strict=True)
            if feed.state == Feed.State.ACTIVE and feed.url.startswith(("http://", "https://"))
        ]
        return (json.dumps(polled, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Line:
    """The line of an article on an index page. `published` in seconds since 1970."""

    title: str
    published: float

    @classmethod
    def of(cls, article: Article) -> _Line:
        return cls(article.name, article.published_at.timestamp())


@dataclass(frozen=True, slots=True)
class _Stored:
    """An article and what other tables have of it. Rows that know each other would stay in memory for long."""

    article: Article
    html_zlib: bytes | None
    base_url: str | None
    enclosures: Sequence[ParsedEnclosure]
    labels: tuple[str, ...] = ()
    notes: tuple[OwnNote, ...] = ()

    @property
    def day(self) -> str:
        return names.day_name(self.article.published_at)

    @property
    def month(self) -> str:
        return names.month_name(self.article.published_at)


def _articles(feed: Feed, reader: User | None) -> Iterator[_Stored]:
    """Newest first, each batch with queries of its own: nothing stays open while files are written."""
    key: Key | None = None
    articles = Article.objects.filter(feed=feed).select_related("origin").defer("content_text")
    while batch := list(articles.beside(key, newer=False)[:BATCH]):
        pks = [article.pk for article in batch]
        sources = ArticleSource.objects.filter(pk__in=pks).values_list("pk", "html_zlib", "base_url")
        wholes = FullText.objects.filter(pk__in=pks, is_shown=True).values_list("pk", "html_zlib", "url")
        came = {pk: (bytes(html_zlib), base_url) for rows in (sources, wholes) for pk, html_zlib, base_url in rows}
        files: dict[int, list[ParsedEnclosure]] = defaultdict(list)
        for pk, *values in Enclosure.objects.filter(article__in=pks).values_list("article", *_FILE):
            files[pk].append(ParsedEnclosure(**dict(zip(_FILE, values, strict=True))))
        labels = labels_on(pks, reader) if reader else {}
        notes = notes_among(pks, reader) if reader else {}
        for article in batch:
            html_zlib, base_url = came.get(article.pk, (None, None))
            called = tuple(label.name for label in labels.get(article.pk, ()))
            written = tuple(map(_own_note, notes.get(article.pk, ())))
            yield _Stored(article, html_zlib, base_url, files[article.pk], called, written)
        key = batch[-1].published_at, batch[-1].pk


def _own_note(note: Note) -> OwnNote:
    return OwnNote(
        text=note.text, passage=note.passage, before=note.before, after=note.after, created_at=note.created_at
    )


def _article_file(stored: _Stored, feed: Feed, tree: Tree) -> ArticleFile:
    """The article as its file says it: with the publisher's HTML as it came."""
    article, origin = stored.article, stored.article.origin
    is_shown = html.escape(article.image_url, quote=False) in article.content_html
    return ArticleFile(
        source=source_name(feed.name),
        link=article.url,
        title=article.title,
        author=article.author,
        published_at=article.published_at,
        updated_at=article.updated_at,
        tags=tuple(article.tags),
        language=article.language,
        html=decompressed(stored.html_zlib) if stored.html_zlib is not None else article.content_html,
        guid=article.guid,
        feed_url=feed.url,
        category=tuple(tree.names[pk] for pk in reversed(tree.ancestry(feed.category_id))) if feed.category_id else (),
        base_url=stored.base_url if stored.base_url != article.url else None,
        image_url="" if is_shown else article.image_url,
        enclosures=tuple(stored.enclosures),
        origin=ParsedSource(title=origin.title, url=origin.url, site_url=origin.site_url) if origin else None,
        labels=stored.labels,
        notes=stored.notes,
    )


# --- on the disk ------------------------------------------------------------------------------------------------


def make_folder(folder: Path) -> None:
    """Make `folder`. Raises NotAnArchive where a link stands in its place: it may lead anywhere."""
    if folder.is_symlink():
        raise NotAnArchive(f"{folder} is a link")
    folder.mkdir(parents=True, exist_ok=True)


def replace(path: Path, data: bytes) -> bool:
    """Have `data` at `path`. Returns False where it was there already. No failure leaves half of a file."""
    try:
        if path.stat().st_size == len(data) and path.read_bytes() == data and not path.is_symlink():
            return False
    except FileNotFoundError:
        pass
    part = path.with_name(PART)
    part.unlink(missing_ok=True)
    part.write_bytes(data)
    part.replace(path)
    return True


class _Page:
    """An index page, written line by line beside the one that is there."""

    def __init__(self, path: Path, title: str) -> None:
        self._path = path
        self._part = path.with_name(f"{PART}-index")
        self._title = title

    def __enter__(self) -> Self:
        self._part.unlink(missing_ok=True)
        self._file = self._part.open("w", encoding="utf-8", errors="replace", newline="")
        self._file.write(MARK)
        if self._title:
            self._file.write(f"# {link(self._title, '')[1:-3]}\n\n")
        return self

    def heading(self, text: str) -> None:
        self._file.write(f"\n## {text}\n\n")

    def lines(self, lines: Iterator[str] | Sequence[str]) -> None:
        self._file.writelines(f"{line}\n" for line in lines)

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._file.close()
        is_same = self._path.is_file() and filecmp.cmp(self._part, self._path, shallow=False)
        if kind or is_same:
            self._part.unlink()
        else:
            self._part.replace(self._path)
