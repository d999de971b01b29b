"""Pages as portals and papers in Chinese, Japanese and Korean mark them up, under the class names that they use, filled
with sentences of our own.

A file here is the inside of a body, with fields: `{p:before|after}` has each paragraph between these two, `{a:…}` the
first two, `{b:…}` the others, `{cards:…}` headlines of other articles, `{said:…}` what readers wrote; `{links}` are
headlines as items of a list, `{other}` is one, `{title}` the article's own."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from tests.articles.extract.east_asian_text import Text, headline, remark

FILES = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.html"))}
_FIELD = re.compile(r"\{(p|a|b|cards|said):([^|{}]*)\|([^{}]*)\}")


def language_of(name: str) -> str:
    """The language of a portal."""
    return name.partition(".")[0]


def portal(name: str, article: Text, seed: int = 0) -> str:
    """The page of `article` as the portal `name` builds it."""
    chance, language = random.Random(f"{name} {seed}"), article.language

    def texts(kind: str) -> Sequence[str]:
        if kind == "cards":
            return [headline(language, chance) for _ in range(5)]
        if kind == "said":
            return [remark(language, chance) for _ in range(4)]
        return article.paragraphs[slice(None, 2) if kind == "a" else slice(2 if kind == "b" else 0, None)]

    def filled(found: re.Match[str]) -> str:
        return "".join(found[2] + escape(text) + found[3] for text in texts(found[1]))

    links = "".join(f'<li><a href="/n/{n}.html">{headline(language, chance)}</a></li>' for n in range(8))
    plain = {"{title}": escape(article.title), "{links}": links, "{other}": headline(language, chance)}
    page = _FIELD.sub(filled, FILES[name].read_text(encoding="utf-8"))
    for field, value in plain.items():
        page = page.replace(field, value)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(article.title)}</title>'
        f"</head><body>{page}</body></html>"
    )
