"""Answers `/images/…`. A middleware, before sessions, languages and sign-in: the signature is enough, and most
requests are for a file that is there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from articles.images import answers, cache, concurrency
from articles.images.fetch import let_database_go, quick_policy
from articles.images.files.media_types import HEAD, RESIZABLE, media_type_of
from articles.images.fitting import fitted
from articles.images.obtain import Missing, Original, at_hand, obtain
from articles.images.pass_through import pass_through
from articles.images.resize import TooMuchMotion, Unusable, form_for
from articles.images.store_errors import StoreFailed
from articles.images.urls import PREFIX, Asked, BadAddress, read_path
from feeds import sandbox
from feeds.http import Client
from feeds.models import host_of
from feeds.writes import UNWRITABLE

logger = logging.getLogger(__name__)


class ImageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return answers.refused(405, "A picture can only be read.\n", Allow="GET, HEAD")
        try:
            asked = read_path(request.path_info)
        except BadAddress:
            return answers.refused(403, "This address was not signed here.\n")
        return _answer(request, asked)


def _answer(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    try:
        return _resized(request, asked) if asked.width else _as_it_is(request, asked)
    except (Missing, Unusable) as reason:
        logger.debug("%s: %s", asked.url, reason)
    except FileNotFoundError:
        logger.warning("%s: its file is no longer in the store", asked.url)
    except sandbox.Interrupted as reason:
        logger.warning("%s: %s", asked.url, reason)
        return _missing(asked, seconds=0)
    except concurrency.Busy:
        return answers.busy(host_of(asked.url), is_thumbnail=asked.is_thumbnail)
    except StoreFailed as problem:
        logger.error("%s", problem)
        return _missing(asked, seconds=0)
    except OSError as error:
        logger.error("%s", StoreFailed(error))
        return _missing(asked, seconds=0)
    except UNWRITABLE as error:
        logger.error("%s: %s", asked.url, error)
        return _missing(asked, seconds=0)
    return _missing(asked)


def _missing(asked: Asked, *, seconds: int = 300) -> HttpResponse:
    return answers.missing(host_of(asked.url), is_thumbnail=asked.is_thumbnail, seconds=seconds)


def _resized(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    form = form_for(request.headers.get("Accept", ""))
    path = cache.variant_path(asked.url, asked.width, form)
    with suppress(FileNotFoundError):
        return _send_variant(request, path)
    with _place(), concurrency.sizes.of(str(path), seconds=concurrency.SECONDS):
        with suppress(FileNotFoundError):  # another request's turn was the same size's
            return _send_variant(request, path)
        return _make(request, asked, form, path)


def _make(request: HttpRequest, asked: Asked, form: str, path: Path) -> HttpResponseBase:
    original = _original(asked)
    let_database_go()  # the next wait is for a processor
    if original.media_type not in RESIZABLE:  # drawings; and what only browsers know to read
        return answers.send(request, answers.of_original(original))
    try:
        made = fitted(_source(original), asked.width, form)
    except TooMuchMotion:
        return answers.send(request, answers.of_original(original))
    except Unusable:
        with suppress(OSError):
            cache.write(path, [cache.UNUSABLE])  # so that it is tried but once
        raise
    return _send_made(request, path, made)


def _send_made(request: HttpRequest, path: Path, made: bytes) -> HttpResponseBase:
    """The answer with what was made, also where it can't be cached."""
    try:
        cache.write(path, [made])
        return _send_variant(request, path)
    except OSError as error:
        logger.error("%s", StoreFailed(error))
    return answers.send(request, answers.of_variant(BytesIO(made), path, media_type_of(made[:HEAD])))


def _send_variant(request: HttpRequest, path: Path) -> HttpResponse | HttpResponseBase:
    """Raises FileNotFoundError also for a file that is none of ours, and Unusable."""
    file = path.open("rb")
    head = file.read(HEAD)
    media_type = media_type_of(head)
    if not media_type:
        file.close()
        if head == cache.UNUSABLE:
            raise Unusable(f"{path.name} could not be made")
        raise FileNotFoundError(path)
    return answers.send(request, answers.of_variant(file, path, media_type))


def _source(original: Original) -> str | bytes:
    if path := original.local_path():
        return str(path)
    with original.open() as file:
        return file.read()


def _original(asked: Asked) -> Original:
    if found := at_hand(asked.url):
        return found
    host = host_of(asked.url)
    with concurrency.line.of(host):
        let_database_go()
        with concurrency.fetching.of(host, seconds=concurrency.SECONDS):
            return obtain(asked.url, lambda: Client(quick_policy()), is_kept=asked.is_kept)


@contextmanager
def _place() -> Iterator[None]:
    """Among those that may wait. The connection to the database that this took is not left with a thread that pages
    may not need again for long. Raises Busy."""
    with concurrency.held(concurrency.pictures):
        try:
            yield
        finally:
            let_database_go()


def _as_it_is(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    if found := at_hand(asked.url):
        return answers.send(request, answers.of_original(found))
    return pass_through(request, asked)
