"""`manage.py add_feed URL…`"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from feeds.http import Client
from feeds.models import Feed
from feeds.parse import spellings
from feeds.subscribe.add import NothingFound, find, normalized, subscribe


class Command(BaseCommand):
    help = (
        "Add feeds, each by its own address or by the address of a web page that names it. A page that names several "
        "feeds adds none of them: their addresses are printed, to call the command again with the one you want. "
        "Exit code 0: all feeds are there now; 1: at least one address was refused; 2: wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("urls", nargs="+", metavar="URL", help="a feed's or a web page's address")

    def handle(self, *_args: Any, **options: Any) -> None:
        with Client(settings.FETCH_POLICY) as client:
            refused = [url for url in options["urls"] if not self.add(client, url)]
        if refused:
            raise CommandError(_("%(count)d not added: %(urls)s") % {"count": len(refused), "urls": ", ".join(refused)})

    def add(self, client: Client, url: str) -> bool:
        """True where the feed is there now."""
        if feed := _known(url):
            self.stdout.write(_("known: %(name)s %(url)s") % {"name": feed.name, "url": feed.url})
            return True
        try:
            candidates = find(client, url)
        except NothingFound as error:
            self.stderr.write(f"{url}: {error}")
            return False
        if len(candidates) > 1:
            self.stderr.write(_("%(url)s names several feeds. Add one of them by its address:") % {"url": url})
            for each in candidates:
                self.stderr.write(f"  {each.url}  {each.title}")
            return False
        chosen = candidates[0]
        feed, is_new = subscribe(chosen.url, title=chosen.title, site_url=chosen.site_url, recipe=chosen.recipe)
        word = _("added") if is_new else _("known")
        self.stdout.write(f"{word}: {feed.name} {feed.url}")
        return True


def _known(url: str) -> Feed | None:
    try:
        url = normalized(url)
        return Feed.objects.filter(url__in=(url, *spellings.others(url))).first()
    except ValueError:  # find() says what is wrong with it
        return None
