"""Hosts that limit their rate, hosts that drip, and a network that is out, over simulated hours and days."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db.models import F

from feeds.http import HttpError, Problem
from feeds.models import Feed, Host, Outage
from feeds.polls import network, polling
from tests.documents import rss
from tests.factories import make_feed
from tests.simulation import START, Asked, Reply, Simulation, longest_gap

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database("hours of simulated waits: claims and leases have tests of their own on both"),
]
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def feed_of(asked: Asked) -> Reply:
    """What a feed answers that never changes."""
    is_known = "If-None-Match" in asked.headers
    return Reply(304 if is_known else 200, {"ETag": '"1"'}, b"" if is_known else rss([]).encode())


class LimitedHost:
    """Allows one request in `window`; every other one is refused."""

    def __init__(self, window: timedelta, *, tells: bool) -> None:
        self.window = window
        self.tells = tells
        self.last = START - window
        self.served: dict[str, list[datetime]] = {}
        self.refused = 0

    def __call__(self, asked: Asked) -> Reply:
        left = self.last + self.window - asked.at
        if left > timedelta(0):
            self.refused += 1
            return Reply(429, {"Retry-After": str(int(left.total_seconds()) + 1)} if self.tells else {})
        self.last = asked.at
        self.served.setdefault(asked.url, []).append(asked.at)
        return feed_of(asked)


@pytest.mark.parametrize(
    ("feeds", "window", "tells", "hours"),
    [
        (12, 60, False, 6),
        (12, 60, True, 3),
        (3, 60, False, 3),
        (40, 60, False, 2),
        (12, 10, True, 3),
    ],
)
def test_all_feeds_of_a_host_that_limits_its_rate_get_through(monkeypatch, feeds, window, tells, hours):
    host = LimitedHost(timedelta(seconds=window), tells=tells)
    for number in range(feeds):
        make_feed(url=f"https://limited.example/{number}", next_check_at=START, added_at=START)
    Simulation(monkeypatch, host).run(START + hours * HOUR)
    gaps = [longest_gap(moments, START, START + hours * HOUR) for moments in host.served.values()]
    assert len(host.served) == feeds
    assert max(gaps) < timedelta(minutes=66)  # an hour, a minute of chance, and a turn
    assert host.refused == 1
    assert not Feed.objects.filter(failures__gt=0).exists()


def test_feeds_of_many_hosts_behind_one_that_limits_its_rate_do_not_come_back_at_once(monkeypatch):
    """As the hosts of a platform, or those that a redirect leads to one."""
    host = LimitedHost(timedelta(seconds=60), tells=False)
    for number in range(12):
        make_feed(url=f"https://author{number}.example/feed", next_check_at=START, added_at=START)
    Simulation(monkeypatch, host).run(START + 12 * HOUR)
    assert len(host.served) == 12
    assert host.refused < 30


class Network:
    """All hosts answer while it is up; while it is down no name is found."""

    def __init__(self, down: datetime, up: datetime, *dead: str) -> None:
        self.down, self.up, self.dead = down, up, dead

    def __call__(self, asked: Asked) -> Reply | Exception:
        if self.down <= asked.at < self.up or asked.url.startswith(tuple(f"https://{host}/" for host in self.dead)):
            return HttpError(Problem.DNS, "the name can't be found")
        return feed_of(asked)


def let_pass(waited: timedelta) -> None:
    """The outage becomes older by so much: a day of polls in vain leaves nothing else behind than an hour of them."""
    Outage.objects.update(began_at=F("began_at") - waited)
    Feed.objects.update(unreached_since=F("unreached_since") - waited, last_success_at=F("last_success_at") - waited)


@pytest.mark.parametrize(("hours", "before"), [(1, 0), (4, 0), (1, 23)])
def test_after_an_outage_of_the_own_network_all_is_polled_in_minutes(monkeypatch, caplog, hours, before):
    for number in range(4):
        make_feed(url=f"https://host{number}.example/", next_check_at=START, added_at=START)
    down, up = START + 2 * HOUR, START + (2 + hours) * HOUR
    simulation = Simulation(monkeypatch, Network(down, up))
    simulation.run(up)
    assert not Feed.objects.filter(failures__gt=0).exists()
    assert not Feed.objects.exclude(last_error="").exists()
    began_at = network.out_since() or START
    assert down < began_at < down + 75 * MINUTE
    let_pass(before * HOUR)
    simulation.run(up + 10 * MINUTE)
    assert Feed.objects.filter(last_success_at__gt=up).count() == 4
    assert not Outage.objects.exists()
    lines = [record.getMessage() for record in caplog.records if record.name == "feeds.polls.network"]
    assert [line.split()[:3] for line in lines] == [["No", "host", "has"], ["The", "network", "is"]]


def test_after_a_page_that_wanted_a_sign_in_all_is_polled_in_minutes(monkeypatch):
    """It answers in the place of hosts without TLS; of the others the certificates don't fit."""
    down, up = START + 2 * HOUR, START + 6 * HOUR

    def portal(asked: Asked) -> Reply | Exception:
        if not down <= asked.at < up:
            return feed_of(asked)
        if asked.url.startswith("http:"):
            return Reply(200, {}, b"<title>Sign in</title>")
        return HttpError(Problem.TLS, "the certificate can't be trusted", is_unreached=True)

    for number in range(4):
        make_feed(url=f"http{'s' * (number % 2)}://host{number}.example/", next_check_at=START, added_at=START)
    simulation = Simulation(monkeypatch, portal)
    simulation.run(up)
    assert not Feed.objects.filter(url__startswith="https", failures__gt=0).exists()
    simulation.run(up + 10 * MINUTE)
    assert Feed.objects.filter(last_success_at__gt=up, failures=0).count() == 4


