"""The table of notes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 20_000
LONGEST_PASSAGE = 5_000
LONGEST_CONTEXT = 64


class Note(models.Model):
    """A reader's words on an article, a passage of it that they marked, or both. A passage is kept by its own words,
    with a few before and after: so it is found again in a version of the article that was changed elsewhere."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="notes", on_delete=models.CASCADE, db_index=False)
    article = models.ForeignKey("articles.Article", related_name="notes", on_delete=models.CASCADE)
    text = models.TextField(_("note"), blank=True)
    passage = models.TextField(blank=True)
    before = models.CharField(max_length=LONGEST_CONTEXT, blank=True)
    after = models.CharField(max_length=LONGEST_CONTEXT, blank=True)
    folded = models.TextField(help_text=_("Passage and note as they are searched."))
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "article"], name="notes_of_reader")]

    def __str__(self) -> str:
        return (self.text or self.passage)[:80]
