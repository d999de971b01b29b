"""The demo's subscriptions."""

from __future__ import annotations

import re
from pathlib import Path

from django.contrib.auth.models import User
from django.db.models import Value
from django.db.models.functions import Replace

from feeds.access import sealed
from feeds.models import Category, Feed, Mailbox
from feeds.subscribe.add import subscribe
from newsreader.demo import Publisher, mail
from newsreader.demo.catalogue import CATALOGUE, Source
from newsreader.demo.documents import RECIPE

HOST = "127.0.0.1"
OURS = re.compile(r"^http://127\.0\.0\.1:\d+")


def subscribe_to(publisher: Publisher, pem: Path) -> None:
    """Subscribe to every feed of `publisher` and have its mailbox read, where the reader of the demo has not yet;
    follow it to new ports. `pem`: the key and certificate of the mailbox."""
    Mailbox.objects.filter(host=HOST, user_name=mail.USER).update(port=publisher.mail_port)
    for old in {match[0] for url in Feed.objects.values_list("url", flat=True) if (match := OURS.match(url))}:
        if old != publisher.address:
            moved = Replace("url", Value(old), Value(publisher.address))
            Feed.objects.filter(url__startswith=f"{old}/").update(url=moved, moved_to="", moved_polls=0)
    if Feed.objects.exists():
        return  # whoever tries it out may also remove a feed
    for source in CATALOGUE:
        _add(source, publisher)
    owner = User.objects.filter(is_staff=True, is_active=True).order_by("pk").first()
    if owner:
        Mailbox.objects.create(
            owner=owner,
            host=HOST,
            port=publisher.mail_port,
            user_name=mail.USER,
            secrets=sealed.seal({"password": mail.PASSWORD}),
            folder=mail.FOLDER,
            authorities=mail.trusted(pem),
        )


def _add(source: Source, publisher: Publisher) -> None:
    category, _new = Category.objects.get_or_create(
        owner=None, slug=source.category_slug, defaults={"name": source.category}
    )
    recipe = RECIPE if source.form == "page" else None
    feed, _new = subscribe(publisher.address + source.path, category=category, recipe=recipe)
    if source.check_every_minutes:
        Feed.objects.filter(pk=feed.pk).update(check_every_minutes=source.check_every_minutes)
    if source.behaviour == "parts":
        Feed.objects.filter(pk=feed.pk).update(whole_articles=Feed.WholeArticles.PARTIAL)
