"""Aa: how an article looks, shown while it is chosen, and there on the next page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from newsreader.models import AccountSettings
from tests.browser.conftest import PHONE
from tests.browser.site_files import add_axe
from tests.factories import make_article, make_reader

pytestmark = [pytest.mark.browser, pytest.mark.one_database("styles know no database")]

STYLE = """() => { const style = getComputedStyle(document.querySelector(".prose"));
  return [style.fontSize, style.fontFamily.split(",")[0], getComputedStyle(document.documentElement).backgroundColor] }"""


def kept(page, **choices):
    """Waits until the account has the choices."""
    page.wait_for_function(
        "(names) => names.every((pair) => document.cookie.includes(pair))",
        arg=[f"{name}={value}" for name, value in choices.items()],
    )


def test_a_look_is_shown_at_once_and_there_on_the_next_page(open_page, sign_in):
    article = make_article(title="The crane moves", content_html="<p>On Monday, the old crane…</p>" * 30, language="en")
    page = open_page(**PHONE)
    sign_in(page, make_reader("ann"), article.get_absolute_url())
    page.keyboard.press("z")
    look = page.locator("#look")
    expect(look).to_be_visible()
    expect(look.get_by_role("radio", name="System default")).to_be_focused()
    page.keyboard.press("ArrowRight")  # to paper
    page.keyboard.press("ArrowRight")
    expect(page.locator("html")).to_have_attribute("data-theme", "sepia")
    look.get_by_role("slider", name="Text size").focus()
    page.keyboard.press("End")
    look.get_by_role("radio", name="Your own").check(force=True)
    look.get_by_label("Name of your font").fill("Liberation Mono")
    assert page.evaluate(STYLE) == ["30.6px", '"Liberation Mono"', "rgb(245, 236, 217)"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    add_axe(page)
    assert page.evaluate("async () => (await axe.run('#look')).violations.map((rule) => rule.id)") == []
    kept(page, theme="sepia", text_size="7", font="Liberation%20Mono")
    page.keyboard.press("Escape")
    expect(look).to_be_hidden()
    page.reload()
    assert page.evaluate(STYLE) == ["30.6px", '"Liberation Mono"', "rgb(245, 236, 217)"]
    page.goto("/")
    assert page.evaluate("getComputedStyle(document.body.parentNode).backgroundColor") == "rgb(245, 236, 217)"
    assert AccountSettings.objects.get().choices["theme"] == "sepia"


def test_without_scripts_it_is_a_form(open_page, sign_in):
    article = make_article(title="The crane moves", language="en")
    page = open_page(**PHONE, java_script_enabled=False)
    sign_in(page, make_reader("ann"), article.get_absolute_url())
    page.get_by_role("button", name="Aa").click()
    page.locator("#look").get_by_role("radio", name="Black").check(force=True)
    page.locator("#look").get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "black")
    expect(page.get_by_role("heading", name="The crane moves")).to_be_visible()


def test_pronunciation_is_read_above_and_neither_copied_nor_highlighted(open_page, sign_in):
    text = "这座城市的老起重机在星期一开始工作，银行行长重新来到重庆。"
    article = make_article(title="老起重机", content_html=f"<p>{text * 4}</p>", language="zh-Hans")
    page = open_page(**PHONE)
    sign_in(page, make_reader("ann"), article.get_absolute_url())
    page.keyboard.press("z")
    with page.expect_navigation():
        page.locator("#look").get_by_role("radio", name="Pinyin").check(force=True)
    ruby = page.locator(".prose ruby").first
    expect(ruby).to_contain_text("zhè")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (
        page.evaluate(
            "getSelection().selectAllChildren(document.querySelector('.prose p')) ?? getSelection().toString()"
        )
        == text * 4
    )
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.prose ruby'))")
    page.get_by_role("button", name="Highlight").click()
    expect(page.locator(".prose mark.passage").first).to_contain_text("这")
    expect(page.locator(".notes")).to_contain_text("这座城市的老起重机在星期一开始工作")
    expect(page.locator(".notes")).not_to_contain_text("zhè")


def test_traditional_characters_are_read_as_simplified_ones_by_a_press(open_page, sign_in):
    html = '<p>國會通過了<code>國會</code>，見<a href="https://例子.tw/國會">國際</a></p>'
    article = make_article(title="國會通過法案", content_html=html, language="zh-Hant")
    page = open_page(**PHONE)
    sign_in(page, make_reader("ann"), article.get_absolute_url())
    expect(page.locator("h1")).to_have_text("國會通過法案")
    page.keyboard.press("z")
    with page.expect_navigation():
        page.locator("#look input[name=script][value=hans]").check(force=True)
    expect(page.locator("h1")).to_have_text("国会通过法案")
    expect(page.locator(".prose p")).to_have_text("国会通过了國會，见国际")
    expect(page.locator(".prose a")).to_have_attribute("href", re.compile("%E5%9C%8B%E6%9C%83$|國會$"))
    assert page.evaluate("document.querySelector('.prose').closest('[lang]').lang") == "zh-Hans"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
