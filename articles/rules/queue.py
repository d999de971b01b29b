"""The articles that rules have still to see, in the database like all that waits: what a worker leaves that is killed,
the next one takes up. And rules that go back over what was there before them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from time import monotonic

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles.lists.cursors import BadCursor
from articles.models import Article
from articles.rules.at_work import rules_at_work
from articles.rules.deeds import OF_ALL_AT_ONCE, act
from articles.rules.judge import Arrivals, Kept, eyes_of, hits_among, now_of, selection_of
from articles.rules.models import NOT_LOST, Rule, UnjudgedArticle
from articles.search.find import Search, SearchTimeout, found_page
from feeds.statements import Statement
from feeds.writes import UNWRITABLE, let_others_write

logger = logging.getLogger(__name__)

AT_ONCE = 50  # articles in one transaction: what else is to be written waits that long
HITS_AT_ONCE = 200
_WAITING = Statement(
    lambda most: UnjudgedArticle.objects.select_for_update(skip_locked=True).order_by("pk").values_list("pk")[:most]
)


def work(seconds: float) -> int:
    """Let the rules of all readers see the articles that wait, as many as there is time for. Returns how many."""
    end, seen = monotonic() + seconds, 0
    while some := _see_some():
        seen += some
        if some < AT_ONCE or monotonic() > end:
            break
        let_others_write()
    return seen


def _see_some() -> int:
    with transaction.atomic():
        pks = _WAITING.column(AT_ONCE)
        if not pks:
            return 0
        # Before their texts are read: what changes from here on waits again.
        UnjudgedArticle.objects.filter(pk__in=pks).delete()
        arrivals = Arrivals(pks)
        likely = rules_at_work(arrivals.mark).likely(arrivals.texts) if arrivals.texts else []
        owners = User.objects.in_bulk({pk for pk, _ in likely if pk is not None})
        for pk, own in likely:
            _see(None if pk is None else owners[pk], own, arrivals)
    return len(pks)


def _see(owner: User | None, likely: Mapping[Kept, Collection[int]], arrivals: Arrivals) -> None:
    """Whatever one reader's rules do, those of the next see the articles."""
    try:
        with transaction.atomic():
            if found := hits_among(likely, owner, arrivals):
                rules = Rule.objects.in_bulk(found)
                act(owner, {rules[pk]: ids for pk, ids in found.items() if pk in rules}, timezone.now())
    except UNWRITABLE:
        raise
    except Exception:
        whose = f"of reader {owner.pk}" if owner else "of the site"
        logger.exception("the rules %s failed on articles %s", whose, sorted(arrivals.texts))


# --- what was there before --------------------------------------------------------------------------------------------


def go_back(rule: Rule) -> None:
    """Have the rule applied to all that it finds now, from the newest on; one that has lost its category finds
    nothing."""
    rule.is_going_back, rule.back_cursor = True, ""
    rule.save(update_fields=["is_going_back", "back_cursor"])


def work_back(seconds: float, *, only: Rule | None = None) -> None:
    """Apply rules to what was there before, as far as there is time; the rest is left to the next call. Whatever
    becomes of one rule, the next is applied."""
    end = monotonic() + seconds
    rules = Rule.objects.filter(NOT_LOST, is_going_back=True) if only is None else Rule.objects.filter(pk=only.pk)
    for pk in rules.order_by("pk").values_list("pk", flat=True):
        try:
            while monotonic() < end and _one_page_back(pk):
                let_others_write()
        except UNWRITABLE:
            raise
        except Exception:
            logger.exception("rule %d failed on what was there before it; tried again at the next tick", pk)


def _one_page_back(pk: int) -> bool:
    """Act on the next page of the rule's hits. Returns whether there is another. The search, which may take long,
    holds nothing that others wait for: what it found counts where the rule is still the same."""
    rule = Rule.objects.select_related("user", "feed", "category").filter(NOT_LOST, pk=pk, is_going_back=True).first()
    if rule is None:
        return False
    now = now_of(rule.user)
    search = Search(selection=selection_of(rule), reader=eyes_of(rule.user), now=now, is_each=True)
    try:
        size = HITS_AT_ONCE if rule.user_id else OF_ALL_AT_ONCE
        page = found_page(search, cursor=rule.back_cursor, size=size)
    except BadCursor:  # of an index that was made anew meanwhile; to begin again does nothing twice
        Rule.objects.filter(pk=pk, back_cursor=rule.back_cursor).update(back_cursor="")
        return True
    except SearchTimeout:
        logger.warning("rule %d: the database took too long; tried again at the next tick", pk)
        return False
    with transaction.atomic():
        held = Rule.objects.select_for_update().filter(pk=pk).first()
        if held is None or _asked_by(held) != _asked_by(rule):
            return held is not None
        there = Article.objects.filter(pk__in=page.article_ids).values_list("pk", flat=True)
        act(rule.user, {held: list(there)}, now, again=True)
        held.back_cursor, held.is_going_back = page.next_cursor, bool(page.next_cursor)
        held.save(update_fields=["back_cursor", "is_going_back"])
        return held.is_going_back


def _asked_by(rule: Rule) -> tuple[object, ...]:
    """The search of the rule, and its progress."""
    return rule.text, rule.feed_id, rule.category_id, rule.of_category, rule.is_going_back, rule.back_cursor
