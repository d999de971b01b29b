"""The ids of articles in every form that apps send. Pure."""

from __future__ import annotations

PREFIX = "tag:google.com,2005:reader/item/"
HEX_DIGITS = frozenset("0123456789abcdefABCDEF")
HEX_LENGTH = 16


class BadItemId(ValueError):
    """The text is no item's id in any form."""


def long_form(pk: int) -> str:
    """The form in which contents name an item."""
    return f"{PREFIX}{pk:016x}"


def read(text: str) -> int:
    """The article id that `text` names: in the long form, padded or not, in 16 hexadecimal digits, or in decimal
    digits, also as a negative number of 64 bits. Digits that begin with a zero are hexadecimal. Raises BadItemId."""
    text = text.strip()
    if text.startswith(PREFIX):
        return _hexadecimal(text.removeprefix(PREFIX))
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdecimal() and len(digits) <= 20 and (digits[0] != "0" or len(digits) == 1):
        return int(text) % 2**64
    if len(text) == HEX_LENGTH:
        return _hexadecimal(text)
    raise BadItemId(text[:100])


def _hexadecimal(digits: str) -> int:
    if not (0 < len(digits) <= HEX_LENGTH and HEX_DIGITS.issuperset(digits)):
        raise BadItemId(digits[:100])
    return int(digits, 16)
