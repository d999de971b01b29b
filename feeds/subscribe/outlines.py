"""Lists of feeds, in and out: OPML, into the site's categories or a reader's own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from itertools import groupby
from typing import Literal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from feeds import sandbox
from feeds.access import from_opml
from feeds.categories import free_slug
from feeds.models import Category, Feed, FormerAddress, Importance
from feeds.pages import freshrss
from feeds.pages.recipe import kept, recipe_of
from feeds.parse import spellings
from feeds.parse.text import line
from feeds.polls.failure_messages import translated
from feeds.subscribe.add import columns_of, normalized
from feeds.subscribe.documents import opml
from feeds.subscribe.documents.foreign_filters import ForeignFilter, filters_in
from feeds.subscribe.own_feeds import no_room, room_of
from feeds.subscriptions import own
from feeds.subscriptions.visibility import Operator, Reader, categories_for, followed_feeds, places_of

BATCH = 1000
# An outline's address as people write it. The site itself sends to https, where it has that.
SCHEMELESS = re.compile(r"(?://)?[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?(?:[/?]|$)")
NO_FEED = re.compile(r"xpath|json\+dot", re.IGNORECASE)  # FreshRSS's types of what is made from a page


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlResult:
    """The outcome of one outline. `reason` says why it was refused; `filters`: another reader's rules that were in it,
    which act here no more."""

    title: str
    url: str
    outcome: Literal["added", "known", "refused"]
    reason: str = ""
    filters: tuple[ForeignFilter, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed of an OPML document, with the address to store, or why there is none."""

    outline: opml.FeedOutline
    url: str
    reason: str = ""


def category_at(*path: str, owner: User | None = None) -> Category:
    """The category of that name inside of that one, and so on, made where there is none; the site's or `owner`'s."""
    with transaction.atomic():
        return categories_at({tuple(path): {}}, owner)[tuple(path)]


def categories_at(
    wanted: Mapping[opml.Path, Mapping[str, str]], owner: User | None = None
) -> dict[opml.Path, Category]:
    """The categories of the site, or of `owner`, at these paths and above them, made level by level where there are
    none; each path with the attributes that a new one gets."""
    rows = list(Category.objects.filter(owner=owner))
    by_place = {(row.parent_id, row.name): row for row in rows}
    slugs = {row.slug for row in rows}
    paths = {path[:depth]: wanted.get(path[:depth], {}) for path in wanted for depth in range(1, len(path) + 1)}
    found: dict[opml.Path, Category] = {}
    for _depth, level in groupby(sorted(paths, key=len), len):
        new: list[Category] = []
        for path in level:
            parent = found.get(path[:-1])
            row = by_place.get((parent.pk if parent else None, path[-1]))
            if row is None:
                slug = free_slug(path[-1], slugs)
                slugs.add(slug)
                attributes = dict(paths[path])
                row = Category(owner=owner, name=path[-1], slug=slug, parent=parent, opml_attributes=attributes)
                new.append(row)
            found[path] = row
        Category.objects.bulk_create(new)
    return found


def import_opml(document: bytes) -> list[OpmlResult]:
    """Add every feed of an OPML document, with its categories. Raises ValueError where it is no OPML.

    One result per outline, in the document's order. A feed that is there already, at its address in whatever spelling,
    or was there before it moved, stays as it is; one that readers had alone is the site's from now on.
    """
    content, listed = feeds_listed(document)
    with transaction.atomic():
        known = known_feeds(listed)
        new = [each for each in listed if key_of(each) not in known]
        paths: dict[opml.Path, Mapping[str, str]] = {each.outline.path: {} for each in new if each.outline.path}
        added = put_in(new, categories_at({**paths, **content.categories}))
        own.share(Feed.objects.filter(pk__in=known.values(), is_shared=False))
        _keep_demands(each for each in listed if id(each) in added)
    return [result_of(each, is_new=id(each) in added) for each in listed]


def _keep_demands(added: Iterable[Listed]) -> None:
    """Keep what the list says of how to sign in at the feeds that it brought."""
    demands = {each.url: told for each in added if (told := from_opml.told(each.outline.attributes))}
    for feed in Feed.objects.filter(url__in=demands).select_related("access") if demands else ():
        from_opml.keep(feed, demands[feed.url])


