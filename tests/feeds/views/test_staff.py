"""The page where staff, and readers, add feeds by address; who may add, and bring OPML in and out."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from feeds.forms import ChooseForm
from feeds.http import HttpResponse
from feeds.models import Feed, Poll
from feeds.subscribe import found_documents
from feeds.subscribe.add import Candidate
from feeds.subscriptions import own
from tests.factories import make_category, make_feed, make_reader
from tests.feeds.views.opml import EXPORT, IMPORT, OPML, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
ADD = "/feeds/add/"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel>
<title>Harbour Gazette</title><link>http://harbour.example/</link><description>News from the quay.</description>
<item><title>The ferry is late</title><link>http://harbour.example/1</link></item>
<item><title>&lt;b&gt;Gulls&lt;/b&gt; steal a sandwich</title><link>http://harbour.example/2</link></item>
</channel></rss>"""


@pytest.fixture
def page_of_two_feeds(publisher):
    """A web page that names two feeds."""
    publisher.serve("/a.xml", RSS)
    publisher.serve("/b.xml", RSS.replace("Harbour Gazette", "Comments"))
    html = (
        '<html><head><link rel="alternate" type="application/rss+xml" href="/a.xml">'
        '<link rel="alternate" type="application/rss+xml" href="/b.xml"></head><body>Hello</body></html>'
    )
    return publisher.serve("/", html, content_type="text/html")


def find(client, address):
    return client.post(ADD, {"address": address})


def choices(response):
    """What the page's checkboxes would send."""
    return re.findall(r'name="chosen" value="([^"]+)"', response.content.decode())


def add(client, chosen, **fields):
    return client.post(ADD, {"subscribe": "1", "chosen": chosen, "category": "", **fields}, follow=True)


# --- who may ---


@pytest.mark.parametrize("address", [ADD, IMPORT, EXPORT])
def test_a_visitor_is_asked_to_sign_in(client, address):
    response = client.get(address)
    assert response.status_code == 302
    assert response.headers["Location"] == f"{reverse('login')}?next={address}"


@pytest.mark.parametrize("address", [ADD, IMPORT, EXPORT])
def test_a_visitor_is_asked_to_sign_in_where_reading_is_public_too(client, address, settings):
    settings.NEWSREADER_PUBLIC = True
    assert client.get(address).headers["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("address", [ADD, IMPORT])
def test_a_reader_who_is_not_staff_is_refused_where_staff_alone_add_feeds(client, address, settings):
    settings.READERS_ADD_FEEDS = False
    client.force_login(make_reader())
    assert client.get(address).status_code == 403
    assert client.post(address).status_code == 403


def test_a_reader_cannot_add_import_or_fetch_where_staff_alone_do(client, publisher, settings):
    settings.READERS_ADD_FEEDS = False
    client.force_login(make_reader())
    address = publisher.serve("/feed", RSS)
    signed = ChooseForm.sign(Candidate(url=address, title="x"))
    assert find(client, address).status_code == 403
    assert client.post(ADD, {"subscribe": "1", "chosen": [signed]}).status_code == 403
    assert upload(client, OPML).status_code == 403
    assert not publisher.requests
    assert not Feed.objects.exists()


def test_a_reader_adds_for_themselves_alone(client, publisher):
    reader, other = make_reader(), make_reader()
    client.force_login(reader)
    address = publisher.serve("/feed", RSS)
    page = find(client, address)
    assert "You alone will see it" in page.content.decode()
    assert "is_private" not in page.content.decode()
    add(client, choices(page))
    feed = Feed.objects.get()
    assert (feed.url, feed.is_shared) == (address, False)
    assert "Already subscribed" in find(client, address).content.decode()
    assert "Added: 2." in upload(client, OPML).content.decode()
    assert not Feed.objects.filter(is_shared=True).exists()
    client.force_login(other)
    assert len(choices(find(client, address))) == 1  # as if nobody had it
    assert "Harbour Gazette" not in client.get("/feeds/").content.decode()


def test_a_reader_may_not_add_for_the_site(client, publisher):
    client.force_login(make_reader())
    site = make_category("News")
    page = find(client, publisher.serve("/feed", RSS))
    add(client, choices(page), category=site.pk, is_private="")
    assert (Feed.objects.get().is_shared, Feed.objects.get().category) == (False, None)


def test_staff_add_for_the_site_or_for_themselves(operator, publisher):
    address = publisher.serve("/feed", RSS)
    chosen = choices(find(operator, address))
    add(operator, chosen, is_private="on")
    assert not Feed.objects.get().is_shared
    add(operator, chosen)
    assert Feed.objects.get().is_shared


def test_a_form_from_another_site_is_refused(publisher):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_reader(staff=True))
    assert client.post(ADD, {"address": publisher.serve("/feed", RSS)}).status_code == 403
    assert not publisher.requests


# --- adding by address ---


