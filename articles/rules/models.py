"""The tables of rules: what they ask and do, what they did, and which articles they have still to see."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.labels.models import Label
from feeds.models import Category, Feed

LONGEST_NAME = 100


class Rule(models.Model):
    """A query that a reader keeps, and what is done to the articles that it finds when they come in or change. Without
    a reader it is the site's, and done for all of them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="rules", on_delete=models.CASCADE)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    # With its feed it goes too: without it it would be a rule for everything.
    feed = models.ForeignKey(Feed, null=True, on_delete=models.CASCADE)
    # Without its category it is off until its reader says what it is to be: see `is_lost`.
    category = models.ForeignKey(Category, null=True, on_delete=models.SET_NULL)
    of_category = models.BooleanField(default=False, db_default=False)
    text = models.CharField(max_length=2000, blank=True)
    marks_read = models.BooleanField(default=False)
    stars = models.BooleanField(default=False)
    hides = models.BooleanField(default=False, db_default=False)
    label = models.ForeignKey(Label, null=True, on_delete=models.SET_NULL)
    fetches_whole = models.BooleanField(default=False)
    tells = models.BooleanField(default=False, db_default=False)
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    # How far it has been applied to what was there before it: the cursor of the page of hits that is next.
    is_going_back = models.BooleanField(default=False)
    back_cursor = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def is_lost(self) -> bool:
        """True where it was a rule for a category, which is gone."""
        return self.of_category and self.category_id is None


NOT_LOST = ~models.Q(of_category=True, category=None)
"""The same as a condition: of what is not lost."""


class RuleHit(models.Model):
    """An article that a rule acted on, which it does once; and what of it the rule did: not what the reader, or a mark,
    had done before; of a rule of the site what it does for whoever has not. A hit that was taken back stays, so that a
    change of the article does not bring it again."""

    rule = models.ForeignKey(Rule, related_name="hits", on_delete=models.CASCADE, db_index=False)
    article = models.ForeignKey("articles.Article", related_name="rule_hits", on_delete=models.CASCADE)
    at = models.DateTimeField(default=timezone.now)
    read = models.BooleanField(default=False)
    starred = models.BooleanField(default=False)
    hidden = models.BooleanField(default=False, db_default=False)
    label = models.ForeignKey(Label, null=True, on_delete=models.SET_NULL)
    is_undone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "article"], name="hit_once_per_rule_and_article")]

    def __str__(self) -> str:
        return f"{self.rule_id} on {self.article_id}"


class UnjudgedArticle(models.Model):
    """An article that came in or changed, and that rules have still to see."""

    article = models.OneToOneField("articles.Article", primary_key=True, related_name="+", on_delete=models.CASCADE)

    def __str__(self) -> str:
        return str(self.pk)
