"""The requests of apps that can't be run here, one after the other as their sources have it; their decoders' needs."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from django.test import Client
from django.utils import timezone

from articles.api.doors import microsecond
from articles.lists.pages import Selection, Show, list_page
from tests.articles.api.apps import API, FORM, App
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).parent / "transcripts"
SCHEMAS = json.loads((FOLDER / "schemas.json").read_text(encoding="utf-8"))
APPS = sorted(path.stem for path in FOLDER.glob("*.json") if path.stem != "schemas")


def check(answer, expected: str) -> None:
    content = answer.getvalue()
    assert answer.status_code == 200, content
    if expected == "ok":
        assert content == b"OK"
    elif expected == "token":
        assert content.endswith(b"\n")
    else:
        jsonschema.validate(json.loads(content), {**SCHEMAS[expected], "$defs": SCHEMAS["$defs"]})


@pytest.mark.parametrize("name", APPS)
def test_an_app_gets_what_its_decoder_needs(name):
    transcript = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    ann = make_reader("ann")
    feed = make_feed(title="Harbour", category=make_category("Ports"))
    articles = {
        "first": make_article(feed),
        "second": make_article(feed, title="", url="", summary=""),  # what some publishers leave out
        "third": make_article(feed, author="", published_at=timezone.now()),
    }
    app = App(ann, prefix=transcript["prefix"])
    first, second = articles["first"].pk, articles["second"].pk
    now = timezone.now()
    values = {
        "token": app.get("token").text.strip(),
        "feed": str(feed.pk),
        "now_us": str(microsecond(now)),
        "month_ago": str(int((now - timedelta(days=30)).timestamp())),
    }
    forms = {"long": "tag:google.com,2005:reader/item/{:016x}", "hex": "{:016x}", "decimal": "{}"}
    for form, pattern in forms.items():
        values |= {f"{form}_id": pattern.format(first), f"other_{form}_id": pattern.format(second)}
    for call in transcript["calls"]:
        address = app.prefix + API + call["path"].format_map(values)
        if call["method"] == "GET":
            answer = Client().get(address, headers=app.headers)
        else:
            answer = Client().post(address, call["body"].format_map(values), content_type=FORM, headers=app.headers)
        check(answer, call["answer"])
        if "then" in call:
            again = Client().get(address, headers={**app.headers, "If-None-Match": answer["ETag"]})
            assert again.status_code == 304
    for show, names in ((Show.UNREAD, transcript["unread"]), (Show.STARRED, transcript["starred"])):
        shown = {article.pk for article in list_page(Selection(show=show), ann).articles}
        assert shown == {articles[each].pk for each in names}
