import json
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from feeds.http import Client
from feeds.models import Category, Feed, FormerAddress, feeds_named
from feeds.subscribe.add import NothingFound, find, normalized, subscribe
from feeds.subscribe.documents.opml import NotOpml, read
from feeds.subscribe.outlines import category_at, export_opml, import_opml
from tests.documents import items, rss
from tests.factories import make_feed

pytestmark = pytest.mark.django_db
DOCUMENT = (Path(__file__).parents[1] / "data" / "subscriptions.opml").read_bytes()
PAGE = "text/html; charset=utf-8"


@pytest.fixture
def client(settings, loopback_allowed):
    with Client(settings.FETCH_POLICY) as opened:
        yield opened


def page(*hrefs):
    return "".join(f'<link rel="alternate" type="application/rss+xml" href="{href}">' for href in hrefs)


# ---- addresses ----


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (" HTTPS://News.Example/Feed ", "https://news.example/Feed"),
        ("http://news.example", "http://news.example/"),
        ("http://news.example:80/x?A=b#top", "http://news.example/x?A=b"),
        ("https://news.example:8443/", "https://news.example:8443/"),
        ("https://[2001:DB8::1]/x", "https://[2001:db8::1]/x"),
        ("feed://news.example/rss", "http://news.example/rss"),
        ("feed:https://news.example/rss", "https://news.example/rss"),
        ("web+feed://news.example/rss", "http://news.example/rss"),
        ("web+feed:https://news.example/rss", "https://news.example/rss"),
        ("https://news.example/a b", "https://news.example/a%20b"),
    ],
)
def test_an_address_is_stored_in_one_form(written, stored):
    assert normalized(written) == stored == normalized(stored)


LONG = f"https://x.example/{'x' * 2000}"
NO_PORT = "http://x.example:99999/"


@pytest.mark.parametrize(
    "address", ["", "news", "ftp://x.example/", "https://", "https://u:p@x.example/", "http://[", NO_PORT, LONG]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueError, match=r"address"):
        subscribe(address)


# ---- finding ----


def test_a_feeds_own_address_is_one_candidate_with_a_preview(client, publisher):
    url = publisher.serve("/rss", rss(items(1, 2, 3)))
    [candidate] = find(client, f" {url}#top ")
    assert (candidate.url, candidate.title, candidate.entry_count) == (url, "The Harbour Post", 3)
    assert candidate.newest_titles == ("Story 3", "Story 2", "Story 1")
    assert candidate.already_added is None


def test_an_address_without_scheme_is_tried_with_https_and_then_http(client, publisher):
    url = publisher.serve("/rss", rss(items(1)))
    assert find(client, url.removeprefix("http://"))[0].url == url