def test_what_comes_by_mail_says_nothing_of_the_network():
    """In either way: it ends no outage, and lays no blame on a host that is the only one."""
    make_feed(url="mail:0123/weekly", last_success_at=START + MINUTE, last_checked_at=START + MINUTE)
    feed = make_feed(url="https://alone.example/", unreached_since=START, last_success_at=START - HOUR)
    assert network.blame(feed, START + 2 * MINUTE) is network.Blame.UNKNOWN
    Outage.objects.create(pk=1, began_at=START)
    assert network.is_out(START + 2 * MINUTE)


def test_in_an_outage_a_tick_tries_a_few_feeds():
    for number in range(20):
        make_feed(url=f"https://host{number % 10}.example/{number}", next_check_at=START - MINUTE)
    Outage.objects.create(pk=1, began_at=START - MINUTE)
    claimed = [pk for claim in polling.claim_due(START) for pk in claim.keys]
    hosts_asked = {Feed.objects.get(pk=pk).host for pk in claimed}
    assert len(claimed) == len(hosts_asked) == network.PROBES
    Feed.objects.filter(pk=claimed[0]).update(last_success_at=START, lease=None, leased_until=None)
    assert len([pk for claim in polling.claim_due(START) for pk in claim.keys]) > network.PROBES
    assert not Outage.objects.exists()


def test_a_host_that_is_dead_while_others_live_fails_and_is_asked_less_and_less(monkeypatch, caplog):
    for host in ("dead", "one", "two"):
        make_feed(url=f"https://{host}.example/", next_check_at=START, added_at=START)
    Simulation(monkeypatch, Network(START, START, "dead.example")).run(START + 24 * HOUR)
    dead = Feed.objects.get(host="dead.example")
    assert 6 <= dead.failures <= 12
    assert dead.last_error == "the name can't be found"
    assert dead.next_check_at > START + 26 * HOUR
    assert not [record for record in caplog.records if record.name == "feeds.polls.network"]


