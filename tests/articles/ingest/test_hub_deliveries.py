"""WebSub against a real hub over HTTP: subscribing, being called, deliveries and everything that may be wrong in them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from articles import tasks
from articles.ingest import hub_deliveries, pipeline
from articles.models import Article, ArticleState
from feeds.http import Client
from feeds.models import Feed, Host, Poll
from feeds.parse.links import relations
from feeds.polls import polling
from feeds.websub import deliveries, hubs
from feeds.websub.models import Delivery, Farewell, HubSubscription
from tests.articles.ingest.arrivals import are_waiting, rule_for_tests
from tests.documents import items, rss
from tests.factories import make_feed, make_reader
from tests.hub import Hub, call, post
from tests.publisher import Publisher

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback_allowed")]


@pytest.fixture(scope="session", autouse=True)
def static_root() -> None:
    """The live server starts before any other fixture, and with it WhiteNoise, which looks for this folder."""
    django_settings.STATIC_ROOT.mkdir(exist_ok=True)


@pytest.fixture
def site(live_server, settings):
    """This site as hubs know it."""
    settings.NEWSREADER_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    return live_server.url


@pytest.fixture
def hub(publisher: Publisher) -> Hub:
    return Hub(publisher)


@pytest.fixture
def feed(publisher: Publisher, hub: Hub) -> Feed:
    """A feed that names the hub, polled once."""
    links = f'<{hub.url}>; rel="hub", </feed.xml>; rel=self'
    publisher.serve("/feed.xml", rss(items(1)), headers={"Link": links})
    feed = make_feed(url=publisher.url("/feed.xml"))
    poll(feed)
    return feed


def poll(feed: Feed) -> Poll:
    [claim] = polling.claim(Feed.objects.filter(id=feed.id), timezone.now())
    with Client(django_settings.FETCH_POLICY) as client:
        [made] = pipeline.refresh_claim(client, claim, pause=0)
    return made


def ask() -> None:
    """What a tick has a worker do."""
    hubs.arrange()
    with Client(django_settings.FETCH_POLICY) as client:
        hubs.ask_due(client, timezone.now())


def subscribed(hub: Hub, feed: Feed) -> HubSubscription:
    ask()
    assert hub.verify() == (200, "Ch4llenge")
    return HubSubscription.objects.get(feed=feed)


def read() -> list[Poll]:
    """What a tick has a worker do with what was delivered."""
    claims = polling.claim(Feed.objects.filter(pk__in=deliveries.waiting()), timezone.now())
    return [made for claim in claims for made in hub_deliveries.read_claim(claim)]


def titles() -> list[str]:
    return list(Article.objects.order_by("-published_at").values_list("title", flat=True))


def test_a_hub_is_asked_and_what_it_verifies_is_live(site, hub, feed):
    ask()
    [form] = hub.forms
    assert form["hub.mode"] == ["subscribe"]
    assert form["hub.topic"] == [feed.url]
    assert form["hub.lease_seconds"] == ["864000"]
    assert form["hub.callback"][0].startswith(f"{site}/websub/")
    assert len(form["hub.callback"][0].rstrip("/").rpartition("/")[2]) >= 32
    assert len(form["hub.secret"][0]) >= 32
    assert HubSubscription.objects.get(feed=feed).state == "requested"
    assert hub.verify(lease="3600") == (200, "Ch4llenge")
    subscription = HubSubscription.objects.get(feed=feed)
    assert (subscription.state, subscription.failures, subscription.last_error) == ("live", 0, "")
    assert subscription.live_until
    assert timedelta(minutes=59) < subscription.live_until - timezone.now() <= timedelta(hours=1)
    feed.refresh_from_db()
    assert feed.pushed_until == subscription.live_until


def test_a_hub_may_verify_before_it_has_answered(site, hub, feed):
    hub.verifies_at_once = True
    ask()
    subscription = HubSubscription.objects.get(feed=feed)
    assert (subscription.state, subscription.failures) == ("live", 0)
    ask()
    assert len(hub.forms) == 1


def test_hub_and_topic_in_the_document_do_as_well(site, publisher, hub):
    atom = 'xmlns="http://www.w3.org/2005/Atom"'
    extra = f'<link {atom} rel="hub" href="{hub.url}"/><link {atom} rel="self" href="{publisher.url("/topic.xml")}"/>'
    publisher.serve("/feed.xml", rss(items(1), extra=extra))
    poll(make_feed(url=publisher.url("/feed.xml")))
    ask()
    assert hub.last["hub.topic"] == publisher.url("/topic.xml")


def test_a_json_feed_names_its_hub(site, publisher, hub):
    document = f'{{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [], "hubs": [{{"type": "WebSub", "url": "{hub.url}"}}]}}'
    publisher.serve("/feed.json", document, content_type="application/feed+json")
    poll(make_feed(url=publisher.url("/feed.json")))
    ask()
    assert hub.last["hub.topic"] == publisher.url("/feed.json")


def test_without_an_address_of_its_own_the_site_only_polls(hub, feed, settings):
    settings.NEWSREADER_URL = ""
    assert not hubs.is_possible()
    feed.refresh_from_db()
    assert feed.hub_url == hub.url


@pytest.mark.parametrize(
    "changed", [{"topic": "https://other.example/"}, {"mode": "unsubscribe"}, {"mode": "nonsense"}, {"challenge": ""}]
)
def test_what_was_not_asked_for_is_not_confirmed(site, hub, feed, changed):
    ask()
    assert hub.verify(**changed)[0] == 404
    assert HubSubscription.objects.get(feed=feed).state == "requested"


def test_nobody_can_make_a_subscription_live_that_was_not_requested(site, hub, feed):
    hubs.arrange()
    subscription = HubSubscription.objects.get(feed=feed)
    said = {"hub.mode": "subscribe", "hub.topic": subscription.topic_url, "hub.challenge": "x"}
    assert call(hubs.callback_url(subscription.key), said)[0] == 404
    assert call(f"{site}/websub/guessed/", said)[0] == 404
    assert post(f"{site}/websub/guessed/", b"<rss/>", {}) == 410
    HubSubscription.objects.update(requested_at=timezone.now() - hubs.CONFIRMED_WITHIN)
    assert call(hubs.callback_url(subscription.key), said)[0] == 404


def test_a_challenge_is_never_html(site, hub, feed):
    ask()
    status, body = hub.verify(challenge="<script>alert(1)</script>")
    assert (status, body) == (200, "<script>alert(1)</script>")


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_delivery_is_stored_on_the_way_that_polls_take(site, hub, feed, method):
    subscribed(hub, feed)
    assert hub.deliver(rss(items(1, 2, 3)), method=method) == 202
    assert titles() == ["Story 1"]  # the web process only takes it in
    [made] = read()
    assert (made.outcome, made.new_articles, made.error) == ("pushed", 2, "")
    assert titles() == ["Story 3", "Story 2", "Story 1"]
    assert not Delivery.objects.exists()
    subscription = HubSubscription.objects.get(feed=feed)
    assert (subscription.deliveries, subscription.refused) == (1, 0)
    feed.refresh_from_db()
    assert feed.lease is None
    assert feed.articles_changed_at == feed.last_changed_at


def test_what_is_delivered_is_looked_at_at_once(site, hub, feed):
    rule_for_tests(make_reader("ann"))
    subscribed(hub, feed)
    hub.deliver(rss(items(1, 2)))
    read()
    assert are_waiting() == (False, False)
    assert ArticleState.objects.get().starred_by_rule


def test_a_delivery_of_one_entry_takes_nothing_away(site, hub, feed):
    subscribed(hub, feed)
    hub.deliver(rss(items(7)))
    read()
    assert titles() == ["Story 7", "Story 1"]


@pytest.mark.parametrize("how", [{"secret": "guessed"}, {"signed": False}, {"method": "md5"}])
def test_a_wrong_signature_is_answered_with_2xx_counted_and_ignored(site, hub, feed, how):
    subscribed(hub, feed)
    assert hub.deliver(rss(items(666)), **how) == 202
    assert read() == []
    assert titles() == ["Story 1"]
    subscription = HubSubscription.objects.get(feed=feed)
    assert (subscription.refused, subscription.deliveries) == (1, 0)
    assert subscription.last_error
    feed.refresh_from_db()
    assert feed.next_check_at > timezone.now()


@pytest.mark.parametrize(
    "signature", ["", "sha256", "sha256=", "=", "sha256=é", "SHA256=00", "crc32=00", "sha256=" + "0" * 64]
)
def test_nonsense_is_no_signature(signature):
    assert not deliveries.is_signed(b"body", "secret", signature)


def test_what_a_hub_without_tls_says_of_a_feed_with_it_is_only_a_hint(site, hub, feed):
    Feed.objects.filter(pk=feed.pk).update(topic_url="https://secure.example/feed.xml")
    ask()
    assert "hub.secret" not in hub.forms[-1]
    assert hub.verify()[0] == 200
    Feed.objects.filter(pk=feed.pk).update(last_checked_at=timezone.now() - timedelta(hours=1))
    assert hub.deliver(rss(items(666)), secret="") == 202
    assert read() == []
    feed.refresh_from_db()
    assert feed.next_check_at <= timezone.now()  # the poll will tell


def test_hints_cannot_make_the_site_poll_without_end(site, hub, feed):
    subscribed(hub, feed)
    HubSubscription.objects.update(secret="")
    for _ in range(3):
        assert hub.deliver("", secret="") == 202
    feed.refresh_from_db()
    assert feed.next_check_at > timezone.now() + timedelta(seconds=30)


def test_deliveries_that_nobody_reads_do_not_pile_up(site, hub, feed):
    subscribed(hub, feed)
    for number in range(deliveries.WAITING_AT_MOST + 3):
        assert hub.deliver(rss(items(number))) == 202
    assert Delivery.objects.count() == deliveries.WAITING_AT_MOST


def test_a_delivery_that_is_too_large_becomes_a_poll(site, hub, feed, settings):
    subscribed(hub, feed)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert hub.deliver("x" * 1001) == 202
    assert not Delivery.objects.exists()
    feed.refresh_from_db()
    assert feed.next_check_at < timezone.now() + timedelta(minutes=2)


def test_a_delivery_that_is_no_feed_becomes_a_poll_and_is_shown(site, hub, feed):
    subscribed(hub, feed)
    hub.deliver("<html><title>Oops</title>")
    [made] = read()
    assert "Oops" in made.error
    feed.refresh_from_db()
    assert feed.next_check_at <= timezone.now()
    assert not Delivery.objects.exists()


def test_a_feed_that_is_being_polled_is_read_later(site, hub, feed):
    subscribed(hub, feed)
    hub.deliver(rss(items(2)))
    [claim] = polling.claim(Feed.objects.filter(id=feed.id), timezone.now())
    assert read() == []
    Feed.objects.update(lease=None, leased_until=None)
    assert len(read()) == 1
    assert claim.keys == (feed.id,)


def test_a_lapsed_subscription_takes_nothing(site, hub, feed):
    subscribed(hub, feed)
    HubSubscription.objects.update(live_until=timezone.now() - timedelta(seconds=1))
    assert hub.deliver(rss(items(2))) == 202
    assert not Delivery.objects.exists()


def test_it_is_renewed_before_it_ends_at_the_same_callback(site, hub, feed):
    before = subscribed(hub, feed)
    assert before.live_until
    assert timezone.now() < before.next_request_at < before.live_until
    ask()
    assert len(hub.forms) == 1
    HubSubscription.objects.update(next_request_at=timezone.now())
    ask()
    assert [form["hub.callback"] for form in hub.forms] == [hub.forms[0]["hub.callback"]] * 2
    assert HubSubscription.objects.get(feed=feed).state == "live"
    assert hub.verify(lease="7200")[0] == 200
    renewed = HubSubscription.objects.get(feed=feed)
    assert renewed.live_until
    assert renewed.live_until > before.live_until


def test_a_hub_that_refuses_is_asked_later_and_later_and_the_reason_is_shown(site, hub, feed):
    hub.status = 503
    ask()
    subscription = HubSubscription.objects.get(feed=feed)
    assert (subscription.failures, subscription.state) == (1, "requested")
    assert "503" in subscription.last_error
    assert "Not today" in subscription.last_error
    first = subscription.next_request_at - timezone.now()
    Host.objects.all().delete()  # which is left alone for a while
    HubSubscription.objects.update(next_request_at=timezone.now())
    ask()
    subscription.refresh_from_db()
    assert subscription.failures == 2
    assert subscription.next_request_at - timezone.now() > first


def test_a_hub_at_a_private_address_is_not_called(site, feed):
    Feed.objects.filter(pk=feed.pk).update(hub_url="http://192.168.7.7/hub")
    ask()
    assert "192.168.7.7" in HubSubscription.objects.get(feed=feed).last_error


def test_polls_are_further_apart_while_a_hub_is_live_and_not_when_it_denies(site, hub, feed):
    subscribed(hub, feed)
    feed.refresh_from_db()
    HubSubscription.objects.update(live_until=timezone.now() + timedelta(days=10))
    Feed.objects.update(
        pushed_until=timezone.now() + timedelta(days=10), gap_minutes=30, newest_article_at=timezone.now()
    )
    poll(feed)
    feed.refresh_from_db()
    assert feed.next_check_at > timezone.now() + timedelta(hours=5)
    assert hub.deny("too many")[0] == 200
    Feed.objects.update(last_checked_at=timezone.now() - timedelta(hours=1))
    assert hub.deny("too many")[0] == 200
    feed.refresh_from_db()
    assert feed.pushed_until is None
    assert feed.next_check_at <= timezone.now()
    subscription = HubSubscription.objects.get(feed=feed)
    assert (subscription.state, subscription.last_error) == ("denied", "too many")
    assert not deliveries.is_live(subscription)


def test_a_feed_that_changes_its_hub_leaves_the_old_one(site, publisher, hub, feed):
    old = subscribed(hub, feed)
    publisher.serve("/feed.xml", rss(items(1, 2)))
    poll(feed)
    ask()
    assert not HubSubscription.objects.exists()
    assert hub.last["hub.mode"] == "unsubscribe"
    assert hub.last["hub.callback"].endswith(f"/{old.key}/")
    assert hub.verify() == (200, "Ch4llenge")
    assert not Farewell.objects.exists()
    assert hub.verify()[0] == 404


def test_a_paused_feed_leaves_its_hub(site, hub, feed):
    subscribed(hub, feed)
    Feed.objects.update(state=Feed.State.PAUSED)
    ask()
    assert hub.last["hub.mode"] == "unsubscribe"
    assert not HubSubscription.objects.exists()


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('<https://h.example/>; rel="hub"', {"hub": "https://h.example/"}),
        ("<https://h.example/>;rel=hub,</f>; rel = self", {"hub": "https://h.example/", "self": "https://f.example/f"}),
        (
            '</a,b>; title="x, y; rel=z"; rel="hub self"',
            {"hub": "https://f.example/a,b", "self": "https://f.example/a,b"},
        ),
        ('<https://one.example/>; rel="hub", <https://two.example/>; rel="hub"', {"hub": "https://one.example/"}),
        ("<javascript:alert(1)>; rel=hub", {}),
        ("<" * 50_000, {}),
        ("<a>" + "; " * 50_000, {}),
        ("nonsense", {}),
    ],
)
def test_link_headers_are_read(header, found):
    assert relations(header, "https://f.example/feed") == found


def test_a_tick_hands_everything_about_hubs_to_workers(site, hub, feed, monkeypatch):
    def at_once(task):
        monkeypatch.setattr(task, "apply_async", lambda arguments=(), **options: task(*arguments))

    for task in (tasks.read_deliveries, tasks.ask_hubs, tasks.tell_hub):
        at_once(task)
    tasks.ring_for_hubs()
    assert hub.verify()[0] == 200
    hub.deliver(rss(items(4)))
    tasks.ring_for_hubs()
    assert titles() == ["Story 4", "Story 1"]
    assert len(hub.forms) == 1


def test_a_tick_does_nothing_where_there_are_no_hubs(monkeypatch, django_assert_max_num_queries):
    make_feed()
    with django_assert_max_num_queries(1):
        tasks.ring_for_hubs()
