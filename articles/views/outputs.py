"""Feeds of a view for other programs, and the page where a reader hands out and revokes their secret addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.book.choice import MOST, USUAL
from articles.export import hub, paging, secret_addresses
from articles.export.feeds import Address, FeedDocument, feed_document, items, title_of
from articles.export.formats import atom, jsonfeed, rss
from articles.export.models import Output
from articles.export.paging import NoSuchArchive, Page
from articles.export.site_address import site_address
from articles.lists.cursors import BadCursor
from articles.search.find import Search, SearchTimeout
from articles.search.query import parse
from articles.search.resolve import asks_for_something
from articles.views import query
from articles.views.query import address as list_query
from articles.views.selection import list_of
from articles.views.state import SignedIn

FORMATS: dict[str, ModuleType] = {"rss.xml": rss, "atom.xml": atom, "feed.json": jsonfeed}
BOOK = "book.epub"
NAMES = {"rss.xml": "RSS", "atom.xml": "Atom", "feed.json": "JSON Feed", BOOK: "EPUB"}
DEFAULT_SIZE = 50
LARGEST_SIZE = 1000
PLACES = ("n", "archive", "cursor")


@require_safe
def feed(request: HttpRequest, file: str) -> HttpResponseBase:
    """The view that the query names. On a private site only for who is signed in: see SignInMiddleware."""
    search = view_of(request)
    if search.is_personal and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    search = _newest_first(search)
    view = QueryDict(list_query(search).removeprefix("?"))
    return _answer(request, search, {name: view[name] for name in view}, file, is_open=True)


@login_not_required  # the secret in the address is the key
@require_safe
def secret_feed(request: HttpRequest, pk: str, secret: str, file: str) -> HttpResponseBase:
    """The view that the secret opens, whatever else the address asks for."""
    output = secret_addresses.opened_by(int(pk), secret)
    if output is None:
        raise Http404("no such output")
    response = _answer(request, _newest_first(secret_addresses.search_of(output)), {}, file)
    response["X-Robots-Tag"] = "noindex"
    return response


@login_not_required
@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """A feed that a browser shows as a page can't name the site's icon: the browser asks for it here."""
    return redirect(static("icon.svg"))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def output_list(request: SignedIn) -> HttpResponse:
    """The reader's outputs. A POST makes one of the view that the query names; its answer alone shows the secret."""
    search = view_of(request)
    addresses: list[tuple[str, str]] = []
    if request.method == "POST":
        output, secret = secret_addresses.create(request.user, search, name=request.POST.get("name", ""))
        addresses = [(name, _secret_address(request, output, secret, file)) for file, name in NAMES.items()]
    is_open = settings.NEWSREADER_PUBLIC and not search.is_personal
    files = [(name, _path(file) + list_query(search)) for file, name in NAMES.items()]
    context = {
        "view": title_of(search),
        "query": list_query(search),
        "narrowed_by": QueryDict(list_query(search).removeprefix("?")).items(),
        "usual_in_book": USUAL,
        "most_in_book": MOST,
        "addresses": addresses,
        "open_addresses": [(name, site_address(request) + path) for name, path in files] if is_open else [],
        "outputs": [_row(output) for output in _outputs(request)],
    }
    return render(request, "articles/outputs.html", context)


@login_required
@require_POST
def revoke_output(request: SignedIn, pk: int) -> HttpResponse:
    """Close one of the reader's outputs for good."""
    if not secret_addresses.revoke(request.user, pk):
        raise Http404("no such output")
    messages.success(request, _("The address has been revoked and no longer works."))
    return redirect("outputs")


def view_of(request: HttpRequest) -> Search:
    """The view that an address names, as the list page takes it; without a query the search is for nothing. Raises
    Http404 and BadRequest."""
    selection = list_of(request.GET, request.user)
    return query.view_of(request, selection)


