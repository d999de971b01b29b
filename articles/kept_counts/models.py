"""The table of numbers that are kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class KeptCounts(models.Model):
    """Numbers of unread articles of a reader's labels and saved searches, as last counted, by their ids as texts; one
    that is not there was nothing, or never counted."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, related_name="+", on_delete=models.CASCADE)
    labels = models.JSONField(default=dict)
    searches = models.JSONField(default=dict)
    left = models.JSONField(default=list, help_text="Searches that the recount has still to come to.")
    counted_to = models.BigIntegerField(default=0, help_text="The greatest article id that there was.")
    counted_at = models.DateTimeField(null=True)
    is_stale = models.BooleanField(default=True, help_text="The reader has changed something since.")
    seen_at = models.DateTimeField(null=True, help_text="The reader was here, to some minutes.")
    is_whole = models.BooleanField(
        default=True, db_default=True, help_text="Anything may be unread again: the hits that are kept tell nothing."
    )
    is_counting = models.BooleanField(default=False, db_default=False, help_text="A recount began and has not ended.")
    reached_at = models.DateTimeField(null=True, help_text="When the last recount began.")

    has_moved = False  # articles came in or changed since; where `counts_of` read the row

    def __str__(self) -> str:
        return f"{self.pk}"


class KeptHits(models.Model):
    """The unread hits of a reader's saved searches, from which their numbers are made anew: see `hits`. Apart from the
    numbers, which every page reads."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, related_name="+", on_delete=models.CASCADE)
    searches = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.pk}"


class RecentArticle(models.Model):
    """An article that came in, changed, or was put back to unread in the last days, and when it last did."""

    article = models.OneToOneField("articles.Article", primary_key=True, related_name="+", on_delete=models.CASCADE)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.pk}"
