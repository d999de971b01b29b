"""A rule hits exactly what its query finds."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.labels import own as labels
from articles.lists.pages import Selection, Show
from articles.lists.reader_state import mark_read, star
from articles.models import Article, Rule
from articles.rules import judge, own
from articles.rules.at_work import AtWork, rules_at_work
from articles.search import index
from articles.search.find import Search, found_ids
from articles.search.query.syntax import Filter, Node, Words, to_text
from articles.search.query.tree import And, Not, Or
from feeds.subscriptions import own as subscriptions
from tests.articles.searching import make_found
from tests.effort import statements_asked
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db

LEAVES = st.sampled_from([
    *(Words("rain"), Words("snow"), Words("rain snow"), Words("台灣"), Words("雨"), Words("rains", "title")),
    *(Words("li", "author"), Words("feed.example", "url"), Filter("feed", "press"), Filter("category", "world")),
    *(Filter("lang", "zh"), Filter("has", "image"), Filter("after", "2026-01-01"), Filter("before", "2026-01-02")),
    *(Filter("is", "unread"), Filter("is", "read"), Filter("is", "starred"), Filter("label", "later")),
    *(Filter("note", "why"), Filter("importance", "low"), Filter("importance", "normal"), Filter("dup", "yes")),
    *(Words("G20峰会"), Words("U.S. rain"), Words("C++"), Words("下雨"), Words("Häuser"), Words("the Rain's", "title")),
    *(Filter("lang", "de"), Filter("date", "2026"), Filter("after", "2d"), Filter("feed", "2"), Words("!!!")),
])  # fmt: skip
QUERIES: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda parts: And(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=5,
)
TEXTS = (
    *("rain", "Snow. Rain snow.", "台湾下雨。", "sun", "raining in the 雨", "RAIN SNOW", "the rains’ U.S rain, c++"),
    *("G20 峰會", "Das Haus der Hauser", ""),
)
ARTICLES = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(TEXTS), st.sampled_from(TEXTS), st.integers(0, 7)),
    min_size=1,
    max_size=6,
)


def _site(drawn):
    """A reader with a category of two feeds, one of them private, and a feed that they do not see; `drawn`: the feed, the
    title and the text of each article, and what the reader did with it."""
    reader, world = make_reader(), make_category("World")
    feeds = [make_feed(title="Press", category=world), make_feed(), *(make_feed(is_shared=False) for _ in range(2))]
    subscriptions.follow(reader, feeds[2])
    label = labels.make_label(reader, "Later")
    for place, title, text, did in drawn:
        language = "zh" if "台" in text else "de" if "Haus" in text else "en"
        author = "Li Wei" if did == 6 else ""
        html = f'<p>{text}</p><img src="https://x.example/1.jpg">' if did == 5 else f"<p>{text}</p>"
        words = {"title": title, "author": author, "content_text": text, "content_html": html}
        article = make_article(feeds[place], language=language, **words)
        index.index([article])
        if place == 3:
            continue
        if did & 1:
            mark_read(reader, [article], read=did != 3)
        if did & 2:
            star(reader, article, on=True)
        if did & 4:
            labels.add_labels([label.pk], [article.pk])
    return reader, feeds


def _hits(rules, reader, article_ids):
    """The hits among these articles of rules that need not be stored."""
    at_work = AtWork([(rule.pk, reader.pk, rule.feed_id, rule.category_id, rule.text) for rule in rules])
    arrivals = judge.Arrivals(article_ids)
    found = [judge.hits_among(likely, reader, arrivals) for _owner, likely in at_work.likely(arrivals.texts)]
    return {pk: ids for some in found for pk, ids in some.items()}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(ARTICLES, st.lists(QUERIES, min_size=1, max_size=6), st.sampled_from(["", "feed", "private", "category"]))
def test_a_rule_hits_exactly_what_its_query_finds(drawn, queries, narrowed):
    with transaction.atomic():
        reader, feeds = _site(drawn)
        place = {
            "feed": {"feed": feeds[0]},
            "private": {"feed": feeds[3]},
            "category": {"category": feeds[0].category},
        }.get(narrowed, {})
        rules = [Rule(pk=n, user=reader, text=to_text(query), **place) for n, query in enumerate(queries)]
        hits = _hits(rules, reader, Article.objects.values_list("pk", flat=True))
        for rule in rules:
            search = Search(selection=judge.selection_of(rule), reader=reader, now=timezone.localtime(), is_each=True)
            assert hits.get(rule.pk, set()) == set(found_ids(search, size=1000)), rule.text
        transaction.set_rollback(True)


def test_what_is_asked_of_the_database_does_not_grow_with_the_rules():
    reader = make_reader()
    make_feed(title="Press", category=make_category("World"))
    article = make_found(text="rain over the harbour")
    queries = ("rain feed:press", "snow category:world", "is:unread rain", "label:later OR has:image", "-harbour")

    def asked(n):
        rules = [Rule(pk=number, user=reader, text=queries[number % len(queries)]) for number in range(n)]
        with CaptureQueriesContext(connection) as context:
            _hits(rules, reader, [article.pk])
        return len(context)

    assert asked(50) == asked(5)


def test_the_database_is_not_asked_about_what_an_article_s_words_rule_out():
    reader = make_reader()
    make_feed(title="Press", category=make_category("World"), importance="high")
    article = make_found(text="rain over the harbour")

    def asked(*queries):
        rules = [Rule(pk=number, user=reader, text=query) for number, query in enumerate(queries)]
        with CaptureQueriesContext(connection) as context:
            _hits(rules, reader, [article.pk])
        return len(context)

    others = (
        *(
            "snow",
            "snow feed:press",
            '"harbour rain" category:world',
            "snow is:unread",
            "label:later snow",
            "台灣 is:read",
        ),
        *("-harbour importance:high", "(snow OR storm) has:image", "is:starred lang:de", "title:harbour after:2d"),
    )
    assert asked(*others) == 1  # for the text
    assert asked(*others, "rain feed:press") == 3  # the reader's view, and the feeds' names


def test_files_are_read_only_for_a_rule_that_asks_for_them():
    reader = make_reader()
    article = make_found(text="rain")

    def asked(*queries):
        rules = [Rule(pk=number, user=reader, text=query) for number, query in enumerate(queries)]
        with statements_asked() as context:
            _hits(rules, reader, [article.pk])
        return sum("enclosure" in query.sql for query in context)

    assert asked("rain", "lang:en", "snow has:image", "sun -(-rain has:image)") == 0
    assert asked("rain", "-(snow has:image)", "-(rain has:image)") == 1


def test_rules_are_read_anew_when_one_has_changed():
    reader = make_reader()
    rule = own.save_rule(reader, own.Draft(selection=Selection(query="rain"), stars=True))
    first = rules_at_work()
    assert rules_at_work() is first
    own.save_rule(reader, own.Draft(selection=Selection(query="snow"), stars=True), rule)
    article = make_found(text="snow")
    arrivals = judge.Arrivals([article.pk])
    assert not first.likely(arrivals.texts)
    [(owner, likely)] = rules_at_work().likely(arrivals.texts)
    assert owner == reader.pk
    assert judge.hits_among(likely, reader, arrivals) == {rule.pk: {article.pk}}
    rule.delete()
    assert not rules_at_work().rows


def test_a_rule_whose_category_is_gone_since_rules_were_read_hits_nothing():
    reader, article = make_reader(), make_found(text="rain")
    place = make_category(owner=reader)
    gone = own.save_rule(reader, own.Draft(selection=Selection(query="rain", category=place), stars=True))
    other = own.save_rule(reader, own.Draft(selection=Selection(query="rain"), stars=True))
    at_work = rules_at_work()
    place.delete()
    arrivals = judge.Arrivals([article.pk])
    [(_owner, likely)] = at_work.likely(arrivals.texts)
    assert gone.pk in {rule.pk for rule in likely}
    assert judge.hits_among(likely, reader, arrivals) == {other.pk: {article.pk}}


@pytest.mark.parametrize(
    ("query", "show", "text"),
    [("rain", "unread", "rain is:unread"), ("rain OR snow", "starred", "(rain OR snow) is:starred"), ("rain", "all", "rain"),
     ("rain is:unread", "unread", "rain is:unread"), ("", "unread", "is:unread")],
)  # fmt: skip
def test_a_search_s_show_becomes_a_part_of_the_query(query, show, text):
    assert own.searched_by(Selection(query=query, show=Show(show))) == Selection(query=text)
