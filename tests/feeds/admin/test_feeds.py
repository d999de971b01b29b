"""The admin of feeds and categories."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from feeds.models import Feed, Poll
from feeds.polls.health import Health, health
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
LIST = "/admin/feeds/feed/"
LONG_AGO = timedelta(days=400)


def act(client, action, *feeds, **fields):
    """Run an action on `feeds` as the list's form does; returns the page after it."""
    data = {"action": action, "index": 0, "_selected_action": [feed.pk for feed in feeds], **fields}
    return client.post(LIST, data, follow=True)


def make_poll(feed, **fields):
    defaults = {"started_at": timezone.now(), "outcome": Poll.Outcome.UNCHANGED, "status": 304, "duration_ms": 12}
    return Poll.objects.create(feed=feed, **defaults | fields)


def names(response):
    return {feed.title for feed in response.context["cl"].result_list}


@pytest.fixture
def one_of_each():
    """A feed in each state of health, called by it."""
    now = timezone.now()
    polled = {"last_checked_at": now, "last_success_at": now, "newest_article_at": now}
    make_feed(title="fine", **polled)
    make_feed(title="failing", failures=3, last_error="The host name does not exist.", **polled)
    make_feed(title="never", failures=3, last_error="The host name does not exist.", last_checked_at=now)
    make_feed(title="waiting")
    make_feed(title="silent", last_checked_at=now, last_success_at=now, newest_article_at=now - LONG_AGO)
    make_feed(title="paused", state=Feed.State.PAUSED, failures=2)
    make_feed(title="gone", state=Feed.State.GONE, failures=1)


@pytest.mark.usefixtures("one_of_each")
def test_every_feed_has_the_health_that_its_columns_tell():
    feeds = Feed.objects.annotate(health=health(timezone.now()))
    assert dict(feeds.values_list("title", "health")) == {name: name for name in Health.values}


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("wanted", Health.values)
def test_the_list_is_filtered_by_health(operator, wanted):
    assert names(operator.get(LIST, {"health": wanted})) == {wanted}


@pytest.mark.usefixtures("one_of_each")
def test_the_list_is_filtered_by_state(operator):
    assert names(operator.get(LIST, {"state__exact": "paused"})) == {"paused"}


def test_a_category_filter_includes_the_categories_inside(operator):
    news = make_category("News")
    asia = make_category("Asia", parent=news)
    make_feed(title="in news", category=news)
    make_feed(title="in asia", category=asia)
    make_feed(title="nowhere")
    assert names(operator.get(LIST, {"category": news.pk})) == {"in news", "in asia"}
    assert names(operator.get(LIST, {"category": asia.pk})) == {"in asia"}
    assert names(operator.get(LIST, {"category": "none"})) == {"nowhere"}
    for nonsense in ("x", "²", "9" * 30, "9" * 5000):
        assert len(names(operator.get(LIST, {"category": nonsense}))) == 3
    assert names(operator.get(LIST, {"category": "٣x"})) == {"in news", "in asia", "nowhere"}
    assert "News / Asia" in operator.get(LIST).content.decode()


@pytest.mark.parametrize("term", ["Gazette", "own name", "gazette.example/rss", "certificate"])
def test_the_search_looks_in_titles_address_and_error(operator, term):
    make_feed(
        title="The Gazette",
        custom_title="My own name",
        url="https://gazette.example/rss",
        last_error="The certificate has expired.",
    )
    make_feed(title="Another")
    assert names(operator.get(LIST, {"q": term})) == {"The Gazette"}


def test_the_list_says_in_words_how_a_feed_is_doing(operator):
    now = timezone.now()
    make_feed(title="Gazette", last_checked_at=now, failures=3, last_error="The host name does not exist. " * 20)
    page = operator.get(LIST).content.decode()
    assert "failed 3 times" in page
    assert "The host name does not exist." in page
    assert page.count("The host name") < 5


def test_a_title_with_markup_is_shown_as_text(operator):
    feed = make_feed(title="<script>alert(1)</script>", last_error="<img src=x onerror=alert(2)>")
    make_poll(feed, error="<script>alert(3)</script>")
    for address in (LIST, f"{LIST}{feed.pk}/change/"):
        page = operator.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_list_makes_as_many_queries_for_many_feeds_as_for_few(operator, django_assert_num_queries):
    def fill(n):
        for _ in range(n):
            make_feed(category=make_category(parent=make_category()), failures=1, last_checked_at=timezone.now())

    fill(2)
    operator.get(LIST)
    with CaptureQueriesContext(connection) as few:
        operator.get(LIST)
    fill(20)
    with django_assert_num_queries(len(few)):
        operator.get(LIST)


