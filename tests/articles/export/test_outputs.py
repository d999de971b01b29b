"""Secret addresses: each opens one view, until it is revoked."""

from __future__ import annotations

import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from articles.export import secret_addresses
from articles.export.models import Output
from articles.export.secret_addresses import NOTED_EVERY
from articles.lists.pages import Selection
from articles.lists.reader_state import star
from articles.search import index as search_index
from articles.search.find import Search
from articles.search.query.syntax import LONGEST_QUERY
from newsreader.logs import WithoutSecrets
from tests.articles.export.reading import body, links, path, titles
from tests.effort import statements_asked
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


@pytest.fixture
def stranger():
    return Client()


def make_addresses(client, query=""):
    """The paths of a new output's feeds; the book is beside them."""
    response = client.post(f"/outputs/{query}")
    assert response.status_code == 200
    return [path(address) for name, address in response.context["addresses"] if name != "EPUB"]


@pytest.mark.parametrize("file", ["rss.xml", "atom.xml", "feed.json"])
def test_a_private_site_gives_strangers_no_feed(stranger, file):
    make_article()
    response = stranger.get(f"/{file}")
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_a_secret_address_opens_its_view_in_every_format(client, stranger, reader):
    feed = make_feed()
    make_article(feed, title="inside")
    make_article(title="outside")
    for address in make_addresses(client, f"?feed={feed.pk}"):
        assert titles(body(stranger, address)) == ["inside"]


def test_a_secret_address_opens_no_other_view(client, stranger, reader):
    feed, other = make_feed(), make_feed()
    make_article(feed, title="inside")
    make_article(other, title="outside")
    rss, *_ = make_addresses(client, f"?feed={feed.pk}")
    for query in (f"?feed={other.pk}", "?feed=", "?q=outside", "?show=all", "?category="):
        assert titles(body(stranger, rss + query)) == ["inside"]
    secret = rss.split("/")[3]
    output = make_output_of(client, other)
    assert stranger.get(f"/outputs/{output.pk}/{secret}/rss.xml").status_code == 404


def make_output_of(client, feed):
    make_addresses(client, f"?feed={feed.pk}")
    return Output.objects.get(feed=feed)


def test_a_secret_address_opens_neither_the_site_nor_a_session(client, stranger, reader):
    article = make_article()
    rss, *_ = make_addresses(client)
    response = stranger.get(rss)
    assert response.status_code == 200
    assert not response.cookies
    for address in ("/", f"/articles/{article.pk}/", "/outputs/", "/rss.xml", "/feeds/"):
        assert stranger.get(address).status_code == 302


def test_a_secret_address_shows_its_readers_stars_and_searches(client, stranger, reader):
    articles = make_articles(2, content_text="fog on the mole")
    star(reader, articles[0], on=True)
    search_index.index(articles, {})
    starred, *_ = make_addresses(client, "?show=starred")
    found, *_ = make_addresses(client, "?q=fog&order=relevance")
    assert titles(body(stranger, starred)) == [articles[0].title]
    assert len(titles(body(stranger, found))) == 2


def test_the_longest_search_has_an_address_too(client, reader):
    addresses = make_addresses(client, f"?q={'fog+' * 600}")
    assert addresses
    assert len(Output.objects.get().text) <= LONGEST_QUERY


def test_the_pages_of_a_secret_address_have_the_secret_too(client, stranger, reader):
    make_articles(25)
    _rss, atom, _json = make_addresses(client, "?show=unread")
    second = links(body(stranger, f"{atom}?n=10"))["next"]
    assert second.startswith(f"http://testserver{atom}?")
    assert len(titles(body(stranger, path(second)))) == 10


def test_a_revoked_address_opens_nothing(client, stranger, reader):
    make_article()
    addresses = make_addresses(client)
    kept, *_ = make_addresses(client)
    client.post(f"/outputs/{Output.objects.earliest('pk').pk}/revoke/")
    assert [stranger.get(address).status_code for address in addresses] == [404] * 3
    assert stranger.get(kept).status_code == 200


def test_nobody_revokes_or_sees_the_outputs_of_another(client, reader):
    make_addresses(client)
    output = Output.objects.get()
    client.force_login(make_reader("bo"))
    assert client.post(f"/outputs/{output.pk}/revoke/").status_code == 404
    assert client.get("/outputs/").context["outputs"] == []
    assert Output.objects.exists()


@pytest.mark.parametrize(
    "address", ["/outputs/{pk}/{wrong}/rss.xml", "/outputs/0/{right}/rss.xml", "/outputs/{other}/{right}/rss.xml"]
)
def test_a_wrong_secret_opens_nothing(client, stranger, reader, address):
    rss, *_ = make_addresses(client)
    _, _, pk, right, _ = rss.split("/")
    wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
    assert stranger.get(address.format(pk=pk, right=right, wrong=wrong, other=int(pk) + 1)).status_code == 404


def test_the_secret_is_not_kept(client, reader):
    rss, *_ = make_addresses(client)
    secret = rss.split("/")[3]
    assert len(secret) == 32
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM articles_output")
        assert secret not in repr(cursor.fetchall())
    assert secret not in client.get("/outputs/").text


def test_who_may_not_sign_in_has_no_open_address(client, stranger, reader):
    rss, *_ = make_addresses(client)
    reader.is_active = False
    reader.save()
    assert stranger.get(rss).status_code == 404