def test_the_feeds_that_a_page_names_are_fetched(client, publisher):
    url = publisher.serve("/", page("/a", "/b", "/broken", "/missing"), content_type=PAGE)
    known, _ = subscribe(publisher.serve("/a", rss(items(1), title="A")))
    publisher.serve("/b", json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": []}))
    publisher.serve("/broken", "<html>")
    found = find(client, url)
    assert [(each.title, each.already_added) for each in found] == [("A", known), ("B", None)]


def test_only_so_many_feeds_of_a_page_are_fetched(client, publisher):
    url = publisher.serve("/", page(*(f"/{n}" for n in range(40))), content_type=PAGE)
    for n in range(40):
        publisher.serve(f"/{n}", rss(items(1)))
    assert len(find(client, url)) == 8
    assert len(publisher.requests) == 9


def test_usual_places_are_tried_where_a_page_names_none(client, publisher):
    url = publisher.serve("/blog/", "<p>hello", content_type=PAGE)
    feed = publisher.serve("/atom.xml", rss(items(1)))
    publisher.serve("/rss", rss(items(1)))
    assert [each.url for each in find(client, url)] == [feed]


def test_a_permanent_redirect_is_taken_over_and_a_temporary_one_is_not(client, publisher):
    new = publisher.serve("/new", rss(items(1)))
    assert find(client, publisher.redirect("/moved", "/new", 301))[0].url == new
    away = publisher.redirect("/away", "/new", 302)
    assert find(client, away)[0].url == away


def test_two_names_of_one_feed_are_one_candidate(client, publisher):
    url = publisher.serve("/", page("/moved", "/rss"), content_type=PAGE)
    feed = publisher.serve("/rss", rss(items(1)))
    publisher.redirect("/moved", "/rss", 301)
    assert [each.url for each in find(client, url)] == [feed]


def test_nothing_found_says_what_was_there(client, publisher):
    url = publisher.serve("/", "<title>Kites</title>", content_type=PAGE)
    with pytest.raises(NothingFound, match="a web page titled “Kites”"):
        find(client, url)
    with pytest.raises(NothingFound, match="404"):
        find(client, publisher.url("/nowhere"))
    with pytest.raises(NothingFound, match="address"):
        find(client, "ftp://x.example/")
    with pytest.raises(NothingFound, match=r"^The name no\.invalid can't be found: .*\.$"):
        find(client, "http://no.invalid/")


# ---- subscribing ----


def test_a_feed_is_added_once_and_is_due_at_once(django_assert_max_num_queries):
    feed, is_new = subscribe("HTTP://New.example:80", title=" A\0\nname ", site_url="javascript:x")
    assert is_new
    assert (feed.url, feed.host, feed.title, feed.site_url) == ("http://new.example/", "new.example", "A name", "")
    assert feed.next_check_at is not None
    again, is_new = subscribe("http://new.example/#x", title="Other")
    assert (again, again.title, is_new) == (feed, "A name", False)


def test_a_category_is_made_once_with_a_slug_of_its_own():
    asia = category_at("News", "亚洲")
    assert (asia.name, asia.parent.name, asia.slug) == ("亚洲", "News", "亚洲")
    assert category_at("News", "亚洲") == asia
    other = category_at("Sport", "亚洲")
    assert other.slug not in {"", asia.slug}
    assert category_at("!!!").slug
    assert Category.objects.count() == 5


# ---- OPML ----


def test_every_outline_is_accounted_for():
    subscribe("https://wire.example/rss", title="Own name")
    results = import_opml(DOCUMENT)
    assert [(result.title, result.outcome) for result in results] == [
        ("My paper", "added"),
        ("Wire", "known"),
        ("Loose", "added"),
        ("Filed", "added"),
        ("Wire again", "known"),
        ("Forgotten", "refused"),
        ("Wrong", "refused"),
    ]
    assert all(bool(result.reason) == (result.outcome == "refused") for result in results)
    assert Feed.objects.get(url="https://wire.example/rss").title == "Own name"


def test_an_imported_feed_is_what_its_outline_says():
    import_opml(DOCUMENT)
    paper = Feed.objects.get(url="https://paper.example/rss")
    assert (paper.title, paper.custom_title, paper.site_url) == ("The Paper", "My paper", "https://paper.example/")
    assert (paper.host, paper.category.name, paper.category.parent.name) == ("paper.example", "Asia & Pacific", "News")
    assert paper.next_check_at is not None
    assert Feed.objects.get(title="Filed").category.parent.name == "Art"


def test_an_import_once_more_changes_nothing():
    import_opml(DOCUMENT)
    before = list(Feed.objects.values()), list(Category.objects.values())
    assert {result.outcome for result in import_opml(DOCUMENT)} == {"known", "refused"}
    assert (list(Feed.objects.values()), list(Category.objects.values())) == before


def test_a_list_from_before_a_feed_moved_names_that_feed():
    feed = make_feed(url="https://paper.example/new")
    FormerAddress.objects.create(url="https://paper.example/rss", feed=feed)
    results = import_opml(DOCUMENT)
    assert (results[0].url, results[0].outcome) == ("https://paper.example/rss", "known")
    assert not Feed.objects.filter(url="https://paper.example/rss").exists()


def test_a_feed_that_is_found_at_anothers_former_address_is_added():
    moved = make_feed(url="https://paper.example/new")
    FormerAddress.objects.create(url="https://paper.example/rss", feed=moved)
    feed, is_new = subscribe("https://paper.example/rss")
    assert is_new
    assert feeds_named("https://paper.example/rss").get() == feed != moved


SECURE, PLAIN = "https://bücher.example/rss", "http://xn--bcher-kva.example/rss"


@pytest.mark.parametrize(
    ("there", "asked"), [(SECURE, PLAIN), (PLAIN, SECURE), ("http://a.example/", "https://A.example")]
)
def test_spellings_of_one_address_are_one_feed(there, asked):
    feed = make_feed(url=there)
    assert subscribe(asked) == (feed, False)
    assert feeds_named(normalized(asked)).get() == feed
    outline = f'<outline text="A" xmlUrl="{asked}"/>'
    results = import_opml(f"<opml><body>{outline}</body></opml>".encode())
    assert [result.outcome for result in results] == ["known"]
    assert Feed.objects.get() == feed


def test_two_spellings_in_one_list_are_one_feed():
    outlines = "".join(f'<outline text="A" xmlUrl="{url}"/>' for url in (SECURE, PLAIN, SECURE))
    results = import_opml(f"<opml><body>{outlines}</body></opml>".encode())
    assert [result.outcome for result in results] == ["added", "known", "known"]
    assert Feed.objects.get().url == SECURE


def test_where_both_schemes_are_feeds_each_is_found_by_its_own():
    one, other = make_feed(url="http://a.example/f"), make_feed(url="https://a.example/f")
    for feed in (one, other):
        assert subscribe(feed.url) == (feed, False)
        assert feeds_named(feed.url).get() == feed


def test_a_former_address_is_known_in_another_scheme():
    feed = make_feed(url="https://paper.example/new")
    FormerAddress.objects.create(url="http://paper.example/rss", feed=feed)
    assert import_opml(DOCUMENT)[0].outcome == "known"
    assert feeds_named("https://paper.example/rss").get() == feed


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("planet.example/feed", "http://planet.example/feed"),
        ("//planet.example/feed", "http://planet.example/feed"),
        ("Planet.example", "http://planet.example/"),
        ("planet.example:8080/feed?a=b", "http://planet.example:8080/feed?a=b"),
    ],
)
def test_an_outlines_address_may_lack_its_scheme(written, url):
    [result] = import_opml(f'<opml><body><outline text="P" xmlUrl="{written}"/></body></opml>'.encode())
    assert (result.outcome, result.url) == ("added", url)


