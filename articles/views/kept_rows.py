"""The rows of a reader's labels and saved searches beside a list, as HTML, with what of each is unread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from django.contrib.auth.models import User
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe

from articles.kept_counts.counting import is_unsettled
from articles.kept_counts.hits import MOST
from articles.kept_counts.models import KeptCounts
from articles.kept_counts.rows import counts_of
from articles.labels.own import label_rows, query_for
from articles.lists.selection import Selection
from articles.saved_searches.own import saved_names
from articles.search.analyze.fold import fold
from articles.views.selection import list_address
from articles.views.tree_rows import number
from feeds.numbered_addresses import around_number
from feeds.subscriptions.visibility import Reader

LabelRow = tuple[int, str, int, int | None]
Count = tuple[str, int]
READY = 64  # lists that are kept as HTML: of so many readers who are here, the next page has the same


@dataclass(frozen=True, slots=True)
class KeptRows:
    """Items of two lists, each a link; empty where there is nothing. `is_unsettled`: the numbers will be others soon.
    The addresses of searches are resolved when one is pressed."""

    labels: str = ""
    searches: str = ""
    is_unsettled: bool = False


def kept_rows(reader: Reader, selection: Selection) -> KeptRows:
    """The rows of what the reader keeps, beside the list of `selection`."""
    if not isinstance(reader, User):
        return KeptRows()
    labels, searches = tuple(label_rows(reader)), tuple(saved_names(reader))
    if not labels and not searches:
        return KeptRows()
    counts, prefix = counts_of(reader), get_script_prefix()
    here = selection.query if selection.query in _queries(labels) else ""
    return KeptRows(
        _labels(labels, tuple(counts.labels.items()), here, prefix),
        _searches(searches, tuple(counts.searches.items()), prefix),
        is_unsettled(counts),
    )


def kept_numbers(counts: KeptCounts) -> dict[str, str]:
    """The numbers by the names that the rows give them."""
    return _named("l", counts.labels.items()) | _named("s", counts.searches.items())


def _named(kind: str, counts: Iterable[Count]) -> dict[str, str]:
    return {f"{kind}{pk}": number(count, MOST) for pk, count in counts if count}


def label_address(name: str) -> str:
    """The address of what has the label of that name, as HTML has it."""
    return _label_address(name, get_script_prefix())


@lru_cache(maxsize=4096)
def _label_address(name: str, prefix: str) -> str:
    return escape(list_address(Selection(query=query_for(name))))


# Whole lists by all that they show, so that none is ever another reader's or out of date: page after page has the
# same, and to write two hundred rows is most of what they cost.


@lru_cache(maxsize=READY)
def _queries(labels: tuple[LabelRow, ...]) -> frozenset[str]:
    return frozenset(query_for(name) for _pk, name, _colour, _key in labels)


@lru_cache(maxsize=READY)
def _labels(labels: tuple[LabelRow, ...], counts: tuple[Count, ...], here: str, prefix: str) -> SafeString:
    told, rows = _named("l", counts), []
    for pk, name, colour, key in sorted(labels, key=_place):
        pressed = f' data-key="g {key}"' if key else ""
        current = ' aria-current="page"' if here and query_for(name) == here else ""
        attributes = f' class="of-label" data-hue="{colour}"{pressed}{current}'
        rows.append(_row(label_address(name), name, f"l{pk}", told, attributes))
    return mark_safe("".join(rows))  # noqa: S308 - escaped


@lru_cache(maxsize=READY)
def _searches(searches: tuple[tuple[int, str], ...], counts: tuple[Count, ...], prefix: str) -> SafeString:
    told, address = _named("s", counts), around_number("saved_search")
    rows = [_row(str(pk).join(address), name, f"s{pk}", told) for pk, name in sorted(searches, key=_place)]
    return mark_safe("".join(rows))  # noqa: S308 - escaped


def _place(row: tuple[Any, ...]) -> tuple[str, int]:
    """As the pages of labels and saved searches have them: by name."""
    pk, name, *_ = row
    return fold(name), pk


def _row(address: str, name: str, counted: str, told: Mapping[str, str], attributes: str = "") -> str:
    return (
        f'<li><a href="{address}"{attributes}><span class="name"><bdi>{escape(name)}</bdi></span>'
        f'<b data-n="{counted}">{told.get(counted, "")}</b></a></li>'
    )
