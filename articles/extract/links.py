"""The other addresses of a page's article: its next part, all of it on one page, its AMP form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from articles.extract.page import line
from articles.extract.pictures import base_of
from feeds.parse.text import address

MOST_PARTS = 50  # a higher number at the end of an address is the article's own
_NUMBER = re.compile(
    r"([/_-](?:page[/_-]?|p)?|[?&](?:page|p|pn|pg|pageno|paged|pagenum)=)(\d{1,2})(?=(?:\.[a-z]{2,5}|/)?$)", re.I
)
_NEXT = re.compile(
    r"(?:next(?: page| part)?|continued?|weiter|nächste seite|page suivante|suivante?|siguiente|próxima"
    r"|avanti|далее|下一?[页頁]|后一?页|後一頁"
    r"|次(?:の)?(?:ページ|頁)(?:へ)?|次へ|다음(?: ?(?:페이지|쪽))?)?[\s>»›→:：]*",
    re.I,
)
_WHOLE = re.compile(
    r"(?:view |read |show )?(?:as )?(?:a |the )?(?:single|one|full|all|whole|entire) ?(?:page|article"
    r"|story|on one page)"
    r"|view all|print(?:er[- ]friendly)?(?: (?:version|page|view|this (?:article|page|story)|article))?"
    r"|auf einer seite(?: lesen)?|druckversion|version imprimable"
    r"|(?:在本页)?(?:显示|阅读|閱讀|顯示|查看)?(?:余下|剩余|餘下)?全文(?:阅读|閱讀|显示|顯示)?|单页阅读"
    r"|打印(?:本页|本文|文章|版)?|友善列印|列印(?:本頁|本文|文章)?"
    r"|(?:記事)?全文(?:を)?(?:表示|読む)|1ページで(?:表示|読む)|印刷用?(?:ページ|画面)?"
    r"|(?:전체|전문) ?(?:보기|읽기)|한 ?페이지로 ?보기|인쇄",
    re.I,
)
_LONGEST_LABEL = 40


def next_part_of(root: HtmlElement, url: str) -> str:
    """The address of the next part of the article whose part the page, fetched from `url`, is; empty where it is whole,
    or ends. It differs from `url` by the number of the part alone, so that it is never another article's."""
    here = _numbered(url)
    for found, element in _links(root, url):
        stem, number = _numbered(found)
        if number == here[1] + 1 and number <= MOST_PARTS and stem == here[0] and _leads_on(element, number):
            return found
    return ""


def amp_page_of(root: HtmlElement, url: str) -> str:
    """The address of the page's AMP form; empty where it has none, or is it."""
    return _related(root, url, "amphtml")


def whole_page_of(root: HtmlElement, url: str) -> str:
    """The address of a page that has the whole article, or its form for a printer, on the same host."""
    host = urlsplit(url).hostname
    for found, element in _links(root, url):
        text = line(element)
        if len(text) <= _LONGEST_LABEL and _WHOLE.fullmatch(text) and urlsplit(found).hostname == host:
            return found if found.partition("#")[0] != url.partition("#")[0] else ""
    return ""


def _related(root: HtmlElement, url: str, relation: str) -> str:
    base = base_of(root, url)
    for element in root.iter("link"):
        if relation in (element.get("rel") or "").lower().split():
            found = address(base, element.get("href"))
            return found if found.partition("#")[0] != url.partition("#")[0] else ""
    return ""


def _links(root: HtmlElement, url: str) -> Iterator[tuple[str, HtmlElement]]:
    base = base_of(root, url)
    for element in root.iter("link", "a"):
        if found := address(base, element.get("href")):
            yield found, element


def _leads_on(element: HtmlElement, number: int) -> bool:
    if "next" in (element.get("rel") or "").lower().split():
        return True
    text = line(element)
    return 0 < len(text) <= _LONGEST_LABEL and (text == str(number) or bool(_NEXT.fullmatch(text)))


def _numbered(url: str) -> tuple[str, int]:
    """An address without the number of a part, and that number: 1 where it has none."""
    url = url.partition("#")[0].partition("://")[2]
    found = _NUMBER.search(url)
    if found is None:
        return url.rstrip("/"), 1
    # What is left is the address of the first part: "a_2.html" is part 2 of "a.html", "a?page=2" of "a".
    return (url[: found.start()] + url[found.end() :]).rstrip("/"), int(found[2])