def import_opml_for(reader: User, document: bytes) -> list[OpmlResult]:
    """Let the reader follow every feed of an OPML document, in categories of their own. Raises ValueError where it is
    no OPML.

    One result per outline, in the document's order. What the reader follows already stays as it is; what nobody has yet
    is theirs alone, as far as the site lets them have feeds of their own."""
    content, listed = feeds_listed(document)
    with transaction.atomic():
        known = known_feeds(listed)
        follows = {*followed_feeds(reader, quiet=True).values_list("pk", flat=True)}
        listed = _with_room(reader, listed, known, follows)
        put_in([each for each in listed if key_of(each) not in known], is_shared=False)
        known = known_feeds(listed)
        wanted: dict[int, Listed] = {}
        for each in listed:
            if each.url and (pk := known[key_of(each)]) not in follows:
                wanted.setdefault(pk, each)
        _follow(reader, wanted, content)
    added = {id(each) for each in wanted.values()}
    return [result_of(each, is_new=id(each) in added) for each in listed]


def _with_room(
    reader: User, listed: Iterable[Listed], known: Mapping[str, int], follows: Collection[int]
) -> list[Listed]:
    """The same feeds, but those beyond what the reader may have for themselves are refused."""
    shared = {*Feed.objects.filter(pk__in=known.values(), is_shared=True).values_list("pk", flat=True)}
    had = {key for key, pk in known.items() if pk in follows or pk in shared}
    room, result = room_of(reader), list[Listed]()
    for each in listed:
        if each.url and (key := key_of(each)) not in had:
            if room < 1:
                each = Listed(each.outline, "", no_room())
            else:
                room -= 1
                had.add(key)
        result.append(each)
    return result


def _follow(reader: User, wanted: dict[int, Listed], content: opml.Opml) -> None:
    paths = {each.outline.path for each in wanted.values() if each.outline.path}
    categories = categories_at({path: content.categories.get(path, {}) for path in paths}, owner=reader)
    feeds = Feed.objects.in_bulk(wanted)
    own.follow_many(
        reader,
        {feeds[pk]: categories.get(each.outline.path) for pk, each in wanted.items() if pk in feeds},
        titles={pk: _name_for(each, feeds.get(pk)) for pk, each in wanted.items()},
        importances={pk: _importance(each) for pk, each in wanted.items()},
    )


def _importance(listed: Listed) -> str:
    """Of Importance; empty where the list says none that there is."""
    told = listed.outline.importance
    return told if told in Importance.values else ""


def _name_for(listed: Listed, feed: Feed | None) -> str:
    """The reader's own name for a feed. Before its first check nobody knows whether the one name of an outline is the
    publisher's: it is taken for the reader's, until the feed says the same (feeds.polls.polling)."""
    outline = listed.outline
    if outline.custom_title or feed is None or feed.last_success_at or feed.is_shared:
        return outline.custom_title
    return outline.title


def feeds_listed(document: bytes) -> tuple[opml.Opml, list[Listed]]:
    """The content of an OPML document, and its feeds in their order. Raises ValueError where it is no OPML."""
    try:
        content = sandbox.run(opml.read, document)
    except sandbox.OverBudget as error:
        raise ValueError(translated(str(error))) from error
    return content, [Listed(outline, *_address_of(outline)) for outline in content.feeds]


def key_of(listed: Listed) -> str:
    """The same for every spelling of the address."""
    return spellings.key(listed.url)


def put_in(
    new: Iterable[Listed], categories: Mapping[opml.Path, Category] | None = None, *, is_shared: bool = True
) -> set[int]:
    """Add these feeds, each address once. Returns `id` of those that were the first with theirs."""
    first: dict[str, Listed] = {}
    for each in new:
        if each.url:
            first.setdefault(key_of(each), each)
    rows = [_row(each, (categories or {}).get(each.outline.path), is_shared=is_shared) for each in first.values()]
    Feed.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return {id(each) for each in first.values()}


def _address_of(outline: opml.FeedOutline) -> tuple[str, str]:
    """The address to store, and why there is none."""
    if not outline.url:
        return "", _("The outline has no feed's address (xmlUrl).")
    kind = outline.attributes.get("type", "")
    if NO_FEED.search(kind) and not freshrss.recipe_in(outline.attributes):
        message = _("This is a page that another reader picks apart (“%(kind)s”), and nothing says how.")
        return "", message % {"kind": line(kind, 100)}
    try:
        return normalized(_with_scheme(outline.url)), ""
    except ValueError as error:
        return "", str(error)


