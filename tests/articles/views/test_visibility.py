"""Who sees what: readers × things, for a feed that is shared with the site and for one that a reader added for themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.export import secret_addresses
from articles.lists.pages import Reader, Selection, Show
from articles.lists.reader_state import star
from articles.models import Article, ArticleVersion
from articles.search.find import Search
from articles.search.index import index
from feeds.models import Feed
from feeds.subscriptions import own
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
# The word that is searched for, and one that no address and no query has.
WORD, MARKER = "zugvogel", "kranichpost"
READERS = ("anonymous", "subscriber", "other", "staff")
LISTS = ("/", "/?feed={feed}", "/?show=unread", "/?category={category}")
SEARCHES = (f"/?q={WORD}", f"/?q={WORD}&order=relevance", f"/?q={WORD}&feed={{feed}}", f"/?q={WORD}&show=unread")
PARTS = (f"/search/narrow/?q={WORD}", f"/search/suggestions/?q={WORD}", f"/?q={WORD}+feed:{MARKER[:6]}")
# What was starred is taken from all feeds; a row that the reader comes back to need not be starred any more.
STARRED = (
    "/?show=starred&at={article}",
    f"/?q={WORD}&show=starred&at={{article}}",
    f"/search/suggestions/?q={WORD}&show=starred",
)
PAGES = ("/articles/{article}/", "/articles/{article}/versions/{version}/", "/articles/{between}/", "/feeds/")
VIEWS = ("", "?feed={feed}", "?category={category}", f"?q={WORD}")
FEEDS = tuple(f"/{file}{view}" for file in ("rss.xml", "atom.xml", "feed.json", "book.epub") for view in VIEWS)
THINGS = (*LISTS, *SEARCHES, *PARTS, *STARRED, *PAGES, *FEEDS, "/feeds/export.opml")
NEED_A_READER = {"/?show=unread", f"/?q={WORD}&show=unread", *STARRED[:2], "/feeds/export.opml"}


@dataclass(frozen=True, slots=True)
class Site:
    """A feed with one article, and another, shared one with an article between whose neighbours that stands."""

    feed: Feed
    article: Article
    between: Article
    readers: dict[str, User]
    names: dict[str, object]

    def client(self, reader: str) -> Client:
        client = Client()
        if reader in self.readers:
            client.force_login(self.readers[reader])
        return client


@pytest.fixture
def site(request: pytest.FixtureRequest, settings) -> Site:
    settings.NEWSREADER_PUBLIC = True
    readers = {name: make_reader(name, staff=name == "staff") for name in READERS[1:]}
    category = make_category()
    feed = make_feed(title=f"{MARKER} press", is_shared=request.param == "shared", category=category)
    article = _article(feed, f"{WORD.title()} {MARKER}")
    between = _article(make_feed(category=category), f"A {WORD} of another feed")
    version = ArticleVersion.objects.create(
        article=article, replaced_at=timezone.now(), title=article.title, html_zlib=b"", entry_hash="0"
    )
    own.follow(readers["subscriber"], feed)
    names = {"feed": feed.pk, "article": article.pk, "between": between.pk}
    return Site(feed, article, between, readers, {**names, "version": version.pk, "category": category.slug})


def _article(feed: Feed, title: str) -> Article:
    article = make_article(feed, title=title, summary="", content_text=title, content_html=f"<p>{title}</p>")
    index([article])
    return article


def shown(client: Client, address: str) -> tuple[int, str]:
    """The status, and all text of the answer; of a book, that of its files."""
    response = client.get(address)
    body = b"".join(response)
    if address.startswith("/book.epub"):
        try:
            with ZipFile(BytesIO(body)) as book:
                body = b"".join(map(book.read, book.namelist()))
        except BadZipFile:
            pass
    return response.status_code, body.decode("utf-8", "replace").lower()


def is_for(reader: str, site: Site, thing: str) -> bool:
    return (site.feed.is_shared or reader == "subscriber") and not (reader == "anonymous" and thing in NEED_A_READER)


@pytest.mark.parametrize("site", ["shared", "private"], indirect=True)
@pytest.mark.parametrize("reader", READERS)
def test_a_reader_sees_what_they_may_and_nothing_else(site, reader):
    client = site.client(reader)
    seen = {thing: MARKER in shown(client, thing.format(**site.names))[1] for thing in THINGS}
    assert seen == {thing: is_for(reader, site, thing) for thing in THINGS}


@pytest.mark.parametrize("site", ["private"], indirect=True)
@pytest.mark.parametrize("reader", ["anonymous", "other", "staff"])
def test_what_a_reader_may_not_see_is_as_if_it_were_not_there(site, reader):
    client = site.client(reader)
    for thing in set(THINGS).difference(STARRED):
        if "{feed}" in thing or "{article}" in thing:
            theirs, nobodys = thing.format(**site.names), thing.format(**dict.fromkeys(site.names, 987654321))
            assert shown(client, theirs)[0] == shown(client, nobodys)[0] == 404, thing


@pytest.mark.parametrize("site", ["private"], indirect=True)
@pytest.mark.parametrize(("reader", "status"), [("subscriber", 302), ("other", 404), ("staff", 404)])
@pytest.mark.parametrize("button", ["star", "read"])
def test_a_button_is_no_way_to_an_article(site, reader, status, button):
    client = site.client(reader)
    assert client.post("/articles/act/", {button: site.article.pk}).status_code == status
    assert client.get(f"/articles/{site.article.pk}/").status_code == (200 if status == 302 else 404)


@pytest.mark.parametrize("site", ["private"], indirect=True)
def test_marking_others_articles_tells_nothing(site):
    client = site.client("other")
    page = client.post(
        "/articles/mark/", {"extent": "page", "articles": f"{site.article.pk}.{site.between.pk}"}, follow=True
    )
    assert "1 article marked as read." in page.text
    for side in ("above", "below"):
        extent = f"{side}-{site.article.pk}"
        assert client.post("/articles/mark/", {"extent": extent, "latest_id": "1"}).status_code == 404


@pytest.mark.parametrize("site", ["shared", "private"], indirect=True)
@pytest.mark.parametrize("reader", READERS[1:])
@pytest.mark.parametrize("file", ["rss.xml", "atom.xml", "feed.json", "book.epub"])
def test_a_secret_address_opens_what_its_reader_sees(site, reader, file):
    def secret(selection: Selection, text: str = "") -> str:
        whose: Reader = site.readers[reader]
        search = Search(selection=replace(selection, query=text), reader=whose, now=timezone.localtime())
        output, key = secret_addresses.create(site.readers[reader], search)
        return f"/outputs/{output.pk}/{key}/{file}"

    for address in (secret(Selection()), secret(Selection(show=Show.UNREAD)), secret(Selection(), WORD)):
        assert (MARKER in _opened(address)) == is_for(reader, site, ""), address
    mine = secret(Selection(feed=site.feed))
    titles = f"{WORD} {MARKER}"
    assert (titles in _opened(mine)) == is_for(reader, site, "")


def _opened(address: str) -> str:
    body = b"".join(Client().get(address))
    if address.endswith(".epub"):
        with ZipFile(BytesIO(body)) as book:
            body = b"".join(map(book.read, book.namelist()))
    return body.decode("utf-8", "replace").lower()


@pytest.mark.parametrize("site", ["private"], indirect=True)
def test_what_a_reader_starred_stays_theirs_to_read(site):
    reader, client = site.readers["subscriber"], site.client("subscriber")
    star(reader, site.article, on=True)
    own.unfollow(reader, site.feed)
    for thing in ("/articles/{article}/", "/?show=starred", f"/?q={WORD}&show=starred"):
        assert MARKER in shown(client, thing.format(**site.names))[1], thing
    for thing in ("/", f"/?q={WORD}", "/?show=unread", "/feeds/"):
        assert MARKER not in shown(client, thing)[1], thing
    assert MARKER not in shown(site.client("other"), "/?show=starred")[1]


@pytest.mark.parametrize("site", ["private"], indirect=True)
def test_a_feed_that_is_shared_is_there_for_everybody(site):
    assert own.share([site.feed]) == 1
    site.feed.refresh_from_db()
    for reader in READERS:
        client = site.client(reader)
        seen = {thing: MARKER in shown(client, thing.format(**site.names))[1] for thing in THINGS}
        assert seen == {thing: is_for(reader, site, thing) for thing in THINGS}, reader


@pytest.mark.parametrize("site", ["private"], indirect=True)
def test_staff_are_told_of_a_readers_own_feed_and_of_no_article(site):
    status, text = shown(client := site.client("staff"), "/feeds/of-readers/")
    assert status == 200
    assert MARKER in text
    assert site.feed.url in text
    assert "subscriber" in text
    assert WORD not in text
    assert shown(site.client("other"), "/feeds/of-readers/")[0] == 403
    client.post(f"/feeds/{site.feed.pk}/share/")
    assert WORD in shown(site.client("other"), "/")[1]
    assert MARKER not in shown(client, "/feeds/of-readers/")[1].partition("<main")[2].partition("<table")[2]


@pytest.mark.parametrize("site", ["private"], indirect=True)
def test_no_other_query_is_proposed_by_what_a_reader_may_not_see(site):
    Article.objects.filter(pk=site.between.pk).update(title="", content_text="")
    index([Article.objects.get(pk=site.between.pk)])
    meant = {reader: site.client(reader).get(f"/?q={WORD}x").context["meant"] for reader in READERS}
    assert meant == {"anonymous": "", "subscriber": WORD, "other": "", "staff": ""}
