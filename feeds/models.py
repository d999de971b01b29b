"""The models of what the site subscribes to: categories, feeds, and the history of their polls."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feeds.access.models import FeedAccess
from feeds.history.models import Backfill, BackfillDocument
from feeds.leases.models import HostField, Leased, host_of
from feeds.newsletters.models import Mailbox, Newsletter
from feeds.sight_changes import SightRow
from feeds.subscriptions.models import Departure, Importance, ReaderSettings, Subscription
from feeds.websub.models import Delivery, Farewell, HubSubscription

# Django looks for models here.
__all__ = [
    "Backfill", "BackfillDocument", "Category", "Delivery", "Departure", "Farewell", "Feed", "FeedAccess",
    "FormerAddress", "Heartbeat", "Host", "HubSubscription", "Importance", "Mailbox", "Newsletter", "Outage", "Poll",
    "ReaderSettings", "Subscription", "host_of",
]  # fmt: skip


MAIL_SCHEME = "mail:"


class Category(SightRow):
    """A shelf of feeds. Categories nest, as OPML outlines do. Those without an owner are the site's, and hold the feeds
    that name them; an owner's hold what that reader's subscriptions put there."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        related_name="categories",
        on_delete=models.CASCADE,
        db_index=False,  # the constraint's begins with it
    )
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(
        _("slug"), max_length=220, allow_unicode=True, db_index=False
    )  # the constraints have indexes
    # Not PROTECT: with its owner a whole tree goes at once.
    parent = models.ForeignKey(
        "self", verbose_name=_("inside"), null=True, blank=True, related_name="children", on_delete=models.RESTRICT
    )
    position = models.PositiveIntegerField(default=0, editable=False)  # beside its like; equal ones by name
    opml_attributes = models.JSONField(default=dict, blank=True, editable=False)

    seen_columns = frozenset({"owner", "name", "slug", "parent"})
    seen_by_column = "owner_id"

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="category_name_once_per_parent"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(parent=None, owner=None), name="category_name_once_at_the_top"
            ),
            models.UniqueConstraint(
                fields=["owner", "name"], condition=models.Q(parent=None), name="category_name_once_at_an_owners_top"
            ),
            models.UniqueConstraint(fields=["slug"], condition=models.Q(owner=None), name="category_slug_once"),
            models.UniqueConstraint(fields=["owner", "slug"], name="category_slug_once_per_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class Feed(SightRow, Leased):
    """A source that is polled. What is due is a row here: `next_check_at` in the past and no running lease."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")  # by the operator
        GONE = "gone", _("gone")  # the publisher answered 410

    class Images(models.TextChoices):
        KEEP = "keep", _("keep all")
        VIEWED = "viewed", _("keep on first view")
        PROXY = "proxy", _("show only, keep none")

    class WholeArticles(models.TextChoices):
        NEVER = "never", pgettext_lazy("whole articles", "never")
        SUGGEST = "suggest", pgettext_lazy("whole articles", "suggest it")
        PARTIAL = "partial", _("where the feed gives only a part")
        ALWAYS = "always", pgettext_lazy("whole articles", "always")

    url = models.CharField(_("address"), max_length=2000, unique=True)
    title = models.CharField(_("title"), max_length=500, blank=True, help_text=_("As the publisher gives it."))
    custom_title = models.CharField(
        _("own title"), max_length=500, blank=True, help_text=_("Shown instead of the publisher's.")
    )
    site_url = models.CharField(_("web page"), max_length=2000, blank=True)
    description = models.TextField(_("description"), blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True, help_text=_("BCP 47, as zh-Hant."))
    icon_url = models.CharField(_("icon"), max_length=2000, blank=True, editable=False)
    category = models.ForeignKey(
        Category, verbose_name=_("category"), null=True, blank=True, related_name="feeds", on_delete=models.SET_NULL
    )
    # In the site's category; equal ones by name. A reader's own are in their subscriptions.
    position = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    opml_attributes = models.JSONField(default=dict, blank=True, editable=False)
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    # False: a reader added it, and it is seen by its subscribers alone until staff shares it.
    is_shared = models.BooleanField(_("shared with the site"), default=True, db_default=True, editable=False)
    importance = models.CharField(
        _("importance"),
        max_length=10,
        choices=Importance,
        default=Importance.NORMAL,
        db_default=Importance.NORMAL,
        help_text=_("For who chooses none of their own. Lists of several feeds have one row a day of a low one."),
    )
    is_starter = models.BooleanField(
        _("in the starter set"),
        default=False,
        db_default=False,
        help_text=_("New accounts begin with it, where NEWSREADER_NEW_ACCOUNTS is “starter”."),
    )

    # The operator's choices
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    check_every_minutes = models.PositiveIntegerField(
        _("check every (minutes)"), null=True, blank=True, help_text=_("Empty: follows how often the feed publishes.")
    )

    images = models.CharField(
        _("pictures"),
        max_length=10,
        choices=Images,
        default=Images.KEEP,
        help_text=_("What is already stored stays stored. Audio and video are stored when they are first played."),
    )

    whole_articles = models.CharField(
        _("whole articles"),
        max_length=10,
        choices=WholeArticles,
        default=WholeArticles.SUGGEST,
        db_default=WholeArticles.SUGGEST,
        help_text=_("Fetched from the web page of each article."),
    )
    article_selector = models.CharField(
        _("selector of the article"),
        max_length=1000,
        blank=True,
        db_default="",
        help_text=_("CSS or XPath, for pages in which the article is not found by itself."),
    )

    # Of a feed that is made from a page: feeds.pages.recipe. Null: the address has a feed of its own.
    recipe = models.JSONField(null=True, editable=False)

    # The schedule
    host = HostField("url", editable=False)
    next_check_at = models.DateTimeField(_("next check"), default=timezone.now, editable=False)
    # Kept by feeds.polls.network: since when no poll has reached anybody. Null where the last one did.
    unreached_since = models.DateTimeField(null=True, editable=False)
    # The last poll kept a worker waiting: feeds.polls.polling has such feeds polled apart from others.
    is_slow = models.BooleanField(default=False, editable=False)

    # What the last polls found
    etag = models.CharField("ETag", max_length=1000, blank=True, editable=False)
    last_modified = models.CharField("Last-Modified", max_length=200, blank=True, editable=False)
    body_hash = models.CharField(max_length=64, blank=True, editable=False)
    # Of a body that took too much time or memory to read (feeds.sandbox), and when: see feeds.polls.polling.
    refused_hash = models.CharField(max_length=64, blank=True, editable=False)
    refused_at = models.DateTimeField(null=True, editable=False)
    seen_entries = models.BinaryField(default=b"")  # what feeds.parse.unchanged_entries keeps of the last document
    last_checked_at = models.DateTimeField(_("last check"), null=True, editable=False)
    last_success_at = models.DateTimeField(_("last success"), null=True, editable=False)
    last_changed_at = models.DateTimeField(_("last new article"), null=True, editable=False)
    is_damaged = models.BooleanField(_("damaged"), default=False, db_default=False, editable=False)  # cut off
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)
    moved_to = models.CharField(_("moves to"), max_length=2000, blank=True, editable=False)
    moved_polls = models.PositiveSmallIntegerField(default=0, editable=False)
    gap_minutes = models.PositiveIntegerField(
        _("typical gap (minutes)"), null=True, editable=False, help_text=_("Between two articles.")
    )
    ttl_minutes = models.PositiveIntegerField(_("time to live (minutes)"), null=True, editable=False)
    # When the publisher does not want to be asked, in UTC: a bit for each hour, and for each day from Monday on.
    skip_hours = models.PositiveIntegerField(default=0, editable=False)
    skip_days = models.PositiveSmallIntegerField(default=0, editable=False)
    hub_url = models.CharField(_("hub"), max_length=2000, blank=True, editable=False)
    topic_url = models.CharField(_("topic at the hub"), max_length=2000, blank=True, editable=False)
    # Kept by feeds.websub: until then the hub tells of what is new, and polls are further apart.
    pushed_until = models.DateTimeField(null=True, editable=False)

    # Kept by articles.ingest.store so that no page counts
    article_count = models.PositiveIntegerField(_("articles"), default=0, editable=False)
    newest_article_at = models.DateTimeField(_("newest article"), null=True, editable=False)
    # When an article came in or changed: what articles.export.hub tells this site's own hub.
    articles_changed_at = models.DateTimeField(null=True, editable=False)

    seen_columns = frozenset({"url", "host", "title", "custom_title", "category", "is_shared", "importance"})

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        ordering = ["title", "id"]
        # No index on the schedule: a poll changes it, and on Postgres an update of no indexed column is far cheaper.
        # Feeds are thousands, not millions; looking through them takes a tick some milliseconds.
        # Every page asks whether there are feeds that not everybody may see; mostly there are none.
        indexes = [
            models.Index(fields=["id"], name="feed_not_shared", condition=models.Q(is_shared=False)),
            models.Index(fields=["id"], name="feed_of_importance", condition=~models.Q(importance="normal")),
        ]

    # What the reader who asked calls it: see feeds.subscriptions.own.
    own_title: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def comes_by_mail(self) -> bool:
        """True of a newsletter, which nobody is asked for: see feeds.newsletters."""
        return self.url.startswith(MAIL_SCHEME)

    @property
    def name(self) -> str:
        """The name that pages give the feed."""
        return self.own_title or self.site_name

    @property
    def site_name(self) -> str:
        """The name that the feed has for all: without a reader's own title."""
        return self.custom_title or self.title or self.host or self.url


class FormerAddress(models.Model):
    """A feed's address before a permanent redirect was believed. An old list of feeds that names it means that feed."""

    url = models.CharField(max_length=2000, unique=True)
    feed = models.ForeignKey(Feed, related_name="former_addresses", on_delete=models.CASCADE)

    def __str__(self) -> str:
        return self.url


class Host(models.Model):
    """A host that has refused requests, and what it bears: see feeds.leases.hosts."""

    name = models.CharField(max_length=255, primary_key=True)
    gap_seconds = models.PositiveIntegerField(default=0)  # between two requests; 0 where no pace is known
    free_at = models.DateTimeField()  # nothing is asked of it before
    refused_at = models.DateTimeField()

    class Meta:
        verbose_name = _("host that limits its rate")
        verbose_name_plural = _("hosts that limit their rate")

    def __str__(self) -> str:
        return self.name


class Outage(models.Model):
    """No host can be reached: the one row is there for as long as that lasts. See feeds.polls.network."""

    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"since {self.began_at:%Y-%m-%d %H:%M:%S}"


def feeds_at(url: str) -> models.QuerySet[Feed]:
    """The feed that is at that address or has moved away from it; nothing where there is none."""
    return Feed.objects.filter(_is_at(url))


def feeds_named(name: str) -> models.QuerySet[Feed]:
    """The feed that an operator names, by its id or by its address; nothing where there is none."""
    is_id = name.isascii() and name.isdecimal() and len(name) < 19
    return Feed.objects.filter(_is_at(name) | models.Q(pk=int(name)) if is_id else _is_at(name))


def _is_at(url: str) -> models.Q:
    """At that address to the letter; where no feed is, at another spelling of it (see feeds.parse.spellings)."""
    there = models.Q(url=url) | models.Q(pk__in=FormerAddress.objects.filter(url=url).values("feed"))
    from feeds.parse import spellings  # patterns that a poll has no use for

    others = spellings.others(url)
    if not others:
        return there
    nearly = models.Q(url__in=others) | models.Q(pk__in=FormerAddress.objects.filter(url__in=others).values("feed"))
    return there | (nearly & models.Q(~models.Exists(Feed.objects.filter(url=url))))


class Heartbeat(models.Model):
    """One row: when a tick was done last, and when somebody tried last whether the database can be written."""

    ticked_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.ticked_at:%Y-%m-%d %H:%M:%S}" if self.ticked_at else "-"


class Poll(models.Model):
    """One poll of one feed: what was asked, what came, what it changed."""

    class Outcome(models.TextChoices):
        UPDATED = "updated", pgettext_lazy("outcome of a poll", "updated")
        UNCHANGED = "unchanged", _("unchanged")  # a 304, or a body whose hash is known
        GONE = "gone", _("gone")
        FAILED = "failed", _("failed")
        PUSHED = "pushed", _("pushed by the hub")

    feed = models.ForeignKey(Feed, related_name="polls", on_delete=models.CASCADE, db_index=False)  # poll_history
    started_at = models.DateTimeField(_("time"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    duration_ms = models.PositiveIntegerField(_("duration (ms)"))
    received_bytes = models.PositiveIntegerField(_("bytes"), default=0)
    new_articles = models.PositiveIntegerField(_("new"), default=0)
    changed_articles = models.PositiveIntegerField(_("changed"), default=0)
    error = models.TextField(_("error"), blank=True)
    is_damaged = models.BooleanField(
        _("damaged"), default=False, db_default=False, help_text=_("The document was cut off: something is missing.")
    )

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["feed", "-started_at"], name="poll_history")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S} {self.get_outcome_display()}"
