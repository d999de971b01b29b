"""Article files into the database: one feed per source, each file once, each outcome accounted for.

A run goes through the files in small batches, each one transaction, and keeps no list of them: what came in before is
known by its digest (ImportedFile), so a run that was cut short is simply started again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePath
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.archive_files import reading
from articles.archive_files.format import article_file
from articles.archive_files.format.article_file import ArticleFile, NotAnArticle, Reason
from articles.archive_files.pictures import take_in
from articles.archive_files.reading import FoundFile
from articles.archive_files.sources import Source, Sources
from articles.ingest import store
from articles.ingest.pipeline import clean_entries
from articles.ingest.store import CleanEntry
from articles.models import Article, ImportedFile, Tombstone
from feeds.models import Feed
from feeds.parse import ParsedEntry, spellings

T = TypeVar("T")

BATCH_FILES = 100
BATCH_CHARACTERS = 8_000_000
MAX_FINDINGS = 500

REASONS = {
    Reason.EMPTY: gettext_lazy("empty: no link, no title and no text"),
    Reason.TOO_LARGE: gettext_lazy("larger than 20 MB"),
    Reason.NOT_TEXT: gettext_lazy("neither UTF-8 nor GB18030"),
    Reason.OTHER: gettext_lazy("no article: it has neither front matter, time stamp, link line nor HTML"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that did not come in, and why."""

    name: str
    reason: str


@dataclass(slots=True)
class ImportReport:
    """The outcome of an import of article files. The counts are complete; the lists end at MAX_FINDINGS."""

    imported: int = 0
    unchanged: int = 0
    duplicate: int = 0
    refused: int = 0
    duplicates: list[Finding] = field(default_factory=list)
    refusals: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pictures: int = 0

    @property
    def files(self) -> int:
        return self.imported + self.unchanged + self.duplicate + self.refused

    def __str__(self) -> str:
        return (
            f"imported {self.imported}, unchanged {self.unchanged}, duplicate {self.duplicate}, refused {self.refused}"
        )


class Listener:
    """Is told of each outcome as it becomes certain. A command prints it."""

    def duplicate(self, finding: Finding) -> None: ...

    def refused(self, finding: Finding) -> None: ...

    def note(self, text: str) -> None: ...

    def progress(self, report: ImportReport) -> None:
        """After each batch."""


def import_folder(root: Path, *, listener: Listener | None = None, dry_run: bool = False) -> ImportReport:
    """Import the article files below `root`. With `dry_run` nothing is written. Raises NotADirectoryError."""
    if not root.is_dir():
        raise NotADirectoryError(root)
    return _Import(root.resolve(), listener or Listener(), dry_run=dry_run).run()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file that could be read."""

    name: str
    path: Path
    digest: str
    file: ArticleFile
    source: Source

    @property
    def names(self) -> tuple[str, ...]:
        """The names that say that an article is the same: a guid of the file's own, else the link."""
        link = "" if self.file.guid else self.file.link
        return (self.file.identity, link) if link else (self.file.identity,)

    @property
    def other_names(self) -> tuple[str, ...]:
        """The names' other spellings: see feeds.parse.spellings."""
        return tuple(other for name in self.names for other in spellings.others(name))


@dataclass(frozen=True, slots=True)
class _Repeat:
    """A duplicate. The article that it repeats has `article_id`, or, where it comes from the same batch, `guid`."""

    candidate: _Candidate
    article_id: int | None
    guid: str
    is_deleted: bool = False


@dataclass(slots=True)
class _Decisions:
    """The decisions on what is to be done with a batch."""

    new: list[_Candidate] = field(default_factory=list)
    unchanged: int = 0
    repeats: list[_Repeat] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)


class _Unreadable(ValueError):
    """The message says why a file can't be read."""


