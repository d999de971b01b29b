"""The operator's rules for what an aggregator adds to articles, as values that the sanitizer takes."""

from __future__ import annotations

from typing import cast

from django.db.models import Q

from articles.models import BoilerplateRule
from articles.sanitize import Boilerplate, Match
from feeds.models import Feed


def boilerplate_for(feed: Feed) -> tuple[Boilerplate, ...]:
    """The enabled rules that apply to `feed`: its own and those for all. One query: keep it for a batch."""
    rules = BoilerplateRule.objects.filter(Q(feed=feed) | Q(feed=None), enabled=True)
    return tuple(Boilerplate(cast(Match, match), value) for match, value in rules.values_list("match", "value"))
