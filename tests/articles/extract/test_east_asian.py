"""Articles in Chinese, Japanese and Korean are found in pages as their sites build them."""

from __future__ import annotations

from statistics import mean

import pytest

from articles.extract import extract
from tests.articles.extract.east_asian_text import LANGUAGES, text
from tests.articles.extract.layouts import LAYOUTS, layout
from tests.articles.extract.words import likeness, text_of


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_article_is_found_in_every_layout(language: str) -> None:
    found = {}
    for number in range(LAYOUTS):
        article = text(language, number)
        result = extract(layout(article, number), "https://news.example/2024/05/06/a.html")
        found[number] = likeness(text_of(result), " ".join(article.paragraphs))
    assert mean(found.values()) >= 0.98
    assert {number: value for number, value in found.items() if value < 0.95} == {}


def test_readers_may_write_more_than_the_article_says() -> None:
    article = text("zh-Hans", 1)
    short = type(article)(article.language, article.title, article.paragraphs[:2])
    said = "".join(f"<div><b>某人</b><div>{paragraph}</div></div>" for paragraph in text("zh-Hans", 2).paragraphs)
    page = (
        f"<body><h1>{short.title}</h1><div>{''.join(f'<p>{each}</p>' for each in short.paragraphs)}</div>"
        f"<div><h3>全部评论(12)</h3>{said}</div></body>"
    )
    assert likeness(text_of(extract(page, "https://news.example/a.html")), " ".join(short.paragraphs)) >= 0.97
