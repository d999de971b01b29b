"""The deeds of rules, and taking it back: once for each rule and article, and never over what the reader did."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from articles.full_text import waiting as full_text
from articles.labels import own as labels
from articles.lists import reader_state, states_of_all
from articles.models import Article, Notice
from articles.notices.own import tell, withdraw
from articles.rules.models import Rule, RuleHit
from feeds.statements import Given, Statement
from feeds.writes import let_others_write

AT_ONCE = 1_000  # hits in one transaction
OF_ALL_AT_ONCE = 50  # of a rule of the site, each with a row for every reader


@transaction.atomic
def act(owner: User | None, found: Mapping[Rule, Collection[int]], at: datetime, *, again: bool = False) -> int:
    """Do what the rules of a reader, or of the site, do, to the articles that each of them has found. Returns the
    number of hits that are new. An article that a rule has acted on is left alone; with `again` those that were taken
    back are not, and what the rule did not do yet is done."""
    hits = _hits(found, at, again=again)
    new = [hit for hit in hits if hit.pk is None or hit.is_undone]
    _forget_undone(new)
    by_pk = {rule.pk: rule for rule in found}
    if owner is None:
        _act_for_all(hits, by_pk, at)
    else:
        _act_for(owner, hits, by_pk, at)
    full_text.want_recent({hit.article_id for hit in new if by_pk[hit.rule_id].fetches_whole})
    _keep(hits)
    if owner is not None and not again:  # what was there before is no news
        _tell(owner, found, new, at)
    return len(new)


def _hits(found: Mapping[Rule, Collection[int]], at: datetime, *, again: bool) -> list[RuleHit]:
    """The hits to act on: those that are known only with `again`."""
    pks = sorted({pk for ids in found.values() for pk in ids})
    rows = RuleHit.objects.filter(rule__in=found, article__in=pks)
    known = {(hit.rule_id, hit.article_id): hit for hit in rows}
    return [
        known.get((rule.pk, pk)) or RuleHit(rule=rule, article_id=pk, at=at)
        for rule, ids in found.items()
        for pk in sorted(ids)
        if again or (rule.pk, pk) not in known
    ]


def _forget_undone(hits: Iterable[RuleHit]) -> None:
    """Have the hits whose deeds were taken back as if nothing had been done."""
    for hit in hits:
        if hit.is_undone:
            hit.read = hit.starred = hit.hidden = hit.is_undone = False
            hit.label_id = None


def _tell(reader: User, rules: Iterable[Rule], hits: Collection[RuleHit], at: datetime) -> None:
    told = {rule: [hit.article_id for hit in hits if hit.rule_id == rule.pk] for rule in rules if rule.tells}
    tell(reader, told, at)


def _act_for(reader: User, hits: Collection[RuleHit], rules: Mapping[int, Rule], at: datetime) -> None:
    for deed, do in (("marks_read", _mark_read), ("stars", _star), ("hides", _hide)):
        do(reader, [hit for hit in hits if getattr(rules[hit.rule_id], deed)], at)
    for rule in rules.values():
        if rule.label_id is not None:
            _label(reader, rule.label_id, [hit for hit in hits if hit.rule_id == rule.pk])


def _act_for_all(hits: Collection[RuleHit], rules: Mapping[int, Rule], at: datetime) -> None:
    """Mark read, or hide, for each reader who follows the feeds of the articles, but for what they have starred or put
    back to unread."""
    hits = [hit for hit in hits if rules[hit.rule_id].hides or rules[hit.rule_id].marks_read]
    for hit in hits:
        hit.read, hit.hidden = True, hit.hidden or rules[hit.rule_id].hides
    read, hidden = _those("read", hits), _those("hidden", hits)
    if read - hidden:
        states_of_all.mark_read_for_all(read - hidden, at=at)
    if hidden:
        states_of_all.hide_for_all(hidden, at=at)


def _keep(hits: Collection[RuleHit]) -> None:
    done = ["read", "starred", "hidden", "label", "is_undone"]
    RuleHit.objects.bulk_update([hit for hit in hits if hit.pk is not None], done, batch_size=AT_ONCE)
    RuleHit.objects.bulk_create(
        [hit for hit in hits if hit.pk is None],
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["rule", "article"],
        update_fields=done,
    )


def _mark_read(reader: User, hits: Collection[RuleHit], at: datetime) -> None:
    by_rule = reader_state.mark_read_by_rule(reader, {hit.article_id for hit in hits}, at=at) if hits else set()
    for hit in hits:
        hit.read = hit.article_id in by_rule


def _star(reader: User, hits: Collection[RuleHit], at: datetime) -> None:
    by_rule = reader_state.star_by_rule(reader, {hit.article_id for hit in hits}, at=at) if hits else set()
    for hit in hits:
        hit.starred = hit.article_id in by_rule


def _hide(reader: User, hits: Collection[RuleHit], at: datetime) -> None:
    """Hide what was hit; what is starred by now, by another rule too, is not hidden."""
    pks = {hit.article_id for hit in hits}
    hidden = reader_state.hide_by_rule(reader, pks, at=at) if hits else set()
    by_rule = reader_state.read_by_rule_among(reader, pks) if hits else set()
    for hit in hits:
        hit.hidden, hit.read = hit.article_id in hidden, hit.article_id in by_rule


def _label(reader: User, label_id: int, hits: Collection[RuleHit]) -> None:
    """Put the rule's label on; one that it put there before it was given another goes, where no other rule holds to
    it."""
    if not hits:
        return
    former = [hit for hit in hits if hit.label_id not in {None, label_id}]
    if former:
        rules, pks = {hit.rule_id for hit in former}, {hit.article_id for hit in former}
        others = RuleHit.objects.filter(rule__user=reader, article__in=pks, is_undone=False).exclude(rule__in=rules)
        _take_labels_off(reader, former, others)
    by_rule = labels.add_label_by_rule(reader, label_id, {hit.article_id for hit in hits})
    for hit in hits:
        hit.label_id = label_id if hit.article_id in by_rule else None


# --- taking it back ---------------------------------------------------------------------------------------------------


def undo_on(reader: User, article_id: int) -> int:
    """Take back what rules did to one article. Returns the number of rules."""
    return _undo(reader, RuleHit.objects.filter(rule__user=reader, article=article_id, is_undone=False))


def undo_for_all_on(article_id: int) -> int:
    """Take back what the site's rules did to one article, for every reader. Returns the number of rules."""
    return _undo(None, RuleHit.objects.filter(rule__user=None, article=article_id, is_undone=False))


def undo_all(rule: Rule, *, seconds: float = math.inf) -> int:
    """Take back all that the rule did, as far as nobody has touched it since, and as far as there is time. Returns the
    number of articles."""
    return _undo(rule.user, RuleHit.objects.filter(rule=rule, is_undone=False), seconds)


def _undo(owner: User | None, hits: QuerySet[RuleHit], seconds: float = math.inf) -> int:
    end, undone, at_once = monotonic() + seconds, 0, AT_ONCE if owner else OF_ALL_AT_ONCE
    while some := list(hits.order_by("pk")[:at_once]):
        with transaction.atomic():
            RuleHit.objects.filter(pk__in=[hit.pk for hit in some]).update(is_undone=True)
            if owner is None:
                _take_back_for_all(some)
            else:
                _take_back(owner, some)
                withdraw(owner, {hit.rule_id for hit in some}, {hit.article_id for hit in some})
        undone += len(some)
        if len(some) < at_once or monotonic() > end:
            break
        let_others_write()
    return undone


def _take_back(reader: User, hits: Collection[RuleHit]) -> None:
    """Undo what no other rule holds to. The hits are marked as undone already."""
    pks = {hit.article_id for hit in hits}
    standing = list(RuleHit.objects.filter(_of(reader), article__in=pks, is_undone=False))
    reader_state.take_back_hiding(reader, _those("hidden", hits) - _those("hidden", standing))
    reader_state.take_back_read(reader, _those("read", hits) - _those("read", standing))
    reader_state.take_back_stars(reader, _those("starred", hits) - _those("starred", standing))
    _take_labels_off(reader, hits, standing)


def _take_back_for_all(hits: Collection[RuleHit]) -> None:
    """The same for every reader, of hits of a rule of the site."""
    pks = {hit.article_id for hit in hits}
    standing = list(RuleHit.objects.filter(rule__user=None, article__in=pks, is_undone=False))
    states_of_all.take_back_for_all(
        read=_those("read", hits) - _those("read", standing),
        hidden=_those("hidden", hits) - _those("hidden", standing),
    )


def _take_labels_off(reader: User, hits: Iterable[RuleHit], standing: Iterable[RuleHit]) -> None:
    """Take off the labels of `hits`, but for those that a hit which is `standing` holds to."""
    held = {(hit.article_id, hit.label_id) for hit in standing}
    gone = {(hit.article_id, hit.label_id) for hit in hits} - held
    for label in {label for _, label in gone if label is not None}:
        labels.take_back_label(reader, label, [pk for pk, each in gone if each == label])


def _of(reader: User) -> Q:
    """The condition on hits of being of a rule that acts for the reader: theirs, or the site's."""
    return Q(rule__user=reader) | Q(rule__user=None)


def _those(deed: str, hits: Iterable[RuleHit]) -> set[int]:
    return {hit.article_id for hit in hits if getattr(hit, deed)}


# --- what was done ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deed:
    """The deed of a rule on an article."""

    rule: Rule
    read: bool
    starred: bool
    hidden: bool
    label: str
    told: bool = False

    @property
    def is_for_all(self) -> bool:
        """True of a rule of the site."""
        return self.rule.user_id is None


_HITS = Statement(
    lambda: RuleHit.objects.filter(
        Q(rule__user=None) | Q(rule__user=Given("reader")), article=Given("article"), is_undone=False
    ).values_list("pk")[:1]
)


def deeds_on(reader: User, article: Article) -> list[Deed]:
    """The deeds of the rules of `reader`, and of the site, on the article that were not taken back. One query where
    there are none."""
    if not _HITS.rows(reader=reader.pk, article=article.pk):
        return []
    rows = RuleHit.objects.filter(_of(reader), article=article, is_undone=False).select_related("rule", "label")
    rows = rows.annotate(told=Exists(Notice.objects.filter(user=reader, article=article, rule=OuterRef("rule"))))
    return [
        Deed(hit.rule, hit.read, hit.starred, hit.hidden, hit.label.name if hit.label else "", hit.told)
        for hit in rows.order_by("pk")
        if hit.read or hit.starred or hit.hidden or hit.label or hit.told
    ]
