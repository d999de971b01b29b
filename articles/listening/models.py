"""The table of places in sounds and films."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class PlayPosition(models.Model):
    """A file that somebody has begun to hear and has not heard to its end."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="play_positions", on_delete=models.CASCADE, db_index=False
    )
    article = models.ForeignKey("articles.Article", related_name="play_positions", on_delete=models.CASCADE)
    file = models.CharField(max_length=32, help_text="The key of its address: articles.display.media.file_key")
    seconds = models.PositiveIntegerField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "article", "file"], name="one_play_position")]

    def __str__(self) -> str:
        return f"{self.file} {self.seconds}"
