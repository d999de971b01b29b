"""The endpoints of the Google Reader API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.serializers.json import DjangoJSONEncoder
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    RawPostDataException,
    StreamingHttpResponse,
)
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_variables

from articles.api import sign_in
from articles.api.app_passwords import EDIT_TOKEN_LENGTH
from articles.api.contents import wholes
from articles.api.doors import Call, door, text
from articles.api.fields import Fields, NoSense, TooMuch
from articles.api.follow import NotAllowed
from articles.api.greader import atom, contents, editing, marks, stream_names, subscriptions
from articles.api.greader.quirks import takes_no_more
from articles.api.greader.sign_in import auth_of, edit_token, endpoint, too_many_guesses, unauthorized
from articles.api.greader.streams import page_of
from articles.api.looks import looking
from articles.api.models import AppPassword
from articles.export.feeds import entity_tag
from articles.export.site_address import site_address
from articles.lists.readable import readable_among
from feeds.subscribe.outlines import export_opml

USUAL, MOST_ITEMS, MOST_IDS = 20, 1_000, 10_000
READ, MARK, MANAGE = AppPassword.Scope.READ, AppPassword.Scope.MARK, AppPassword.Scope.MANAGE
OK = "OK"  # exactly: one app compares the whole body


@door("POST")
@sensitive_variables("fields")
def client_login(request: HttpRequest, fields: Fields) -> HttpResponse:
    """The token that the password is traded for. By POST alone: an address with a password stays in logs."""
    name, password = fields.last("Email"), fields.last("Passwd")
    try:
        row = sign_in.by_password(request, name, password)
    except sign_in.TooManyGuesses:
        return too_many_guesses()
    if row is None:
        return unauthorized()
    auth = auth_of(name, row, password)
    if fields.first("output") == "json":
        return _json({"SID": auth, "LSID": auth, "Auth": auth})
    # One app needs a line for LSID, and none looks into it.
    return text(f"SID={auth}\nLSID=null\nAuth={auth}\n")


@endpoint(READ, "GET", "POST")
def token(call: Call) -> HttpResponse:
    assert len(edit_token(call)) == EDIT_TOKEN_LENGTH
    return text(f"{edit_token(call)}\n")


@endpoint(READ, "GET")
def user_info(call: Call) -> HttpResponse:
    reader = call.reader
    pk, name = str(reader.pk), reader.get_username()
    return _json({"userId": pk, "userName": name, "userProfileId": pk, "userEmail": reader.email})


@endpoint(READ, "GET")
def subscription_list(call: Call) -> HttpResponse:
    return _conditional(call, subscriptions.subscriptions(call.reader, site_address(call.request)))


@endpoint(READ, "GET")
def tag_list(call: Call) -> HttpResponse:
    return _conditional(call, subscriptions.tags(call.reader, with_counts=not takes_no_more(call.request)))


@endpoint(READ, "GET")
def unread_count(call: Call) -> HttpResponse:
    with looking(call.password):
        counts = subscriptions.counts(call.reader)
    return _conditional(call, counts)


@endpoint(READ, "GET")
def nothing(call: Call) -> HttpResponse:
    """An empty answer to what some apps ask and none needs: preferences, friends."""
    return _json({})


@endpoint(READ, "GET", "POST")
def item_ids(call: Call) -> HttpResponse:
    """The ids of a stream's items, as decimal texts."""
    name = call.fields.first("s") or stream_names.READING_LIST
    try:
        with looking(call.password):
            page = page_of(name, call.fields, call.reader, usual=USUAL, most=MOST_IDS)
    except stream_names.NoSuchStream:
        return _no_stream()
    answer: dict[str, Any] = {"itemRefs": [{"id": str(pk)} for pk in page.ids]}
    if page.continuation:
        answer["continuation"] = page.continuation
    return _json(answer)


@endpoint(READ, "GET", "POST")
def stream_contents(call: Call, stream: str = "") -> HttpResponseBase:
    """The items of a stream, newest first: named in the path, in `s`, or all."""
    name = stream or call.fields.first("s") or stream_names.READING_LIST
    try:
        with looking(call.password):
            page = page_of(name, call.fields, call.reader, usual=USUAL, most=MOST_ITEMS)
    except stream_names.NoSuchStream:
        return _no_stream()
    return _contents(call, page.ids, name, page.continuation)


