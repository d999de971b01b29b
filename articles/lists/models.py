"""The settings that a reader chose for their lists."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from feeds.models import Category, Feed


class ListSettings(models.Model):
    """The settings of one reader for one list: of a feed, of a category or, where there is neither, of all articles.
    What is empty is not chosen for it: see articles.lists.list_settings."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="list_settings", on_delete=models.CASCADE)
    feed = models.ForeignKey(Feed, null=True, on_delete=models.CASCADE)
    category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE)
    order = models.CharField(max_length=10, blank=True)
    layout = models.CharField(max_length=10, blank=True)
    size = models.PositiveSmallIntegerField(default=0)
    opening = models.CharField(max_length=10, blank=True)
    at_end = models.CharField(max_length=10, blank=True)

    class Meta:
        # Three, as to a unique constraint no two empty columns are alike.
        constraints = [
            models.UniqueConstraint(fields=["user", "feed"], condition=Q(category=None), name="one_row_per_feed_list"),
            models.UniqueConstraint(
                fields=["user", "category"], condition=Q(feed=None), name="one_row_per_category_list"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(feed=None, category=None), name="one_row_for_the_list_of_all"
            ),
            models.CheckConstraint(condition=Q(feed=None) | Q(category=None), name="a_list_of_one_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
