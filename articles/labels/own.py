"""The labels of a reader: which there are, which articles have them, and every change to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Count, Exists, QuerySet

from articles.kept_counts.rows import have_counted_at_once
from articles.labels.models import LONGEST_NAME, ArticleLabel, Label
from articles.search.analyze.fold import fold
from articles.search.query.syntax import Filter, as_read, to_text
from feeds.statements import Given, Statement, columns_of, loaded

_OF_LABEL = columns_of(Label, ("id", "user_id", "name", "colour"))
_LABELS_ON = Statement(
    lambda: (
        ArticleLabel.objects.filter(article__pk__in=[Given("articles")], label__user=Given("reader"))
        .order_by("label__name")
        .values_list("article", *(f"label__{name}" for name in _OF_LABEL))
    )
)
_NAMES_ON = Statement(
    lambda: ArticleLabel.objects.filter(article__pk__in=[Given("articles")], label__user=Given("reader")).values_list(
        "article", "label__name"
    )
)
_ROWS = Statement(
    lambda: Label.objects.filter(user=Given("reader")).order_by().values_list("pk", "name", "colour", "key")
)
MOST_LABELS = 200
"""The most labels that one reader may have: as many as a page can offer."""
KEYS = range(1, 10)
"""The digits that labels may have for keys."""
NO_LABEL = 0
"""No row has that id: what is compared with it is still a query, as nothing is not."""


class BadLabel(ValueError):
    """No name, one that another label has, or one label more than a reader may have."""


def labels_of(reader: User) -> list[Label]:
    """The reader's labels, by name."""
    return sorted(Label.objects.filter(user=reader), key=lambda label: (fold(label.name), label.pk))


def label_rows(reader: User) -> list[tuple[int, str, int, int | None]]:
    """Their ids, names, colours and keys alone, in no order: what every list shows. One query."""
    return _ROWS.rows(reader=reader.pk)


def label_counts(reader: User) -> dict[int, int]:
    """The number of articles that each label is on, by the label's id; one that is on none is left out."""
    rows = ArticleLabel.objects.filter(label__user=reader).values("label").annotate(n=Count("pk"))
    return dict(rows.values_list("label", "n"))


def labels_on(article_ids: Collection[int], reader: User) -> dict[int, list[Label]]:
    """The labels of these articles, by name; an article without any is left out. One query."""
    found: dict[int, list[Label]] = {}
    known: dict[int, Label] = {}
    for article, *label in _LABELS_ON.rows(articles=list(article_ids), reader=reader.pk):
        pk = label[0]
        if pk not in known:
            known[pk] = loaded(Label, connection.alias, _OF_LABEL, tuple(label))
        found.setdefault(article, []).append(known[pk])
    return found


def label_named(reader: User, name: str) -> Label | None:
    """The label that a query calls so."""
    return next(iter(_named(reader, name)), None)


def rows_of(reader: User, name: str) -> QuerySet[ArticleLabel]:
    """The articles with the label that a query calls `name`, as rows."""
    labels = [label.pk for label in _named(reader, name)]
    return ArticleLabel.objects.filter(label__in=labels or [NO_LABEL])


def labelled_among(article_ids: Collection[int], reader: User, name: str) -> set[int]:
    """Those of these articles that have the label which a query calls `name`."""
    wanted = _compared(name)
    rows = _NAMES_ON.rows(articles=list(article_ids), reader=reader.pk)
    return {article for article, called in rows if _compared(called) == wanted}


def is_labelled(reader_id: int, article: Any) -> Exists:
    """The condition that the reader has a label on `article`, which is an id or a reference to a query outside."""
    return Exists(ArticleLabel.objects.filter(label__user=reader_id, article=article))


@lru_cache(maxsize=4096)
def query_for(name: str) -> str:
    """The query that finds what has the label."""
    return to_text(Filter("label", name))


def make_label(reader: User, name: str, colour: int | None = None) -> Label:
    """A new label, in a colour of its own where none is given; the one that has the name already. Raises BadLabel."""
    name = _clean(name)
    if known := label_named(reader, name):
        return known
    number = Label.objects.filter(user=reader).count()
    if number >= MOST_LABELS:
        raise BadLabel(name)
    # Three on: neighbours in the list of names differ more than red and orange do.
    colour = (3 + 3 * number) % len(Label.Colour) if colour is None else colour
    taken = set(Label.objects.filter(user=reader, key__isnull=False).values_list("key", flat=True))
    key = next((key for key in KEYS if key not in taken), None)
    return Label.objects.get_or_create(user=reader, name=name, defaults={"colour": colour, "key": key})[0]


def change_label(label: Label, name: str, colour: int, key: int | None) -> None:
    """Call the label otherwise, colour it, and give it a key, which another label loses by it. Raises BadLabel where
    another label has the name."""
    name = _clean(name)
    known = label_named(label.user, name)
    if known is not None and known.pk != label.pk:
        raise BadLabel(name)
    with transaction.atomic():
        if key is not None:
            Label.objects.filter(user=label.user_id, key=key).exclude(pk=label.pk).update(key=None)
        label.name, label.colour, label.key = name, colour, key
        label.save()


