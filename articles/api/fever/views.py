"""Fever's one address."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from articles.api import sign_in
from articles.api.doors import Call, door, second
from articles.api.fever import answers, marks
from articles.api.fields import Fields
from articles.api.looks import looking
from articles.api.models import AppPassword
from articles.export.site_address import site_address
from feeds.subscriptions.visibility import followed_feeds

VERSION = 3

SELECTORS: Mapping[str, Callable[[User], dict[str, Any]]] = {
    "groups": answers.groups,
    "feeds": answers.feeds,
    "favicons": answers.favicons,
    "unread_item_ids": answers.unread_item_ids,
    "saved_item_ids": answers.saved_item_ids,
}


@door("GET", "POST")
@sensitive_variables("fields")
def fever(request: HttpRequest, fields: Fields) -> HttpResponse:
    """All that the selectors ask, in one document. A wrong key is answered 200 too, with `auth` 0."""
    password = _password(request, fields)
    if password is None:
        return _json({"api_version": VERSION, "auth": 0})
    call = Call(request, fields, password, timezone.now())
    if not _change(call):
        return _json({"api_version": VERSION, "auth": 1}, status=403)
    answer: dict[str, Any] = {"api_version": VERSION, "auth": 1, "last_refreshed_on_time": _refreshed(call.reader)}
    is_look = "items" in fields or "unread_item_ids" in fields
    with looking(password) if is_look else nullcontext():
        for name, ask in SELECTORS.items():
            if name in fields:
                answer |= ask(call.reader)
        if "items" in fields:
            answer |= answers.page_of_items(call, site_address(request))
    if "links" in fields:
        answer["links"] = []
    return _json(answer)


def _password(request: HttpRequest, fields: Fields) -> AppPassword | None:
    """The password that the key is of; None without one, and for whoever has guessed too often."""
    try:
        return sign_in.by_fever_key(request, fields.last("api_key")) if "api_key" in fields else None
    except sign_in.TooManyGuesses:
        return None


def _change(call: Call) -> bool:
    """Do what the request says is to be marked. False where the password may not."""
    wanted = "mark" in call.fields or call.fields.last("unread_recently_read") == "1"
    if not wanted:
        return True
    if not call.password.allows(AppPassword.Scope.MARK):
        return False
    if "mark" in call.fields:
        marks.mark(call)
    else:
        marks.put_back_recent(call)
    return True


def _refreshed(reader: User) -> int:
    """The time when a feed was polled last, in seconds since 1970; 0 where none was."""
    checked = followed_feeds(reader, quiet=True).order_by().aggregate(at=Max("last_checked_at"))["at"]
    return second(checked) if checked else 0


def _json(answer: dict[str, Any], *, status: int = 200) -> HttpResponse:
    content = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(content, status=status, content_type="application/json; charset=utf-8")
