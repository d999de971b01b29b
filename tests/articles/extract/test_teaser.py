"""Parts of articles, and what may stand in their place."""

from __future__ import annotations

import random

import pytest

from articles.extract.fuller import is_fuller
from articles.extract.teaser import Sign, sign_of_part
from tests.articles.folding.stories import article, traditional, words

SENTENCE = "The old bridge over the river was closed in spring, and people have walked a mile around it ever since. "


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        (SENTENCE * 8 + "And then…", Sign.OPEN),
        (SENTENCE * 8 + "And then [...] ", Sign.OPEN),
        (SENTENCE * 8 + "Continue reading", Sign.MORE),
        (SENTENCE * 8 + "[…] Read more »", Sign.MORE),
        ("桥重新开放了。" * 60 + "点击查看全文", Sign.MORE),
        ("橋が再開した。" * 60 + "続きを読む", Sign.MORE),
        ("다리가 다시 열렸다. " * 60 + "더보기", Sign.MORE),
        (SENTENCE, Sign.LITTLE),
        ("", Sign.LITTLE),
        (SENTENCE * 8, None),
        ("桥重新开放了。" * 60, None),
        ("Read more of this, they said… " + SENTENCE * 8, None),
    ],
)
def test_the_signs_of_a_part(text: str, sign: Sign | None) -> None:
    assert sign_of_part(text) is sign


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_article_takes_the_place_of_its_beginning(language: str) -> None:
    title, text = article(random.Random(language), language)
    assert is_fuller(title, text[: len(text) // 4] + "…", text)
    assert is_fuller("", "", text)
    assert not is_fuller(title, text, text[: len(text) // 4])
    assert not is_fuller(title, text, text)
    assert not is_fuller(title, text, "")


def test_the_other_script_is_no_other_text() -> None:
    title, text = article(random.Random(1), "zh")
    assert is_fuller(title, traditional().convert(text[: len(text) // 4]), text)


def test_a_longer_text_of_something_else_does_not() -> None:
    title, text = article(random.Random(1), "en")
    other = article(random.Random(2), "en")[1] * 3
    assert not is_fuller(title, text, other)
    assert not is_fuller(title, text[:300], other)
    # as where a summary was written for the feed
    summary = words(random.Random(3), "en", 30)
    assert not is_fuller(title, summary, text)
    assert is_fuller(title, summary, f"{text}\n{title}")
    assert not is_fuller(title, summary, f"{title} {summary[::-1]}")