def test_looking_fetches_and_adds_nothing_on_a_get(operator, publisher):
    address = publisher.serve("/feed", RSS)
    operator.get(ADD, {"address": address, "subscribe": "1"})
    assert not publisher.requests
    assert not Feed.objects.exists()


def test_the_one_feed_of_an_address_is_added_at_once(operator, publisher):
    page = operator.post(ADD, {"address": publisher.serve("/feed", RSS), "at_once": "1"}, follow=True)
    feed = Feed.objects.get()
    assert feed.is_shared
    assert page.redirect_chain[-1][0] == f"/?feed={feed.pk}"
    assert "The ferry is late" in page.text
    assert len(publisher.requests) == 1  # its articles come from the document in which it was found
    page = operator.post(ADD, {"address": feed.url, "at_once": "1"}, follow=True)
    assert "Already subscribed to" in page.text


def test_of_several_feeds_none_is_added_without_a_choice(operator, page_of_two_feeds):
    page = operator.post(ADD, {"address": page_of_two_feeds, "at_once": "1"})
    assert len(choices(page)) == 2
    assert not Feed.objects.exists()


def test_a_reader_with_no_room_is_told_so(client, publisher, settings):
    settings.FEEDS_PER_READER = 1
    reader = make_reader()
    client.force_login(reader)
    own.follow(reader, make_feed(is_shared=False))
    address = publisher.serve("/feed", RSS)
    told = "the most that this site allows"
    assert told in client.post(ADD, {"address": address, "at_once": "1"}, follow=True).text
    assert told in add(client, choices(find(client, address))).text
    assert Feed.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"url": "https://a.example/x?y=1&z"}, "https://a.example/x?y=1&amp;z"),
        ({"url": "", "text": "Look: https://a.example/x", "title": "A"}, "https://a.example/x"),
        ({"title": "A https://a.example/"}, "https://a.example/"),
        ({"url": "web+feed:https://a.example/rss"}, "web+feed:https://a.example/rss"),
        ({"url": 'x"><script>'}, "x&quot;&gt;&lt;script&gt;"),
    ],
)
def test_an_address_that_is_handed_over_stands_in_the_form(operator, given, address):
    page = operator.get(ADD, given)
    assert f'value="{address}"' in page.text
    assert not Feed.objects.exists()


def test_the_bookmark_opens_this_form(operator):
    page = operator.get(ADD).text
    opens = "javascript:location.href=&#x27;http://testserver/feeds/add/?url=&#x27;+encodeURIComponent(location.href)"
    assert f'href="{opens}"' in page
    assert 'data-address="http://testserver/feeds/add/?url=%s"' in page


def test_a_feed_is_shown_before_it_is_added(operator, publisher):
    address = publisher.serve("/feed", RSS)
    page = find(operator, address)
    text = page.content.decode()
    assert "Harbour Gazette" in text
    assert "The ferry is late" in text
    assert "News from the quay." in text
    assert address in text
    assert len(choices(page)) == 1
    assert not Feed.objects.exists()


def test_markup_of_the_publisher_is_shown_as_text(operator, publisher):
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt;"
    document = RSS.replace("Harbour Gazette", hostile).replace("The ferry is late", hostile)
    text = find(operator, publisher.serve("/feed", document)).content.decode()
    assert "<script>alert" not in text


def test_the_chosen_feed_is_added_to_its_category_and_its_articles_are_there(operator, publisher):
    category = make_category("News")
    address = publisher.serve("/feed", RSS)
    page = add(operator, choices(find(operator, address)), category=category.pk)
    feed = Feed.objects.get()
    assert (feed.url, feed.title, feed.category, feed.state) == (address, "Harbour Gazette", category, "active")
    assert page.redirect_chain[-1][0] == f"/?feed={feed.pk}"
    assert "The ferry is late" in page.text
    assert "Added" in page.text
    assert "will appear" not in page.text
    assert feed.lease is None
    assert len(publisher.requests) == 1
    assert Poll.objects.get().new_articles == Article.objects.count() > 0


def test_where_the_first_check_fails_the_feeds_page_says_why(operator, publisher):
    chosen = choices(find(operator, publisher.serve("/feed", RSS)))
    cache.clear()  # it is chosen so late that what was found is not kept any more
    publisher.serve("/feed", "", status=500)
    page = add(operator, chosen)
    feed = Feed.objects.get()
    assert page.redirect_chain[-1][0] == f"/feeds/{feed.pk}/"
    assert feed.failures == 1


def test_what_another_worker_polls_comes_with_it(operator, publisher):
    address = publisher.serve("/feed", RSS)
    chosen = choices(find(operator, address))
    asked = len(publisher.requests)
    make_feed(url=address, lease=uuid4(), leased_until=timezone.now() + timedelta(minutes=5), is_shared=False)
    page = add(operator, chosen)
    assert "will appear after the next check" in page.text
    assert len(publisher.requests) == asked


