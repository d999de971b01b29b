"""The tables of stories. Beside them stand the keys by which articles find each other (see its migration)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class StoryMember(models.Model):
    """An article that is the same as another one. Its story has the id of the first; `number` is the place in it, 0 of
    the first. Articles without a double have no row."""

    article = models.OneToOneField("articles.Article", primary_key=True, related_name="+", on_delete=models.CASCADE)
    story = models.BigIntegerField()
    number = models.PositiveIntegerField()
    feed_id = models.BigIntegerField(help_text="Of the article.")

    class Meta:
        indexes = [
            models.Index(fields=["story", "number", "feed_id"], name="members_of_story"),
            models.Index(fields=["feed_id", "article", "number"], name="members_of_feed"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} of {self.story}"


class Likeness(models.Model):
    """Two articles that are the same, or tell of the same. Each pair has two rows, one from either side."""

    article = models.ForeignKey("articles.Article", related_name="+", on_delete=models.CASCADE, db_index=False)
    other = models.ForeignKey("articles.Article", related_name="+", on_delete=models.CASCADE)
    is_same = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "other"], name="likeness_once")]

    def __str__(self) -> str:
        return f"{self.article_id} {'=' if self.is_same else '~'} {self.other_id}"


class WaitingArticle(models.Model):
    """An article that is new or has changed since it was compared with others."""

    article = models.OneToOneField("articles.Article", primary_key=True, related_name="+", on_delete=models.CASCADE)
    noted_at = models.DateTimeField(
        default=timezone.now, db_default=Now(), help_text="When it came in, or changed last."
    )

    def __str__(self) -> str:
        return str(self.pk)


class FoldingProgress(models.Model):
    """One row, held by whoever writes what came of a `turn`: which articles from before there were stories, or from
    before what articles are compared by had changed, are done. All with ids up to `reached`; up to `until` they have to
    be."""

    version = models.PositiveSmallIntegerField()
    reached = models.BigIntegerField(default=0)
    until = models.BigIntegerField()
    turn = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.reached} of {self.until}"
