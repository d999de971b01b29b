"""A week of polling, scored by publishers that know what is good manners in a reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.documents import rss
from tests.factories import make_feed
from tests.simulation import START, Asked, Reply, Simulation

pytestmark = [pytest.mark.django_db, pytest.mark.one_database("a week of simulated waits, as in test_polling_hosts")]
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
SKIPS = "<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in (*range(9), 22, 23)) + "</skipHours>"
SKIPS += "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>"
V = {"ETag": 'W/"the quotes stay"', "Last-Modified": "Mon, 04 May 2026 00:00:00 GMT"}


def served(headers: dict[str, str], extra: str = "") -> Callable[[Asked, int], Reply]:
    def answer(asked: Asked, _: int) -> Reply:
        is_known = "ETag" in headers and asked.headers.get("If-None-Match") == headers["ETag"]
        return Reply(304, headers) if is_known else Reply(200, headers, rss([], extra=extra).encode())

    return answer


def failing(status: int, **headers: str) -> Callable[[Asked, int], Reply]:
    return lambda asked, number: Reply(status, {name.replace("_", "-"): value for name, value in headers.items()})


FEEDS: dict[str, tuple[Callable[[Asked, int], Reply], timedelta]] = {
    # what is answered, and how far apart two requests are at least
    "plain": (served(V), HOUR),
    "bare": (served({}), 24 * HOUR),
    "fresh": (served({**V, "Cache-Control": "max-age=10800"}), 3 * HOUR),
    "slow": (served(V, "<ttl>240</ttl>"), 4 * HOUR),
    "skips": (served(V, SKIPS), HOUR),
    "missing": (failing(404), HOUR),
    "limited": (failing(429), HOUR),
    "later": (failing(429, Retry_After="20000"), timedelta(seconds=20000)),
    "broken": (failing(500, Cache_Control="max-age=7200"), 2 * HOUR),
    "overloaded": (failing(503), HOUR),
}


def test_a_week_of_polling_brings_no_complaint(monkeypatch):
    for name in FEEDS:
        make_feed(url=f"https://{name}.example/feed", next_check_at=START, added_at=START)
    asked: dict[str, list[Asked]] = {name: [] for name in FEEDS}

    def answering(request: Asked) -> Reply:
        name = request.url.split("/")[2].partition(".")[0]
        asked[name].append(request)
        return FEEDS[name][0](request, len(asked[name]))

    Simulation(monkeypatch, answering).run(START + WEEK)
    complaints = [
        f"{name}: asked again after {later.at - earlier.at}"
        for name, requests in asked.items()
        for earlier, later in pairwise(requests)
        if later.at - earlier.at < FEEDS[name][1]
    ]
    conditions = {"If-None-Match": V["ETag"], "If-Modified-Since": V["Last-Modified"]}
    for name in ("plain", "fresh", "slow", "skips"):
        first, *rest = asked[name]
        complaints += [f"{name}: the first request has conditions"] * ("If-None-Match" in first.headers)
        complaints += [f"{name}: {each.headers}" for each in rest if not conditions.items() <= each.headers.items()]
    complaints += [f"skips: asked at {each.at}" for each in asked["skips"][1:] if _is_skipped(each.at)]
    complaints += [
        f"{name}: {each.headers}"
        for name, requests in asked.items()
        for each in requests
        if not each.headers["User-Agent"].startswith("Newsreader/") or {"Cookie", "Referer"} & each.headers.keys()
    ]
    assert complaints == []
    # and nobody waits without need
    assert len(asked["plain"]) > 60
    assert len(asked["bare"]) >= 6
    assert len(asked["skips"]) > 20
    assert all(len(requests) > 3 for requests in asked.values())


def _is_skipped(at: datetime) -> bool:
    return at.hour in {*range(9), 22, 23} or at.weekday() in {5, 6}
