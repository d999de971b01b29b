"""A reader's own choices: which feeds they follow, and under what name, in which category, in what order."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from feeds.sight_changes import SightRow


class Importance(models.TextChoices):
    """The importance of a feed. Lists of several feeds have one row a day of a low one: articles.lists.low_feeds."""

    HIGH = "high", pgettext_lazy("importance", "High")
    NORMAL = "normal", pgettext_lazy("importance", "Normal")
    LOW = "low", pgettext_lazy("importance", "Low")


class ReaderSettings(SightRow):
    """The choices of one account. An account without a row follows all of the site's feeds."""

    class Follows(models.TextChoices):
        ALL = "all", pgettext_lazy("follows", "all of the site's feeds")
        OWN = "own", pgettext_lazy("follows", "their own choice")

    class Doubles(models.TextChoices):
        """The rows that lists have of one article that several feeds bring: see articles.stories."""

        TOGETHER = "together", pgettext_lazy("doubles", "One row: reading or starring it does so for all")
        FOLDED = "folded", pgettext_lazy("doubles", "One row")
        APART = "apart", pgettext_lazy("doubles", "A row each")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, related_name="reader_settings", on_delete=models.CASCADE
    )
    follows = models.CharField(max_length=10, choices=Follows, default=Follows.ALL)
    doubles = models.CharField(max_length=10, choices=Doubles, default=Doubles.TOGETHER, db_default=Doubles.TOGETHER)
    tree = models.JSONField(default=dict, blank=True)  # see feeds.subscriptions.tree_state
    # The account's, else that of the browser that was last here: for what is done while nobody is.
    time_zone = models.CharField(max_length=64, blank=True, default="", db_default="")

    seen_columns = frozenset({"follows", "doubles", "time_zone"})
    seen_by_column = "user_id"

    def __str__(self) -> str:
        return f"{self.pk}"


class Subscription(SightRow):
    """A feed that one reader follows. Who follows all of the site's feeds has rows only for feeds that are not shared
    with the site, and for those that they give a title or an importance of their own."""

    # The index of the constraint begins with the user.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="subscriptions", on_delete=models.CASCADE, db_index=False
    )
    feed = models.ForeignKey("feeds.Feed", related_name="subscriptions", on_delete=models.CASCADE)
    category = models.ForeignKey(
        "feeds.Category", null=True, blank=True, related_name="subscriptions", on_delete=models.SET_NULL
    )
    title = models.CharField(max_length=500, blank=True)
    position = models.PositiveIntegerField(default=0, help_text="Within the category; equal ones by title.")
    in_all = models.BooleanField(default=True)
    # Without one as the site has it.
    importance = models.CharField(max_length=10, choices=Importance, blank=True, default="", db_default="")
    added_at = models.DateTimeField(default=timezone.now)

    seen_columns = frozenset({"user", "feed", "category", "title", "in_all", "importance"})
    seen_by_column = "user_id"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "feed"], name="subscription_once_per_reader_and_feed")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.feed_id}"


class Departure(models.Model):
    """A feed that its last subscriber left by an app, which warns of nothing: it is kept for some days, and they may
    come back. See feeds.subscriptions.departures."""

    feed = models.OneToOneField("feeds.Feed", primary_key=True, related_name="departure", on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="departures", on_delete=models.SET_NULL)
    left_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.feed_id}"
