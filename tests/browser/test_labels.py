"""Labelling in a real browser, wide and on a phone, with and without JavaScript."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from articles.labels import own
from articles.models import ArticleLabel
from tests.articles.searching import make_found
from tests.factories import make_article, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]


@pytest.mark.parametrize(("width", "has_javascript"), [(390, True), (1440, False)])
def test_an_article_is_labelled_and_found_again(open_page, sign_in, width, has_javascript):
    reader = make_reader("ann")
    article, _other = make_found(title="Fog at the mole"), make_found(title="Sun")
    own.make_label(reader, "work")
    page = open_page(viewport={"width": width, "height": 850}, java_script_enabled=has_javascript)
    sign_in(page, reader, "/")
    row = page.locator(f"#article-{article.pk}")
    row.hover()
    row.get_by_role("link", name="Label Fog at the mole").click()
    page.get_by_label("work").check()
    page.get_by_label("New label").fill("To read")
    page.get_by_role("button", name="Save").click()
    expect(row.locator(".chip")).to_have_text(["To read", "work"])
    row.get_by_role("link", name="To read").click()
    expect(page.locator(".row")).to_have_count(1)
    page.get_by_role("link", name="Fog at the mole", exact=True).click()
    page.get_by_role("link", name="Change labels").click()
    page.get_by_label("work").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("article .chip")).to_have_text(["To read"])
    assert page.evaluate("document.documentElement.scrollWidth") <= width if has_javascript else True


def test_a_digit_labels_the_row_and_the_tree_counts_it(page, sign_in):
    reader = make_reader("ann")
    make_found(title="Sun")
    article = make_found(title="Fog at the mole")
    later = own.make_label(reader, "later")
    sign_in(page, reader)
    page.keyboard.press("1")  # on no row
    page.keyboard.press("j")
    page.keyboard.press("1")
    expect(page.locator(f"#article-{article.pk} .chip")).to_have_text("later")
    expect(page.locator(f'[data-n="l{later.pk}"]')).to_have_text("1")
    page.keyboard.press("g")
    page.keyboard.press("1")
    expect(page.get_by_role("link", name="later").first).to_have_attribute("aria-current", "page")
    page.goto(article.get_absolute_url())
    page.keyboard.press("1")
    expect(page.locator("article .chip")).to_have_count(0)
    assert not ArticleLabel.objects.exists()


def test_a_digit_leads_who_has_been_signed_out_to_sign_in_and_back(page, sign_in):
    reader, article = make_reader("ann"), make_article()
    own.put_labels(reader, article.pk, [own.make_label(reader, "later")])
    sign_in(page, reader)
    page.keyboard.press("j")
    Session.objects.all().delete()
    page.keyboard.press("1")
    page.wait_for_url("**/sign-in/?next=/")


def test_an_article_s_labels_stand_in_the_line_of_its_facts_where_it_has_room(page, sign_in):
    reader, article = make_reader("ann"), make_article()
    sign_in(page, reader, article.get_absolute_url())
    facts, label = (page.locator(name).bounding_box() for name in (".facts time", "article .chips a"))
    assert abs(facts["y"] - label["y"]) < facts["height"] / 2
    assert label["x"] > facts["x"] + facts["width"]
