"""Byte ranges, as a request asks for them and an answer names them (RFC 9110 §14). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ASKED = re.compile(r"bytes=[ \t,]*([0-9]{0,100})-([0-9]{0,100})[ \t,]*", re.IGNORECASE)
_TOLD = re.compile(r"bytes[ \t]+([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `first` to `last`, both inclusive, of a file of `size` bytes."""

    first: int
    last: int
    size: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    @property
    def header(self) -> str:
        """The value of a Content-Range header."""
        return f"bytes {self.first}-{self.last}/{self.size}"


@dataclass(frozen=True, slots=True)
class AskedRange:
    """A range of a file whose size is not known yet: from `first` to `last`, both inclusive, and to the end where
    `last` is None; where `first` is None, the last `last` bytes."""

    first: int | None
    last: int | None

    def within(self, size: int) -> Part | None:
        """The part that it is of a file of `size` bytes; None where the file has none of them (416)."""
        if self.first is None:
            first, last = max(0, size - (self.last or 0)), size - 1
        else:
            first, last = self.first, size - 1 if self.last is None else min(self.last, size - 1)
        return Part(first, last, size) if first <= last else None

    def with_start(self, least: int) -> AskedRange:
        """A range from the first byte, of `least` bytes or more, that has all of this one where it begins in these."""
        if self.first is None or self.first >= least:
            return AskedRange(0, least - 1)
        return AskedRange(0, None if self.last is None else max(self.last, least - 1))

    @property
    def header(self) -> str:
        """The value of a Range header."""
        return f"bytes={'' if self.first is None else self.first}-{'' if self.last is None else self.last}"


def asked(header: str) -> AskedRange | None:
    """The range that a Range header asks for; None where all is to be sent: for no range, more than one, or one without
    sense."""
    found = _ASKED.fullmatch(header)
    if not found or not (found[1] or found[2]):
        return None
    first, last = (int(number) if number else None for number in found.groups())
    if first is not None and last is not None and last < first:
        return None
    return AskedRange(first, last)


def told(header: str) -> Part | None:
    """The part that a Content-Range header names; None for one without sense, or of a file whose size it does not
    tell."""
    found = _TOLD.fullmatch(header.strip(" \t"))
    if not found:
        return None
    part = Part(int(found[1]), int(found[2]), int(found[3]))
    return part if part.first <= part.last < part.size else None


def length_told(header: str) -> int | None:
    """The number of bytes that a Content-Length header tells; None where it tells none."""
    return int(header) if re.fullmatch("[0-9]{1,18}", header.strip(" \t")) else None
