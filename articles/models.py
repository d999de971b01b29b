"""The tables of articles, their source, their earlier versions, and what each reader did with them."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.api.models import AppPassword
from articles.export.models import ExportIdentity, HubPing, Output
from articles.full_text.models import FullText
from articles.images.models import ArchiveProgress, ImageAddress, RefererRule, StoredImage
from articles.kept_counts.models import KeptCounts, KeptHits, RecentArticle
from articles.labels.models import ArticleLabel, Label
from articles.listening.models import PlayPosition
from articles.lists.models import ListSettings
from articles.notes.models import Note
from articles.notices.models import AskedAddress, Channel, Notice, UnsentNotice, VapidKey
from articles.querysets import BODIES, ArticleQuerySet, BodyNotLoaded
from articles.rules.models import Rule, RuleHit, UnjudgedArticle
from articles.saved_searches.models import SavedSearch
from articles.stories.models import FoldingProgress, Likeness, StoryMember, WaitingArticle
from articles.text import first_words
from feeds.models import Feed
from feeds.numbered_addresses import numbered_address
from feeds.parse.media_types import Kind, kind_of

# Django looks for models here.
__all__ = [
    "AppPassword", "ArchiveProgress", "ArticleLabel", "AskedAddress", "Channel", "ExportIdentity", "FoldingProgress",
    "FullText", "HubPing", "ImageAddress", "KeptCounts", "KeptHits", "Label", "Likeness", "ListSettings", "Note",
    "Notice", "Output", "PlayPosition", "RecentArticle", "RefererRule", "Rule", "RuleHit", "SavedSearch", "StoredImage",
    "StoryMember", "UnjudgedArticle", "UnsentNotice", "VapidKey", "WaitingArticle",
]  # fmt: skip


class Origin(models.Model):
    """The publisher's feed that an article came from before it reached the feed that brought it here, as that feed's
    `source` says: a mirror has articles of many publishers."""

    key = models.CharField(max_length=32, unique=True, help_text=_("Of the rest, which may be too long to be unique."))
    title = models.CharField(max_length=500)
    url = models.CharField(max_length=2000, blank=True)
    site_url = models.CharField(max_length=2000, blank=True)

    def __str__(self) -> str:
        return self.title


class Article(models.Model):
    """An entry as we keep it. `content_html` is sanitized and names the publisher's own addresses; it goes
    through `articles.display.media` before a browser sees it."""

    # Deleting a feed must not take its articles along unasked: see feeds.admin.feeds.
    # (The index on the feed alone would be the fourth that begins with it.)
    feed = models.ForeignKey(
        Feed, verbose_name=_("feed"), related_name="articles", on_delete=models.PROTECT, db_index=False
    )
    # Never looked up by: no index.
    origin = models.ForeignKey(
        Origin,
        verbose_name=_("origin"),
        null=True,
        blank=True,
        related_name="+",
        on_delete=models.PROTECT,
        db_index=False,
    )
    guid = models.CharField(_("guid"), max_length=600, help_text=_("Identity within the feed."))
    url = models.CharField(_("address"), max_length=4000, blank=True)
    title = models.CharField(_("title"), max_length=1000, blank=True)
    author = models.CharField(_("author"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True, help_text=_("The publisher's categories."))
    summary = models.CharField(max_length=400, blank=True, help_text=_("The first words of the text."))
    image_url = models.CharField(max_length=4000, blank=True, help_text=_("The lead picture, at the publisher's."))
    published_at = models.DateTimeField(_("published"), help_text=_("Where the publisher gives none, when it came in."))
    updated_at = models.DateTimeField(
        _("updated"), null=True, blank=True, help_text=_("The last change, by the publisher.")
    )
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True, help_text=_("A changed entry came in."))
    entry_hash = models.CharField(
        max_length=32, help_text=_("Of the entry as it came: see articles.ingest.entries.decide.")
    )
    sanitizer_version = models.PositiveSmallIntegerField(default=0)
    content_html = models.TextField(_("content"), blank=True)
    content_text = models.TextField(blank=True, help_text=_("The visible text of the content, a line per block."))

    objects = ArticleQuerySet.as_manager()

    # What articles.lists.pages says of each article for the reader who asked.
    is_unread: bool
    is_starred: bool
    # The articles that its row stands for, itself the first: see articles.lists.low_feeds. Mostly it is its own.
    stands_for: tuple[int, ...] = ()
    # And what articles.api.rest does.
    label_ids: list[int]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = [models.UniqueConstraint(fields=["feed", "guid"], name="article_guid_once_per_feed")]
        indexes = [
            # Each has all that articles.lists.article_keys asks for, so that looking for a page never reads a row.
            models.Index(fields=["-published_at", "-id", "feed"], name="article_newest"),
            models.Index(fields=["feed", "-published_at", "-id"], name="article_newest_of_feed"),
            models.Index(fields=["feed", "id", "published_at"], name="article_arrivals_of_feed"),
            models.Index(fields=["-id", "feed"], name="article_arrivals"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return numbered_address("article", self.pk)

    def refresh_from_db(self, using: str | None = None, fields: Any = None, from_queryset: Any = None) -> None:
        """Django loads a deferred field through here: one query for each row of a list. So a body that was left out
        on purpose raises BodyNotLoaded; one that is loaded may be loaded again."""
        if fields is not None and (missing := BODIES.intersection(fields) & self.get_deferred_fields()):
            raise BodyNotLoaded(f"{', '.join(sorted(missing))} of article {self.pk}: lists are loaded without bodies")
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)

    @property
    def name(self) -> str:
        """The title; for an untitled article its first words."""
        return self.title or first_words(self.summary) or self.url or str(_("Untitled"))


class ArticleSource(models.Model):
    """The entry's HTML exactly as it came, so that a better sanitizer can be run over the archive later. Where it has
    two texts that differ, its content and its summary, both: so that a better rule can choose anew."""

    article = models.OneToOneField(Article, primary_key=True, related_name="source", on_delete=models.CASCADE)
    html_zlib = models.BinaryField()
    base_url = models.CharField(max_length=4000, blank=True, help_text=_("What relative addresses are relative to."))
    other_zlib = models.BinaryField(default=b"", db_default=b"")  # the text that is not shown
    is_summary = models.BooleanField(default=False, db_default=False)  # the one that is shown


class ArticleVersion(models.Model):
    """An article as it was before a changed entry replaced it."""

    article = models.ForeignKey(Article, related_name="versions", on_delete=models.CASCADE)
    replaced_at = models.DateTimeField(_("replaced"))
    url = models.CharField(_("address"), max_length=4000, blank=True)
    title = models.CharField(_("title"), max_length=1000, blank=True)
    author = models.CharField(_("author"), max_length=500, blank=True)
    updated_at = models.DateTimeField(_("updated"), null=True, blank=True)
    content_html = models.TextField(_("content"), blank=True)
    html_zlib = models.BinaryField()
    base_url = models.CharField(max_length=4000, blank=True)
    entry_hash = models.CharField(max_length=32)

    class Meta:
        ordering = ["-replaced_at", "-id"]

    def __str__(self) -> str:
        return f"{self.title} ({self.replaced_at:%Y-%m-%d %H:%M})"


class Enclosure(models.Model):
    """A file that an entry carries: an episode, a picture, a video."""

    article = models.ForeignKey(Article, related_name="enclosures", on_delete=models.CASCADE)
    url = models.CharField(max_length=4000)
    media_type = models.CharField(max_length=200, blank=True)
    length = models.BigIntegerField(null=True, blank=True, help_text=_("Bytes, as the publisher says."))
    title = models.CharField(max_length=500, blank=True)
    alt = models.CharField(max_length=2000, blank=True, db_default="", help_text=_("What a picture shows, in words."))
    width = models.PositiveIntegerField(null=True, blank=True, help_text=_("Pixels, as the publisher says."))
    height = models.PositiveIntegerField(null=True, blank=True, help_text=_("Pixels, as the publisher says."))
    duration = models.PositiveIntegerField(null=True, blank=True, help_text=_("Seconds, as the publisher says."))
    poster_url = models.CharField(
        max_length=4000, blank=True, db_default="", help_text=_("The still picture of a film, at the publisher's.")
    )
    is_player = models.BooleanField(db_default=False, help_text=_("A page that plays it, not the file itself."))

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.url

    @property
    def kind(self) -> Kind:
        return kind_of(self.media_type, self.url, is_player=self.is_player)


class ArticleState(models.Model):
    """The marks that one reader put on one article: read, unread, starred. There is no row until they do something."""

    # No index on the user alone: a planner that took it would read all rows of a reader for each article of a list.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    article = models.ForeignKey(Article, related_name="states", on_delete=models.CASCADE)
    # None: never touched, so ReadMark decides. False: put back to unread by hand, at changed_at.
    is_read = models.BooleanField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)
    starred_at = models.DateTimeField(null=True)
    # Done by a rule, and not by the reader since.
    read_by_rule = models.BooleanField(default=False, db_default=False)
    starred_by_rule = models.BooleanField(default=False, db_default=False)
    # Read by a rule, and in no list: see articles.lists.hidden. Never of what is unread or starred.
    is_hidden = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "article"], name="one_state_per_reader_and_article")]
        indexes = [
            models.Index(
                fields=["user", "-starred_at"], name="starred_of_reader", condition=models.Q(starred_at__isnull=False)
            ),
            models.Index(
                fields=["user", "-changed_at", "-article"], name="read_of_reader", condition=models.Q(is_read=True)
            ),
            models.Index(fields=["user", "article"], name="put_back_to_unread", condition=models.Q(is_read=False)),
            models.Index(fields=["user", "article"], name="hidden_from_reader", condition=models.Q(is_hidden=True)),
        ]


class ReadMark(models.Model):
    """ "Mark all read before this moment": every article with an id up to `up_to` counts as read, of one feed or,
    where `feed` is empty, of all. Undo deletes the rows of the batch, which brings back exactly what was before;
    no row per article is ever written. An ArticleState put back to unread after `created_at` wins."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    feed = models.ForeignKey(Feed, null=True, on_delete=models.CASCADE)
    up_to = models.BigIntegerField(help_text=_("Article id."))
    batch = models.UUIDField(default=uuid.uuid4)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "feed", "-up_to"], name="read_marks_of_reader")]


