"""A browser that is sent notices, by a push service that stands in for its own."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from articles.models import Channel
from articles.notices import channels
from tests.articles.notices.browser import Browser, b64
from tests.browser.shelf import shelf_of
from tests.factories import make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]
# What the worker shows, once it shows something.
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  for (const end = Date.now() + 5000; Date.now() < end;) {
    const shown = await registration.getNotifications();
    if (shown.length) return shown.map((each) => [each.title, each.body]);
    await new Promise((done) => setTimeout(done, 20));
  }
  return [];
}"""


@pytest.fixture(scope="module")
def shelf(whole_chromium):
    with shelf_of(whole_chromium) as shelf:
        yield shelf


def test_a_browser_subscribes_and_shows_what_it_is_sent(open_page, sign_in, publisher, live_server):
    """The push service is a publisher of ours: Chromium's own is not on this machine. All else is the browser's."""
    browser, endpoint = Browser(), publisher.serve("/push/of-ann", status=201)
    told = {"endpoint": endpoint, "keys": {"p256dh": b64(browser.point), "auth": b64(browser.auth)}}
    page = open_page(viewport={"width": 1440, "height": 850})
    page.context.grant_permissions(["notifications"], origin=live_server.url)
    page.add_init_script(
        "PushManager.prototype.subscribe = async function (options) {"
        f" window.asked = [...options.applicationServerKey]; return {{ toJSON: () => ({json.dumps(told)}) }}; }}"
    )
    sign_in(page, make_reader("ann"), "/account/notices/")
    page.get_by_label("Name of this browser").fill("Desk")
    page.get_by_role("button", name="Show them in this browser").click()
    expect(page.get_by_role("heading", name="Desk")).to_be_visible()
    channels.test(Channel.objects.get())
    payload = browser.read(publisher.requests[0].body).decode()
    session = page.context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(each["registrationId"] for each in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    while not registrations:  # they are told of when the browser comes to it
        page.evaluate("new Promise((done) => setTimeout(done, 20))")
    delivery = {"origin": live_server.url, "registrationId": registrations[-1], "data": payload}
    shown: list[list[str]] = []
    for _ in range(10):  # a message to a worker that just ends is lost, as none is that comes by a push service
        session.send("ServiceWorker.deliverPushMessage", delivery)
        if shown := page.evaluate(SHOWN):
            break
    assert shown[0] == ["A test of your notices", "If you can read this, notices arrive."]


def test_the_worker_tells_the_site_of_another_address(open_page, sign_in, publisher, live_server):
    """By an event made up here: Chromium's own push service is not on this machine."""
    former, browser = publisher.serve("/push/former", status=410), Browser()
    ann = make_reader("ann")
    channel = channels.add(ann, Channel.Kind.PUSH, Browser().secrets(former), name="Desk", host="127.0.0.1")
    page = open_page(viewport={"width": 1440, "height": 850})
    sign_in(page, ann, "/account/notices/")
    page.evaluate("navigator.serviceWorker.register('/notices-worker.js').then(() => navigator.serviceWorker.ready)")
    [worker] = page.context.service_workers
    made = {
        "endpoint": publisher.url("/push/moved"),
        "keys": {"p256dh": b64(browser.point), "auth": b64(browser.auth)},
    }
    publisher.serve("/push/moved", status=201)
    worker.evaluate(
        """async ([former, made]) => {
          const event = new ExtendableEvent("pushsubscriptionchange");
          event.oldSubscription = { endpoint: former };
          event.newSubscription = { toJSON: () => made };
          const told = new Promise((done) => { event.waitUntil = (work) => done(work); });
          self.dispatchEvent(event);
          await (await told);
        }""",
        [former, made],
    )
    channel.refresh_from_db()
    assert channels.test(channel).is_taken
    assert json.loads(browser.read(publisher.requests[-1].body))["title"] == "A test of your notices"
