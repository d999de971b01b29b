"""Pages, searches, feeds and apps with an article that several feeds bring."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.api.fever import items as fever
from articles.kept_counts.counting import recount, unread_of_labels
from articles.labels.own import add_labels, make_label
from articles.lists.lately import Deed, lately_page
from articles.lists.reader_state import hide_by_rule, mark_read, star
from articles.lists.selection import Selection, Show
from articles.models import ArticleState, Likeness
from articles.saved_searches.own import save_search
from articles.search import find, hit_page
from articles.search.find import Search, found_ids, search_page, total_of
from feeds.models import ReaderSettings
from feeds.subscriptions.own import follow
from tests.articles.api.apps import App
from tests.articles.api.rest.client import Program
from tests.articles.searching import make_found, titles
from tests.articles.stories.telling import one_story
from tests.effort import statements_asked
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


@pytest.fixture
def told():
    """A story of three articles, the last of them in a feed that nobody has; in the order of publication."""
    feeds = [make_feed(title=title, is_shared=title != "Secret") for title in ("Times", "BBC", "Secret")]
    articles = [make_found(feed, title=f"Ships sail, says {feed.title}") for feed in feeds]
    one_story(*articles)
    return articles


def text_of(html):
    return " ".join(re.sub("<[^>]*>", "", html).split())


def row_of(client, article, address="/"):
    return re.search(rf"<li class=row id=article-{article.pk}>.*?(?=<li|</ol>)", client.get(address).text, re.S)[0]


def listed(client, address="/"):
    return [int(pk) for pk in re.findall(r"<li class=row id=article-(\d+)>", client.get(address).text)]


def test_a_list_has_one_row_and_names_the_other_feeds(client, reader, told):
    first, second, _ = told
    assert listed(client) == listed(client, "/?show=unread") == [first.pk]
    assert "also in BBC" in text_of(row_of(client, first))
    assert f'<a href="/articles/{second.pk}/"><bdi>BBC</bdi></a>' in row_of(client, first)
    assert "Secret" not in client.get("/").text


def test_who_may_see_a_private_feed_is_told_of_it_too(client, reader, told):
    ReaderSettings.objects.create(user=reader)
    follow(reader, told[2].feed)
    assert "also in BBC, Secret" in text_of(row_of(client, told[0]))


def test_a_row_names_three_feeds_and_says_how_many_more(client, reader):
    articles = [make_article(make_feed(title=f"Paper {number}")) for number in range(6)]
    one_story(*articles)
    assert "also in Paper 1, Paper 2, Paper 3 +2" in text_of(row_of(client, articles[0]))


def test_doubles_within_a_feed_are_not_named(client, reader):
    feed = make_feed(title="Times")
    one, two = make_article(feed), make_article(feed)
    one_story(one, two)
    assert listed(client) == [one.pk]
    assert "also in" not in row_of(client, one)


def test_an_article_tells_of_its_doubles_and_of_others_that_report_the_same(client, reader, told):
    first, second, secret = told
    near, hidden = make_article(make_feed(title="Guardian"), title="Ships at sea"), make_article(secret.feed)
    for other in (near, hidden):
        Likeness.objects.create(article=second, other=other, is_same=False)
    for article, name in ((first, "BBC"), (second, "Times")):
        page = client.get(article.get_absolute_url()).text
        assert f"Also in {name}" in text_of(page)
        assert "Also reported by Ships at sea Guardian" in text_of(page)
        assert "Secret" not in page
    assert client.get(near.get_absolute_url()).context["doubles"] == []


def test_opening_one_reads_all_and_leaves_no_row(client, reader, told):
    client.get(told[1].get_absolute_url())
    assert listed(client, "/?show=unread") == []
    assert not ArticleState.objects.filter(article=told[2]).exists()


def test_the_account_s_choice_gives_each_a_row(client, reader, told):
    choices = {"theme": "auto", "typeface": "serif"}
    assert '<option value="together" selected>' in client.get("/account/").text
    client.post("/account/", choices | {"doubles": "apart"})
    assert listed(client) == [told[1].pk, told[0].pk]
    client.post("/account/", choices)  # an older page, which does not ask
    assert '<option value="apart" selected>' in client.get("/account/").text
    client.post("/account/", choices | {"doubles": "folded"})
    assert listed(client) == [told[0].pk]
    mark_read(reader, [told[1]])
    assert listed(client, "/?show=unread") == [told[0].pk]
    assert "errorlist" in client.post("/account/", choices | {"doubles": "never"}).text


def test_a_search_has_one_hit_of_a_story_and_with_dup_yes_each(client, reader, told):
    first, second, _ = told
    assert titles(client.get("/?q=ships")) == [first.title]
    assert titles(client.get("/?q=ships+dup:yes")) == [second.title, first.title]
    assert listed(client, "/?q=dup:yes") == [second.pk, first.pk]
    assert client.get("/?q=ships").context["page"].total == 1
    assert "also in BBC" in text_of(row_of(client, first, "/?q=ships"))


def test_a_search_for_others_than_doubles_has_one_hit_too(client, reader, told):
    assert titles(client.get("/?q=ships+-dup:yes")) == [told[0].title]


def test_a_total_beyond_what_is_counted_is_of_rows(reader, monkeypatch):
    monkeypatch.setattr(find, "COUNTED", 4)
    monkeypatch.setattr(hit_page, "LARGEST_BATCH", 3)
    feeds = [make_feed() for _ in range(4)]
    for number in range(5):
        one_story(*(make_found(feed, title=f"Harbour {number}") for feed in feeds))
        page = searched(reader, "harbour", size=1)
        assert (page.total, page.total_is_exact) == (min(number + 1, 4), number < 4)
        assert total_of(search_of(reader, "harbour")) == (number + 1, True)


def test_a_search_within_a_category_reads_the_tree_once(reader):
    category = make_category()
    make_found(make_feed(category=category), title="Harbour")
    with statements_asked() as queries:
        assert searched(reader, "harbour", category=category).total == 1
    of_tree = [query for query in queries if 'FROM "feeds_category"' in query.sql]
    assert len(of_tree) == 1


def search_of(reader, query, **fields):
    return Search(selection=Selection(query=query, **fields), reader=reader, now=timezone.now(), patience=600)


def searched(reader, query, *, size=30, **fields):
    return search_page(search_of(reader, query, **fields), size=size)


@pytest.mark.parametrize("query", ["BBC", '"says BBC"', "bbc is:unread", "ships feed:BBC"])
def test_a_double_that_alone_answers_the_query_is_found(client, reader, told, query):
    assert titles(client.get("/", {"q": query})) == [told[1].title]


@pytest.mark.parametrize("order", ["date", "oldest", "relevance"])
@pytest.mark.parametrize("query", ["harbour", '"the harbour sleeps"', "harbour is:unread"])
def test_pages_of_hits_are_as_long_and_counted_as_without_doubles(reader, order, query):
    feeds = [make_feed(), make_feed()]
    rows = []
    for number in range(7):
        pair = [make_found(feed, title=f"Harbour {number}") for feed in feeds]
        one_story(*pair)
        rows.append(pair[0].pk)
    selection = Selection.of_values({"query": query, "show": "all", "order": order})
    search = Search(selection=selection, reader=reader, now=timezone.now(), patience=600)
    found, cursor = [], ""
    while True:
        page = search_page(search, cursor=cursor, size=3)
        found += [hit.article.pk for hit in page.found]
        if page.total_is_exact:
            assert page.total == len(rows)
        if not page.next_cursor:
            break
        assert len(page.found) == 3
        cursor = page.next_cursor
    assert sorted(found) == rows
    assert found_ids(search, size=50) == found


def test_what_was_read_and_starred_last_has_it_once(client, reader, told):
    mark_read(reader, [told[1]])
    star(reader, told[1], on=True)
    assert ArticleState.objects.filter(is_read=True, starred_at__isnull=False).count() == 2
    for what in Deed:
        assert [article.pk for article in lately_page(what, reader).articles] == [told[0].pk]


def test_a_label_on_one_alone_is_listed_and_counted_by_pages_and_apps(client, reader, told):
    alone, both = make_label(reader, "alone"), make_label(reader, "both")
    add_labels([alone.pk], [told[1].pk])
    add_labels([both.pk], [told[0].pk, told[1].pk])
    app = App(reader)
    for label, article in ((alone, told[1]), (both, told[0])):
        assert listed(client, f"/?q=label:{label.name}") == [article.pk]
        assert app.ids(f"user/-/label/{label.name}") == [article.pk]
    assert unread_of_labels(reader) == {alone.pk: 1, both.pk: 1}


def test_a_saved_search_counts_what_it_shows(client, reader, told):
    queries = ["ships", "BBC", "feed:BBC", "ships dup:yes"]
    saved = {str(save_search(reader, Selection(query=query, show=Show.UNREAD)).pk): query for query in queries}
    shown = {pk: len(listed(client, f"/?q={query}&show=unread")) for pk, query in saved.items()}
    assert list(shown.values()) == [1, 1, 1, 2]
    assert recount(reader, now=timezone.localtime(), seconds=60).searches == shown


def test_what_a_rule_hides_hides_no_other(client, reader, told):
    hide_by_rule(reader, [told[0].pk], at=timezone.now())
    assert listed(client) == listed(client, "/?show=unread") == [told[1].pk]
    assert Program(reader).get("/unread-counts")["total"] == 1


def test_an_app_is_told_of_a_star_whose_first_stands_in_a_feed_that_its_reader_has_left(reader):
    left, feed = make_feed(is_shared=False), make_feed()
    pair = [make_article(each) for each in (left, feed)]
    one_story(*pair)
    for article in pair:
        ArticleState.objects.create(user=reader, article=article, starred_at=timezone.now())
    assert fever.starred(reader) == [pair[1].pk]


def test_feeds_out_have_one_item(client, told, settings):
    settings.NEWSREADER_PUBLIC = True
    items = json.loads(client.get("/feed.json").getvalue())["items"]
    assert [item["title"] for item in items] == [told[0].title]


def test_a_program_is_told_of_one_article_and_one_count(reader, told):
    program = Program(reader)
    assert [each["id"] for each in program.get("/articles")["articles"]] == [told[0].pk]
    assert program.get("/unread-counts")["total"] == 1


def test_an_article_costs_no_more_queries_the_more_articles_tell_of_the_same(client, reader):
    article, *others = [make_found(title=f"Ships sail, {number}") for number in range(5)]

    def cost(told):
        Likeness.objects.all().delete()
        Likeness.objects.bulk_create(Likeness(article=article, other=other, is_same=False) for other in told)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(article.get_absolute_url()).text.count("Ships sail, ") > len(told)
        return len(queries)

    cost(others)
    assert cost(others) == cost(others[:1])
