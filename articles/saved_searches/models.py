"""The table of saved searches."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feeds.models import Category, Feed

LONGEST_NAME = 100


class SavedSearch(models.Model):
    """A selection with a query that a reader keeps under a name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="saved_searches", on_delete=models.CASCADE)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    # With its feed it goes too: without it it would search the whole list.
    feed = models.ForeignKey(Feed, null=True, on_delete=models.CASCADE)
    category = models.ForeignKey(Category, null=True, on_delete=models.SET_NULL)
    of_category = models.BooleanField(default=False, db_default=False)
    show = models.CharField(max_length=10)
    text = models.CharField(max_length=2000)
    order = models.CharField(max_length=10)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def is_lost(self) -> bool:
        """True where it searched a category, which is gone."""
        return self.of_category and self.category_id is None


NOT_LOST = ~models.Q(of_category=True, category=None)
"""The same as a condition: of what is not lost."""
