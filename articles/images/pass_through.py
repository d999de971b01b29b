"""Sounds and films that are not kept yet: they go through this site while they are played, and no file waits to be
whole. Where they are to be kept, a worker fetches them later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from articles.images import concurrency
from articles.images.answers import inert, range_of, unsatisfiable
from articles.images.demands import asking, demanding
from articles.images.fetch import ACCEPT, NotFetched, let_database_go, referer_for, with_head
from articles.images.files import ranges
from articles.images.files.media_types import HEAD, media_type_of
from articles.images.models import ImageAddress, key_of
from articles.images.obtain import Missing, is_time, note_refusal, refuse_brought, refuse_of_refusing
from articles.images.urls import Asked
from feeds.http.client import Client, HttpStream
from feeds.http.fetch import retry_after
from feeds.http.policy import HttpError
from feeds.models import Feed, host_of

SECONDS = 1800  # that a film may take
START_SECONDS = 15  # and its first bytes: until they are handed on, nothing tells that who asked has left
SKIPPED = 2**20  # bytes that are read for nothing of a publisher who knows no ranges


def pass_through(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    """The answer of the publisher, if it is a picture, sound or film. Raises Missing, Busy."""
    refuse_brought(asked.url)
    refuse_of_refusing(host_of(asked.url))
    address = _known(asked)
    if address and not is_time(address):
        raise Missing(address.last_error)
    try:
        # Outside of the stack: what failed is named in full only where its last exchange ends.
        with ExitStack() as stack:
            stack.enter_context(concurrency.held(concurrency.films))
            answer = _open(request, asked, demanding(asked.url, address.feed_id if address else None), stack)
    except (HttpError, NotFetched) as error:
        raise Missing(str(error)) from error
    if asked.is_kept:
        _want(asked)
    let_database_go()
    return answer


def _known(asked: Asked) -> ImageAddress | None:
    return ImageAddress.objects.filter(key=key_of(asked.url)).first()


def _want(asked: Asked) -> None:
    address = ImageAddress(key=key_of(asked.url), url=asked.url, host=host_of(asked.url), is_wanted=True)
    ImageAddress.objects.bulk_create([address], ignore_conflicts=True)
    ImageAddress.objects.filter(key=address.key, is_wanted=False, image=None).update(is_wanted=True)


def _open(
    request: HttpRequest, asked: Asked, feed: Feed | None, stack: ExitStack
) -> HttpResponse | StreamingHttpResponse:
    """Whatever is asked for, the first bytes come first: they tell the type."""
    publisher = _Publisher(asked.url, feed, stack)
    wanted = range_of(request, "")  # no validator goes out with this, so none that comes in is its
    stream, came = publisher.ask(wanted.with_start(HEAD) if wanted else None)
    head, pieces = with_head(stream.arriving(), seconds=START_SECONDS)
    media_type = _media_type(stream, head, came)
    if not wanted or came is None:
        return _answer(request, media_type, pieces, stack, came)
    part = wanted.within(came.size)
    if not part:
        refused = unsatisfiable(came.size)
        inert(refused, media_type, "no-store")
        return refused
    if part.last > came.last:
        stream, came = publisher.ask(ranges.AskedRange(part.first, part.last))
        pieces = stream.arriving()
    if came is None or (stream.status == 200 and part.first > SKIPPED):
        return _answer(request, media_type, pieces, stack, came)
    skipped = part.first - came.first
    if not 0 <= skipped <= min(SKIPPED, came.last - came.first):
        raise Missing(f"{host_of(stream.url)} sent another part than it was asked for")
    part = ranges.Part(part.first, min(part.last, came.last), came.size)
    cut = _cut(pieces, skipped, part.length)
    sent = _answer(request, media_type, cut, stack, part, status=206)
    sent["Content-Range"] = part.header
    return sent


def _media_type(stream: HttpStream, head: bytes, came: ranges.Part | None) -> str:
    """The type of the file, which its first bytes tell. Raises Missing."""
    media_type = media_type_of(head) if came is None or came.first == 0 else ""
    if not media_type:
        raise Missing(f"{host_of(stream.url)} sent something that is no picture, sound or film")
    return media_type


def _answer(
    request: HttpRequest,
    media_type: str,
    pieces: Iterator[bytes],
    stack: ExitStack,
    part: ranges.Part | None,
    status: int = 200,
) -> HttpResponse | StreamingHttpResponse:
    """`part`: what is sent; None where nobody knows how much."""
    answer: HttpResponse | StreamingHttpResponse
    if request.method == "HEAD":
        answer = HttpResponse()
    else:
        answer = StreamingHttpResponse(_Body(pieces, stack.pop_all()), status=status)
    if part:
        answer["Content-Length"] = str(part.length)
    inert(answer, media_type, "no-store")
    return answer


def _cut(pieces: Iterator[bytes], skipped: int, length: int) -> Iterator[bytes]:
    """`length` bytes after the first `skipped`; what follows them is not waited for."""
    for piece in pieces:
        part = piece[skipped : skipped + length]
        skipped = max(0, skipped - len(piece))
        length -= len(part)
        yield part
        if length <= 0:
            return


class _Publisher:
    """The publisher of the file at `url`, which `feed` named. An answer stays open until another is asked for, or
    `stack` ends."""

    def __init__(self, url: str, feed: Feed | None, stack: ExitStack) -> None:
        policy = replace(
            settings.FETCH_POLICY,
            max_bytes=settings.MEDIA_MAX_BYTES,
            total_timeout=SECONDS,
            start_timeout=START_SECONDS,
        )
        self._url = url
        client = stack.enter_context(Client(policy))
        self._client = stack.enter_context(asking(client, feed, url))
        self._exchange = stack.enter_context(ExitStack())
        # Packed, parts can't be cut out, and nobody knows how long the whole will be.
        self._headers = {"Accept": ACCEPT, "Accept-Encoding": "identity", **referer_for(url)}

    def ask(self, wanted: ranges.AskedRange | None) -> tuple[HttpStream, ranges.Part | None]:
        """The answer, and which part it is; None for all of a file whose size is not told. Parts that are of no use,
        being packed, several, of who knows what, or refused, are answered by asking for all. Raises Missing,
        HttpError."""
        let_database_go()
        headers = self._headers | ({"Range": wanted.header} if wanted else {})
        self._exchange.close()
        stream = self._exchange.enter_context(self._client.stream(self._url, headers))
        size = None if stream.is_encoded else ranges.length_told(stream.headers.get("content-length", ""))
        if wanted and stream.status in {206, 416}:  # nothing is asked for beyond a file's end
            part = None if stream.is_encoded else ranges.told(stream.headers.get("content-range", ""))
            is_such = part and stream.status == 206 and size in {None, part.length}
            return (stream, part) if is_such else self.ask(None)
        if stream.status != 200:
            note_refusal(host_of(self._url), stream.status, retry_after(stream.headers))
            raise Missing(f"{host_of(stream.url)} answered {stream.status}")
        return stream, None if size is None else ranges.Part(0, size - 1, size)


class _Body:
    """The pieces of a body; Django closes it when the answer is sent, or nobody wants it any more."""

    def __init__(self, pieces: Iterator[bytes], stack: ExitStack) -> None:
        self._pieces = filter(None, pieces)
        self.close = stack.close

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces
