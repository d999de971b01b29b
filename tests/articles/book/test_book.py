"""Books of lists: what is in them, in which order, and that every e-reader can read them."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.book import writing
from articles.book.choice import choose, period_named
from articles.images import cache
from articles.images.models import StoredImage
from articles.lists.pages import Selection
from articles.lists.selection import ORDERS, Order
from articles.models import Article, Enclosure
from articles.notes.own import add_note
from articles.search import index as search_index
from tests.articles.book.making import article_of, book_of, bytes_of, everything
from tests.articles.book.structure import HTML, Book, faults
from tests.articles.images import pictures
from tests.articles.kept_pictures import keep_picture
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EPUBCHECK = shutil.which("epubcheck") or ""
PICTURE = "https://pictures.example/a.jpg"
AWKWARD = {
    "unclosed": "<p>one<p>two <b>bold<p>three <i>slanted</b> both</i><div><table><tr><td>a<td>b",
    "controls": "a\x00b\x0b\x1f\ufffe &#0; &#x1f; &#xfffe; \ud800 &nbsp; &hellip; &bogus; &lt;b&gt; ]]> <![CDATA[x<y]]>",
    "formula": '<math alttext="x^2"><mi>x</mi></math> <math><mi>y</mi><annotation>z</annotation></math>',
    "formulas": '<math display=block><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><msqrt><mi>x</mi></msqrt></mfrac></math><math><munderover><mo>∑</mo><mn>0</mn><mi>n</mi></munderover><msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup><mfenced open="["><mi>a</mi><mi>b</mi></mfenced><mtable columnalign="left right"><mtr><mtd rowspan=2><mi>a</mi></mtd></mtr></mtable></math><m:math><m:mmultiscripts><m:mi>F</m:mi><m:mn>2</m:mn><m:none/><m:mprescripts/><m:mn>1</m:mn><m:none/></m:mmultiscripts><m:mspace width="1em"/><m:menclose notation="box"><m:mi mathvariant="bold" href="x">q</m:mi></m:menclose><m:mstyle displaystyle="true" scriptlevel="+1"><m:mphantom><m:ms>s</m:ms></m:mphantom><m:mo stretchy="false" lspace="0.1em" form="prefix">(</m:mo><m:mroot><m:mn>8</m:mn><m:mn>3</m:mn></m:mroot></m:mstyle></m:math><math><mfrac><mi>a</mi></mfrac>loose</math>',
    "drawing": '<svg onload="x()"><script>y()</script><circle r="1"/></svg><p>after</p>',
    "table": '<table><caption>c<tr><th colspan=2 scope=row>a<tr><td rowspan="999">b<td><table><tr><td>in<td>side</table></table>',
    "players": f'<p>x</p><audio src="/a.mp3"></audio><video poster="{PICTURE}"><source src="/b.mp4"><track src="/c.vtt"></video>',
    "ids": '<p id="a">1</p><p id="a">2</p><p id="b c">3</p><a href="#a">up</a> <a href="#none">no</a> <a name="x">x</a><a href="#x">y</a>',
    "remote": '<link rel=stylesheet href="//x.example/a.css"><iframe src="https://www.youtube.com/embed/abc"></iframe><img src="//x.example/b.png" onerror=x() style="a:b">',
    "addresses": '<a href="https://x.example/[a]{b}|c d?e=%zz&f[g]=é#h[i">1</a> <a href="http://[::1">2</a> <a href="https://a b/">3</a><a href="mailto:a b@x.example">4</a><a href="https://x.example:port/">5</a><a href="https://exa<mple/">6</a>',
    "right to left": '<p dir="rtl" lang="ar">مرحبا <bdo dir="ltr">abc</bdo> <bdi>x</bdi></p><p lang="not-a-tag-at-all-x">y</p>',
    "ruby": "<ruby><rb>漢</rb><rp>(</rp><rt>かん</rt><rp>)</rp></ruby><ruby>字<rt>じ</rt></ruby>",
    "lists": "<ul>stray<li>a<ol reversed start=-3 type=a><li value=x>b</ol>text<dl><dt>t<dd>d</dl></ul><li>loose",
    "details": "<details open><summary>more</summary><p>inside</details><details>no summary</details>",
    "edited": '<ins cite="javascript:x" datetime="soon">a</ins><blockquote cite="https://x.example/[q]">b</blockquote><time datetime="2020">c</time>',
    "pre": "<pre>\n\n a\tb\n  <code>c</code></pre>",
    "links in links": '<a href="https://x.example/"><h2>head</h2><p>a <a href="/b">b</a></p><audio src="/c.mp3"></audio></a>',
    "deep": "<div>" * 300 + "<span lang=ja>" * 100 + "x",
    "pictures": f'<a href="/x"><img src="{PICTURE}" alt="&quot;a&quot; &amp; <b>"></a><picture><source srcset="{PICTURE} 2x"><img src="/gone.png"></picture><figure><img src=/gone2.png><figcaption>c</figcaption></figure>',
}
TAGS = (
    *("<p>", "</p>", "<a href='#x'>", "</a>", "<td>", "<li id=x>", "<ruby>", "<rt>", "<img src=/a.png>"),
    *("<audio src=/b.mp3>", "<details>", "<summary>", "<dl><dt>", "<pre>", "<h2>", "<blockquote>"),
)
MIXTURES = st.lists(st.sampled_from(TAGS) | st.text(max_size=5), max_size=12).map("".join)


def test_a_book_has_its_articles_by_day_newest_first_and_both_tables_of_contents():
    feed = make_feed(title="Harbour & <Tides>")
    for day in (1, 2):
        for hour in (8, 9):
            article_of(
                "<p>Text</p>",
                feed=feed,
                title=f"Day {day}, {hour} o'clock",
                published_at=NOON.replace(day=day, hour=hour),
            )
    book = book_of(everything(selection=Selection(feed=feed)))
    nav = [" ".join(item.itertext()) for item in book.tree("nav.xhtml").iter(f"{HTML}a", f"{HTML}span")]
    assert nav == [
        "Cover",
        "2 March 2026",
        "Day 2, 9 o'clock",
        "Day 2, 8 o'clock",
        "1 March 2026",
        "Day 1, 9 o'clock",
        "Day 1, 8 o'clock",
    ]
    assert book.metadata("title") == ["Harbour & <Tides> – 1 March 2026 – 2 March 2026 · 4 articles"]
    assert book.metadata("creator") == ["Harbour & <Tides>"]
    assert "Day 2, 9 o'clock" in book.text(book.chapters[0])
    oldest = book_of(everything(selection=Selection(feed=feed, order=Order.OLDEST)), size=3)
    titles = [" ".join(item.itertext()) for item in oldest.tree("nav.xhtml").iter(f"{HTML}a")]
    assert titles == ["Cover", "Day 1, 8 o'clock", "Day 1, 9 o'clock", "Day 2, 8 o'clock"]
    assert oldest.metadata("title") == ["Harbour & <Tides> – 1 March 2026 – 2 March 2026 · 3 articles"]


@pytest.mark.parametrize("order", ORDERS)
def test_a_day_of_a_list_is_that_day_in_whichever_order(order):
    feed = make_feed()
    for day in (1, 2, 3):
        article_of("<p>Text</p>", feed=feed, title=f"Day {day}", published_at=NOON.replace(day=day))
    chosen = choose(everything(selection=Selection(feed=feed, order=order)), period=period_named("2026-03-02"))
    assert [Article.objects.get(pk=pk).title for pk in chosen.article_ids] == ["Day 2"]


def test_a_book_by_arrival_has_what_came_in_last_by_its_days():
    feed = make_feed()
    for day in (3, 1, 2):
        article_of("<p>Text</p>", feed=feed, title=f"Day {day}", published_at=NOON.replace(day=day))
    book = book_of(everything(selection=Selection(feed=feed, order=Order.LAST_IN)), size=2)
    titles = [" ".join(item.itertext()) for item in book.tree("nav.xhtml").iter(f"{HTML}a")]
    assert titles == ["Cover", "Day 2", "Day 1"]


@pytest.mark.parametrize("name", AWKWARD)
def test_whatever_a_publisher_sends_makes_a_valid_book(name):
    keep_picture(PICTURE, pictures.jpeg())
    article_of(AWKWARD[name], title=f"{name} & <co>")
    book_of()


@pytest.mark.one_database("a book is made of rows, whatever keeps them")
@pytest.mark.skipif(not EPUBCHECK, reason="epubcheck is not installed")
def test_epubcheck_finds_no_fault(tmp_path):
    keep_picture(PICTURE, pictures.jpeg())
    keep_picture("https://pictures.example/b.png", pictures.transparent_png())
    keep_picture("https://pictures.example/c.gif", pictures.animated("gif"))
    reader = make_reader()
    for name, html in AWKWARD.items():
        article = article_of(html, title=name, language="ar" if "right" in name else "")
        add_note(reader, article.pk, "why\n\n<not>?", passage=article.content_text[1:60])
        Enclosure.objects.create(article=article, url="https://x.example/e[1].mp3", title="Episode")
    article_of('<img src="https://pictures.example/b.png"><img src="https://pictures.example/c.gif">', title="", url="")
    path = tmp_path / "book.epub"
    path.write_bytes(bytes_of(notes_of=reader)[0])
    # Debian's is a Java archive that only some kernels can start by itself. Java's better compiler takes as long over it
    # as all else, and is not done before the end.
    command = ["java", "-XX:TieredStopAtLevel=1", "-jar", os.path.realpath(EPUBCHECK), str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.one_database("a book is made of rows, whatever keeps them")
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.tuples(MIXTURES, st.text(max_size=20)), min_size=4, max_size=4))
def test_any_mixture_of_tags_and_text_makes_a_valid_book(pages):
    Article.objects.all().delete()
    for html, title in pages:
        article_of(html, title=title.replace("\x00", "")[:1000])
    assert len(book_of().chapters) == len(pages)


def test_the_package_names_the_pages_with_formulas():
    article_of("<p>Let <m:math><m:msup><m:mi>x</m:mi><m:mn>2</m:mn></m:msup></m:math> be.</p>", title="With")
    article_of("<p>&lt;math &gt;</p>", title="Without")
    book = book_of()
    pages = {name: item.get("properties") for name, item in book.items.items() if name.startswith("articles/")}
    assert sorted(pages.values(), key=str) == [None, "mathml"]
    (page,) = (name for name, properties in pages.items() if properties)
    assert book.tree(page).find(".//{http://www.w3.org/1998/Math/MathML}msup") is not None


def test_stored_html_that_is_not_well_formed_is_cleaned_once_more():
    make_article(content_html="<p>one &nbsp; <b>two</p><br>three & four<script>x()</script>")
    book = book_of()
    assert "three & four" in book.text(book.chapters[0])
    assert "x()" not in book.text(book.chapters[0])


def test_a_title_of_nothing_that_xml_has_gets_another():
    make_article(title="\x01\x02", summary="", url="")
    assert "Untitled" in book_of().text("nav.xhtml")


def test_chinese_and_arabic_articles_say_what_they_are():
    article_of(
        "<p>港口重新开放，船只可以进出。<ruby>港<rt>gǎng</rt></ruby></p>", title="港口重新开放", language="zh-Hans"
    )
    article_of("<p>نص عربي</p>", title="عنوان", language="ar", published_at=NOON)
    book = book_of()
    chinese, arabic = (
        (book.tree(name) for name in book.chapters[::-1])
        if "عنوان" in book.text(book.chapters[0])
        else (book.tree(name) for name in book.chapters)
    )
    assert chinese.get("lang") == "zh-Hans"
    assert [element.text for element in chinese.iter(f"{HTML}rt")] == ["gǎng"]
    assert (arabic.get("lang"), arabic.get("dir")) == ("ar", "rtl")
    assert set(book.metadata("language")) == {"zh-Hans", "ar"}


def test_the_books_own_words_are_in_the_language_of_who_asks():
    make_article(published_at=NOON)
    with translation.override("zh-hans"):
        book = book_of()
    assert book.tree("nav.xhtml").get("lang") == "zh-hans"
    assert "2026年3月1日" in book.text("nav.xhtml")


# --- pictures ---------------------------------------------------------------------------------------------------


def test_a_kept_picture_comes_along_made_to_fit_and_once_however_often_it_is_shown():
    keep_picture(PICTURE, pictures.jpeg(2000, 1200))
    for _ in range(2):
        article_of(f'<p>a</p><img src="{PICTURE}" alt="The quay" width="500">')
    data, tally = bytes_of()
    book = Book(data)
    assert faults(data) == []
    assert (tally.pictures, tally.missing) == (1, 0)
    (image,) = book.tree(book.chapters[0]).iter(f"{HTML}img")
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("The quay", "500", "300")
    assert pictures.opened(book.bytes(image.get("src").removeprefix("../"))).width == 960


def test_what_is_not_kept_stays_as_words_and_nobody_is_asked(publisher):
    publisher.serve("/a.jpg", pictures.jpeg(), content_type="image/jpeg")
    article_of(f'<p>a</p><img src="{publisher.url}/a.jpg" alt="The quay"><a href="/x"><img src="/b.png"></a>')
    book = book_of()
    text = book.text(book.chapters[0])
    assert "[The quay]" in text
    assert "[Picture]" in text
    assert "not kept on this site" in book.text("cover.xhtml")
    assert publisher.requests == []


@pytest.mark.parametrize(
    "data", [b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', b"\xff\xd8\xff not a picture"]
)
def test_what_no_e_reader_shows_stays_as_words(data):
    keep_picture(PICTURE, data)
    article_of(f'<p>a</p><img src="{PICTURE}" alt="words">')
    book = book_of()
    assert "[words]" in book.text(book.chapters[0])


def test_a_picture_whose_file_is_lost_stays_as_words(tmp_path):
    keep_picture(PICTURE, pictures.jpeg())
    shutil.rmtree(tmp_path / "images")
    article_of(f'<p>a</p><img src="{PICTURE}" alt="words">')
    assert bytes_of()[1].missing == 1
    assert StoredImage.objects.exists()


def test_when_time_is_up_only_pictures_at_hand_go_in_and_the_cover_says_so():
    keep_picture(PICTURE, pictures.jpeg())
    keep_picture("https://pictures.example/b.jpg", pictures.jpeg(300, 200))
    cache.write(cache.variant_path(PICTURE, 960, "plain"), [pictures.jpeg(200, 100)])
    article_of(f'<p>a</p><img src="{PICTURE}"><img src="https://pictures.example/b.jpg">')
    data, tally = bytes_of(picture_seconds=0)
    assert (tally.pictures, tally.late) == (1, 1)
    assert "once more" in Book(data).text("cover.xhtml")


# --- limits -----------------------------------------------------------------------------------------------------


def test_a_book_ends_at_its_number_of_articles_and_says_so():
    make_articles(5)
    book = book_of(size=3)
    assert len(book.chapters) == 3
    assert "more articles" in book.text("cover.xhtml")
    assert "more articles" not in book_of(size=5).text("cover.xhtml")


def test_a_book_ends_at_its_size_and_says_how_many_are_left_out(monkeypatch):
    monkeypatch.setattr(writing, "LARGEST", 10_000)
    for number in range(6):
        article_of("".join(f"<p>{number * 7919 + i * 104729:x}</p>" for i in range(2000)))
    data, tally = bytes_of()
    assert faults(data) == []
    assert 0 < tally.articles < 6
    assert tally.articles + tally.left_out == 6
    assert f"{tally.left_out} articles are left out" in Book(data).text("cover.xhtml")


def test_an_empty_list_is_a_book_of_a_cover():
    assert book_of().chapters == []


def test_the_same_articles_are_the_same_bytes_and_others_another_book():
    make_articles(3)
    first = bytes_of()[0]
    assert bytes_of()[0] == first
    make_article()
    assert Book(bytes_of()[0]).metadata("identifier") != Book(first).metadata("identifier")


def test_hits_by_relevance_stand_by_day_too():
    for number in range(4):
        search_index.index(
            [
                make_article(
                    content_text="fog on the mole",
                    title="fog" if number == 1 else "x",
                    published_at=NOON + timedelta(days=number),
                )
            ],
            {},
        )
    from articles.search.find import Order

    book = book_of(everything(selection=Selection(query="fog", order=Order.RELEVANCE)))
    days = [item.text for item in book.tree("nav.xhtml").iter(f"{HTML}span")]
    assert days == ["4 March 2026", "3 March 2026", "2 March 2026", "1 March 2026"]