class _Import:
    """One run."""

    def __init__(self, root: Path, listener: Listener, *, dry_run: bool) -> None:
        self._root = root
        self._listener = listener
        self._dry_run = dry_run
        self._report = ImportReport()
        self._sources = Sources(self._note, dry_run=dry_run)
        # The files of this run, by a hash: 100,000 of them take some 8 MB.
        self._seen: set[int] = set()
        self._newest = Article.objects.aggregate(newest=Max("pk"))["newest"] or 0

    def run(self) -> ImportReport:
        for batch in _batches(self._candidates()):
            self._take_in(batch)
            self._listener.progress(self._report)
        return self._report

    # --- reading ---

    def _candidates(self) -> Iterator[_Candidate]:
        for found in reading.walk(self._root, note=self._note):
            try:
                yield self._candidate(found)
            except NotAnArticle as error:
                self._refuse(Finding(found.name, str(REASONS[error.reason])))
            except _Unreadable as error:
                self._refuse(Finding(found.name, str(error)))

    def _candidate(self, found: FoundFile) -> _Candidate:
        if found.problem:
            raise _Unreadable(found.problem)
        try:
            data = reading.read_bytes(found.path)
        except OSError as error:
            raise _Unreadable(_("can't be read: %s") % error.strerror) from error
        # The names of the folder itself count, too: it may be articles/ or one source of it.
        file = article_file.read(data, PurePath(*self._root.parts[-2:], found.name))
        source = self._sources.of(file, found.subscriptions)
        return _Candidate(found.name, found.path, sha256(data).hexdigest(), file, source)

    # --- deciding and writing ---

    def _take_in(self, batch: Sequence[_Candidate]) -> None:
        try:
            decisions, ids = self._store(self._decide(batch))
        except IntegrityError:  # a poll, or another import, stored one of them since we looked: look again, once
            self._sources.forget()
            decisions, ids = self._store(self._decide(batch))
        if not self._dry_run:
            read = [(candidate.path, candidate.file) for candidate in batch if candidate.file.pictures]
            self._report.pictures += take_in(read, self._root)
        self._seen |= decisions.seen
        self._report.imported += len(decisions.new)
        self._report.unchanged += decisions.unchanged
        self._tell_repeats(decisions.repeats, ids)

    def _decide(self, batch: Sequence[_Candidate]) -> _Decisions:
        decisions = _Decisions()
        for source, candidates in _by_source(batch):
            self._choose(source, candidates, decisions)
        return decisions

    def _choose(self, source: Source, candidates: Sequence[_Candidate], decisions: _Decisions) -> None:
        known = _Known.of(source.feed, candidates, self._newest)
        claimed: dict[str, str] = {}
        for candidate in candidates:
            mark = hash((source.key, candidate.digest))
            is_second_copy = mark in self._seen or mark in decisions.seen
            decisions.seen.add(mark)
            if candidate.digest in known.digests and not is_second_copy:
                decisions.unchanged += 1
            elif repeat := _repeat(candidate, known, claimed, is_second_copy=is_second_copy):
                decisions.repeats.append(repeat)
            else:
                decisions.new.append(candidate)
                claimed |= dict.fromkeys(candidate.names, candidate.file.identity)
        if self._dry_run:
            source.planned |= claimed.keys()

    def _store(self, decisions: _Decisions) -> tuple[_Decisions, dict[tuple[Source, str], int]]:
        """Write the new articles; their ids by source and guid. Sanitizing takes the time and holds no lock."""
        ids: dict[tuple[Source, str], int] = {}
        if self._dry_run:
            return decisions, ids
        groups = [(source, group, self._clean(source, group)) for source, group in _by_source(decisions.new)]
        with transaction.atomic():
            for source, group, entries in groups:
                ids |= {(source, guid): pk for guid, pk in _write(source, group, entries).items()}
        for source, group, _entries in groups:
            source.remember((candidate.file, ids[source, candidate.file.identity]) for candidate in group)
        return decisions, ids

    def _clean(self, source: Source, candidates: Sequence[_Candidate]) -> list[CleanEntry]:
        self._sources.feed_of(source)
        return clean_entries([_entry(candidate.file) for candidate in candidates], source.boilerplate())

    # --- telling ---

    def _tell_repeats(self, repeats: Sequence[_Repeat], ids: Mapping[tuple[Source, str], int]) -> None:
        found = [
            (repeat, repeat.article_id or ids.get((repeat.candidate.source, repeat.guid), 0)) for repeat in repeats
        ]
        articles = Article.objects.only("title", "summary", "url").in_bulk({pk for _repeat, pk in found if pk})
        for repeat, pk in found:
            finding = Finding(repeat.candidate.name, _why(repeat, articles.get(pk)))
            self._report.duplicate += 1
            _keep(self._report.duplicates, finding)
            self._listener.duplicate(finding)

    def _refuse(self, finding: Finding) -> None:
        self._report.refused += 1
        _keep(self._report.refusals, finding)
        self._listener.refused(finding)

    def _note(self, text: str) -> None:
        if text not in self._report.notes:
            _keep(self._report.notes, text)
            self._listener.note(text)


