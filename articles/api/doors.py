"""The steps that every door for apps takes before and after its own work: the doors may be closed, bodies have limits,
a key is asked for, and web pages of other sites may ask too, as apps that are made of them do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from articles.api.fields import Fields, NoSense, TooMuch, fields_of
from articles.api.models import AppPassword

PREFLIGHT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Call:
    """A request of an app that has signed in."""

    request: HttpRequest
    fields: Fields
    password: AppPassword
    now: datetime

    @property
    def reader(self) -> User:
        user = self.password.user
        assert isinstance(user, User)
        return user


class Refused(Exception):
    """The answer is known before the work is done."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


Door = Callable[..., HttpResponseBase]


def text(content: str, *, status: int = 200) -> HttpResponse:
    """A plain answer. Some apps compare the whole body, so that nothing is added."""
    return HttpResponse(content, status=status, content_type="text/plain; charset=utf-8")


def door(
    *methods: str, refusal: Callable[..., HttpResponse] = text
) -> Callable[[Callable[..., HttpResponseBase]], Door]:
    """A view at which apps knock: it takes the request and its Fields, may raise Refused and NoSense, and needs neither
    a session nor a form's token. OPTIONS is answered for browsers. `refusal` writes what is wrong, with a status."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Door:
        @login_not_required
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not settings.APPS:
                raise Http404("no doors for apps")
            began = timezone.now()  # what comes in while the answer is made is news the next time
            response = _answer(view, methods, refusal, request, *args, **kwargs)
            response.headers.setdefault("Date", http_date(began.timestamp()))
            response["Access-Control-Allow-Origin"] = "*"
            response["Cache-Control"] = "private, no-cache"
            patch_vary_headers(response, ["Authorization"])
            return response

        return guarded

    return decorate


def _answer(
    view: Callable[..., HttpResponseBase],
    methods: tuple[str, ...],
    refusal: Callable[..., HttpResponse],
    request: HttpRequest,
    *args: Any,
    **kwargs: Any,
) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return _preflight(methods)
    if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
        response = refusal("This address does not take that method.", status=405)
        response["Allow"] = ", ".join(methods)
        return response
    try:
        return view(request, fields_of(request), *args, **kwargs)
    except Refused as refused:
        return refused.response
    except TooMuch:
        return refusal("Too much", status=413)
    except NoSense as error:
        return refusal(f"Bad request: {error}", status=400)


def _preflight(methods: tuple[str, ...]) -> HttpResponse:
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = ", ".join((*methods, "OPTIONS"))
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response


def second(moment: datetime) -> int:
    """Seconds since 1970."""
    return int(moment.timestamp())


def microsecond(moment: datetime) -> int:
    """Microseconds since 1970, exactly: a float has too few digits."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
