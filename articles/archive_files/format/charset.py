"""The bytes of an article file as text. Pure."""

from __future__ import annotations


def decoded(data: bytes) -> str:
    """UTF-8, also with a few bytes damaged, which stay visible as U+FFFD; else Simplified Chinese as GB18030. Raises
    UnicodeDecodeError for all else.

    GB18030 alone can't decide: it reads nearly any UTF-8 as rare characters. So UTF-8 that is mostly whole wins, and
    what GB18030 makes of the rest must be characters in common use.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        mended, not_utf8 = data.decode("utf-8", "replace"), error
    damaged = mended.count("\ufffd")
    if damaged * 10 <= sum(char > "\x7f" for char in mended) - damaged:
        return mended
    text = data.decode("gb18030")
    foreign = "".join(char for char in text if char > "\x7f")
    if len(foreign.encode("gb2312", "ignore")) < 2 * 0.8 * len(foreign):
        raise not_utf8
    return text
