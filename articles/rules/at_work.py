"""The rules that are on, made into tests once in a process, and those that are likely to hit an article."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from itertools import groupby

from django.db.models import F, Q

from articles.rules.judge import Kept, query_of
from articles.rules.models import NOT_LOST, Rule
from articles.search.query.matching import Text
from articles.search.query.sieve import Sieve
from feeds.statements import Row, Statement

logger = logging.getLogger(__name__)

# Those of readers who may sign in, and last those of the site, so that those of readers see the articles as they were.
_ROWS = Statement(
    lambda: (
        Rule.objects.filter(NOT_LOST, Q(user=None) | Q(user__is_active=True), is_on=True)
        .order_by(F("user").asc(nulls_last=True), "pk")
        .values_list("pk", "user", "feed", "category", "text")
    )
)
_made: dict[str, tuple[int | None, AtWork]] = {}


class AtWork:
    """Rules as their rows are: of one reader after the other."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self._rules = [kept for row in self.rows if (kept := _kept(row)) is not None]
        self._sieve = Sieve(rule.query.of_words for rule in self._rules)

    def likely(self, texts: Mapping[int, Text]) -> list[tuple[int | None, dict[Kept, list[int]]]]:
        """For each owner whose rules may hit some of the articles, which rules may hit which, and few that do not."""
        found: dict[int, list[int]] = {}
        for pk, text in texts.items():
            for number in self._sieve.likely(text):
                if self._rules[number].feed_id in {None, text.feed_id}:
                    found.setdefault(number, []).append(pk)
        rules = [(self._rules[number], number) for number in sorted(found)]
        by_owner = groupby(rules, lambda each: each[0].owner_id)
        return [(owner, {rule: found[number] for rule, number in own}) for owner, own in by_owner]


def _kept(row: Row) -> Kept | None:
    pk, owner_id, feed_id, category_id, text = row
    try:
        return Kept(pk, owner_id, feed_id, category_id, query_of(text))
    except Exception:  # of one rule: the others act
        logger.exception("rule %d can't be read", pk)
        return None


def rules_at_work(mark: int | None = None) -> AtWork:
    """The rules that are on now. No query where nothing has changed since `mark`, which was read before, and none of
    them is made anew but where one has changed."""
    known = _made.get("last")
    if known is not None and mark is not None and known[0] == mark:
        return known[1]
    rows = _ROWS.rows()
    at_work = known[1] if known is not None and known[1].rows == rows else AtWork(rows)
    _made["last"] = mark, at_work
    return at_work
