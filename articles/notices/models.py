"""The tables of notices."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.rules.models import Rule


class Notice(models.Model):
    """An article that a rule tells its reader of, once whatever other rules say; null where the rule is gone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="notices", on_delete=models.CASCADE, db_index=False)
    article = models.ForeignKey("articles.Article", related_name="+", on_delete=models.CASCADE)
    rule = models.ForeignKey(Rule, null=True, related_name="+", on_delete=models.SET_NULL)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "article"], name="told_once_per_reader_and_article")]

    def __str__(self) -> str:
        return f"{self.article_id} to {self.user_id}"
