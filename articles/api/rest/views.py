"""The ways in: each address of the table, the description, and the page that shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from articles.api import sign_in
from articles.api.doors import Door, Refused, door
from articles.api.fields import Fields, NoSense, TooMuch
from articles.api.follow import NotAllowed
from articles.api.models import AppPassword
from articles.api.rest import openapi
from articles.api.rest.key import password_in
from articles.api.rest.operation import Asked, NoFeed, NotThere, Operation, TakesTooLong
from articles.api.rest.operations import OPERATIONS
from articles.api.rest.problems import problem
from articles.api.rest.shapes import SHAPES
from articles.api.rest.values import checked, in_address
from articles.export.feeds import entity_tag
from articles.export.site_address import site_address
from feeds.subscriptions.visibility import keeping_sight

STATUS: dict[type[Exception], int] = {NotAllowed: 403, NotThere: 404, NoFeed: 422, TakesTooLong: 503}


def view_of(operations: Mapping[str, Operation]) -> Door:
    """The view of one address, by the methods that it takes."""

    @door(*operations, refusal=problem)
    def view(request: HttpRequest, fields: Fields, pk: int = 0) -> HttpResponse:
        operation = operations["GET" if request.method == "HEAD" else str(request.method)]
        password = _let_in(request, operation.scope)
        body = _body(request, operation)
        values = in_address(operation.query, fields.pairs) | body
        reader = password.user
        keeping_sight(reader)
        asked = Asked(reader=reader, values=values, site=site_address(request), now=timezone.now(), pk=pk)
        try:
            return _answer(request, operation, operation.does(asked), asked)
        except tuple(STATUS) as error:
            return problem(str(error) or "This account may not do that.", status=STATUS[type(error)])

    return view


@door("GET", refusal=problem)
def description(request: HttpRequest, fields: Fields) -> HttpResponse:
    """The API in OpenAPI's words. Without a password: it tells of nobody, and programs are made of it."""
    return _conditional(request, openapi.document(OPERATIONS))


@door("GET", "POST", "PUT", "PATCH", "DELETE", refusal=problem)
def nothing(request: HttpRequest, fields: Fields) -> HttpResponse:
    return problem("There is no such address in this API.", status=404)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The description as a page for people."""
    if not settings.APPS:
        raise Http404("no doors for apps")
    context = {"operations": OPERATIONS, "shapes": SHAPES, "address": site_address(request) + openapi.BASE}
    return render(request, "articles/rest_api.html", context)


def _let_in(request: HttpRequest, scope: AppPassword.Scope) -> AppPassword:
    try:
        password = password_in(request)
    except sign_in.TooManyGuesses as error:
        raise Refused(problem("Too many wrong passwords. Wait a quarter of an hour.", status=429)) from error
    if password is None:
        raise Refused(problem("An app password is needed.", status=401))
    if not password.allows(scope):
        raise Refused(problem("This app password may not do that.", status=403))
    return password


def _body(request: HttpRequest, operation: Operation) -> dict[str, Any]:
    """The values that the body gives. Raises NoSense, TooMuch."""
    if not operation.body:
        return {}
    if request.content_type != openapi.JSON:
        raise Refused(problem(f"The body has to be {openapi.JSON}.", status=415))
    try:
        values = json.loads(request.body, parse_constant=_refuse)
    except RequestDataTooBig as error:
        raise TooMuch from error
    except (ValueError, RecursionError) as error:
        raise NoSense("the body is no JSON.") from error
    if not isinstance(values, dict):
        raise NoSense("the body is no object.")
    return checked(operation.body, values)


def _refuse(name: str) -> float:
    raise ValueError(name)


def _answer(request: HttpRequest, operation: Operation, done: Any, asked: Asked) -> HttpResponse:
    if operation.answer is None:
        return HttpResponse(status=operation.status)
    written = operation.answer.written(done, asked.site)
    if operation.method == "GET":
        return _conditional(request, written)
    return _json(written, status=operation.status)


def _conditional(request: HttpRequest, written: dict[str, Any]) -> HttpResponse:
    """The answer, or word that it has not changed since (RFC 9110)."""
    etag = entity_tag(written)
    response = get_conditional_response(request, etag=etag) or _json(written)
    assert isinstance(response, HttpResponse)
    response["ETag"] = etag
    return response


def _json(written: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return JsonResponse(written, status=status, json_dumps_params={"ensure_ascii": False})
