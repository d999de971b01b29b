"""Tags of languages (BCP 47) as the index holds them and queries name them. Pure."""

from __future__ import annotations

import re


def language_tags(language: str) -> list[str]:
    """A BCP 47 tag and all that it is a kind of: zh-hant-tw, zh-hant, zh; zh-tw is of zh-hant, too. Nothing for what
    is no such tag."""
    parts = language.lower().replace("_", "-").split("-")
    tags = ["-".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return list(dict.fromkeys(kind for tag in tags if is_language(tag) for kind in (tag, written_as(tag))))


def written_as(tag: str) -> str:
    """The tag by which a way of writing is looked for: zh-hant for zh-tw. Any other as it is."""
    return _WRITTEN_AS.get(tag, tag)


_WRITTEN_AS = {
    **dict.fromkeys(("zh-tw", "zh-hk", "zh-mo"), "zh-hant"),
    **dict.fromkeys(("zh-cn", "zh-sg", "zh-my"), "zh-hans"),
}


def is_language(tag: str) -> bool:
    """True where `tag` can be one: a lexeme has neither blanks nor quotes."""
    return _LANGUAGE.fullmatch(tag) is not None


_LANGUAGE = re.compile("[a-z0-9]{1,8}(?:-[a-z0-9]{1,8})*")
