"""The addresses of an article's next part and of its other forms."""

from __future__ import annotations

import pytest

from articles.extract.links import amp_page_of, next_part_of, whole_page_of
from articles.extract.page import read


@pytest.mark.parametrize(
    ("url", "link", "found"),
    [
        ("https://a.example/b.html", '<a href="b_2.html">下一页</a>', "https://a.example/b_2.html"),
        ("https://a.example/b_2.html", '<a href="b_3.html">3</a>', "https://a.example/b_3.html"),
        ("https://a.example/b", '<a href="?page=2">Next page »</a>', "https://a.example/b?page=2"),
        ("https://a.example/b/", '<a href="/b/2/">次のページへ</a>', "https://a.example/b/2/"),
        ("https://a.example/b?id=7", '<a href="?id=7&page=2">다음 페이지</a>', "https://a.example/b?id=7&page=2"),
        ("https://a.example/b", '<link rel="next" href="/b/page/2">', "https://a.example/b/page/2"),
        ("https://a.example/b", '<a rel="next" href="/b-2#text">go on</a>', "https://a.example/b-2#text"),
        ("https://a.example/b.html", '<a href="b_2.html">›</a>', "https://a.example/b_2.html"),
        # another article, another host, another part, or no part at all
        ("https://a.example/b", '<link rel="next" href="/c">', ""),
        ("https://a.example/b", '<link rel="next" href="/c/2">', ""),
        ("https://a.example/2024/1234", '<a rel="next" href="/2024/1235">Next</a>', ""),
        ("https://a.example/b", '<a href="https://evil.example/b/2">2</a>', ""),
        ("https://a.example/b/2", '<a href="/b">1</a><a href="/b/4">Next</a>', ""),
        ("https://a.example/b", '<a href="/b/2">A story of two</a>', ""),
        ("https://a.example/b", '<a href="javascript:next()">Next</a>', ""),
        ("https://a.example/b", "", ""),
    ],
)
def test_the_next_part(url: str, link: str, found: str) -> None:
    assert next_part_of(read(f"<html><head></head><body>{link}</body></html>"), url) == found


def test_other_forms_of_the_page() -> None:
    root = read(
        '<head><link rel="amphtml" href="/amp/b"></head><body><a href="https://x.example/p">Print</a><a href="/c">All</a>'
        '<a href="/b?all=1">View as a single page</a></body>'
    )
    assert amp_page_of(root, "https://a.example/b") == "https://a.example/amp/b"
    assert amp_page_of(root, "https://a.example/amp/b#x") == ""
    assert whole_page_of(read('<a href="/b?all=1">阅读全文</a>'), "https://a.example/b") == "https://a.example/b?all=1"
    assert whole_page_of(read('<a href="https://x.example/p">Print</a>'), "https://a.example/b") == ""
    for words in ("Print", "Print this article", "Printer-friendly version", "打印本文", "印刷"):
        printed = read(f'<a href="/b/print">{words}</a>')
        assert whole_page_of(printed, "https://a.example/b") == "https://a.example/b/print"
    assert whole_page_of(read('<a href="#p">Print</a>'), "https://a.example/b") == ""
    assert whole_page_of(root, "https://a.example/b") == "https://a.example/b?all=1"
