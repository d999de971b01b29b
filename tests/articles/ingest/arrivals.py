"""Articles that come in, and the looks at them that are still to come."""

from __future__ import annotations

from django.contrib.auth.models import User

from articles.lists.pages import Selection
from articles.models import Rule
from articles.rules import own
from articles.rules.models import UnjudgedArticle
from articles.stories.models import WaitingArticle


def rule_for_tests(reader: User) -> Rule:
    """A rule for what documents and letters of tests bring."""
    return own.save_rule(reader, own.Draft(selection=Selection(query="Story OR Letter"), stars=True))


def are_waiting() -> tuple[bool, bool]:
    """True where articles wait for rules, and where some wait to be compared."""
    return UnjudgedArticle.objects.exists(), WaitingArticle.objects.exists()
