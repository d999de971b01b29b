"""The cost of pages to one checkout of this project, told line by line to `benchmarks.pages --baseline`, which asks
another checkout in turns with it. Runs in the checkout's folder with its modules, and knows only names that older ones
have, too. Each line that it reads is the name of a page; it answers with calls of functions, processor ms and KB.
"""

from __future__ import annotations

import json
import sys
from cProfile import Profile
from pstats import Stats
from time import process_time
from typing import Any

RUNS = 5  # of which the least counts


def main() -> None:
    from benchmarks.command import own_site

    with own_site():
        from django.core.management import call_command

        call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True)
        call_command("migrate", verbosity=0, skip_checks=True)
        client, paths = _prepared(int(sys.argv[1]))
        _say([*paths])
        for line in sys.stdin:
            _say(cost(client, paths[line.strip()]))


def _prepared(size: int) -> tuple[Any, dict[str, str]]:
    from django.contrib.auth.models import User
    from django.test import Client

    from articles.models import Article
    from benchmarks.pages import WORD, _fill
    from feeds.models import Feed

    _fill(size)
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_user("reader"))
    newest = Article.objects.order_by("-published_at", "-id").values_list("id", flat=True)
    feed = Feed.objects.order_by("-article_count").values_list("id", flat=True)[0]
    return client, {
        "list": "/",
        "list of a feed": f"/?feed={feed}",
        "unread": "/?show=unread",
        "category": "/?category=wide",
        "search": f"/?q={WORD}",
        "article": f"/articles/{newest[0]}/",
        "feeds": "/feeds/",
        "account": "/account/",
        "numbers of the tree": "/tree/counts/",
    }


def cost(client: Any, path: str) -> dict[str, Any]:
    """Of one page, asked for until all that is kept in a process is there."""
    for _ in range(3):
        response = client.get(path)
        assert response.status_code == 200, (path, response.status_code)
    least = float("inf")
    for _ in range(RUNS):
        started = process_time()
        client.get(path)
        least = min(least, process_time() - started)
    return {
        "calls": calls(client, path),
        "cpu_ms": round(least * 1000, 1),
        "kb": round(len(response.content) / 1024, 1),
    }


def calls(client: Any, path: str) -> int:
    """The calls of functions, Python's and C's: the same in each run, whatever else the machine does."""
    profile = Profile()
    profile.runcall(client.get, path)
    return int(Stats(profile).total_calls)  # type: ignore[attr-defined]  # which its stubs do not know


def _say(what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
