"""The library google-reader, a real client of the Google Reader API: what it lists, adds, reads, stars, labels, marks,
renames and leaves is so on the pages."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from articles.api import app_passwords
from articles.labels.own import labels_on
from articles.lists.pages import Selection, Show, list_page
from articles.lists.reader_state import mark_read
from articles.models import Article, Enclosure
from feeds.models import Feed
from feeds.subscriptions import own
from feeds.subscriptions.visibility import followed_feeds
from tests.documents import items, rss
from tests.factories import make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db(transaction=True)
FETCH = Path(__file__).parents[2] / "clients" / "google-reader"


@pytest.fixture(scope="session")
def google_reader(tmp_path_factory) -> Any:
    """The library: as it is installed for Python 3.12 and later, else its file, fetched."""
    try:
        return import_module("google_reader")
    except ModuleNotFoundError:
        folder = tmp_path_factory.getbasetemp().parent / "google-reader"
    done = subprocess.run(
        [FETCH, folder], capture_output=True, text=True, timeout=100, check=False, env={"PYTHON": sys.executable}
    )
    if done.returncode:
        pytest.skip(f"google-reader can't be fetched here: {done.stderr.strip()[-300:]}")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(done.stdout.strip())
        return import_module("google_reader")


@pytest.fixture
def ann():
    return make_reader("ann")


class Signed:
    """The library's client with what each of its calls wants first."""

    def __init__(self, library: Any, address: str, password: str) -> None:
        self.client = library.Client(f"{address}/api/greader.php")
        self.auth = self.client.login("ann", password)
        self.token = self.client.get_token(self.auth)

    def ask(self, name: str, *values: Any, **options: Any) -> Any:
        return getattr(self.client, name)(self.auth, *values, **options)

    def change(self, name: str, *values: Any, **options: Any) -> Any:
        return getattr(self.client, name)(self.auth, self.token, *values, **options)

    def ids(self, stream: str, **options: Any) -> list[int]:
        found, place = list[int](), None
        while True:
            page = self.ask("get_stream_items_ids", stream, limit=7, continuation=place, **options)
            found += [int(ref.id) for ref in page.item_refs]
            place = page.continuation
            if not place:
                return found

    def subscriptions(self) -> dict[str, tuple[str, list[str]]]:
        """Title and folders of each feed by its stream."""
        rows = self.ask("list_subscriptions")
        return {row.id: (row.title, [tag.label for tag in row.categories]) for row in rows}


@pytest.fixture
def app(google_reader, live_server, ann) -> Signed:
    return Signed(google_reader, live_server.url, app_passwords.create(ann, "app")[1])


def on_page(reader, show):
    return {article.pk for article in list_page(Selection(show=show), reader).articles}


def test_a_wrong_password_is_refused(google_reader, live_server, ann):
    with pytest.raises(google_reader.AuthenticationError):
        google_reader.Client(live_server.url).login("ann", "wrong")


def test_it_lists(google_reader, app, ann):
    feed = make_feed(title="Harbour", category=make_category("Ports"), site_url="https://h.example/")
    articles = make_articles(30, feed)
    mark_read(ann, articles[:10])
    pks = [article.pk for article in articles]
    assert app.ask("get_user_info").user_name == "ann"
    (row,) = app.ask("list_subscriptions")
    assert (row.url, row.html_url) == (feed.url, "https://h.example/")
    assert app.subscriptions() == {f"feed/{feed.pk}": ("Harbour", ["Ports"])}
    assert [tag.id for tag in app.ask("list_tags")] == [google_reader.STREAM_STARRED, "user/-/label/Ports"]
    everything = google_reader.STREAM_READING_LIST
    assert app.ids(everything) == pks[::-1]
    assert app.ids(everything, direction="asc") == pks
    assert app.ids(everything, exclude_target=google_reader.STREAM_READ) == pks[:9:-1]


def test_it_gets_articles_with_their_files(google_reader, app, ann):
    articles = make_articles(2)
    mark_read(ann, articles[:1])
    Enclosure.objects.create(article=articles[0], url="https://h.example/1.mp3", media_type="audio/mpeg", length=9)
    names = [google_reader.get_long_item_id(article.pk) for article in articles]
    items = app.change("get_stream_items_contents", names).items
    assert [item.title for item in items] == [article.title for article in articles]
    assert google_reader.STREAM_READ in items[0].categories
    assert google_reader.STREAM_READ not in items[1].categories
    assert [(file.url, file.type) for file in items[0].enclosure] == [("https://h.example/1.mp3", "audio/mpeg")]


