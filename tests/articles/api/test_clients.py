"""Real apps against a real server: what they show and mark is what the pages have."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from freshrss_api import FreshRSSAPI

from articles.api import app_passwords
from articles.lists.pages import Selection, Show, list_page
from articles.lists.reader_state import mark_read, star
from tests.factories import make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ann():
    return make_reader("ann")


@pytest.fixture
def password(ann):
    return app_passwords.create(ann, "app")[1]


def on_page(reader, show):
    return {article.pk for article in list_page(Selection(show=show), reader).articles}


def test_freshrss_api_reads_and_marks_by_fever(live_server, ann, password):
    feed = make_feed(title="Harbour", category=make_category("Ports"))
    articles = make_articles(60, feed)
    mark_read(ann, articles[:10])
    star(ann, articles[0], on=True)
    app = FreshRSSAPI(host=live_server.url, username="ann", password=password)
    assert [group["title"] for group in app.get_groups()["groups"]] == ["Ports"]
    assert [feed["title"] for feed in app.get_feeds()["feeds"]] == ["Harbour"]
    assert [item.id for item in app.get_unreads()] == [article.pk for article in articles[10:]]
    assert [item.id for item in app.get_saved()] == [articles[0].pk]
    app.set_mark(as_="read", id=articles[10].pk)
    app.set_mark(as_="saved", id=articles[11].pk)
    assert on_page(ann, Show.STARRED) == {articles[0].pk, articles[11].pk}
    assert articles[10].pk not in on_page(ann, Show.UNREAD)


def test_newsboat_reads_by_atom(live_server, ann, password, tmp_path):
    """Version 2.21 has no back end for FreshRSS: its "feedhq" is the same interface, with streams as Atom."""
    newsboat = shutil.which("newsboat")
    if newsboat is None:
        pytest.skip("newsboat is not installed: apt-get install newsboat")
    feed = make_feed(title="Harbour", category=make_category("Ports"))
    articles = make_articles(5, feed)
    mark_read(ann, articles[:2])
    assert run_newsboat(newsboat, tmp_path, live_server.url, password).split() == ["3", "unread", "articles"]


def run_newsboat(newsboat: str, folder: Path, address: str, password: str) -> str:
    (folder / "urls").touch()
    (folder / "config").write_text(
        f'urls-source "feedhq"\nfeedhq-url "{address}"\nfeedhq-login "ann"\nfeedhq-password "{password}"\n'
        "feedhq-min-items 20\n"
    )
    options = ["-C", str(folder / "config"), "-u", str(folder / "urls"), "-c", str(folder / "cache.db")]
    done = subprocess.run(
        [newsboat, *options, "-x", "reload", "print-unread"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)