def is_called(label: Label, name: str) -> bool:
    """True where a query that says `name` means the label."""
    return _compared(label.name) == _compared(name)


def rename_label(label: Label, name: str) -> None:
    """Call the label otherwise; one that has the name already takes its articles. Raises BadLabel."""
    known = label_named(label.user, _clean(name))
    if known is None or known.pk == label.pk:
        change_label(label, name, label.colour, label.key)
        return
    with transaction.atomic():
        rows = ArticleLabel.objects.filter(label=label).values_list("article", flat=True)
        add_labels([known.pk], list(rows))
        label.delete()


def change_labels(reader: User, article_ids: Collection[int], *, add: Collection[int], remove: Collection[int]) -> None:
    """Put labels of the reader's on articles that they may read, and take others off, by their ids."""
    mine = Label.objects.filter(user=reader)
    with transaction.atomic():
        gone = ArticleLabel.objects.filter(label__in=mine.filter(pk__in=remove))
        ordered = sorted(article_ids)
        for start in range(0, len(ordered), _AT_ONCE):
            gone.filter(article__in=ordered[start : start + _AT_ONCE]).delete()
        _put(mine.filter(pk__in=add).values_list("pk", flat=True), ordered)
        have_counted_at_once(reader)


_AT_ONCE = 5_000  # articles in one query


def put_labels(reader: User, article_id: int, labels: Iterable[Label]) -> None:
    """Have these of the reader's labels on an article that they may read, and no others."""
    wanted = {label.pk for label in labels if label.user_id == reader.pk}
    with transaction.atomic():
        _rows_on([article_id], reader).exclude(label__in=wanted).delete()
        _put(wanted, [article_id])
        have_counted_at_once(reader)


def add_labels(label_ids: Collection[int], article_ids: Iterable[int]) -> None:
    """Put labels on articles; one that is there keeps its time."""
    _put(label_ids, article_ids)
    for reader in Label.objects.filter(pk__in=label_ids).values_list("user", flat=True).distinct():
        have_counted_at_once(reader)


def add_label_by_rule(reader: User, label_id: int, article_ids: Collection[int]) -> set[int]:
    """Put a label of the reader's on articles for a rule. Returns those that have it by a rule now: not where the
    reader put it on."""
    rows = ArticleLabel.objects.filter(label=label_id, article__in=article_ids)
    new = set(article_ids) - set(rows.values_list("article", flat=True))
    ArticleLabel.objects.bulk_create(
        [ArticleLabel(label_id=label_id, article_id=pk, by_rule=True) for pk in sorted(new)], ignore_conflicts=True
    )
    have_counted_at_once(reader)
    return set(rows.filter(by_rule=True).values_list("article", flat=True))


def take_back_label(reader: User, label_id: int, article_ids: Collection[int]) -> None:
    """Take a label off again where a rule put it on."""
    ArticleLabel.objects.filter(label=label_id, article__in=article_ids, by_rule=True).delete()
    have_counted_at_once(reader)


def turn_label(reader: User, article_id: int, key: int) -> bool:
    """Put the label with that key on an article that the reader may read, or take it off. False where no label has the
    key."""
    label = Label.objects.filter(user=reader, key=key).first()
    if label is None:
        return False
    if not ArticleLabel.objects.filter(label=label, article=article_id).delete()[0]:
        _put([label.pk], [article_id])
    have_counted_at_once(reader)
    return True


def _put(label_ids: Iterable[int], article_ids: Iterable[int]) -> None:
    """`add_labels` without a word to the numbers of the labels' reader, which are told once by what else is done. What
    a rule has put there before is the reader's from now on."""
    articles = sorted(set(article_ids))
    rows = [ArticleLabel(label_id=label, article_id=article) for label in sorted(label_ids) for article in articles]
    ArticleLabel.objects.bulk_create(
        rows,
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=["label", "article"],
        update_fields=["by_rule"],
    )


def _rows_on(article_ids: Collection[int], reader: User) -> QuerySet[ArticleLabel]:
    return ArticleLabel.objects.filter(article__in=article_ids, label__user=reader)


def _named(reader: User, name: str) -> list[Label]:
    wanted = _compared(name)
    return [label for label in Label.objects.filter(user=reader) if _compared(label.name) == wanted]


def _compared(name: str) -> str:
    """The name as it is compared: a query changes punctuation, and nobody remembers capitals."""
    return fold(as_read(name))


def _clean(name: str) -> str:
    """The name without what no query can hold. Raises BadLabel where nothing is left, or too much."""
    name = " ".join("".join(sign for sign in name if as_read(sign) not in {'"', " "} or sign == " ").split())
    if not _compared(name) or len(name) > LONGEST_NAME:
        raise BadLabel(name)
    return name
