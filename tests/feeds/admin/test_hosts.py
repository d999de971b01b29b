"""Hosts that limit their rate, as an operator sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feeds.models import Host
from feeds.polls import polling
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db
LIST = "admin:feeds_host_changelist"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def host() -> Host:
    now = timezone.now()
    return Host.objects.create(name="slow.example", gap_seconds=240, free_at=now + timedelta(hours=1), refused_at=now)


def forget(client: Client, host: Host) -> str:
    chosen = {"action": "forget_pace", ACTION_CHECKBOX_NAME: [host.pk]}
    return client.post(reverse(LIST), chosen, follow=True).content.decode()


def test_a_pace_is_shown_and_forgotten_and_nothing_else_can_be_done(client: Client, host: Host) -> None:
    client.force_login(make_reader(staff=True), backend=BACKEND)
    page = client.get(reverse(LIST)).content.decode()
    assert "slow.example" in page
    assert "240" in page
    assert "delete_selected" not in page
    assert client.get(reverse("admin:feeds_host_add")).status_code == 403
    feed = make_feed(url="https://slow.example/feed", next_check_at=timezone.now())
    assert polling.claim_due(timezone.now()) == []
    assert "1 host is asked as any other again." in forget(client, host)
    assert not Host.objects.exists()
    assert [claim.keys for claim in polling.claim_due(timezone.now())] == [(feed.pk,)]


def test_who_may_only_look_forgets_nothing(client: Client, host: Host) -> None:
    reader = make_reader()
    reader.is_staff = True
    reader.save()
    reader.user_permissions.add(Permission.objects.get(codename="view_host"))
    client.force_login(reader, backend=BACKEND)
    assert "slow.example" in client.get(reverse(LIST)).content.decode()
    forget(client, host)
    assert Host.objects.exists()
