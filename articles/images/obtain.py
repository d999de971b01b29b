"""From an address to its file: what is kept, what is cached, else one fetch, however many ask.

Whoever fetches holds the address's lease in the database; the others wait for the result. A failure is remembered, and
until its pause is over nobody asks the publisher again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from articles.images import cache
from articles.images.damage import is_shown
from articles.images.demands import asking, demanding
from articles.images.fetch import Download, NotFetched, download
from articles.images.files.media_types import HEAD, file_name, is_drawn_as_it_is, media_type_of
from articles.images.models import ImageAddress, StoredImage, is_brought, key_of
from articles.images.store import image_storage, note, put, size_in_pixels
from articles.images.store_errors import StoreFailed, storing
from feeds.http import Client
from feeds.leases import waits
from feeds.leases.hosts import REFUSALS, TOO_MANY_REQUESTS
from feeds.leases.queues import FREE, LeaseLost, Queue
from feeds.memory import recall, remember
from feeds.models import Feed
from feeds.newsletters.mail.addresses import HOST as MAIL

LEASE = timedelta(minutes=3)  # longer than the slowest fetch
PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(days=30)
PAUSE_WHEN_GONE = timedelta(days=1)
PATIENCE = 20.0  # seconds that a page's request waits for another's fetch
LOOK_AGAIN = 0.1


class Missing(Exception):
    """There is no such picture, or not now. `status` and `retry_after`: the publisher's answer, where there was one."""

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after

    @property
    def is_refusal(self) -> bool:
        """The host wants to be left alone."""
        return self.status in REFUSALS


def wanted() -> QuerySet[ImageAddress]:
    """Addresses that are to be kept and are not yet, or whose kept file is lost; those of feeds whose pictures are only
    shown have to wait, and those of messages lead nowhere."""
    allowed = Q(feed=None) | ~Q(feed__images=Feed.Images.PROXY)
    return ImageAddress.objects.filter(allowed, is_wanted=True).exclude(host=MAIL)


QUEUE = Queue(model=ImageAddress, rows=wanted, due_at="retry_at", longest_wait=LONGEST_PAUSE, lease=LEASE)


@dataclass(frozen=True, slots=True)
class Original:
    """A picture, sound or film as it came. `name`: its file in the store; else it is in the cache, at `path`."""

    media_type: str
    tag: str
    name: str = ""
    path: Path | None = None

    def open(self) -> IO[bytes]:
        """Raises FileNotFoundError."""
        return self.path.open("rb") if self.path else image_storage().open(self.name)

    def local_path(self) -> Path | None:
        """Its path, where the store has files."""
        if self.path:
            return self.path
        try:
            return Path(image_storage().path(self.name))
        except NotImplementedError:  # Django's word of a store that has no files, as a bucket
            return None


def _kept(digest: str, media_type: str) -> Original:
    return Original(media_type, digest[:32], file_name(digest, media_type))


def at_hand(url: str) -> Original | None:
    """The file at `url`, found without asking the publisher, and without the database where it was served before;
    None where it is not there, or not whole. Raises StoreFailed."""
    with storing():
        if (known := cache.remembered(url)) and is_shown(*known):
            return _kept(*known)
        if proxied := _proxied(url):
            return proxied
        address = ImageAddress.objects.select_related("image").filter(key=key_of(url)).first()
        image = address and address.image
        return _remembered(url, image) if image and is_shown(image.digest, image.media_type) else None


def _remembered(url: str, image: StoredImage) -> Original:
    with suppress(OSError):  # what can't be noted is looked up again
        cache.remember(url, image.digest, image.media_type)
    return _kept(image.digest, image.media_type)


def _proxied(url: str) -> Original | None:
    path = cache.proxied_path(url)
    try:
        with path.open("rb") as file:
            media_type = media_type_of(file.read(HEAD))
    except FileNotFoundError:
        return None
    return Original(media_type, key_of(url)[:32], path=path) if media_type else None


def obtain(
    url: str, client: Callable[[], Client], *, is_kept: bool, patience: float = PATIENCE, named_by: Feed | None = None
) -> Original:
    """The file at `url`, fetched if need be. `named_by`: see `fetch`. Raises Missing, StoreFailed."""
    if found := at_hand(url):
        return found
    refuse_brought(url)
    deadline = monotonic() + patience
    address, _is_new = ImageAddress.objects.get_or_create(key=key_of(url), defaults={"url": url, "feed": named_by})
    while is_time(address):
        refuse_of_refusing(address.host)
        if claim(address):
            with client() as open_client, suppress(LeaseLost):
                return fetch(open_client, address, is_kept=is_kept, named_by=named_by)
        if monotonic() > deadline:
            raise Missing("others are still fetching it")
        sleep(LOOK_AGAIN)
        if found := at_hand(url):
            return found
        address.refresh_from_db()
    raise Missing(address.last_error)


def refuse_brought(url: str) -> None:
    """Raises Missing for what came in a message, and is not here."""
    if is_brought(url):
        raise Missing("it came in a message, and is not kept")


def note_refusal(host: str, status: int | None, retry_after: float | None) -> None:
    """Have pages ask a host for nothing for some minutes that answers that it is asked too often. 503 may be said of
    one picture alone."""
    if status == TOO_MANY_REQUESTS:
        most = PAUSE.total_seconds()
        remember(_refusing(host), True, most if retry_after is None else min(retry_after, most))


def refuse_of_refusing(host: str) -> None:
    """Raises Missing for what comes of such a host."""
    if recall(_refusing(host)):
        raise Missing(f"{host} wants to be left alone", status=TOO_MANY_REQUESTS)


