"""The changes that a rule would make to stored texts."""

from __future__ import annotations

import pytest

from articles.boilerplate.preview import preview
from articles.boilerplate.rules import boilerplate_for
from articles.compression import compressed, decompressed
from articles.ingest.stored import kept
from articles.models import ArticleSource, BoilerplateRule
from tests.factories import make_article, make_feed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("html", ["", "<p>中文</p>", "half a character: \ud800"])
def test_a_stored_text_comes_back_as_it_was(html: str) -> None:
    assert decompressed(compressed(html)) == html


def test_a_text_with_half_a_character_or_none_at_all_is_no_trouble() -> None:
    for stored in (compressed("<p>half: \ud800</p><p>An advertisement</p>"), b""):
        ArticleSource.objects.create(article=make_article(), html_zlib=stored)
    rule = BoilerplateRule(match="starts", value="An advertisement")
    result = preview(rule)
    assert result.checked == 2


def test_a_poll_and_a_cleaning_anew_take_the_same_rules_in_the_same_order() -> None:
    feed, other = make_feed(), make_feed()
    BoilerplateRule.objects.all().delete()
    for name, of, enabled in (("c", feed, True), ("a", None, True), ("b", other, True), ("d", feed, False)):
        BoilerplateRule.objects.create(name=name, match="starts", value=name, feed=of, enabled=enabled)
    rules = boilerplate_for(feed)
    assert [rule.value for rule in rules] == ["a", "c"]
    assert kept(feed, ()).boilerplate == rules
