"""The tables of labels."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feeds.sight_changes import SightRow

LONGEST_NAME = 100


class Label(SightRow):
    """A name that a reader gives to articles. Deleting it leaves the articles."""

    class Colour(models.IntegerChoices):
        """The hues of static/css/components.css, by their number there."""

        RED = 0, _("red")
        ORANGE = 1, _("orange")
        YELLOW = 2, _("yellow")
        GREEN = 3, _("green")
        TEAL = 4, _("teal")
        BLUE = 5, _("blue")
        VIOLET = 6, _("violet")
        PINK = 7, _("pink")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="labels", on_delete=models.CASCADE, db_index=False)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    colour = models.PositiveSmallIntegerField(_("colour"), choices=Colour, default=Colour.GREEN)
    key = models.PositiveSmallIntegerField(_("key"), null=True, help_text=_("1 to 9: what a reader presses."))

    seen_columns = frozenset({"user", "name"})
    seen_by_column = "user_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="label_once_per_reader"),
            models.UniqueConstraint(fields=["user", "key"], name="label_once_per_key"),
        ]

    def __str__(self) -> str:
        return self.name


class ArticleLabel(models.Model):
    """A label on an article."""

    label = models.ForeignKey(Label, related_name="rows", on_delete=models.CASCADE, db_index=False)
    article = models.ForeignKey("articles.Article", related_name="label_rows", on_delete=models.CASCADE)
    added_at = models.DateTimeField(default=timezone.now)
    by_rule = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["label", "article"], name="label_once_per_article")]

    def __str__(self) -> str:
        return f"{self.label_id} on {self.article_id}"
