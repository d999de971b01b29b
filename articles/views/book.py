"""A view as a book, for readers who are signed in and for whoever has its secret address."""

from __future__ import annotations

from tempfile import TemporaryFile
from threading import BoundedSemaphore

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.archive_files.format.names import slug
from articles.book.choice import MOST, USUAL, Choice, NoSuchPeriod, Period, choose, period_named
from articles.book.writing import Tally, tag_of_book, title_of_book, write_book
from articles.export import secret_addresses
from articles.export.site_address import site_address
from articles.search.find import Search, SearchTimeout
from articles.views.outputs import size_of, view_of

MEDIA_TYPE = "application/epub+zip"
PICTURE_SECONDS = 15  # proxies wait for a minute as a rule
SECONDS_IN_LINE = 10
LONGEST_NAME = 80
# A book may keep a core busy for as long as that: one at a time in each process.
_turn = BoundedSemaphore(1)


@require_safe
def book(request: HttpRequest) -> HttpResponseBase:
    """The view that the query names, with the reader's own notes where it asks for them (`notes=1`). On a private site
    only for who is signed in: see SignInMiddleware."""
    search = view_of(request)
    if search.is_personal and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    notes_of = request.user if request.GET.get("notes") == "1" and isinstance(request.user, User) else None
    return _answer(request, search, notes_of)


@login_not_required  # the secret in the address is the key
@require_safe
def secret_book(request: HttpRequest, pk: str, secret: str) -> HttpResponseBase:
    """The view that the secret opens; the address may narrow it to a day."""
    output = secret_addresses.opened_by(int(pk), secret)
    if output is None:
        raise Http404("no such output")
    return _answer(request, secret_addresses.search_of(output))


def _answer(request: HttpRequest, search: Search, notes_of: User | None = None) -> HttpResponseBase:
    """The book, or word that it has not changed, which costs a few small queries."""
    period = _period(request.GET.get("date", ""))
    size = size_of(request.GET.get("n", ""), usual=USUAL, most=MOST)
    try:
        choice = choose(search, period=period, size=size)
        tag = tag_of_book(search, choice, site=site_address(request), period=period, notes_of=notes_of)
        if unchanged := get_conditional_response(request, etag=tag):
            return _with_headers(unchanged, tag=tag)
        if request.method == "HEAD":
            return _with_headers(HttpResponse(content_type=MEDIA_TYPE))
        if not _turn.acquire(timeout=SECONDS_IN_LINE):
            return _busy()
        try:
            response, tally = _made(request, search, choice, period, notes_of)
        finally:
            _turn.release()
    except SearchTimeout:
        return _busy()
    # Which pictures are here now only the texts tell: what lacks one is made anew whenever somebody asks.
    return _with_headers(response, tag="" if tally.missing else tag)


def _made(
    request: HttpRequest, search: Search, choice: Choice, period: Period | None, notes_of: User | None
) -> tuple[FileResponse, Tally]:
    """The book from a file without a name, which goes with the answer."""
    file = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 - the response closes it
    try:
        tally = write_book(
            file,
            search,
            choice,
            site=site_address(request),
            period=period,
            picture_seconds=PICTURE_SECONDS,
            notes_of=notes_of,
        )
        file.seek(0)
    except BaseException:
        file.close()
        raise
    name = slug(title_of_book(search, period), LONGEST_NAME) or "newsreader"
    made = FileResponse(file, as_attachment=True, filename=f"{name}.epub", content_type=MEDIA_TYPE)
    return made, tally


def _period(text: str) -> Period | None:
    try:
        return period_named(text)
    except NoSuchPeriod as error:
        raise BadRequest(_("A book is of a day, as 2026-01-31, or of a month, as 2026-01.")) from error


def _with_headers(response: HttpResponseBase, *, tag: str = "") -> HttpResponseBase:
    if tag:
        response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Content-Encoding"] = "identity"  # is compressed; GZipMiddleware takes away its length else
    return response


def _busy() -> HttpResponse:
    text = _("Another EPUB is being made. Try again in a minute.")
    return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "60"})