class ReadBatch(models.Model):
    """The latest marking by a reader, as long as it can be undone: the marks of `batch`, and of the rows of articles
    with ids from `first` to `last` those that were written at `marked_at`, as articles.lists.reader_state does."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, related_name="+", on_delete=models.CASCADE)
    batch = models.UUIDField()
    marked_at = models.DateTimeField()
    first = models.BigIntegerField(default=1, help_text=_("Article id."))
    last = models.BigIntegerField(default=0, help_text=_("Article id."))

    def __str__(self) -> str:
        return str(self.batch)


class HistoryRange(models.Model):
    """Articles of one feed that came in as its history, by their ids from first to last: what was published before
    anybody read the feed here is not news. They count as read for every reader, also for one who comes later, until
    that reader puts one back to unread. No row per article is ever written."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, db_index=False)
    first = models.BigIntegerField(help_text=_("Article id."))
    last = models.BigIntegerField(help_text=_("Article id."))

    class Meta:
        indexes = [models.Index(fields=["feed", "first", "last"], name="history_of_feed")]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"


class BoilerplateRule(models.Model):
    """A rule that finds what an aggregator adds to every article, for `articles.sanitize` to take out again."""

    class Match(models.TextChoices):
        STARTS = "starts", _("a block whose text starts with")
        CONTAINS = "contains", _("a block whose text contains")
        SELECTOR = "selector", _("elements that this CSS selector finds")

    name = models.CharField(_("name"), max_length=200)
    match = models.CharField(_("removes"), max_length=10, choices=Match, default=Match.STARTS)
    value = models.CharField(_("text or selector"), max_length=500)
    feed = models.ForeignKey(
        Feed,
        verbose_name=_("only in"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text=_("Empty: in all feeds."),
    )
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        verbose_name = _("boilerplate rule")
        verbose_name_plural = _("boilerplate rules")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Tombstone(models.Model):
    """An article that an operator deleted: while its entry stays in the feed, it must not come back."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE)
    guid = models.CharField(max_length=600)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "guid"], name="tombstone_once_per_guid")]

    def __str__(self) -> str:
        return self.guid


class ArchiveSource(models.Model):
    """A record of the feed that the articles of a source in an archive belong to, so that a feed that was renamed, that
    moved, or that was given its real address later is found again."""

    name = models.CharField(
        max_length=2000, unique=True, help_text=_("The source, or the feed address the file gives.")
    )
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return self.name


class ImportedFile(models.Model):
    """An article file that `import_archive` took in, so that the same file is known when it comes again, also after
    its article was deleted."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the file, in hex."))
    article = models.ForeignKey(Article, null=True, related_name="imported_files", on_delete=models.SET_NULL)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "digest"], name="imported_file_once_per_feed")]


class SearchEntry(models.Model):
    """An article's row in the search index, as far as both databases have it alike (see its migration). Written by
    articles.search alone; it goes with its article by the database's own cascade."""

    article = models.OneToOneField(Article, primary_key=True, related_name="+", on_delete=models.DO_NOTHING)
    feed_id = models.BigIntegerField()
    version = models.CharField(max_length=40)

    class Meta:
        db_table = "articles_search"

    def __str__(self) -> str:
        return str(self.pk)


class IndexState(models.Model):
    """One row: by which analyzer the whole search index was made. None: a reindex has not come to its end."""

    complete_version = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.complete_version
