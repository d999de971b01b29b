"""The same pages of `reader`'s own web application, as a baseline. Run by `benchmarks.pages --reader PYTHON` with a
Python that has `reader[app]`; knows nothing of Newsreader. Reads articles as JSON lines, writes processor ms as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any


def main() -> None:
    from reader import make_reader  # type: ignore[import-not-found,unused-ignore]
    from reader._app import create_app  # type: ignore[import-not-found,unused-ignore]

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "reader.sqlite")
        reader = make_reader(path, search_enabled=True)
        newest = _fill(reader)
        reader.update_search()
        client = create_app({"": {"url": path, "search_enabled": True}}).test_client()
        pages = {
            "list": "/?read=all",
            "unread": "/?read=no",
            "search": f"/?read=all&q={sys.argv[1]}",
            "article": f"/entry?feed={newest['feed']}&entry={newest['id']}",
            "feeds": "/feeds",
        }
        print(json.dumps({name: _page(client, address) for name, address in pages.items()}))


def _fill(reader: Any) -> dict[str, str]:
    known: set[str] = set()
    article: dict[str, str] = {}
    newest: dict[str, str] = {}
    for line in sys.stdin:
        article = json.loads(line)
        if article["feed"] not in known:
            known.add(article["feed"])
            reader.add_feed(article["feed"])
        reader.add_entry(
            {
                "feed_url": article["feed"],
                "id": article["id"],
                "title": article["title"],
                "link": article["id"],
                "published": datetime.fromisoformat(article["published"]),
                "content": [{"value": article["html"], "type": "text/html"}],
            }
        )
        newest = max(newest or article, article, key=lambda one: one["published"])
    return newest


def _page(client: Any, address: str) -> dict[str, Any]:
    best = 1e9
    for _ in range(6):
        started = process_time()
        response = client.get(address, follow_redirects=True)
        size = len(response.data)  # it is a stream
        best = min(best, process_time() - started)
    return {"status": response.status_code, "cpu_ms": round(best * 1000, 1), "kb": round(size / 1024, 1)}


if __name__ == "__main__":
    main()