@pytest.mark.parametrize("written", ["/feed.xml", "mailto:a@b.example", "javascript:alert(1)", "feed", "a b.example/"])
def test_what_is_no_address_of_an_outline_is_refused(written):
    [result] = import_opml(f'<opml><body><outline text="P" xmlUrl="{written}"/></body></opml>'.encode())
    assert result.outcome == "refused"


@pytest.mark.parametrize("kind", ["HTML+XPath", "XML+XPath", "JSON+DotNotation", "html+xpath+json+dotnotation"])
def test_a_page_that_another_reader_picks_apart_is_refused_with_a_word(kind):
    document = f'<opml><body><outline text="P" type="{kind}" xmlUrl="https://p.example/"/></body></opml>'
    [result] = import_opml(document.encode())
    assert (result.outcome, kind in result.reason) == ("refused", True)
    assert not Feed.objects.exists()


def test_what_goes_out_comes_in_again():
    import_opml(DOCUMENT)
    document = export_opml()
    columns = ("url", "title", "custom_title", "site_url", "category__name", "opml_attributes")
    before = list(Feed.objects.order_by("url").values_list(*columns))
    categories = set(Category.objects.values_list("name", "parent__name"))
    attributes = {row.name: row.opml_attributes for row in Category.objects.all()}
    Feed.objects.all().delete()
    Category.objects.exclude(parent=None).delete()
    Category.objects.all().delete()
    import_opml(document)
    assert list(Feed.objects.order_by("url").values_list(*columns)) == before
    assert set(Category.objects.values_list("name", "parent__name")) == categories
    assert {row.name: row.opml_attributes for row in Category.objects.all()} == attributes
    assert attributes["News"]["colour"] == "red"


def test_what_no_client_can_fetch_does_not_go_out():
    make_feed(url="archive:The%20Paper", state=Feed.State.PAUSED)
    feed = make_feed()
    results = import_opml(export_opml())
    assert [(result.url, result.outcome) for result in results] == [(feed.url, "known")]


def test_a_document_that_is_none_adds_nothing():
    with pytest.raises(NotOpml):
        import_opml(b"<html>")
    assert not Category.objects.exists()


