"""The rows of a reader's labels and saved searches beside a list, as HTML, with what of each is unread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from articles.kept_counts.counting import is_unsettled
from articles.kept_counts.hits import MOST
from articles.kept_counts.models import KeptCounts
from articles.kept_counts.rows import counts_of
from articles.labels.own import label_rows, query_for
from articles.lists.selection import Selection
from articles.saved_searches.own import saved_names
from articles.views.selection import list_address
from articles.views.tree_rows import number
from feeds.subscriptions.visibility import Reader


@dataclass(frozen=True, slots=True)
class KeptRows:
    """Items of two lists, each a link; empty where there is nothing. `is_unsettled`: the numbers will be others soon.
    Two hundred searches cost less than a millisecond: their addresses are resolved when one is pressed."""

    labels: SafeString | None = None
    searches: SafeString | None = None
    is_unsettled: bool = False


def kept_rows(reader: Reader, selection: Selection) -> KeptRows:
    """The rows of what the reader keeps, beside the list of `selection`."""
    if not isinstance(reader, User):
        return KeptRows()
    labels, searches = label_rows(reader), saved_names(reader)
    if not labels and not searches:
        return KeptRows()
    counts, here = counts_of(reader), selection.query
    told = kept_numbers(counts)
    rows = [
        f"{_label_row(pk, name, colour, key, bool(here) and query_for(name) == here)}{told.get(f'l{pk}', '')}{_END}"
        for pk, name, colour, key in labels
    ]
    found = [f"{_search_row(pk, name)}{told.get(f's{pk}', '')}{_END}" for pk, name in searches]
    return KeptRows(
        mark_safe("".join(rows)),  # noqa: S308 - escaped
        mark_safe("".join(found)),  # noqa: S308 - escaped
        is_unsettled(counts),
    )


def kept_numbers(counts: KeptCounts) -> dict[str, str]:
    """The numbers by the names that the rows give them."""
    labels = {f"l{pk}": number(count, MOST) for pk, count in counts.labels.items() if count}
    return labels | {f"s{pk}": number(count, MOST) for pk, count in counts.searches.items() if count}


@lru_cache(maxsize=4096)
def label_address(name: str) -> str:
    """The address of what has the label of that name, as HTML has it."""
    return escape(list_address(Selection(query=query_for(name))))


_END = "</b></a></li>"


# The parts of rows that are the same in page after page: to escape two hundred names is most of what they cost.
@lru_cache(maxsize=4096)
def _label_row(pk: int, name: str, colour: int, key: int | None, is_here: bool) -> str:
    pressed = f' data-key="g {key}"' if key else ""
    current = ' aria-current="page"' if is_here else ""
    attributes = f' class="of-label" data-hue="{colour}"{pressed}{current}'
    return _before_count(label_address(name), name, f"l{pk}", attributes)


@lru_cache(maxsize=8192)
def _search_row(pk: int, name: str) -> str:
    return _before_count(reverse("saved_search", args=[pk]), name, f"s{pk}")


def _before_count(address: str, name: str, counted: str, attributes: str = "") -> str:
    return (
        f'<li><a href="{address}"{attributes}><span class="name"><bdi>{escape(name)}</bdi></span><b data-n="{counted}">'
    )
