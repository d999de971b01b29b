"""Kinds of pages: what leads an article, what stands at its end, documentation, questions, lists of links."""

from __future__ import annotations

import pytest

from articles.extract import extract
from tests.articles.extract.hostile_pages import OTHER, SENTENCE
from tests.articles.extract.words import likeness, text_of

URL = "https://news.example/2024/bridge"
TEXTS = [f"{SENTENCE}{OTHER} ({n})" if n % 2 else f"{OTHER}{SENTENCE} ({n})" for n in range(8)]
HERO = '<img src="/hero.jpg" width="1200" height="700">'
LINKS = "".join(f'<li><a href="/n/{n}">A tunnel opens in the north of the town {n}</a></li>' for n in range(8))


def paragraphs(start: int = 0, end: int = len(TEXTS)) -> str:
    return "".join(f"<p>{text}</p>" for text in TEXTS[start:end])


def found(body: str) -> str:
    menu = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("News", "Sport", "Weather", "Arts", "Travel"))
    return extract(
        f"<!doctype html><html><head><title>The bridge</title></head><body><nav><ul>{menu}</ul></nav>{body}"
        f'<div class="sidebar"><h3>Most read</h3><ul>{LINKS}</ul></div></body></html>',
        URL,
    )


# --- what leads it ----------------------------------------------------------------------------------------------------

TITLE = "<h1>The bridge</h1>"
BODY = f'<div class="article-body">{paragraphs()}</div>'


@pytest.mark.parametrize(
    "body",
    [
        f"<main><header>{TITLE}</header><figure>{HERO}<figcaption>In May</figcaption></figure>{BODY}</main>",
        f"<main><div>{TITLE}<p>A standfirst by an editor.</p></div><div><div>{HERO}</div></div>{BODY}</main>",
        f"<main><div>{TITLE}<div>{HERO}</div></div><div><div>{BODY}</div></div></main>",
        f'<div class="story"><div class="story-media">{HERO}</div><div class="story-text">{paragraphs()}</div></div>',
        f'<main><header class="article-header">{TITLE}<p class="dek">A standfirst, written by an editor.</p></header>'
        f"<figure>{HERO}</figure>{BODY}</main>",
        f'<main>{TITLE}<a href="/hero-large.jpg">{HERO}</a>{BODY}</main>',
    ],
)
def test_the_picture_that_leads_an_article_is_a_part_of_it(body: str) -> None:
    result = found(body)
    assert result.count("hero.jpg") == 1
    assert result.index("hero.jpg") < result.index("(0)")


def test_a_film_that_leads_an_article_is_a_part_of_it() -> None:
    film = '<iframe src="https://www.youtube.com/embed/xyz"></iframe>'
    assert "embed/xyz" in found(
        f"<main>{TITLE}<div class='player'>{film}</div><div class='text'>{paragraphs()}</div></main>"
    )


@pytest.mark.parametrize(
    "before",
    [
        f'<div class="logo">{HERO}</div>',
        '<div class="author"><img src="/hero.jpg"></div>',
        '<img src="/hero.jpg" width="40" height="40">',
        f'<a href="/n/other-story">{HERO}</a>',
        f"<ul>{''.join(f'<li>{HERO}</li>' for _ in range(5))}</ul>",
        f'<div class="sponsor">{HERO}</div>',
    ],
)
def test_no_other_picture_before_it_is(before: str) -> None:
    assert "hero.jpg" not in found(f"<main>{TITLE}{before}{BODY}</main>")
    assert "hero.jpg" not in found(f"<div>{before}<section><section>{BODY}</section></section></div>")


# --- what stands in it and after it -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "surplus",
    [
        '<div class="bio"><img src="/ann.jpg"><p>Ann Holt writes about towns and rivers, and lives by the sea. Follow her.</p></div>',
        "<div><h3>The morning letter</h3><p>The best of the day in your inbox, every morning at seven, free and without spam.</p>"
        "<form><input type=email><button>Sign up</button></form><p>By signing up you agree to our terms of use.</p></div>",
        '<div><h4>電子報</h4><p>每天早上七點，把最重要的新聞寄到你的信箱。</p><form><input><button>訂閱</button></form></div>',
        '<p><a href="/edit">Edit this page</a></p>',
        '<p>▶ <a href="/n/2">Trams are back in the northern town</a></p>',
    ],
)  # fmt: skip
def test_boxes_go(surplus: str) -> None:
    assert likeness(text_of(found(f"<article>{paragraphs()}{surplus}</article>")), " ".join(TEXTS)) >= 0.995


@pytest.mark.parametrize(
    "label", ["12 thoughts on “The old bridge over the river, closed in spring”", "3 Replies to The bridge"]
)
def test_what_readers_wrote_below_a_label_with_the_title_goes(label: str) -> None:
    said = "".join(f"<div><cite>Bob says:</cite><p>{text}{text}</p></div>" for text in TEXTS)
    result = text_of(found(f"<article>{paragraphs(0, 3)}</article><section><h3>{label}</h3>{said}</section>"))
    assert result.split() == " ".join(TEXTS[:3]).split()


@pytest.mark.parametrize("reply", ["Reply", "回复(3)", "返信する", "답글"])
def test_what_can_be_answered_below_a_text_is_none_of_it(reply: str) -> None:
    said = "".join(
        f'<div class="d4"><a href="/u/{n}">user{n}</a><p>{text}{text}</p><a href="#">{reply}</a></div>'
        for n, text in enumerate(TEXTS)
    )
    result = text_of(
        found(f'<div class="a1"><div class="b2">{paragraphs(0, 3)}</div></div><div class="c3">{said}</div>')
    )
    assert result.split() == " ".join(TEXTS[:3]).split()


