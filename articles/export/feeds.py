"""Feed documents of a view: what stands in them, whether they have changed, and their items one by one."""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from hashlib import blake2b

from django.conf import settings
from django.templatetags.static import static
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from articles.display.article import may_keep
from articles.display.media import display_html
from articles.export.formats.documents import Document, File, Item, Source
from articles.export.formats.markup import plain
from articles.export.models import ExportIdentity
from articles.export.paging import Page
from articles.images.urls import signing_key
from articles.lists.pages import Show
from articles.models import Article, Enclosure
from articles.querysets import FEED_COLUMNS
from articles.search.find import Search
from feeds.parse.media_types import type_of_address
from feeds.subscriptions.own import follows_all

# Changes with the form of the documents, so that no reader keeps an old one.
FORM = 1
BATCH = 20
STYLESHEET = "css/feed.css"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_EXPORTED = (
    "feed", "url", "title", "author", "language", "tags", "summary", "content_html", "published_at", "updated_at",
    "changed_at", *(f"feed__{name}" for name in FEED_COLUMNS), "origin",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a view's documents: the site, the document's path, and the part of the query that names the view;
    and the path of the page that shows the view to people."""

    site: str
    path: str
    view: Mapping[str, str]
    page: str

    def of(self, place: Mapping[str, str]) -> str:
        query = urlencode({name: value for name, value in {**self.view, **place}.items() if value})
        return f"{self.site}{self.path}?{query}" if query else f"{self.site}{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """A document that is not written yet, and the entity tag (RFC 9110) of what it would be."""

    document: Document
    article_ids: Sequence[int]
    etag: str


def feed_document(
    search: Search, page: Page, address: Address, place: Mapping[str, str], *, hub_url: str = ""
) -> FeedDocument:
    """The document of a page, and the hub that tells of its changes. Reads no text of any article."""
    signed = page.signatures
    view = replace(search, selection=search.selection.by_publication())  # in whichever order, it is the same view
    with translation.override(settings.LANGUAGE_CODE):
        document = Document(
            id=urn(view_key(view), signed[0].namespace if signed else None),
            title=f"{title_of(search)} · Newsreader",
            description=str(_("Give the address of this page to a feed reader, and it brings what comes in here.")),
            home_url=address.site + address.page,
            self_url=address.of(place),
            updated_at=max(
                (moment for each in signed for moment in (each.received_at, each.changed_at) if moment), default=_NEVER
            ),
            is_archive=page.is_archive,
            links={relation: address.of(_beside(place, other)) for relation, other in page.links.items()},
            stylesheet_url=static(STYLESHEET),
            hub_url=hub_url,
        )
    return FeedDocument(
        document=document, article_ids=page.article_ids, etag=entity_tag(FORM, document, signing_key(), signed)
    )


def entity_tag(*parts: object) -> str:
    """An entity tag of plain values, which `If-None-Match` may give back (RFC 9110, 8.8.3)."""
    digest = blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16)
    return f'W/"{digest.hexdigest()}"'


def _beside(place: Mapping[str, str], other: Mapping[str, str]) -> Mapping[str, str]:
    """A number of items that was asked for holds for other pages; archive documents are the same for everybody."""
    return {"n": place["n"], **other} if "n" in place and "archive" not in other else other


def title_of(search: Search) -> str:
    """The name that a reader calls the view by."""
    selection = search.selection
    names = [
        search.text,
        selection.feed.name if selection.feed else "",
        selection.category.name if selection.category else "",
        {Show.ALL: "", Show.UNREAD: str(_("Unread")), Show.STARRED: str(_("Starred"))}[selection.show],
    ]
    return " · ".join(name for name in names if name) or str(_("All articles"))


def view_key(search: Search) -> str:
    """The view by what never changes: rows' ids, not names. Whose it is where readers have different ones."""
    selection = search.selection
    is_own = not (selection.feed or selection.category or follows_all(search.reader))
    reader = search.reader.pk if search.is_personal or is_own else None
    return repr(("view", *search.selection.identity(), reader))


def urn(name: str, namespace: uuid.UUID | None = None) -> str:
    """An id (RFC 9562, version 5) that no change of name, address or domain touches. `namespace`: the site's, where it
    is at hand."""
    return uuid.uuid5(namespace or _namespace(), name).urn


def _namespace() -> uuid.UUID:
    identity, _is_new = ExportIdentity.objects.get_or_create(pk=1)
    return identity.namespace


# --- items ------------------------------------------------------------------------------------------------------


def items(article_ids: Sequence[int], site: str) -> Iterator[Item]:
    """The articles as items, in that order. Holds BATCH of them at a time; one deleted meanwhile is left out."""
    namespace = _namespace()
    for start in range(0, len(article_ids), BATCH):
        pks = article_ids[start : start + BATCH]
        articles = Article.objects.select_related("feed", "origin").only(*_EXPORTED).in_bulk(pks)
        files = files_of(pks)
        with translation.override(settings.LANGUAGE_CODE):
            batch = [_item(articles[pk], files[pk], namespace, site) for pk in pks if pk in articles]
        yield from batch


def files_of(article_ids: Sequence[int]) -> dict[int, list[File]]:
    """The enclosures of each article. A prefetch would tie articles into cycles, which stay in memory for long."""
    files: dict[int, list[File]] = defaultdict(list)
    for file in Enclosure.objects.filter(article__in=article_ids):
        if _is_web(file.url):
            files[file.article_id].append(_file(file))
    return files


def _item(article: Article, files: Sequence[File], namespace: uuid.UUID, site: str) -> Item:
    # The id has the path as it is written here, wherever articles may stand one day.
    return Item(
        id=uuid.uuid5(namespace, f"/articles/{article.pk}/").urn,
        url=article.url if _is_web(article.url) else site + article.get_absolute_url(),
        title=article.title,
        source=_source(article),
        published_at=article.published_at.astimezone(UTC),
        updated_at=(article.updated_at or article.changed_at or article.published_at).astimezone(UTC),
        author=article.author,
        language=article.language or article.feed.language,
        tags=tuple(tag for tag in map(plain, article.tags) if tag.strip()),
        summary=article.summary,
        content_html=absolute(display_html(article.content_html, is_kept=may_keep(article.feed)), site),
        files=tuple(files),
    )


def _source(article: Article) -> Source:
    """The publisher's feed: of a mirrored article not the mirror."""
    feed = article.feed
    if origin := article.origin:
        return Source(
            id=origin.url or origin.site_url or feed.url, title=origin.title, url=origin.url, site_url=origin.site_url
        )
    url = feed.url if _is_web(feed.url) else ""
    site_url = feed.site_url if _is_web(feed.site_url) else ""
    return Source(id=feed.url, title=feed.name, url=url, site_url=site_url)


def _file(file: Enclosure) -> File:
    told = {each.name: getattr(file, each.name) for each in fields(File)}
    guessed = file.media_type or type_of_address(file.url) or "application/octet-stream"
    return File(**told | {"media_type": guessed, "poster_url": file.poster_url if _is_web(file.poster_url) else ""})


def _is_web(address: str) -> bool:
    return address[:8].lower().startswith(("http://", "https://"))


_TAG = re.compile(r'<[a-z]+(?: [a-z-]+(?:="[^"]*")?)*>')
_OWN = re.compile(r'( (?:src|href|poster)=")(/(?!/))')
_SRCSET = re.compile(r' srcset="([^"]*)"')


def absolute(html: str, site: str) -> str:
    """HTML of articles.display.media with this site's own addresses absolute. Text that looks so stays as it is."""

    def replace(found: re.Match[str]) -> str:
        tag = _OWN.sub(rf"\g<1>{site}\g<2>", found[0])
        return _SRCSET.sub(lambda srcset: f' srcset="{_absolute_candidates(srcset[1], site)}"', tag)

    return _TAG.sub(replace, html)


def _absolute_candidates(srcset: str, site: str) -> str:
    candidates = (candidate.strip() for candidate in srcset.split(", "))
    return ", ".join(f"{site}{each}" if each.startswith("/") and each[1:2] != "/" else each for each in candidates)
