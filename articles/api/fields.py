"""The fields that an app sent with its request: many times more than a form of a page has, within limits of our own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime
from urllib.parse import parse_qsl

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, QueryDict

MOST_FIELDS = 25_000
FORM = "application/x-www-form-urlencoded"


class TooMuch(Exception):
    """The request is larger than any app's."""


class NoSense(ValueError):
    """A field says what it can't."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Names and values in the order they came in, of the address first and of the body then."""

    pairs: tuple[tuple[str, str], ...]

    def first(self, name: str, default: str = "") -> str:
        return next((value for known, value in self.pairs if known == name), default)

    def last(self, name: str) -> str:
        """The body's value rather than the address'."""
        return next((value for known, value in reversed(self.pairs) if known == name), "")

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.pairs if known == name]

    def __contains__(self, name: str) -> bool:
        return any(known == name for known, _value in self.pairs)

    def number(self, name: str, default: int) -> int:
        """A whole number that fits a database's. Raises NoSense."""
        text = self.first(name)
        if not text:
            return default
        if not is_number(text):
            raise NoSense(name)
        return int(text)


def is_number(text: str) -> bool:
    """True for digits that make a number below 10^18."""
    return text.isascii() and text.isdecimal() and len(text) < 19


def moment(number: int) -> datetime:
    """The time that a number of seconds is, or one of microseconds: apps give either. Raises NoSense, also for the last
    year that there is: what is reckoned from it would fall out of the calendar."""
    seconds = number / 1_000_000 if number >= 10**15 else float(number)
    try:
        found = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise NoSense("time") from error
    if found.year == MAXYEAR:
        raise NoSense("time")
    return found


def fields_of(request: HttpRequest) -> Fields:
    """All fields of the request, which nobody else can read any more: what counts guesses would keep them, keys and
    all. Raises TooMuch."""
    try:
        pairs = [*_in(request.META.get("QUERY_STRING", "")), *_in_body(request)]
    except (RequestDataTooBig, TooManyFieldsSent, ValueError) as error:
        raise TooMuch from error
    request.GET, request.POST = QueryDict(""), QueryDict("")
    return Fields(tuple((name, value.replace("\x00", "")) for name, value in pairs))


def _in_body(request: HttpRequest) -> Iterable[tuple[str, str]]:
    if request.content_type == "multipart/form-data":
        return [(name, str(value)) for name, values in request.POST.lists() for value in values]
    if request.content_type not in {FORM, "", "text/plain"}:
        return []
    return _in(request.body.decode("utf-8", "replace"))


def _in(text: str) -> list[tuple[str, str]]:
    """The separator is "&" alone, and a blank value is one."""
    return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
