"""The orders of lists and of hits, as menus call them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from articles.lists.selection import Order

NAMES = {
    Order.DATE: _("Newest first"),
    Order.OLDEST: _("Oldest first"),
    Order.LAST_IN: _("Newest arrivals first"),
    Order.FIRST_IN: _("Oldest arrivals first"),
    Order.RELEVANCE: _("Most relevant first"),
}


class Choice(NamedTuple):
    """An order that a menu offers: what it is called, where it leads, and whether it is the one at hand."""

    order: Order
    name: str
    address: str
    is_current: bool


def choices(orders: Iterable[Order], current: Order, address: Callable[[Order], str]) -> list[Choice]:
    """The choices of a menu, in their order; `address` tells where each leads."""
    return [Choice(order, str(NAMES[order]), address(order), order is current) for order in orders]
