"""Is it alive, and is what it needs there? For process managers, load balancers and `up`."""

from __future__ import annotations

import os
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

PATIENCE = 3  # seconds


def database_problem() -> str:
    """Why the database can't be used, without secrets; empty where it can."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return ""


def broker_problem() -> str:
    """Why the broker can't be used, without secrets; empty where it can."""
    if not settings.REDIS_URL:
        return "" if os.access(settings.BROKER_DIR / "messages", os.W_OK) else "its folder can't be written"
    import redis  # only where there is one

    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
        ) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return "does not answer"
    return ""


def healthz() -> HttpResponse:
    """200 while the process lives. Looks at nothing else: a database that is away is no reason to restart."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz() -> HttpResponse:
    """200 when database and broker answer, else 503 and which of them does not."""
    problems = {"database": database_problem(), "broker": broker_problem()}
    status = 503 if any(problems.values()) else 200
    return JsonResponse({name: problem or "ok" for name, problem in problems.items()}, status=status)


PAGES = {"/healthz": healthz, "/readyz": readyz}


class HealthMiddleware:
    """Stands first: who asks comes by address, over plain http, and is not signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = PAGES.get(request.path_info)
        if page is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = page()
        response["Cache-Control"] = "no-store"
        return response
