"""Addresses of one page, and those that are of none."""

from __future__ import annotations

import pytest

from articles.folding.address import page_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.a.example/x?utm_source=rss", "http://a.example:80/x/"),
        ("https://amp.a.example/x/amp", "https://m.a.example/x?from=rss#top"),
        ("https://a.example/x/index.html", "https://A.example/x"),
    ],
)
def test_one_page_has_many_addresses(one: str, other: str) -> None:
    assert page_of(one) == page_of(other) != ""


def test_what_leads_to_no_page_of_its_own_is_none() -> None:
    assert [page_of(url) for url in ("https://a.example/", "https://a.example", "mailto:a@a.example", "")] == [""] * 4
    assert page_of("https://a.example/#!/1") != page_of("https://a.example/#!/2")
    assert page_of("https://team.a.example/x") == "team.a.example/x"
    assert page_of("https://m.example/x") == "m.example/x"
    assert page_of("https://a.example/?p=1") != page_of("https://a.example/?p=2")