@pytest.mark.parametrize("is_inside", [False, True])
def test_other_articles_with_their_summaries_go(is_inside: bool) -> None:
    card = f'<div><a href="/n/1"><h3>A tunnel opens in the north</h3></a><p>{SENTENCE} A card.</p></div>'
    cards = card * (3 if is_inside else 8)
    more = f'<div class="{"side-col" if is_inside else "m1"}">{cards}</div>'
    body = f"<div>{paragraphs(0, 4)}</div>"
    result = found(f"<article>{body}{more}</article>" if is_inside else f"<article>{body}</article>{more}")
    assert "A card" not in result
    assert "(3)" in result


def test_another_article_below_is_another() -> None:
    other = "<article><h1>A tunnel</h1>" + "".join(f"<p>{text} A tunnel.</p>" for text in TEXTS[:2]) + "</article>"
    assert "A tunnel." not in found(f"<article><h1>The bridge</h1>{paragraphs()}</article>{other}")


@pytest.mark.parametrize("tag", ["ul", "ol"])
def test_references_at_the_end_stay_and_other_articles_go(tag: str) -> None:
    there = "".join(f'<li><a href="https://blog{n}.example/">An essay about rivers {n}</a></li>' for n in range(6))
    assert "rivers 5" in found(f"<article>{paragraphs()}<{tag}>{there}</{tag}></article>")
    assert "tunnel" not in found(f"<article>{paragraphs()}<{tag}>{LINKS}</{tag}></article>")


def test_a_form_does_not_take_the_text_beside_it_along() -> None:
    form = "<form><input type=email><button>Sign up</button></form>"
    assert "(0)" in found(f"<article><section><p>{TEXTS[0]}</p>{form}</section>{paragraphs(1)}</article>")


# --- other kinds of pages ---------------------------------------------------------------------------------------------

KINDS = {
    "documentation": (
        f'<div class="docs"><div class="content"><h1>Guide</h1><p>{TEXTS[0]}</p><h2 id="a">Install</h2><div class="highlight">'
        "<div><button>Copy</button></div><pre><code>pip install bridge</code></pre></div><div class='admonition note'>"
        f"<p>Note</p><p>It needs Python 3.11.</p></div><p>{TEXTS[1]}</p><table><thead><tr><th>Option</th><th>Meaning</th></tr>"
        "</thead><tr><td><code>--wait</code></td><td>waits</td></tr></table><dl><dt><code>open(width)</code></dt><dd><p>Opens it."
        "</p></dd></dl></div></div>",
        ("pip install bridge", "Python 3.11", "--wait", "Opens it"),
    ),
    "question and answers": (
        f'<div id="mainbar"><div class="question"><div class="body"><p>{TEXTS[0]}</p><pre><code>len(bridge)</code></pre></div></div>'
        f'<div class="answer"><div class="body"><p>{TEXTS[1]}</p></div></div><div class="answer"><div class="body"><p>{TEXTS[2]}</p>'
        "</div></div></div>",
        ("(0)", "len(bridge)", "(1)", "(2)"),
    ),
    "forum": (
        "<div>" + "".join(
            f'<div class="post"><div class="meta"><a href="/u/{n}">user{n}</a></div><div class="text"><p>{TEXTS[n]}</p></div>'
            "<div><a>Reply</a> <a>Quote</a></div></div>" for n in range(6)
        ) + "</div>",
        ("(0)", "(3)", "(5)"),
    ),
    "release notes": (
        "<main><h1>Version 2.4</h1><h2>Added</h2><ul>" + "".join(
            f'<li>Option <code>--x{n}</code> for the opener (<a href="/pull/{n}">#{n}</a>)</li>' for n in range(8)
        ) + "</ul></main>",
        ("--x0", "--x7"),
    ),
    "encyclopaedia": (
        '<div id="content"><h1>Bridge</h1><table class="infobox"><tr><th>Length</th><td>40 m</td></tr><tr><th>Opened</th><td>1901</td>'
        f"</tr></table>{paragraphs(0, 3)}<h2>See also</h2><ul><li><a href='/wiki/Ferry'>Ferry</a></li></ul><h2>References</h2>"
        '<ol class="references"><li><a href="#r">^</a> Holt, A. <i>Bridges</i>. 1987.</li></ol></div>',
        ("40 m", "Ferry", "Holt, A."),
    ),
    "live blog": (
        "<main>" + "".join(f"<article><time>10:{n}0</time><h2>Update {n}</h2><p>{TEXTS[n]}</p></article>" for n in range(6)) + "</main>",
        ("(0)", "(5)", "Update 3"),
    ),
    "gallery": (
        f"<article><p>{TEXTS[0]}</p><ul>" + "".join(
            f'<li><figure><a href="/big{n}.jpg"><img src="/g{n}.jpg"></a><figcaption>Pier {n}</figcaption></figure></li>' for n in range(9)
        ) + f"</ul><p>{TEXTS[1]}</p></article>",
        tuple(f"/g{n}.jpg" for n in range(9)),
    ),
    "results": (
        "<div><h1>Results</h1><table>" + "".join(f"<tr><td>Runner {n}</td><td>{n}:30</td><td>Club</td></tr>" for n in range(30)) + "</table></div>",
        ("Runner 0", "Runner 29"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_other_kinds_of_pages_are_whole(kind: str) -> None:
    body, wanted = KINDS[kind]
    result = found(body)
    assert [each for each in wanted if each not in result] == []
