"""Paywalls and consent before an article."""

from __future__ import annotations

import json

import pytest

from articles.extract import Wall, extract, page_article
from articles.extract.walls import wall

URL = "https://news.example/a.html"
TEXT = "".join(
    f"<p>Paragraph {number} tells what the town has planned for its bridge, its river and the road beside.</p>"
    for number in range(6)
)


def stands(html: str, url: str = URL) -> Wall | None:
    assert page_article(html, url).wall == wall(html, url, extract(html, url))
    return wall(html, url, extract(html, url))


@pytest.mark.parametrize("free", [False, "False", "http://schema.org/False"])
def test_a_page_may_say_that_it_is_paid_for(free: object) -> None:
    data = json.dumps({"@type": "NewsArticle", "isAccessibleForFree": free})
    assert stands(f'<script type="application/ld+json">{data}</script><article>{TEXT}</article>') is Wall.PAYWALL


def test_a_part_may_be_paid_for() -> None:
    data = json.dumps({"@type": "Article", "hasPart": {"isAccessibleForFree": False, "cssSelector": ".paid"}})
    assert stands(f'<script type="application/ld+json">{data}</script><article>{TEXT}</article>') is Wall.PAYWALL


@pytest.mark.parametrize(
    "words",
    [
        "Subscribe to continue reading",
        "This article is for subscribers only.",
        "You’ve reached your limit of free articles",
        "Already a subscriber? Log in",
        "剩余80%未读，订阅会员后阅读全文",
        "本文為付費內容",
        "この記事は有料会員限定です",
        "続きを読むには会員登録が必要です",
        "구독 후 전문을 볼 수 있습니다",
        "Réservé aux abonnés",
    ],
)
def test_a_beginning_with_such_words_is_behind_a_paywall(words: str) -> None:
    assert stands(f"<article>{TEXT}</article><div><p>{words}</p></div>") is Wall.PAYWALL
    assert stands(f"<article>{TEXT * 10}</article><div><p>{words}</p></div>") is None


def test_an_open_article_has_no_wall() -> None:
    data = json.dumps({"@type": "NewsArticle", "isAccessibleForFree": True})
    assert stands(f'<script type="application/ld+json">{data}</script><article>{TEXT}</article>') is None


def test_a_question_about_cookies_is_no_article() -> None:
    asked = "<h1>Before you continue</h1><p>We and our partners use cookies. Accept all cookies or manage them.</p>"
    assert stands(f"<body>{asked}</body>") is Wall.CONSENT
    assert stands("<p>Choose.</p>", "https://consent.news.example/collect?from=a") is Wall.CONSENT
    assert stands(f"<body><article>{TEXT * 4}</article>{asked}</body>") is None


def test_an_empty_page_has_none() -> None:
    assert wall("", URL, "") is None
    assert wall("<p>x</p>", "http://[", "") is None