def test_an_output_goes_with_its_feed_or_category(client, stranger, reader):
    category, feed = make_category(), make_feed()
    make_article(title="elsewhere")
    of_category, *_ = make_addresses(client, f"?category={category.slug}")
    of_feed, *_ = make_addresses(client, f"?feed={feed.pk}")
    category.delete()
    feed.delete()
    assert [stranger.get(address).status_code for address in (of_category, of_feed)] == [404, 404]


def test_an_output_survives_a_new_name_of_its_category(client, stranger, reader):
    category = make_category("Ports")
    make_article(make_feed(category=category), title="inside")
    rss, *_ = make_addresses(client, f"?category={category.slug}")
    category.name, category.slug = "Harbours", "harbours"
    category.save()
    assert titles(body(stranger, rss)) == ["inside"]


def test_a_use_is_noted_and_no_oftener_than_needed(client, stranger, reader):
    other = secret_addresses.create(reader, Search(selection=Selection(), reader=reader, now=timezone.localtime()))[0]
    rss, *_ = make_addresses(client)
    output = Output.objects.exclude(pk=other.pk).get()
    assert output.last_used_at is None
    stranger.get(rss)
    output.refresh_from_db()
    other.refresh_from_db()
    used = output.last_used_at
    assert used is not None
    assert other.last_used_at is None
    with statements_asked() as queries:
        stranger.get(rss, headers={"If-None-Match": "W/x"})
    assert not [query.sql for query in queries if query.sql.startswith("UPDATE")]
    Output.objects.update(last_used_at=timezone.now() - NOTED_EVERY - timedelta(minutes=1))
    stranger.get(rss)
    output.refresh_from_db()
    assert output.last_used_at is not None
    assert output.last_used_at >= used


@pytest.mark.django_db(transaction=True)
def test_what_takes_no_note_of_the_use_gives_the_view_all_the_same(client, stranger, reader):
    make_article(title="inside")
    rss, *_ = make_addresses(client)

    def refuse(execute, sql, *arguments):
        if sql.startswith("UPDATE"):
            raise OperationalError("attempt to write a readonly database")
        return execute(sql, *arguments)

    with connection.execute_wrapper(refuse):
        assert titles(body(stranger, rss)) == ["inside"]
    assert Output.objects.get().last_used_at is None


def test_search_engines_are_kept_from_secret_addresses(client, stranger, reader):
    rss, *_ = make_addresses(client)
    response = stranger.get(rss)
    assert response["X-Robots-Tag"] == "noindex"
    assert {"private", "no-cache"} <= set(response["Cache-Control"].split(", "))
    assert "Accept" in response["Vary"].split(", ")
    assert not stranger.head(rss).streaming  # nothing is written that is not sent


def test_the_page_lists_each_output_with_its_last_use(client, stranger, reader):
    feed = make_feed(title="Harbour Notes")
    rss, *_ = make_addresses(client, f"?feed={feed.pk}")
    assert "never" in client.get("/outputs/").text
    stranger.get(rss)
    page = client.get("/outputs/").text
    assert "never" not in page
    assert f'href="/?feed={feed.pk}"' in page
    assert "Harbour Notes" in page


def test_the_page_that_shows_the_secret_is_kept_nowhere(client, reader):
    answer = client.post("/outputs/")
    assert answer.context["addresses"]
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


def test_looking_at_the_page_makes_no_address(client, reader):
    client.get("/outputs/?show=starred")
    assert not Output.objects.exists()


def test_an_open_site_tells_its_open_addresses(client, settings, reader):
    settings.NEWSREADER_PUBLIC = True
    feed = make_feed()
    assert f"http://testserver/rss.xml?feed={feed.pk}" in client.get(f"/outputs/?feed={feed.pk}").text
    assert "testserver/rss.xml" not in client.get("/outputs/?show=starred").text


def test_a_private_site_has_no_open_addresses(client, settings, reader):
    settings.NEWSREADER_PUBLIC = False
    page = client.get(f"/outputs/?feed={make_feed().pk}")
    assert page.context["open_addresses"] == []
    assert "testserver/rss.xml" not in page.text


def test_strangers_of_an_open_site_have_no_outputs(stranger, settings):
    settings.NEWSREADER_PUBLIC = True
    assert stranger.post("/outputs/").status_code == 302
    assert stranger.get("/rss.xml?show=starred").status_code == 302
    assert not Output.objects.exists()


def test_the_log_does_not_tell_a_secret(client, stranger, reader):
    """Not even of a mistyped name behind a secret that opens something."""
    folder = make_addresses(client)[0].rpartition("/")[0]
    written = StringIO()
    console = next(
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.StreamHandler) and any(isinstance(f, WithoutSecrets) for f in handler.filters)
    )
    stream = console.setStream(written)
    try:
        assert stranger.get(f"{folder}/rss.xlm").status_code == 404
    finally:
        console.setStream(stream)
    assert f"Not Found: {folder.rpartition('/')[0]}/…/rss.xlm" in written.getvalue()
    assert folder not in written.getvalue()


def test_secret_addresses_of_one_list_are_told_apart_by_their_names(client, reader):
    client.post("/outputs/?show=unread", {"name": "Podcast\x00 player\n"})
    client.post("/outputs/?show=unread", {"name": "x" * 200})
    client.post("/outputs/?show=unread")
    assert sorted(Output.objects.values_list("name", flat=True)) == ["", "Podcast player", "x" * 100]
    assert "Podcast player" in client.get("/outputs/").text
