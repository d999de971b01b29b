"""The menus of a list: order, layout and length, kept for that list."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.urls import reverse

from articles.lists.list_settings import choice_of
from articles.lists.selection import Selection
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
CHOOSE = "/lists/choice/"


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def ids(response):
    return [article.pk for article in response.context["page"].articles]


def pressed(response):
    """The choices that the menus show."""
    return re.findall(r'<button type="submit"\s+name="(\w+)"\s+value="(\w+)"\s+aria-pressed="true"', response.text)


def test_the_order_that_one_chose_holds_for_that_list_until_one_chooses_again(client, reader):
    feed, category = make_feed(), make_category()
    articles = [article.pk for article in make_articles(3, feed)]
    make_article(make_feed(category=category))
    answer = client.post(CHOOSE, {"feed": feed.pk, "order": "oldest", "show": "unread"})
    assert (answer.status_code, answer["Location"]) == (302, f"/?feed={feed.pk}&show=unread")
    shown = client.get(f"/?feed={feed.pk}")
    assert ids(shown) == articles
    assert pressed(shown) == [("order", "oldest"), ("layout", "cosy"), ("size", "50"), ("opening", "page")]
    assert pressed(client.get("/"))[0] == ("order", "date")
    assert pressed(client.get(f"/?category={category.slug}"))[0] == ("order", "date")
    client.post(CHOOSE, {"feed": feed.pk, "order": "date"})
    assert ids(client.get(f"/?feed={feed.pk}")) == articles[::-1]


def test_every_link_of_a_list_in_the_chosen_order_stays_in_it(client, reader):
    feed = make_feed()
    articles = [article.pk for article in make_articles(120, feed)]
    client.post(CHOOSE, {"feed": feed.pk, "order": "oldest"})
    first = client.get(f"/?feed={feed.pk}")
    second = client.get(first.context["older"])
    assert ids(first) + ids(second) == articles[:100]
    address = re.search(rf'href="(/articles/{articles[60]}/[^"]*)"', second.text)[1].replace("&amp;", "&")
    opened = client.get(address)
    assert (opened.context["newer"].pk, opened.context["older"].pk) == (articles[59], articles[61])
    assert ids(client.get(opened.context["list_address"])) == ids(second)


def test_the_order_in_an_address_wins_and_stays_in_its_links(client, reader):
    articles = [article.pk for article in make_articles(120, make_feed())]
    client.post(CHOOSE, {"order": "oldest"})
    first = client.get("/?order=date")
    second = client.get(first.context["older"])
    assert ids(first) + ids(second) == articles[:-101:-1]
    opened = client.get(f"/articles/{articles[60]}/?order=date")
    assert opened.context["older"].pk == articles[59]
    assert "order=date" in opened.context["list_address"]
    assert ids(client.get("/")) == articles[:50]


def test_from_the_labels_of_an_article_one_comes_back_to_the_order_in_the_address(client, reader):
    article = make_article()
    client.post(CHOOSE, {"order": "oldest"})
    labels = reverse("article_labels", args=[article.pk])
    assert client.post(f"{labels}?order=date", {}).url == f"/?order=date#article-{article.pk}"
    assert client.post(labels, {}).url == f"/#article-{article.pk}"


def test_a_page_is_as_long_as_chosen_and_leads_back_from_its_articles(client, reader):
    articles = [article.pk for article in make_articles(220, make_feed())][::-1]
    client.post(CHOOSE, {"size": "100"})
    first = client.get("/")
    assert ids(first) == articles[:100]
    opened = client.get(f"/articles/{articles[150]}/?cursor={first.context['page'].next_cursor}")
    assert ids(client.get(opened.context["list_address"])) == articles[100:200]


def test_the_rows_have_what_their_layout_shows(client, reader):
    words = "A day at the harbour, with fog on the mole. " * 9
    make_article(title="Fog", summary=words[:390], image_url="https://pictures.example/fog.jpg")
    lengths, widths = {}, {}
    for layout in ("compact", "cosy", "excerpt", "cards"):
        client.post(CHOOSE, {"layout": layout})
        page = client.get("/").text
        assert f'class="layout-{layout}"' in page
        lengths[layout] = len("".join(re.findall(r"</h3><p>(.*?)<p ", page)))
        widths[layout] = re.findall(r"</div><img src=/images/[\w-]+/(\d+)/", page)
    assert lengths["compact"] == 0
    assert 100 < lengths["cosy"] == lengths["cards"] < 170 < 300 < lengths["excerpt"] <= 390
    assert widths == {"compact": [], "cosy": ["120"], "excerpt": ["120"], "cards": ["320"]}


def test_a_book_of_a_list_is_in_the_chosen_order_and_a_feed_of_it_is_not(client, reader):
    articles = make_articles(3, make_feed(), content_html="<p>Text</p>")
    client.post(CHOOSE, {"order": "oldest"})
    book = zipfile.ZipFile(io.BytesIO(b"".join(client.get("/book.epub?n=2").streaming_content)))
    assert {f"EPUB/articles/{article.pk}.xhtml" for article in articles[:2]} < set(book.namelist())
    assert f"EPUB/articles/{articles[2].pk}.xhtml" not in book.namelist()
    feed = b"".join(client.get("/atom.xml?n=2").streaming_content).decode()
    assert articles[-1].title in feed
    assert "order=" not in feed


@pytest.mark.parametrize(
    "form",
    [
        {"order": "relevance"},
        {"order": "up"},
        {"layout": "rolls"},
        {"size": "51"},
        {"opening": "window"},
        {"at_end": "off"},
    ],
)
def test_what_is_no_choice_is_refused(client, reader, form):
    assert client.post(CHOOSE, form).status_code == 400
    assert choice_of(Selection(), reader) == choice_of(Selection(), make_reader())


def test_a_list_that_one_does_not_see_has_no_choice(client, reader):
    private = make_feed(is_shared=False)
    assert client.post(CHOOSE, {"feed": private.pk, "order": "oldest"}).status_code == 404


def test_who_is_not_signed_in_keeps_nothing_and_has_links_for_the_order(client, settings):
    settings.NEWSREADER_PUBLIC = True
    make_articles(2)
    assert client.post(CHOOSE, {"order": "oldest"})["Location"].startswith(reverse("login"))
    page = client.get("/").text
    assert '<a href="/?order=oldest">' in page
    assert CHOOSE not in page