def test_poll_now_makes_feeds_due_and_says_which_rest(operator):
    later = timezone.now() + timedelta(days=3)
    active = make_feed(next_check_at=later, failures=4)
    paused = make_feed(next_check_at=later, state=Feed.State.PAUSED)
    untouched = make_feed(next_check_at=later)
    page = act(operator, "poll_now", active, paused).content.decode()
    for feed in (active, paused, untouched):
        feed.refresh_from_db()
    assert active.next_check_at <= timezone.now()
    assert active.failures == 4
    assert paused.next_check_at == untouched.next_check_at == later
    assert "1 feed is due now." in page
    assert "1 feed is paused or gone" in page


def test_pause_and_resume(operator):
    feed = make_feed()
    act(operator, "pause", feed)
    feed.refresh_from_db()
    assert feed.state == Feed.State.PAUSED
    act(operator, "resume", feed)
    feed.refresh_from_db()
    assert feed.state == Feed.State.ACTIVE


def test_resume_brings_a_gone_feed_back_without_its_failures(operator):
    feed = make_feed(
        state=Feed.State.GONE, failures=9, last_error="410", next_check_at=timezone.now() + timedelta(days=30)
    )
    act(operator, "resume", feed)
    feed.refresh_from_db()
    assert (feed.state, feed.failures, feed.last_error) == (Feed.State.ACTIVE, 0, "")
    assert feed.next_check_at <= timezone.now()


def test_resume_leaves_an_active_feed_and_its_backoff_alone(operator):
    feed = make_feed(failures=5, last_error="timeout")
    act(operator, "resume", feed)
    feed.refresh_from_db()
    assert (feed.failures, feed.last_error) == (5, "timeout")


def test_reset_errors_forgets_the_failures_and_the_wait(operator):
    feed = make_feed(failures=5, last_error="timeout", next_check_at=timezone.now() + timedelta(days=2))
    act(operator, "reset_errors", feed)
    feed.refresh_from_db()
    assert (feed.failures, feed.last_error) == (0, "")
    assert feed.next_check_at <= timezone.now()


def test_moving_asks_for_the_category_first(operator):
    feed, category = make_feed(title="Gazette"), make_category("News")
    page = act(operator, "move_to_category", feed)
    feed.refresh_from_db()
    assert feed.category is None
    assert "Gazette" in page.content.decode()
    data = {"action": "move_to_category", "_selected_action": [feed.pk], "category": category.pk, "move": "Move"}
    operator.post(LIST, data)
    feed.refresh_from_db()
    assert feed.category == category


def test_moving_to_no_category_takes_a_feed_out(operator):
    feed = make_feed(category=make_category())
    act(operator, "move_to_category", feed, category="", move="Move")
    feed.refresh_from_db()
    assert feed.category is None


def test_a_selection_across_pages_reaches_the_second_page(operator):
    feeds = [make_feed(title="chosen") for _ in range(120)]
    other = make_feed(title="other")
    category = make_category()
    data = {"action": "move_to_category", "_selected_action": [feeds[0].pk], "select_across": "1"}
    page = operator.post(f"{LIST}?q=chosen", data).content.decode()
    assert 'name="select_across" value="1"' in page
    assert "and 100 more feeds" in page
    operator.post(f"{LIST}?q=chosen", {**data, "category": category.pk, "move": "Move"})
    assert Feed.objects.filter(category=category).count() == 120
    other.refresh_from_db()
    assert other.category is None


def test_a_feed_is_added_through_discovery(operator):
    assert operator.get(f"{LIST}add/").headers["Location"] == reverse("add_feed")
    operator.post(f"{LIST}add/", {"url": "https://by.hand.example/"})
    assert not Feed.objects.exists()


def edit(client, feed, **fields):
    data = {
        "url": feed.url, "custom_title": feed.custom_title, "category": feed.category_id or "", "state": feed.state,
        "check_every_minutes": "",
        "images": "keep",
        "importance": "normal",
    }  # fmt: skip
    return client.post(f"{LIST}{feed.pk}/change/", data | fields)