def _newest_first(search: Search) -> Search:
    """The view as programs poll it: they look for what is new at the top, or for what came in last."""
    return replace(search, selection=search.selection.newest_first())


def _answer(
    request: HttpRequest, search: Search, view: dict[str, str], file: str, *, is_open: bool = False
) -> HttpResponseBase:
    """The document, or word that it has not changed. `view`: what the address says of the view; `is_open`: whether the
    address is no secret, so that a hub may know it."""
    place = {name: value for name in PLACES if (value := request.GET.get(name, ""))}
    if "archive" in place:
        place.pop("n", None)  # archive documents are the same for everybody
    try:
        page = _page(search, place, is_xml=FORMATS[file] is not jsonfeed)
    except NoSuchArchive as error:
        raise Http404("no such archive document") from error
    except BadCursor as error:
        raise BadRequest(_("This address names no page of the feed. Start again at its top.")) from error
    except SearchTimeout:
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    address = Address(site=site_address(request), path=request.path, view=view, page=_list_path(search))
    hub_url = hub.hub_of(view, place) if is_open else ""
    made = feed_document(search, page, address, place, hub_url=hub_url)
    response = get_conditional_response(request, etag=made.etag) or _written(request, made, address.site, file)
    response["ETag"] = made.etag
    if hub_url:
        response["Link"] = f'<{hub_url}>; rel="hub", <{made.document.self_url}>; rel="self"'
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Accept"])
    return response


def _page(search: Search, place: dict[str, str], *, is_xml: bool) -> Page:
    size = size_of(place.get("n", ""), usual=DEFAULT_SIZE, most=LARGEST_SIZE)
    if search.text and not asks_for_something(parse(search.text).tree):
        return Page(signatures=[])
    archived = paging.has_archive(search)
    if "archive" in place:
        if not archived:
            raise NoSuchArchive(place["archive"])
        return paging.archive(search, name=place["archive"], cursor=place.get("cursor", ""))
    if archived and is_xml and "cursor" not in place:
        return paging.subscription(search, size=size)
    return paging.paged(search, cursor=place.get("cursor", ""), size=size)


def size_of(text: str, *, usual: int, most: int) -> int:
    """The number of items that an address asks for. Raises BadRequest."""
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
        raise BadRequest(_("The number of items is a whole number from 1 on."))
    return min(int(text), most)


def _written(request: HttpRequest, made: FeedDocument, site: str, file: str) -> HttpResponseBase:
    """The document, written while it is sent."""
    content_type = f"{_media_type(request, file)}; charset=utf-8"
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type)
    return StreamingHttpResponse(_pieces(made, site, file), content_type=content_type)


def _pieces(made: FeedDocument, site: str, file: str) -> Iterator[bytes]:
    for piece in FORMATS[file].write(made.document, items(made.article_ids, site)):
        yield piece.encode("utf-8")


def _media_type(request: HttpRequest, file: str) -> str:
    """The media type for feed readers; browsers show a feed as a page only where it says that it is plain XML."""
    if "text/html" in request.headers.get("Accept", ""):
        return "application/json" if FORMATS[file] is jsonfeed else "text/xml"
    return str(FORMATS[file].MEDIA_TYPE)


def _secret_address(request: HttpRequest, output: Output, secret: str, file: str) -> str:
    if file == BOOK:
        return site_address(request) + reverse("secret_book", args=[output.pk, secret])
    return site_address(request) + reverse("secret_feed_out", args=[output.pk, secret, file])


def _path(file: str) -> str:
    return reverse("book") if file == BOOK else reverse("feed_out", args=[file])


def _outputs(request: SignedIn) -> list[Output]:
    return list(Output.objects.filter(user=request.user).select_related("user", "feed", "category"))


def _row(output: Output) -> tuple[Output, str, str]:
    search = secret_addresses.search_of(output)
    return output, title_of(search), _list_path(search)


def _list_path(search: Search) -> str:
    return reverse("list") + list_query(search)
