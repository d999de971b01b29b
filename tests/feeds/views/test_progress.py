"""The progress of the first checks of imported feeds is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from feeds.models import Feed
from feeds.subscriptions import own
from feeds.views.progress import progress_of
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db
OPML = b"""<opml version="2.0"><body><outline type="rss" text="A" xmlUrl="https://a.example/rss"/>
<outline type="rss" text="B" xmlUrl="https://b.example/rss"/></body></opml>"""


def upload(client):
    return client.post("/feeds/import/", {"file": SimpleUploadedFile("feeds.opml", OPML)})


@pytest.mark.parametrize("staff", [False, True])
def test_an_import_says_how_far_its_feeds_are(client, staff):
    make_feed(added_at=timezone.now() - timedelta(days=1))
    client.force_login(make_reader(staff=staff))
    page = upload(client)
    assert "Checked: 0 of 2, of which failed: 0." in page.text
    address = page.context["progress"].address
    Feed.objects.filter(url__contains="a.example").update(last_checked_at=timezone.now(), failures=1)
    part = client.get(address, headers={"HX-Request": "true"}).text
    assert "Checked: 1 of 2, of which failed: 1." in part
    assert 'hx-trigger="every 3s"' in part
    assert "<html" not in part
    assert '<noscript><meta http-equiv="refresh"' in client.get(address).text
    Feed.objects.update(last_checked_at=timezone.now())
    page = client.get(address).text
    assert "All new feeds have been checked." in page
    assert "every 3s" not in page
    assert "refresh" not in page.partition("</head>")[0]
    assert "/feeds/broken/" in page


def test_an_import_that_brings_nothing_new_has_no_progress(client):
    client.force_login(make_reader())
    upload(client)
    assert "progress" not in upload(client).context


def test_nobody_is_told_of_what_others_bring():
    reader, other = make_reader(), make_reader()
    own.follow(other, make_feed(is_shared=False))
    assert progress_of(reader, timezone.now() - timedelta(hours=1)).total == 0


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 12, "1e3"])
def test_what_is_no_time_has_no_page(client, since):
    assert client.get("/feeds/import/progress/", {"since": since}).status_code == 302
    client.force_login(make_reader())
    assert client.get("/feeds/import/progress/", {"since": since}).status_code == 404