def _refusing(host: str) -> str:
    return f"images.refusing:{key_of(host)}"


def is_time(address: ImageAddress) -> bool:
    """True where the publisher may be asked: nothing failed, or the pause after it is over."""
    return address.failures == 0 or waits.has_passed(address.retry_at, LONGEST_PAUSE, timezone.now())


def claim(address: ImageAddress) -> bool:
    """True where nobody fetched the address right now, nor has; it is leased to the caller then, due or not wanted at
    all: somebody waits."""
    now = timezone.now()
    is_time = Q(failures=0) | QUEUE.is_time(now)
    address.lease = QUEUE.claim_one(address.pk, now, is_time & (Q(image=None) | Q(is_wanted=True)))
    return address.lease is not None


def fetch(client: Client, address: ImageAddress, *, is_kept: bool, named_by: Feed | None = None) -> Original:
    """Fetch what the caller holds the lease of, and keep it; or only cache it. `named_by`: a feed of the site whose
    publisher's demands are to be met, where no row says yet that it names the file. Raises Missing, StoreFailed, and
    LeaseLost where it is another's by now, and nothing was kept."""
    feed = named_by or demanding(address.url, address.feed_id)
    try:
        with storing(), asking(client, feed, address.url) as own, download(own, address.url) as came:
            return _record(address, came) if is_kept and has_room_for(address) else _cache(address, came)
    except NotFetched as error:
        fail(address, error)
        raise Missing(str(error), status=error.status, retry_after=error.retry_after) from error
    except StoreFailed as failed:
        _put_off(address, failed, is_kept=is_kept)
        raise
    except BaseException:
        QUEUE.put_back([address])
        raise


def _record(address: ImageAddress, came: Download) -> Original:
    """The file first: a row never names one that is not there."""
    put(came.digest, came.media_type, came.file)
    pixels, lost = size_in_pixels(came), address.image_id
    with transaction.atomic():
        image, is_new = note(came, pixels)
        columns = {"image": image, "is_wanted": False, "failures": 0, "last_error": "", **FREE}
        QUEUE.store(address, **columns)
        if not is_new:  # whoever shares the file has it again, too
            ImageAddress.objects.filter(image=image, is_wanted=True).update(**columns)
        if lost:  # the publisher may have another picture there by now
            StoredImage.objects.filter(pk=lost, addresses=None).delete()
    return _remembered(address.url, image)


def _cache(address: ImageAddress, came: Download) -> Original:
    path = cache.proxied_path(address.url)
    cache.write(path, iter(lambda: came.file.read(2**16), b""))
    width, height = size_in_pixels(came)
    if not (width or is_drawn_as_it_is(came.media_type)):
        width = height = 0
    _note(address, width=width, height=height, failures=0, last_error="")
    return Original(came.media_type, address.key[:32], path=path)


def fail(address: ImageAddress, error: NotFetched) -> None:
    """Note why the publisher sent nothing, and for how long nobody asks again; the lease ends."""
    now, failures = timezone.now(), address.failures + 1
    wanted = min(timedelta(seconds=error.retry_after or 0), LONGEST_PAUSE)
    retry_at = now + max(pause_after(failures, is_final=error.is_final), wanted)
    _note(address, failures=failures, last_error=str(error)[:500], retry_at=retry_at)
    note_refusal(address.host, error.status, error.retry_after)


def _put_off(address: ImageAddress, failed: StoreFailed, *, is_kept: bool) -> None:
    """Note what is wrong with the store where the operator looks, and workers before they fetch; what a reader saw
    is theirs to keep later. A database that is full, too, does not hide what failed."""
    is_wanted = is_kept or bool(address.image_id)
    with suppress(DatabaseError):
        _note(address, last_error=str(failed)[:500], retry_at=timezone.now() + PAUSE, is_wanted=is_wanted)


def _note(address: ImageAddress, **columns: Any) -> None:
    """Write how fetching went and end the lease; nothing where it is another's by now."""
    with suppress(LeaseLost):
        QUEUE.store(address, **columns, **FREE)


def put_off(now: datetime) -> QuerySet[ImageAddress]:
    """The addresses whose files were to be kept in the last minutes, when the store failed."""
    soon = ImageAddress.objects.filter(is_wanted=True, retry_at__gt=now, retry_at__lte=now + PAUSE)
    return soon.filter(failures=0).exclude(last_error="")


def store_problem() -> str:
    """The failure that kept pictures from being stored in the last minutes; "" where none did."""
    return put_off(timezone.now()).order_by("-retry_at").values_list("last_error", flat=True).first() or ""


def pause_after(failures: int, *, is_final: bool) -> timedelta:
    """The time that the publisher is left alone after so many failures in a row: four times as long each time."""
    first = PAUSE_WHEN_GONE if is_final else PAUSE
    return min(first * int(4 ** min(failures - 1, 10)), LONGEST_PAUSE)


def kept_bytes() -> int:
    """The size of all that is kept, looked up every minute at most."""
    known: int | None = recall("images.kept_bytes")
    if known is None:
        known = StoredImage.objects.aggregate(bytes=Sum("size"))["bytes"] or 0
        remember("images.kept_bytes", known, 60)
    return known


def has_room_for(address: ImageAddress) -> bool:
    """True where what is at an address may be kept: always where it was kept already, and is lost."""
    return bool(address.image_id) or not is_over_budget()


def is_over_budget() -> bool:
    """True where nothing more is kept: nothing is ever deleted to make room."""
    return bool(settings.IMAGE_BUDGET) and kept_bytes() >= settings.IMAGE_BUDGET