def test_a_web_page_offers_all_its_feeds_and_none_is_chosen_for_you(operator, page_of_two_feeds):
    page = find(operator, page_of_two_feeds)
    assert len(choices(page)) == 2
    assert " checked" not in page.content.decode()
    add(operator, choices(page)[1:])
    assert [feed.url.rpartition("/")[2] for feed in Feed.objects.all()] == ["b.xml"]


def test_several_are_added_at_once(operator, publisher, page_of_two_feeds):
    chosen = choices(find(operator, page_of_two_feeds))
    asked = len(publisher.requests)
    add(operator, chosen)
    assert Feed.objects.filter(last_success_at__isnull=False).count() == 2
    assert len(publisher.requests) == asked


def test_without_a_cache_publishers_are_asked_again(operator, publisher, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }
    add(operator, choices(find(operator, publisher.serve("/feed", RSS))))
    assert Feed.objects.get().last_success_at
    assert len(publisher.requests) == 2


def test_of_what_was_found_only_what_is_chosen_is_unpacked():
    reader = make_reader()
    told = {"status": 200, "headers": {}, "body": b"<rss/>", "received_bytes": 6}
    documents = {url: HttpResponse(url=url, permanent_url=url, **told) for url in ("https://a/", "https://b/")}
    found_documents.keep(reader, [Candidate(url=url, title="A feed", document=each) for url, each in documents.items()])
    assert found_documents.kept_for(reader, ["https://b/", "https://c/"]) == {"https://b/": documents["https://b/"]}


def test_what_was_found_is_kept_for_its_finder_alone_and_as_far_as_there_is_room(
    operator, client, publisher, monkeypatch
):
    monkeypatch.setattr(found_documents, "MAX_KEPT", 0)
    add(operator, choices(find(operator, publisher.serve("/feed", RSS))))
    assert len(publisher.requests) == 2
    monkeypatch.undo()
    chosen = choices(find(operator, publisher.serve("/other", RSS)))
    client.force_login(make_reader(staff=True))
    add(client, chosen)
    assert len(publisher.requests) == 4


def test_a_feed_that_is_here_is_shown_as_such_and_cannot_be_chosen(operator, publisher):
    address = publisher.serve("/feed", RSS)
    feed = make_feed(url=address, title="Harbour Gazette", custom_title="My harbour")
    page = find(operator, address)
    assert not choices(page)
    assert f'<a href="/?feed={feed.pk}">My harbour</a>' in page.content.decode()


def test_adding_twice_says_that_it_was_here(operator, publisher):
    chosen = choices(find(operator, publisher.serve("/feed", RSS)))
    add(operator, chosen)
    assert "Already subscribed to" in add(operator, chosen).content.decode()
    assert Feed.objects.count() == 1


def test_an_address_without_a_feed_is_refused_in_words_at_the_field(operator, publisher):
    address = publisher.serve("/", "<html><body>No feeds here</body></html>", content_type="text/html")
    page = find(operator, address)
    assert page.context["form"].errors["address"]
    assert not choices(page)
    assert f'value="{address}"' in page.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "", "   ", "javascript:alert(1)", "file:///etc/passwd", "http://", "http://[::1", "http://user:pw@127.0.0.1/",
        "gopher://127.0.0.1/", "http://127.0.0.1:0/", "x" * 3000, "http://no-such-host.invalid/feed", "字",
    ],
)  # fmt: skip
def test_a_hostile_or_impossible_address_is_an_error_at_the_field(operator, address):
    page = find(operator, address)
    assert page.status_code == 200
    assert page.context["form"].errors["address"]


def test_a_private_address_is_refused(operator, publisher, settings):
    settings.FETCH_POLICY = replace(settings.FETCH_POLICY, allowed_networks=())
    page = find(operator, publisher.serve("/feed", RSS))
    assert page.context["form"].errors["address"]
    assert not publisher.requests


def test_what_was_not_found_cannot_be_added(operator):
    signed = ChooseForm.sign(Candidate(url="https://found.example/", title="Found"))
    for forged in ("https://forged.example/", signed[:-1] + "_", "", signed.replace(signed[0], "A", 1) + "A"):
        page = add(operator, [forged])
        assert not Feed.objects.exists(), forged
        assert page.status_code == 200


def test_choosing_nothing_or_a_category_that_is_gone_is_said(operator):
    assert "Choose at least one feed." in add(operator, []).content.decode()
    signed = ChooseForm.sign(Candidate(url="https://found.example/", title="Found"))
    assert add(operator, [signed], category="987654").status_code == 200
    assert not Feed.objects.exists()


# --- without JavaScript, under the policy ---


@pytest.mark.parametrize("address", [ADD, IMPORT])
def test_the_pages_need_neither_inline_script_nor_inline_style(operator, address):
    text = operator.get(address).content.decode()
    assert not re.search(r"<script(?![^>]* src=)[^>]*>|<style|\sstyle=|\son\w+=", text)
