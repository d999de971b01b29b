"""The changes that a rule would make to stored texts."""

from __future__ import annotations

import pytest

from articles.boilerplate.preview import preview
from articles.boilerplate.rules import boilerplate_for
from articles.compression import compressed, decompressed
from articles.ingest.stored import kept
from articles.models import ArticleSource, BoilerplateRule
from feeds.models import Subscription
from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("html", ["", "<p>中文</p>", "half a character: \ud800"])
def test_a_stored_text_comes_back_as_it_was(html: str) -> None:
    assert decompressed(compressed(html)) == html


def test_a_text_with_half_a_character_or_none_at_all_is_no_trouble() -> None:
    for stored in (compressed("<p>half: \ud800</p><p>An advertisement</p>"), b""):
        ArticleSource.objects.create(article=make_article(), html_zlib=stored)
    rule = BoilerplateRule(match="starts", value="An advertisement")
    result = preview(rule, make_reader())
    assert result.checked == 2


def test_staff_try_no_rule_on_what_another_reader_has_alone() -> None:
    private = make_feed(is_shared=False)
    owner, staff = make_reader(), make_reader(staff=True)
    Subscription.objects.create(user=owner, feed=private)
    for feed in (private, make_feed()):
        stored = compressed("<p>One</p><p>An advertisement</p>")
        ArticleSource.objects.create(article=make_article(feed), html_zlib=stored)
    rule = BoilerplateRule(match="starts", value="An advertisement")
    assert [preview(rule, reader).hits for reader in (owner, staff)] == [2, 1]


def test_a_poll_and_a_cleaning_anew_take_the_same_rules_in_the_same_order() -> None:
    feed, other = make_feed(), make_feed()
    BoilerplateRule.objects.all().delete()
    for name, of, enabled in (("c", feed, True), ("a", None, True), ("b", other, True), ("d", feed, False)):
        BoilerplateRule.objects.create(name=name, match="starts", value=name, feed=of, enabled=enabled)
    rules = boilerplate_for(feed)
    assert [rule.value for rule in rules] == ["a", "c"]
    assert kept(feed, ()).boilerplate == rules