def test_a_failure_half_way_leaves_nothing_behind(monkeypatch):
    def fail(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr("django.db.models.query.QuerySet.bulk_create", fail)
    with pytest.raises(IntegrityError):
        import_opml(DOCUMENT)
    assert not Feed.objects.exists()


def large_document(count):
    outlines = "".join(
        f'<outline text="C{n // 10}"><outline text="F{n}" xmlUrl="https://h{n}.example/rss" own="{n}"/></outline>'
        for n in range(count)
    )
    return f"<opml version='2.0'><body>{outlines}</body></opml>".encode()


def test_a_thousand_feeds_come_in_and_go_out_with_few_queries():
    with CaptureQueriesContext(connection) as queries:
        assert len(import_opml(large_document(1000))) == 1000
    assert (Feed.objects.count(), Category.objects.count()) == (1000, 100)
    # SQLite takes no more than 999 values in one statement, and a feed has 40 and more.
    assert len(queries) < 1000 / 9
    with CaptureQueriesContext(connection) as queries:
        assert len(read(export_opml()).feeds) == 1000
    assert len(queries) == 3


# ---- commands ----


def test_add_feed_adds_by_address_and_by_page(publisher, loopback_allowed, capsys):
    feed = publisher.serve("/rss", rss(items(1)))
    site = publisher.serve("/", page("/rss"), content_type=PAGE)
    call_command("add_feed", site)
    call_command("add_feed", feed, feed)
    assert Feed.objects.get().title == "The Harbour Post"
    assert capsys.readouterr().out.splitlines() == [
        f"added: The Harbour Post {feed}",
        f"known: The Harbour Post {feed}",
        f"known: The Harbour Post {feed}",
    ]


def test_add_feed_names_the_choice_and_goes_on_with_the_others(publisher, loopback_allowed, capsys):
    for path in ("/a", "/b", "/c"):
        publisher.serve(path, rss(items(1), title=path))
    site = publisher.serve("/", page("/a", "/b"), content_type=PAGE)
    with pytest.raises(CommandError) as raised:
        call_command("add_feed", site, "nonsense:", publisher.url("/c"))
    assert raised.value.returncode == 1
    assert [feed.title for feed in Feed.objects.all()] == ["/c"]
    errors = capsys.readouterr().err
    assert publisher.url("/a") in errors
    assert publisher.url("/b") in errors
    assert "nonsense:" in errors


def test_import_opml_counts_and_names_what_it_refused(tmp_path, capsys):
    file = tmp_path / "feeds.subscribe.documents.opml"
    file.write_bytes(DOCUMENT)
    with pytest.raises(CommandError) as raised:
        call_command("import_opml", str(file))
    output = capsys.readouterr()
    assert raised.value.returncode == 1
    assert output.out.splitlines()[-1] == "added 4, known 1, refused 2"
    assert "gopher://wrong.example/" in output.err


def test_import_opml_tells_a_bad_file_from_a_missing_one(tmp_path):
    file = tmp_path / "page.html"
    file.write_bytes(b"<html>")
    for path, code in ((file, 1), (tmp_path / "none", 2)):
        with pytest.raises(CommandError) as raised:
            call_command("import_opml", str(path))
        assert raised.value.returncode == code


def test_export_opml_writes_a_file_and_to_standard_output(tmp_path, capsysbinary):
    subscribe("https://a.example/rss", title="A")
    file = tmp_path / "out.opml"
    file.write_text("old")
    call_command("export_opml", str(file))
    call_command("export_opml", "-")
    for document in (file.read_bytes(), capsysbinary.readouterr().out):
        assert [feed.url for feed in read(document).feeds] == ["https://a.example/rss"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.opml"]
    with pytest.raises(CommandError) as raised:
        call_command("export_opml", str(tmp_path / "none" / "x"))
    assert raised.value.returncode == 2


def test_help_documents_the_exit_codes(capsys):
    for name in ("add_feed", "import_opml", "export_opml"):
        with pytest.raises(SystemExit):
            call_command(name, "--help")
        text = " ".join(capsys.readouterr().out.split())
        positions = [text.index(part) for part in ("Exit code 0:", "2:")]
        assert all(first < second for first, second in pairwise(positions))