def _with_scheme(url: str) -> str:
    url = url.strip()
    return f"http://{url.removeprefix('//')}" if SCHEMELESS.match(url) else url


def known_feeds(listed: Iterable[Listed]) -> dict[str, int]:
    """The feeds that are there at these addresses, or were before they moved, by `key_of`."""
    urls = [each.url for each in listed if each.url]
    asked = list(dict.fromkeys(spelled for url in urls for spelled in (url, *spellings.others(url))))
    known: dict[str, int] = {}
    for start in range(0, len(asked), BATCH):
        some = asked[start : start + BATCH]
        for url, pk in (
            *FormerAddress.objects.filter(url__in=some).values_list("url", "feed"),
            *Feed.objects.filter(url__in=some).order_by().values_list("url", "pk"),
        ):
            known[spellings.key(url)] = pk
    return known


def _row(listed: Listed, category: Category | None, *, is_shared: bool) -> Feed:
    outline = listed.outline
    # What a reader calls a feed of their own stands in their subscription, and is nobody else's to read.
    title, called = (outline.title, outline.custom_title) if is_shared else ("", "")
    values = columns_of(title=title, custom_title=called, site_url=outline.site_url)
    recipe, attributes = freshrss.recipe_in(outline.attributes), from_opml.without_demands(outline.attributes)
    return Feed(
        url=listed.url,
        category=category,
        opml_attributes=freshrss.without_recipe(attributes) if recipe else attributes,
        recipe=kept(recipe) if recipe else None,
        is_shared=is_shared,
        importance=(is_shared and _importance(listed)) or Importance.NORMAL,
        **values,
    )


def result_of(listed: Listed, *, is_new: bool) -> OpmlResult:
    """The outcome of a feed of the document."""
    outcome: Literal["added", "known", "refused"] = "added" if is_new else "known" if listed.url else "refused"
    outline = listed.outline
    called = outline.custom_title or outline.title
    filters = filters_in(outline.attributes)
    return OpmlResult(
        title=called, url=listed.url or outline.url, outcome=outcome, reason=listed.reason, filters=filters
    )


def export_opml(reader: Reader | None = None) -> bytes:
    """All feeds, or all that `reader` follows, as OPML 2.0: categories as nested outlines, with the attributes they
    came with. What no client can fetch, as the articles of an archive whose feed nobody knows, is left out."""
    reader = reader or Operator()
    rows = categories_for(reader).in_bulk()
    paths: dict[int | None, opml.Path] = {None: (), **{pk: _path(pk, rows) for pk in rows}}
    titles, places, importances = own.own_titles(reader), places_of(reader), own.own_importances(reader)
    columns = ("url", "title", "custom_title", "site_url", "category_id", "opml_attributes", "recipe", "importance")
    feeds = tuple(
        opml.FeedOutline(
            url=row.url,
            title=row.title,
            custom_title=titles.get(row.pk) or row.custom_title,
            site_url=row.site_url,
            path=paths.get(places.get(row.pk), ()),
            # Where nobody has said anything nothing is: what reads the list has its own idea of normal.
            importance=importances.get(row.pk) or (row.importance if row.importance != Importance.NORMAL else ""),
            attributes=_attributes(row),
        )
        for row in followed_feeds(reader, quiet=True)
        .filter(url__startswith="http")
        .only(*columns)
        .order_by("title", "id")
    )
    categories = {paths[pk]: row.opml_attributes for pk, row in rows.items()}
    content = opml.Opml(feeds=feeds, categories=categories)
    return opml.write(content, title=_("Feeds of Newsreader"), created=format_datetime(timezone.now()))


def _attributes(feed: Feed) -> dict[str, str]:
    recipe = recipe_of(feed.recipe)
    return {**from_opml.without_demands(feed.opml_attributes), **(freshrss.attributes_of(recipe) if recipe else {})}


def _path(pk: int, rows: Mapping[int, Category]) -> opml.Path:
    path: list[str] = []
    seen: set[int] = set()
    step: int | None = pk
    while step is not None and step not in seen:
        seen.add(step)
        path.insert(0, rows[step].name)
        step = rows[step].parent_id
    return tuple(path)