@pytest.mark.parametrize("dead", [(), ("dead.example",)])
def test_a_single_host_counts_its_failures_and_is_back_in_minutes(monkeypatch, dead):
    for host in ("single.example", *dead):
        make_feed(url=f"https://{host}/", next_check_at=START, added_at=START)
    up = START + 8 * HOUR
    simulation = Simulation(monkeypatch, Network(START + 2 * HOUR, up, *dead))
    simulation.run(up)
    assert Feed.objects.get(host="single.example").failures > 10
    simulation.run(up + 20 * MINUTE)
    feed = Feed.objects.get(host="single.example")
    assert (feed.failures, feed.last_error) == (0, "")
    assert (feed.last_success_at or START) > up


def test_nothing_but_success_ends_an_outage(monkeypatch):
    for number in range(3):
        url = f"https://host{number}.example/"
        make_feed(url=url, next_check_at=START, added_at=START, last_success_at=START - HOUR)
    blocked = make_feed(url="https://10.0.0.1/", next_check_at=START, added_at=START)

    def answering(asked: Asked) -> Exception:
        problem = Problem.BLOCKED if asked.url == blocked.url else Problem.CONNECT
        return HttpError(problem, "no")

    Simulation(monkeypatch, answering).run(START + 5 * HOUR)
    assert network.out_since()
    blocked.refresh_from_db()
    assert blocked.failures
    assert not Feed.objects.exclude(pk=blocked.pk).filter(failures__gt=0).exists()


def test_a_clock_that_was_ahead_ends_no_polling():
    Outage.objects.create(pk=1, began_at=START + 400 * HOUR)
    assert not network.is_out(START)
    assert not Outage.objects.exists()


def test_hosts_that_drip_do_not_starve_the_others(monkeypatch):
    for number in range(60):
        make_feed(url=f"https://good{number}.example/", check_every_minutes=5, next_check_at=START, added_at=START)
    for number in range(100):
        make_feed(url=f"https://drip{number}.example/", check_every_minutes=5, next_check_at=START, added_at=START)

    def answering(asked: Asked) -> Reply:
        return Reply(seconds=3600) if "drip" in asked.url else feed_of(asked)

    simulation = Simulation(monkeypatch, answering, workers=4)
    end = START + 40 * MINUTE
    simulation.run(end)
    polls: dict[str, list[datetime]] = {}
    for asked in simulation.asked:
        polls.setdefault(asked.url, []).append(asked.at)
    good = [moments for url, moments in polls.items() if "good" in url]
    assert len(good) == 60
    assert max(moments[0] for moments in good) < START + 10 * MINUTE
    assert max(longest_gap(moments, moments[0], end) for moments in good) < 8 * MINUTE
    assert all(len(moments) >= 5 for moments in good)
    assert len(polls) == 160  # the others have had their turn, too


def test_a_host_that_was_content_for_long_is_forgotten():
    from feeds.leases import hosts

    old = START - timedelta(days=31)
    Host.objects.create(name="old.example", gap_seconds=60, free_at=old, refused_at=old)
    Host.objects.create(name="new.example", gap_seconds=60, free_at=START, refused_at=START - timedelta(days=29))
    assert hosts.forget(START) == 1
    assert {name: wish.gap for name, wish in hosts.wishes().items()} == {"new.example": timedelta(seconds=60)}


def test_a_slow_pace_becomes_quicker_day_by_day_but_no_quicker_than_one_begins():
    from feeds.leases import hosts

    for name, gap, hours in (("slow", 3600, 30), ("first", 300, 30), ("odd", 601, 30), ("now", 3600, 20)):
        Host.objects.create(name=name, gap_seconds=gap, free_at=START, refused_at=START - hours * HOUR)
    hosts.forget(START)
    assert dict(Host.objects.values_list("name", "gap_seconds")) == {
        "slow": 1800, "first": 300, "odd": 300, "now": 3600,
    }  # fmt: skip