def test_it_reads_and_stars(google_reader, app, ann):
    pks = [article.pk for article in make_articles(6)]
    assert app.change("edit_tags", [str(pk) for pk in pks[:2]], add_tags=[google_reader.STREAM_READ])
    assert app.change("edit_tags", [str(pk) for pk in pks[1:4]], add_tags=[google_reader.STREAM_STARRED])
    assert (on_page(ann, Show.UNREAD), on_page(ann, Show.STARRED)) == (set(pks[2:]), set(pks[1:4]))
    assert app.change("edit_tags", [str(pks[0])], remove_tags=[google_reader.STREAM_READ])
    assert app.change("edit_tags", [str(pks[1])], remove_tags=[google_reader.STREAM_STARRED])
    assert (on_page(ann, Show.UNREAD), on_page(ann, Show.STARRED)) == ({pks[0], *pks[2:]}, set(pks[2:4]))
    assert set(app.ids(google_reader.STREAM_STARRED)) == on_page(ann, Show.STARRED)


def test_it_labels(google_reader, app, ann):
    one, other = make_articles(2)
    later, soon = (google_reader.get_label_id(name) for name in ("Later", "Soon"))
    assert app.change("edit_tags", [str(one.pk), str(other.pk)], add_tags=[later])
    assert app.change("edit_tags", [str(other.pk)], remove_tags=[later])
    assert {pk: [label.name for label in labels] for pk, labels in labels_on([one.pk, other.pk], ann).items()} == {
        one.pk: ["Later"]
    }
    assert app.ids(later) == [one.pk]
    assert [(tag.id, tag.type) for tag in app.ask("list_tags")][1:] == [(later, "tag")]
    assert app.change("rename_tag", later, "Soon")
    assert [label.name for label in labels_on([one.pk], ann)[one.pk]] == ["Soon"]
    assert app.change("delete_tag", soon)
    assert not labels_on([one.pk], ann)
    assert [tag.id for tag in app.ask("list_tags")] == [google_reader.STREAM_STARRED]


def test_it_marks_all(google_reader, app, ann):
    feed = make_feed()
    make_articles(3, feed)
    others = {article.pk for article in make_articles(2)}
    assert app.change("mark_all_as_read", f"feed/{feed.pk}")
    assert on_page(ann, Show.UNREAD) == others == set(app.ids(google_reader.STREAM_KEPT_UNREAD))
    with pytest.raises(google_reader.ResourceNotFoundError):
        app.change("mark_all_as_read", "feed/999")
    assert app.change("mark_all_as_read", google_reader.STREAM_READING_LIST)
    assert on_page(ann, Show.UNREAD) == set()


@pytest.mark.usefixtures("loopback_allowed")
def test_it_adds_renames_moves_and_leaves(google_reader, app, ann, publisher):
    own.choose_own(ann)
    address = publisher.serve("/feed.xml", rss(items(1, 2), title="Harbour Gazette"))
    added = app.change("quick_add_subscription", address)
    assert (added.num_results, added.stream_name) == (1, "Harbour Gazette")
    feed = Feed.objects.get()
    assert set(app.ids(added.stream_id)) == set(Article.objects.values_list("pk", flat=True)) == on_page(ann, Show.ALL)
    ports, docks = (google_reader.get_label_id(name) for name in ("Ports", "Docks"))
    assert app.change("edit_subscription", added.stream_id, "edit", title="The Gazette", add_label_id=ports)
    assert app.subscriptions() == {added.stream_id: ("The Gazette", ["Ports"])}
    assert own.own_titles(ann, [feed.pk]) == {feed.pk: "The Gazette"}
    assert app.change("rename_tag", ports, "Docks")
    assert app.subscriptions() == {added.stream_id: ("The Gazette", ["Docks"])}
    assert app.change("edit_subscription", added.stream_id, "edit", remove_label_id=docks)
    assert app.subscriptions() == {added.stream_id: ("The Gazette", [])}
    assert app.change("edit_subscription", added.stream_id, "unsubscribe")
    assert app.subscriptions() == {}
    assert not followed_feeds(ann).exists()
    assert on_page(ann, Show.ALL) == set()
    other = publisher.serve("/other.xml", rss(items(3), title="Pilot"))
    assert app.change("edit_subscription", f"feed/{other}", "subscribe", title="The Pilot")
    assert [title for title, _ in app.subscriptions().values()] == ["The Pilot"]
