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


def test_google_reader_reads_and_marks(live_server, ann, password):
    google_reader = pytest.importorskip("google_reader", reason="google-reader needs Python 3.12")
    feed = make_feed(title="Harbour", category=make_category("Ports"), site_url="https://h.example/")
    articles = make_articles(30, feed)
    mark_read(ann, articles[:10])
    pks = [article.pk for article in articles]
    app = google_reader.Client(f"{live_server.url}/api/greader.php")
    with pytest.raises(google_reader.AuthenticationError):
        app.login("ann", "wrong")
    auth = app.login("ann", password)
    token = app.get_token(auth)
    assert app.get_user_info(auth).user_name == "ann"
    (row,) = app.list_subscriptions(auth)
    assert (row.id, row.title, row.url, row.html_url) == (f"feed/{feed.pk}", "Harbour", feed.url, "https://h.example/")
    assert [tag.label for tag in row.categories] == ["Ports"]
    assert [tag.id for tag in app.list_tags(auth)] == [google_reader.STREAM_STARRED, "user/-/label/Ports"]

    def ids(stream, **options):
        found, place = [], None
        while True:
            page = app.get_stream_items_ids(auth, stream, limit=7, continuation=place, **options)
            found += [int(ref.id) for ref in page.item_refs]
            place = page.continuation
            if not place:
                return found

    everything = google_reader.STREAM_READING_LIST
    assert ids(everything) == pks[::-1]
    assert ids(everything, direction="asc") == pks
    assert ids(everything, exclude_target=google_reader.STREAM_READ) == pks[:9:-1]
    items = app.get_stream_items_contents(auth, token, [google_reader.get_long_item_id(pk) for pk in pks[:2]]).items
    assert [item.title for item in items] == [article.title for article in articles[:2]]
    assert google_reader.STREAM_READ in items[0].categories
    assert app.edit_tags(auth, token, [str(pk) for pk in pks[10:12]], add_tags=[google_reader.STREAM_READ])
    assert app.edit_tags(auth, token, [str(pks[20])], add_tags=[google_reader.STREAM_STARRED])
    assert on_page(ann, Show.UNREAD) == set(pks[12:])
    assert on_page(ann, Show.STARRED) == {pks[20]}
    assert app.mark_all_as_read(auth, token, f"feed/{feed.pk}")
    assert on_page(ann, Show.UNREAD) == set()
    with pytest.raises(google_reader.ResourceNotFoundError):
        app.mark_all_as_read(auth, token, "feed/999")


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
