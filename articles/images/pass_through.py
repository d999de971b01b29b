"""Sounds and films that are not kept yet: they go through this site while they are played, and no file waits to be
whole. Where they are to be kept, a worker fetches them later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from articles.images import places
from articles.images.answers import inert
from articles.images.fetch import ACCEPT, referer_for
from articles.images.media_types import media_type_of
from articles.images.models import ImageAddress, key_of
from articles.images.obtain import Missing, is_time, let_database_go
from articles.images.urls import Asked
from feeds.http import Client, HttpError, HttpStream
from feeds.models import host_of

SECONDS = 1800
_HANDED_ON = ("content-length", "content-range", "accept-ranges")
_FROM_THE_START = re.compile(r"bytes=0-\d*")


def pass_through(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    """What the publisher answers, if it is a picture, sound or film. Raises Missing, Busy."""
    address = _known(asked)
    if address and not is_time(address):
        raise Missing(address.last_error)
    with ExitStack() as stack:
        stack.enter_context(places.held(places.films))
        try:
            answer = _open(request, asked, stack)
        except HttpError as error:
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


def _open(request: HttpRequest, asked: Asked, stack: ExitStack) -> HttpResponse | StreamingHttpResponse:
    policy = replace(settings.FETCH_POLICY, max_bytes=settings.MEDIA_MAX_BYTES, total_timeout=SECONDS)
    wanted = request.headers.get("Range", "")
    headers = {"Accept": ACCEPT, "Accept-Encoding": "identity", **referer_for(asked.url)}
    client = stack.enter_context(Client(policy))
    stream = stack.enter_context(client.stream(asked.url, {**headers, "Range": wanted} if wanted else headers))
    if stream.status not in {200, 206, 416}:
        raise Missing(f"{host_of(stream.url)} answered {stream.status}")
    pieces = stream.pieces()
    first = next(pieces, b"")
    media_type = _type(stream, first, wanted)
    answer: HttpResponse | StreamingHttpResponse
    if request.method == "HEAD":
        answer = HttpResponse(status=stream.status)
    else:
        answer = StreamingHttpResponse(_Body(first, pieces, stack.pop_all()), status=stream.status)
    for name in _HANDED_ON:
        if value := stream.headers.get(name, ""):
            answer[name] = value
    inert(answer, media_type, "no-store")
    return answer


def _type(stream: HttpStream, first: bytes, wanted: str) -> str:
    """By the bytes where the first ones are there; else what a player takes for what it has begun to play."""
    if stream.status == 200 or (stream.status == 206 and _FROM_THE_START.fullmatch(wanted)):
        if found := media_type_of(first):
            return found
        raise Missing(f"{host_of(stream.url)} sent something that is no picture, sound or film")
    named = stream.headers.get("content-type", "").partition(";")[0].strip().lower()
    return named if re.fullmatch(r"(?:audio|video)/[\w.+-]{1,60}", named) else "application/octet-stream"


class _Body:
    """The pieces of a body; Django closes it when the answer is sent, or nobody wants it any more."""

    def __init__(self, first: bytes, more: Iterator[bytes], stack: ExitStack) -> None:
        self._pieces = chain([first], more)
        self.close = stack.close

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces
