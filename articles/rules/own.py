"""The rules of a reader, or of the site: which there are, how often each has hit, and every change to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count, Max

from articles.labels import own as labels
from articles.labels.models import Label
from articles.lists.selection import Selection, Show
from articles.rules.judge import selection_of
from articles.rules.models import LONGEST_NAME, Rule, RuleHit
from articles.search.query.syntax import LONGEST_QUERY, Filter, asks_reader, parse, to_text
from articles.search.query.tree import And, joined, required
from articles.search.resolve import can_be_failed
from feeds.parse.text import line

MOST_RULES = 200
"""The most rules that one reader may have: so many are held against every article that comes in."""


class BadRule(ValueError):
    """A rule that asks for nothing or does nothing, or one more than a reader may have. `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


ASKS_NOTHING, DOES_NOTHING, TOO_MANY, BAD_LABEL = "asks nothing", "does nothing", "too many", "bad label"
# Of a rule of the site:
ASKS_READER, IS_PERSONAL, NOT_SHARED = "asks of a reader", "is personal", "not shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A rule as its form has it. `label`: the name of one, which is made where there is none."""

    selection: Selection = field(default_factory=Selection)
    name: str = ""
    marks_read: bool = False
    stars: bool = False
    hides: bool = False
    label: str = ""
    fetches_whole: bool = False
    tells: bool = False
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class Counted:
    """A rule, the number of articles that it acted on, and when it last did; None: it never hit anything."""

    rule: Rule
    hits: int
    last_at: datetime | None


def rules_of(owner: User | None) -> list[Counted]:
    """The rules of a reader, or of the site, in the order in which they were made, with what they did. Two queries."""
    rows = RuleHit.objects.filter(rule__user=owner, is_undone=False).order_by().values("rule")
    counts = {pk: (n, at) for pk, n, at in rows.annotate(n=Count("pk"), at=Max("at")).values_list("rule", "n", "at")}
    rules = Rule.objects.filter(user=owner).select_related("feed", "category", "label").order_by("pk")
    return [Counted(rule, *counts.get(rule.pk, (0, None))) for rule in rules]


def searched_by(selection: Selection) -> Selection:
    """The part of a search that a rule keeps: its feed, category and query, with what the list showed as a part of the
    query. The order is no matter."""
    if selection.show is Show.ALL:
        return Selection(feed=selection.feed, category=selection.category, query=selection.query)
    tree, shown = parse(selection.query).tree, Filter("is", selection.show.value)
    parts = [] if tree is None else list(required(tree))
    query = to_text(joined(And, parts if shown in parts else [*parts, shown]))
    return Selection(feed=selection.feed, category=selection.category, query=query)


def draft_of(rule: Rule) -> Draft:
    """The rule as its form has it: a name that was made for it is none, and changes with what is searched."""
    selection = selection_of(rule)
    return Draft(
        selection=selection,
        name="" if rule.name == _made_name(selection, rule.user) else rule.name,
        marks_read=rule.marks_read,
        stars=rule.stars,
        hides=rule.hides,
        label=rule.label.name if rule.label else "",
        fetches_whole=rule.fetches_whole,
        tells=rule.tells,
        is_on=rule.is_on and not rule.is_lost,
    )


def asks_for_all(selection: Selection) -> bool:
    """True where nothing is asked for that an article can fail."""
    is_narrow = selection.feed is not None or selection.category is not None
    return not is_narrow and not can_be_failed(parse(selection.query).tree)


def check(owner: User | None, draft: Draft) -> None:
    """Raises BadRule for a rule that can't be kept."""
    if asks_for_all(draft.selection):
        raise BadRule(ASKS_NOTHING)
    if not (draft.marks_read or draft.hides or draft.stars or draft.label or draft.fetches_whole or draft.tells):
        raise BadRule(DOES_NOTHING)
    if owner is None:
        _check_for_all(draft)


def _check_for_all(draft: Draft) -> None:
    """A rule of the site asks what is alike for all, and does nothing that is a reader's own."""
    if draft.stars or draft.label or draft.tells:
        raise BadRule(IS_PERSONAL)
    if asks_reader(parse(draft.selection.query).tree):
        raise BadRule(ASKS_READER)
    feed, category = draft.selection.feed, draft.selection.category
    if (feed is not None and not feed.is_shared) or (category is not None and category.owner_id is not None):
        raise BadRule(NOT_SHARED)


def save_rule(owner: User | None, draft: Draft, rule: Rule | None = None) -> Rule:
    """Keep a new rule of a reader, or of the site, or what `rule` is to be from now on. Raises BadRule."""
    check(owner, draft)
    if rule is None and Rule.objects.filter(user=owner).count() >= MOST_RULES:
        raise BadRule(TOO_MANY)
    rule = rule or Rule(user=owner)
    query = draft.selection.query[:LONGEST_QUERY]
    rule.name = line(draft.name, LONGEST_NAME) or _made_name(draft.selection, owner)
    rule.feed, rule.category, rule.text = draft.selection.feed, draft.selection.category, query
    rule.of_category = draft.selection.category is not None
    rule.marks_read, rule.stars, rule.fetches_whole = draft.marks_read, draft.stars, draft.fetches_whole
    rule.hides, rule.tells = draft.hides, draft.tells
    rule.label, rule.is_on = _label(owner, draft.label) if owner else None, draft.is_on
    rule.is_going_back, rule.back_cursor = False, ""  # by what it was before
    rule.save()
    return rule


def _label(reader: User, name: str) -> Label | None:
    try:
        return labels.make_label(reader, name) if name else None
    except labels.BadLabel as error:
        raise BadRule(BAD_LABEL) from error


def _made_name(selection: Selection, owner: User | None) -> str:
    """The name of a rule to which nobody gave one. All read that of a rule of the site: no reader's title is in it."""
    feed = selection.feed
    of_feed = "" if feed is None else feed.name if owner else feed.site_name
    return (selection.query or of_feed or str(selection.category or ""))[:LONGEST_NAME]
