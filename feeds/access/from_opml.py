"""A publisher's demands as FreshRSS keeps them in OPML: its options of curl. They are secrets: they come in encrypted,
are kept as no attribute, and never go out."""

from __future__ import annotations

from collections.abc import Mapping

from feeds.access.form import AccessForm
from feeds.access.granted import row_of
from feeds.models import Feed

CURL = "{https://freshrss.org/opml}CURLOPT_"
# No proxy: its network is not checked, as an operator has named it; whoever wrote the list is none.
FIELDS = {"COOKIE": "cookie", "USERAGENT": "user_agent", "HTTPHEADER": "headers"}


def without_demands(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes that are no options of curl."""
    return {name: value for name, value in attributes.items() if not name.startswith(CURL)}


def told(attributes: Mapping[str, str]) -> dict[str, str]:
    """The demands in an outline's attributes, by the names of AccessForm's fields."""
    return {field: attributes[CURL + option] for option, field in FIELDS.items() if attributes.get(CURL + option)}


def keep(feed: Feed, demands: Mapping[str, str]) -> bool:
    """Keep what an outline says for a feed for which nothing is kept yet; whether it could be used."""
    if row_of(feed) is not None or not demands:
        return False
    form = AccessForm(dict(demands), feed=feed)
    if not form.is_valid():
        return False
    form.store()
    return True
