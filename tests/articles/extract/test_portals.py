"""Articles are found in the pages of portals and papers in Chinese, Japanese and Korean."""

from __future__ import annotations

import pytest

from articles.extract import extract
from tests.articles.extract.east_asian_text import text
from tests.articles.extract.portals import FILES, language_of, portal
from tests.articles.extract.words import likeness, text_of

SEEDS = range(100, 104)


@pytest.mark.parametrize("name", FILES)
def test_the_article_is_found(name: str) -> None:
    for seed in SEEDS:
        article = text(language_of(name), seed)
        result = text_of(extract(portal(name, article, seed), "https://news.example/2024/05/06/a.html"))
        assert likeness(result, " ".join(article.paragraphs)) >= 0.97
