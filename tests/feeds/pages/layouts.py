"""Web pages in the ways in which sites list their articles, for tests. Each has COUNT stories, `title(n)` at `/story/n`,
between menus, a side column and a footer that repeat things, too."""

from __future__ import annotations

from collections.abc import Callable

COUNT = 9
URL = "https://harbour.example/news/"


def title(number: int, *, wide: bool = False) -> str:
    if wide:
        return f"港口第{number}號泊位今天重新開放給漁船使用"
    return f"Berth {number} of the old harbour opens to fishing boats again"


def _page(stories: str) -> str:
    menu = "".join(f'<li class="item"><a href="/section/{n}">Section {n} of the paper</a></li>' for n in range(12))
    side = "".join(f'<li><a href="/popular/{n}">What everybody read this week, number {n}</a></li>' for n in range(10))
    foot = "".join(f'<a href="/about/{n}">About our company, part {n}</a>' for n in range(6))
    return (
        '<!doctype html><html lang="en"><head><title>Harbour News</title></head><body>'
        f'<nav class="main-nav"><ul>{menu}</ul></nav><main><h1>News</h1>{stories}</main>'
        f'<aside class="sidebar"><h3>Popular</h3><ul>{side}</ul></aside><footer>{foot}</footer></body></html>'
    )


def _each(make: Callable[[int], str]) -> str:
    return "".join(make(number) for number in range(COUNT))


def _cards(n: int) -> str:
    return (
        f'<article class="card{" card-first" if n == 0 else ""}"><a href="/story/{n}"><img src="/p/{n}.jpg" alt=""></a>'
        f'<div class="meta"><a href="/topic/harbour">Harbour and all its berths</a> <time datetime="2026-03-0{n + 1}T08:00:00Z">'
        f'{n} days ago</time></div><h2><a href="/story/{n}">{title(n)}</a></h2><p class="excerpt">What the master of the '
        f"harbour says about berth {n} and its boats.</p></article>"
    )


def _whole_link(n: int) -> str:
    return f'<a class="teaser" href="/story/{n}"><span class="date">2026-03-0{n + 1}</span><h3>{title(n)}</h3><p>Text {n}</p></a>'


def _table(n: int) -> str:
    return f'<tr><td>{n}</td><td><a href="/story/{n}">{title(n)}</a></td><td>0{n + 1} Mar 2026</td></tr>'


LAYOUTS = {
    "cards": _page(f'<div class="list">{_each(_cards)}</div>'),
    "links around everything": _page(f"<section>{_each(_whole_link)}</section>"),
    "a plain list": _page("<ul>" + _each(lambda n: f'<li><a href="/story/{n}">{title(n)}</a></li>') + "</ul>"),
    "a table": _page(f"<table>{_each(_table)}</table>"),
    "a Chinese list": _page(
        '<div class="w"><ul class="news_list">'
        + _each(lambda n: f'<li><a href="/story/{n}">{title(n, wide=True)}</a><span>2026年3月{n + 1}日</span></li>')
        + "</ul></div>"
    ),
    "headings with dates between": _page(
        _each(
            lambda n: (
                f'<div class="post hentry"><h4 class="entry-title"><a href="/story/{n}">{title(n)}</a></h4>'
                f'<small>March {n + 1}, 2026</small><div class="entry-summary"><p>Some words on berth {n}.</p></div></div>'
            )
        )
    ),
    "sections": _page(
        "".join(
            f'<section class="block"><h2>Part {part}</h2><div class="row">'
            + "".join(f'<div class="story"><h3><a href="/story/{n}">{title(n)}</a></h3></div>' for n in numbers)
            + "</div></section>"
            for part, numbers in (("one", range(3)), ("two", range(3, 6)), ("three", range(6, COUNT)))
        )
    ),
}