def test_the_edit_page_shows_the_newest_polls_only(operator):
    feed = make_feed()
    now = timezone.now()
    for n in range(60):
        make_poll(feed, started_at=now - timedelta(minutes=n), duration_ms=1000 * n, error=f"poll number {n};")
    page = operator.get(f"{LIST}{feed.pk}/change/").content.decode()
    assert "poll number 0;" in page
    assert "poll number 49;" in page
    assert "poll number 50;" not in page
    assert ">49000<" in page


def test_the_edit_page_makes_as_many_queries_for_many_polls_as_for_few(operator, django_assert_num_queries):
    feed = make_feed(category=make_category())
    address = f"{LIST}{feed.pk}/change/"
    operator.get(address)
    make_poll(feed)
    with CaptureQueriesContext(connection) as few:
        operator.get(address)
    Poll.objects.bulk_create([Poll(feed=feed, started_at=timezone.now(), duration_ms=1) for _ in range(100)])
    with django_assert_num_queries(len(few)):
        operator.get(address)


def test_the_edit_page_leads_to_the_articles_and_runs_no_address_of_the_publisher(operator):
    feed = make_feed(site_url="javascript:alert(1)")
    page = operator.get(f"{LIST}{feed.pk}/change/").content.decode()
    assert f'href="/?feed={feed.pk}"' in page
    assert 'href="javascript:' not in page


def test_dates_are_written_as_on_all_other_pages(operator):
    feed = make_feed(last_success_at=datetime(2026, 3, 1, 17, 5, tzinfo=UTC))
    make_poll(feed, started_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    page = operator.get(f"{LIST}{feed.pk}/change/").content.decode()
    assert "1 March 2026, 17:05" in page
    assert ">2 Mar 2026, 09:00<" in page


def test_a_new_address_forgets_what_the_old_one_answered(operator):
    feed = make_feed(etag='"a"', last_modified="x", body_hash="h", moved_to="https://b.example/", moved_polls=2)
    assert edit(operator, feed, url="https://new.example/feed").status_code == 302
    feed.refresh_from_db()
    assert (feed.url, feed.host) == ("https://new.example/feed", "new.example")
    assert (feed.etag, feed.last_modified, feed.body_hash, feed.moved_to, feed.moved_polls) == ("", "", "", "", 0)
    assert feed.next_check_at <= timezone.now()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "file:///etc/passwd", "gopher://a.example/", "https://", "https://user:pw@a.example/",
        "http://[::1", "http://a.example:99999/", "news.example/feed",
    ],
)  # fmt: skip
def test_an_address_that_nothing_could_be_fetched_from_is_refused(operator, url):
    feed = make_feed()
    response = edit(operator, feed, url=url)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["url"]


def test_an_address_that_another_feed_has_is_refused_however_it_is_spelt(operator):
    feed, other = make_feed(), make_feed(url="https://gazette.example/rss")
    for spelling in (other.url, "HTTPS://Gazette.Example:443/rss"):
        assert edit(operator, feed, url=spelling).context["adminform"].form.errors["url"]


def test_an_edit_leaves_what_a_worker_wrote_meanwhile(operator, monkeypatch):
    feed = make_feed(failures=1)
    original = Feed.save

    def save_after_a_poll(self, **options):
        Feed.objects.filter(pk=self.pk).update(failures=0, etag='"new"')
        original(self, **options)

    monkeypatch.setattr(Feed, "save", save_after_a_poll)
    edit(operator, feed, custom_title="My name for it")
    feed.refresh_from_db()
    assert (feed.custom_title, feed.failures, feed.etag) == ("My name for it", 0, '"new"')


def test_staff_say_how_much_a_feed_matters_to_who_chooses_nothing(operator):
    feed = make_feed()
    edit(operator, feed, importance="low")
    feed.refresh_from_db()
    assert feed.importance == "low"


def test_making_a_feed_active_by_hand_forgets_its_failures(operator):
    feed = make_feed(state=Feed.State.GONE, failures=3, last_error="410")
    edit(operator, feed, state="active")
    feed.refresh_from_db()
    assert (feed.state, feed.failures, feed.last_error) == (Feed.State.ACTIVE, 0, "")


def test_a_reader_has_no_admin(client):
    client.force_login(make_reader())
    assert client.get(LIST).status_code == 302
    feed = make_feed()
    act(client, "pause", feed)
    feed.refresh_from_db()
    assert feed.state == Feed.State.ACTIVE
