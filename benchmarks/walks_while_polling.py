"""Apps that walk through what is unread while workers store articles: how many ids came, came twice, were left out.

What was there before a walk and is so still has to be in it once. What came meanwhile is found by the next look: by
`ot`, and by an app that goes on from the last id that Fever gave it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from itertools import islice
from time import perf_counter, time
from typing import TYPE_CHECKING, Any

from benchmarks import report

if TYPE_CHECKING:
    from django.contrib.auth.models import User

UNREAD = 100_000
STATE = "user/-/state/com.google/"
SHARE = 10  # of the unread: they are a tenth of the archive at most
PAGES = 50  # of a walk whose pages have fifty items
Ids = Iterator[list[int]]
"""Of one page each."""


def walks(workers: int) -> dict[str, Any]:
    """The ids of each walk while so many workers stored all the time; SQLite lets one write at a time."""
    from articles.lists.pages import newest_id

    app = _app()
    before = {name: _flat(pages()) for name, pages in _all(app).items()}
    newest, began = newest_id(), int(time())
    with _workers(workers) as storing:
        found = {name: _walked(pages(), before[name], newest) for name, pages in _all(app).items()}
        followed = _followed(app, newest, len(before))
    came = _came(newest)
    followed |= set(_flat(app.fever(f"since_id={max(followed, default=newest)}")))
    since = set(_flat(app.ids(f"s={STATE}reading-list&n=10000&ot={began}")))
    return {
        "workers": workers,
        "stored_meanwhile": {name: sum(told[name] for told in storing) for name in ("new", "changed")},
        "walks": found,
        "the_next_look": {
            "came_in": len(came),
            "missed_by_ot": len(came - since),
            "missed_by_since_id": len(came - followed),
        },
    }


@dataclass(frozen=True, slots=True)
class _App:
    client: Any
    headers: dict[str, str]
    bearer: dict[str, str]
    key: str = field(repr=False)

    def json(self, address: str, headers: dict[str, str]) -> Any:
        answer = self.client.get(address, headers=headers)
        assert answer.status_code == 200, (address, answer.content)
        return json.loads(answer.getvalue())

    def ids(self, query: str) -> Ids:
        yield from self._streams(f"stream/items/ids?{query}", lambda page: [int(row["id"]) for row in page["itemRefs"]])

    def contents(self, query: str) -> Ids:
        hexadecimal = 16
        yield from self._streams(
            f"stream/contents?{query}",
            lambda page: [int(row["id"].rpartition("/")[2], hexadecimal) for row in page["items"]],
        )

    def _streams(self, path: str, of_page: Callable[[Any], list[int]]) -> Ids:
        place = ""
        while True:
            page = self.json(f"/reader/api/0/{path}{place}", self.headers)
            yield of_page(page)
            if "continuation" not in page:
                return
            place = f"&c={page['continuation']}"

    def fever(self, start: str) -> Ids:
        while True:
            answer = self.client.post(f"/fever/?api&items&{start}", {"api_key": self.key}).json()
            found = [item["id"] for item in answer["items"]]
            if not found:
                return
            yield found
            start = f"{start.partition('=')[0]}={found[-1]}"

    def rest(self, query: str) -> Ids:
        place = ""
        while True:
            page = self.json(f"/api/v1/articles?{query}{place}", self.bearer)
            yield [row["id"] for row in page["articles"]]
            if page["next_cursor"] is None:
                return
            place = f"&cursor={page['next_cursor']}"


def _app() -> _App:
    from django.test import Client

    from articles.api import app_passwords
    from articles.api.greader.sign_in import auth_of

    reader = _reader()
    row, password = app_passwords.create(reader, "walks", is_whole=True)
    key = md5(f"{reader.get_username()}:{password}".encode(), usedforsecurity=False).hexdigest()
    google = {"Authorization": f"GoogleLogin auth={auth_of(reader.get_username(), row, password)}"}
    return _App(Client(), google, {"Authorization": f"Bearer {password}"}, key)


def _reader() -> User:
    from django.contrib.auth.models import User

    from articles.lists.pages import Selection, newest_id
    from articles.lists.reader_state import mark_all_read
    from articles.models import Article

    User.objects.filter(username="walks").delete()
    reader = User.objects.create_user("walks")
    unread = min(UNREAD, Article.objects.count() // SHARE)
    mark_all_read(reader, Selection(), up_to=newest_id() - unread)
    return reader


def _all(app: _App) -> dict[str, Callable[[], Ids]]:
    unread = f"s={STATE}reading-list&xt={STATE}read"
    return {
        "ids, unread, by 10,000": lambda: app.ids(f"{unread}&n=10000"),
        "ids, unread, by 1,000, oldest first": lambda: app.ids(f"{unread}&n=1000&r=o"),
        "contents, unread, by 1,000": lambda: islice(app.contents(f"{unread.partition('&')[2]}&n=1000"), PAGES // 10),
        "Fever, upwards": lambda: islice(app.fever("since_id=0"), PAGES),
        "Fever, downwards": lambda: islice(app.fever("max_id=9007199254740991"), PAGES),
        "REST, unread, by 200": lambda: islice(app.rest("show=unread&n=200"), PAGES),
        "REST, by arrival, by 200": lambda: islice(app.rest("order=last_in&n=200"), PAGES),
    }


def _flat(pages: Ids) -> list[int]:
    return [pk for page in pages for pk in page]


def _walked(pages: Ids, before: list[int], newest: int) -> dict[str, Any]:
    """The difference of a walk from what a former one found: of one that ends somewhere as far as it got."""
    took, found = [], list[int]()
    while True:
        began = perf_counter()
        page = next(pages, None)
        if page is None:
            break
        took.append(perf_counter() - began)
        found += page
    there = set(before)
    last = next((pk for pk in reversed(found) if pk in there), None)
    reached = -1 if last is None else before.index(last)
    seen = set(found)
    return {
        "pages": len(took),
        "ids": len(found),
        "came_in_meanwhile": sum(pk > newest for pk in seen),
        "twice": len(found) - len(seen),
        "left_out": len(set(before[: reached + 1]) - seen),
        **{f"page_{name}": value for name, value in report.percentiles(took).items() if name in {"p50_ms", "worst_ms"}},
    }


def _followed(app: _App, newest: int, looks: int) -> set[int]:
    """The ids that an app has which looks again and again for what came after the last id that it was given."""
    found: set[int] = set()
    for _ in range(looks * 5):
        found.update(_flat(islice(app.fever(f"since_id={max(found, default=newest)}"), 1)))
    return found


def _came(newest: int) -> set[int]:
    """The ids of all that has come in and has a row of its own."""
    from articles.models import Article, StoryMember

    doubles = StoryMember.objects.filter(article__gt=newest, number__gt=0).values_list("pk", flat=True)
    return set(Article.objects.filter(pk__gt=newest).values_list("pk", flat=True)) - set(doubles)


@contextmanager
def _workers(number: int) -> Iterator[list[dict[str, int]]]:
    """The ids that the workers have stored, once they are stopped."""
    command = [sys.executable, "-m", "benchmarks.storing"]
    running = [
        subprocess.Popen(
            [*command, str(place), str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=report.ROOT,
        )
        for place in range(number)
    ]  # fmt: skip
    stored: list[dict[str, int]] = []
    for process in running:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    try:
        yield stored
    finally:
        for process in running:
            stored.append(json.loads(process.communicate()[0]))