@endpoint(READ, "GET", "POST")
def item_contents(call: Call) -> HttpResponseBase:
    """The items that `i` names, those of them that are there and may be seen."""
    return _contents(call, readable_among(marks.ids_in(call.fields), call.reader), stream_names.READING_LIST)


@endpoint(READ, "GET")
def atom_stream(call: Call, stream: str) -> HttpResponseBase:
    try:
        with looking(call.password):
            page = page_of(stream, call.fields, call.reader, usual=USUAL, most=MOST_ITEMS)
    except stream_names.NoSuchStream:
        return _no_stream()
    items = wholes(page.ids, call.reader, site_address(call.request))
    pieces = atom.write(items, stream=stream, title=stream, self_url=_address(call), updated=call.now)
    return StreamingHttpResponse(pieces, content_type=f"{atom.MEDIA_TYPE}; charset=utf-8")


@endpoint(MARK, "POST")
def edit_tag(call: Call) -> HttpResponse:
    marks.edit(call)
    return text(OK)


@endpoint(MARK, "POST")
def mark_all_as_read(call: Call) -> HttpResponse:
    try:
        marks.mark_all(call)
    except stream_names.NoSuchStream:
        return _no_stream()
    return text(OK)


def _managed(work: Callable[[], object]) -> HttpResponse:
    """The answer to what changes subscriptions."""
    try:
        work()
    except stream_names.NoSuchStream:
        return _no_stream()
    except NotAllowed:
        return text("This account may not do that.", status=403)
    return text(OK)


@endpoint(MANAGE, "POST")
def subscription_edit(call: Call) -> HttpResponse:
    return _managed(lambda: editing.edit(call))


@endpoint(MANAGE, "POST")
def rename_tag(call: Call) -> HttpResponse:
    return _managed(lambda: editing.rename_tag(call))


@endpoint(MANAGE, "POST")
def disable_tag(call: Call) -> HttpResponse:
    return _managed(lambda: editing.disable_tags(call))


@endpoint(MANAGE, "POST")
def quick_add(call: Call) -> HttpResponse:
    try:
        return _json(editing.quick_add(call))
    except NotAllowed:
        return text("This account may not do that.", status=403)


@endpoint(READ, "GET")
def export_document(call: Call) -> HttpResponse:
    return HttpResponse(export_opml(call.reader), content_type="text/xml; charset=utf-8")


@endpoint(MANAGE, "POST")
def import_document(call: Call) -> HttpResponse:
    """The body is the OPML document itself."""
    try:
        document = call.request.body
    except RequestDataTooBig as error:
        raise TooMuch from error
    except RawPostDataException as error:  # a form of several parts, of which none is the document
        raise NoSense("no OPML") from error
    return _managed(lambda: editing.import_document(call, document))


def _contents(call: Call, ids: list[int], stream: str, continuation: str = "") -> HttpResponseBase:
    pieces = contents.page(
        call,
        ids,
        stream=stream,
        title=stream,
        site=site_address(call.request),
        self_url=_address(call),
        continuation=continuation,
    )
    return StreamingHttpResponse(pieces, content_type="application/json; charset=utf-8")


def _address(call: Call) -> str:
    """The address of the document, without what a key may be in."""
    kept = [(name, value) for name, value in call.fields.pairs if name in {"s", "n", "r", "xt", "it", "ot", "nt", "c"}]
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{site_address(call.request)}{call.request.path}{query}"


def _conditional(call: Call, answer: dict[str, Any]) -> HttpResponse:
    """The answer, or word that it has not changed since (RFC 9110)."""
    etag = entity_tag(answer)
    response = get_conditional_response(call.request, etag=etag)
    if response is None:
        response = _json(answer)
    assert isinstance(response, HttpResponse)
    response["ETag"] = etag
    return response


def _json(answer: dict[str, Any]) -> HttpResponse:
    return JsonResponse(answer, encoder=DjangoJSONEncoder, json_dumps_params={"ensure_ascii": False})


def _no_stream() -> HttpResponse:
    return text("There is no such stream.", status=404)
