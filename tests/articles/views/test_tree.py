"""The feeds beside a list, as pages have them and forms change them. Its rows: tests.articles.lists.test_feed_tree."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from feeds.models import ReaderSettings
from feeds.subscriptions.tree_state import tree_state
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def tree(response):
    """The HTML of the tree."""
    return response.text.partition('id="tree"')[2].partition("</nav>")[0]


def title(response):
    return " ".join(strip_tags(response.text.partition("<title>")[2].partition("</title>")[0]).split())


def current(response):
    return re.findall(r'href="([^"]*)"[^>]*aria-current="page"', tree(response))


def test_the_title_and_the_filter_tell_what_is_unread_here(client, reader):
    news = make_category("News")
    feed = make_feed(title="Harbour", category=news)
    make_articles(2, feed)
    make_article()
    assert title(client.get("/")) == "(3) Articles · Newsreader"
    assert title(client.get("/?show=unread")) == "(3) Unread · Newsreader"
    assert title(client.get(f"/?feed={feed.pk}")) == "(2) Harbour · Newsreader"
    assert title(client.get(f"/?category={news.slug}&show=unread")) == "(2) News · Newsreader"
    assert title(client.get("/?show=starred")) == "Starred · Newsreader"
    assert '<b data-n="here">2</b>' in client.get(f"/?feed={feed.pk}&show=unread").text


def test_a_thousand_and_more_are_told_as_such(client, reader):
    make_articles(999)
    assert title(client.get("/")).startswith("(999) ")
    make_articles(1)
    assert title(client.get("/")).startswith("(999+) ")


def test_links_keep_what_is_shown_and_the_one_that_is_shown_is_marked(client, reader):
    news = make_category("News")
    feed = make_feed(category=news)
    response = client.get(f"/?feed={feed.pk}&show=unread")
    assert f'href="/?category={news.slug}&amp;show=unread"' in tree(response)
    assert current(response) == [f"/?feed={feed.pk}&amp;show=unread"]
    assert current(client.get("/?show=starred")) == ["/?show=starred"]
    assert current(client.get("/")) == ["/"]
    assert current(client.get(f"/?category={news.slug}")) == [f"/?category={news.slug}"]
    found = client.get(f"/?feed={feed.pk}&q=words")
    assert current(found) == []
    assert 'aria-current="true"' in tree(found)
    assert "words" not in "".join(re.findall(r'href="([^"]*)"', tree(found)))


def test_names_of_publishers_are_text(client, reader):
    make_feed(title='<b>"x"</b>', category=make_category("<i>y</i>"))
    assert "&lt;b&gt;&quot;x&quot;&lt;/b&gt;" in tree(client.get("/"))
    assert "<i>" not in tree(client.get("/"))


def test_a_category_is_shut_and_opened_and_stays_so(client, reader):
    news = make_category("News")
    feed = make_feed(title="Harbour", category=news)
    make_article(feed)
    answer = client.post(reverse("turn_tree"), {"shut": news.pk, "show": "unread"})
    assert answer.url == "/?show=unread"
    assert "Harbour" not in tree(client.get("/"))
    part = client.post(reverse("turn_tree"), {"open": news.pk, "feed": feed.pk}, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith("<form")
    assert f'href="/?feed={feed.pk}"' in part.text
    assert "Harbour" in tree(client.get("/"))
    assert ReaderSettings.objects.get().follows == "all"


def test_only_unread_is_kept_with_the_account(client, reader):
    make_feed(title="Quiet one")
    make_article(make_feed(title="Loud one"))
    client.post(reverse("turn_tree"), {"only_unread": "1"})
    assert "Loud one" in tree(client.get("/"))
    assert "Quiet one" not in tree(client.get("/"))
    client.post(reverse("turn_tree"), {"only_unread": "0"})
    assert "Quiet one" in tree(client.get("/"))


@pytest.mark.parametrize("data", [{}, {"only_unread": "2"}])
def test_a_form_without_its_answer_is_refused(client, reader, data):
    assert client.post(reverse("turn_tree"), data).status_code == 400
    assert not ReaderSettings.objects.exists()


def test_nonsense_is_no_category(client, reader):
    client.post(reverse("turn_tree"), {"open": "x"})
    assert tree_state(reader).opened == {0}


def test_scripts_get_the_numbers_of_what_has_unread_articles(client, reader):
    news = make_category("News")
    feed = make_feed(category=news)
    make_articles(2, feed)
    make_article(other := make_feed())
    make_feed()
    counts = client.get(reverse("tree_counts"), {"feed": feed.pk}).json()
    assert counts == {"all": "3", "here": "2", f"c{news.pk}": "2", "c0": "1", f"f{feed.pk}": "2", f"f{other.pk}": "1"}
    shown = re.findall(r'data-n="(\w+)">(\d*)<', tree(client.get("/")))
    assert {name: number for name, number in shown if number} == {k: v for k, v in counts.items() if k != "here"}


def test_who_is_not_signed_in_gets_neither_numbers_nor_buttons(client, settings):
    settings.NEWSREADER_PUBLIC = True
    feed = make_feed(category=make_category("News"))
    make_article(feed)
    response = client.get("/")
    assert f'href="/?feed={feed.pk}"' in tree(response)
    assert "<button" not in tree(response)
    assert title(response) == "Articles · Newsreader"
    assert client.get(reverse("tree_counts")).status_code == 302
    assert client.post(reverse("turn_tree"), {"open": "1"}).status_code == 302


def test_broken_feeds_have_a_line_that_leads_to_them(client, reader):
    make_feed(title="Failing one", failures=2)
    make_feed(title="Gone one", state="gone")
    make_article(make_feed(title="Sound one"))
    assert "2 feeds need a look" in " ".join(tree(client.get("/")).split())
    broken = client.get("/feeds/broken/").text
    assert "Failing one" in broken
    assert "Gone one" in broken
    assert "Sound one" not in broken