@dataclass(frozen=True, slots=True)
class _Known:
    """The records that the database has of a batch's files."""

    digests: frozenset[str] = frozenset()
    articles: Mapping[str, int] = field(default_factory=dict)
    earlier_articles: Mapping[str, int] = field(default_factory=dict)
    deleted: frozenset[str] = frozenset()

    @classmethod
    def of(cls, feed: Feed | None, candidates: Sequence[_Candidate], newest: int) -> _Known:
        """Three queries, each by an index. `newest`: the id of the newest article of before this run. An archive may
        have two articles that differ in the spelling alone: only what was there before stands for another spelling."""
        if feed is None:
            return cls()
        digests = [candidate.digest for candidate in candidates]
        guids = {name for candidate in candidates for name in (*candidate.names, *candidate.other_names)}
        files = ImportedFile.objects.filter(feed=feed, digest__in=digests)
        articles = Article.objects.filter(feed=feed, guid__in=guids)
        tombstones = Tombstone.objects.filter(feed=feed, guid__in=guids)
        found = dict(articles.values_list("guid", "pk"))
        return cls(
            frozenset(files.values_list("digest", flat=True)),
            found,
            {guid: pk for guid, pk in found.items() if pk <= newest},
            frozenset(tombstones.values_list("guid", flat=True)),
        )


def _repeat(
    candidate: _Candidate, known: _Known, claimed: Mapping[str, str], *, is_second_copy: bool
) -> _Repeat | None:
    """The repetition that `candidate` is: of an article of the database, or of one of the files before it; None where
    it is new."""
    names = candidate.names
    article_id = _article_with(candidate, known)
    guid = next((claimed[name] for name in names if name in claimed), "")
    is_deleted = not known.deleted.isdisjoint((*names, *candidate.other_names))
    is_planned = not candidate.source.planned.isdisjoint(names)
    if article_id or guid or is_deleted or is_second_copy or is_planned:
        return _Repeat(candidate, article_id, guid, is_deleted and not article_id)
    return None


def _article_with(candidate: _Candidate, known: _Known) -> int | None:
    """The article of the database that has one of the candidate's names, or the link of one that has no guid."""
    for names, articles in (
        (candidate.names, known.articles), (candidate.other_names, known.earlier_articles),
    ):  # fmt: skip
        if name := next((name for name in names if name in articles), None):
            return articles[name]
    return None if candidate.file.guid else candidate.source.article_with(candidate.file.link)


def _why(repeat: _Repeat, article: Article | None) -> str:
    names = {"link": repeat.candidate.file.link or repeat.candidate.file.identity}
    if article:
        names |= {"id": str(article.pk), "title": article.name}
        return _("%(link)s is there already: article %(id)s, %(title)s") % names
    if repeat.is_deleted:
        return _("%(link)s was there, and an operator deleted it") % names
    return _("%(link)s is in an earlier file already") % names


def _entry(file: ArticleFile) -> ParsedEntry:
    """The file as if a poll had brought it."""
    return ParsedEntry(
        guid=file.identity,
        url=file.link,
        title=file.title,
        author=file.author,
        language=file.language,
        tags=file.tags,
        content_html=file.html,
        base_url=file.link if file.base_url is None else file.base_url,
        image_url=file.image_url,
        published_at=file.published_at,
        updated_at=file.updated_at,
        enclosures=file.enclosures,
        source=file.origin,
    )


def _write(source: Source, candidates: Sequence[_Candidate], entries: Sequence[CleanEntry]) -> dict[str, int]:
    """Store the articles of one source, and that their files came in; the ids by guid."""
    assert source.feed
    ids = {article.guid: article.pk for article in store.insert_articles(source.feed, entries)}
    ImportedFile.objects.bulk_create(
        ImportedFile(feed=source.feed, digest=candidate.digest, article_id=ids[candidate.file.identity])
        for candidate in candidates
    )
    return ids


def _batches(candidates: Iterable[_Candidate]) -> Iterator[list[_Candidate]]:
    """Lists of candidates that are small enough for a transaction and for memory."""
    batch: list[_Candidate] = []
    characters = 0
    for candidate in candidates:
        batch.append(candidate)
        characters += len(candidate.file.html)
        if len(batch) == BATCH_FILES or characters > BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    yield batch


def _by_source(candidates: Iterable[_Candidate]) -> Iterable[tuple[Source, list[_Candidate]]]:
    groups: dict[Source, list[_Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.source, []).append(candidate)
    return groups.items()


def _keep(kept: list[T], item: T) -> None:
    if len(kept) < MAX_FINDINGS:
        kept.append(item)
