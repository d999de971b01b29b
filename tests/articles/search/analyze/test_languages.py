"""Queries that a reader of each language would type find exactly what a scan of the texts finds."""

from __future__ import annotations

import random

import pytest

from articles.ingest.content import derive
from articles.models import Article
from articles.search import index
from articles.search.analyze.fold import fold
from articles.search.analyze.lexemes import segments, stem_language, word_form
from tests.articles.search.archive import found, store
from tests.factories import make_feed

pytestmark = pytest.mark.django_db

# Sentences of one language, put together at random, and queries: found wherever one of the given texts stands.
LANGUAGES = {
    "zh-Hans": [
        "中国人民银行今天发布了新的报告。", "北京大学的学生在图书馆里读书，", "G20峰会将讨论气候变化。", "专家说，COVID-19疫苗已经送到。",
        "这家公司在A股上市；", "比尔·盖茨访问了上海。", "人大代表", "我国的气候，变化很大。",
    ],
    "zh-Hant": ["中國人民銀行今天發布了新的報告。", "台灣大學的學生在圖書館裡讀書，", "氣候變化是G20 峰會的議題。", "臺北市政府說：", "國家圖書館"],
    "ja": ["東京都は新しい図書館を開いた。", "気候変動についてのニュースです。", "コンピューターとデータ", "ﾃﾞｰﾀを読む", "ひらがなだけのぶん", "スマートフォンの価格"],
    "ko": ["한국의 도서관에서 책을 읽었다.", "기후 변화에 대한 뉴스", "서울시는 새로운 정책을 발표했다", "정책이 바뀐다"],
    "th": ["ห้องสมุดแห่งใหม่เปิดแล้ว", "การเปลี่ยนแปลงสภาพภูมิอากาศ ", "ข่าววันนี้ 2024 ", "กรุงเทพมหานคร"],
    "ar": ["افتتحت المكتبة الجديدة في المدينة. ", "تَغَيُّر المناخ خطر كبير، ", "أخبار اليوم من القاهرة ", "قرأ الطلاب الكتب "],
    "de": ["Die Häuser am Fluß wurden verkauft. ", "Der Klimawandel ändert vieles, ", "Das Haus steht leer. ", "Straßenbahn und U-Bahn ", "Bücher lesen "],
    "ru": ["Новая библиотека открылась в городе. ", "Изменение климата и ёлки, ", "Читатели читают книги. ", "Майский йод "],
    "en": ["The reader's libraries opened in the U.S. today. ", "Climate change is changing, ", "A library opens. ", "C++ and C# are languages. ", "F-16 jets, don’t fly "],
}  # fmt: skip
QUERIES = {
    "zh-Hans": ["中国", "中國", "国", "图书馆", "北京大学", "气候变化", "G20峰会", "g20", "COVID-19疫苗", "A股", "比尔·盖茨", "人民银行", "大学生", "疫苗", '"气候 变化"', "20"],
    "zh-Hant": ["圖書館", "图书馆", "台灣", "臺灣", "台", "氣候變化", "g20 峰會", "G20峰会", "学生在图书馆"],
    "ja": ["東京", "図書館", "図", "ニュース", "データ", "ﾃﾞｰﾀ", "気候変動", "ひらがな", "コンピュータ", "スマホ", "価格"],
    "ko": ["도서관", "도서관에서", "정책", "책", "기후 변화", '"기후 변화"', "서울", "뉴스"],
    "th": ["ห้องสมุด", "สมุด", "สภาพภูมิอากาศ", "ข่าว", "2024", "กรุงเทพ"],
    "ar": ["المكتبة", "مكتبة", "تغير المناخ", '"تغير المناخ"', "اخبار", "أخبار", "كتب"],
    "de": ["häuser", "Haus", "hauser", "strassenbahn", "Fluss", "klimawandel", '"der Klimawandel"', "u-bahn", "buch", "bücher"],
    "ru": ["библиотеки", "климат", "Ёлка", "елки", "книга", '"изменения климата"', "читать", "иод", "йод"],
    "en": ["library", "libraries", "reader", "readers", "US", "U.S.", "C", "C++", "c#", '"climate changes"', "F-16", "dont", "don't", "opened today", '"opened today"'],
}  # fmt: skip


def scan(query: str, articles: list[Article]) -> set[int]:
    """The articles that hold each phrase of the query, told by comparing segments one by one."""
    phrases = [query.strip('"')] if '"' in query else query.split()
    return {
        article.pk
        for article in articles
        if all(
            any(holds(phrase, text, article.language) for text in (article.title, article.content_text))
            for phrase in phrases
        )
    }


def holds(phrase: str, text: str, language: str) -> bool:
    wanted, parts = forms(phrase, language), forms(text, language)
    if len(wanted) == 1 and wanted[0][1]:
        return fold(phrase).strip() in fold(text)
    return any(fits(wanted, parts[start : start + len(wanted)]) for start in range(len(parts)))


def forms(text: str, language: str) -> list[tuple[str, bool]]:
    stems = stem_language(language)
    return [(part.text if part.is_run else word_form(part.text, stems), part.is_run) for part in segments(text)]


def fits(wanted: list[tuple[str, bool]], parts: list[tuple[str, bool]]) -> bool:
    if len(parts) < len(wanted):
        return False
    last = len(wanted) - 1
    return all(
        part == asked
        or (
            part[1]
            and asked[1]
            and ((number == 0 and part[0].endswith(asked[0])) or (number == last and part[0].startswith(asked[0])))
        )
        for number, (asked, part) in enumerate(zip(wanted, parts, strict=False))
    )


@pytest.fixture
def archive() -> list[Article]:
    """Articles in all languages, each of a few of its language's sentences; two in three are mixed."""
    chance = random.Random(4)
    feed = make_feed()
    everything = [sentence for sentences in LANGUAGES.values() for sentence in sentences]
    articles = []
    for language, sentences in LANGUAGES.items():
        for _ in range(14):
            drawn = [*chance.choices(sentences, k=3), *chance.choices(everything, k=chance.randint(0, 2))]
            chance.shuffle(drawn)
            articles.append(store("".join(drawn[1:]), drawn[0], feed, language=language))
    return articles


def test_recall_and_precision_are_1_in_every_language(archive: list[Article]) -> None:
    empty = 0
    for queries in QUERIES.values():
        for query in queries:
            expected = scan(query, archive)
            assert set(found(query)) == expected, query
            negated = found(f"-{query}") if " " not in query or '"' in query else None
            assert negated is None or set(negated) == {article.pk for article in archive} - expected, f"-{query}"
            empty += not expected
    assert empty <= 7  # the others do find something


def test_two_queries_together_find_what_both_find(archive: list[Article]) -> None:
    queries = [query for queries in QUERIES.values() for query in queries[:4]]
    for one, other in zip(queries, queries[3:], strict=False):
        both = set(found(one)) & set(found(other))
        assert set(found(f"({one}) ({other})")) == both
        assert set(found(f"({one}) OR ({other})")) == set(found(one)) | set(found(other))
        assert set(found(f"({one}) -({other})")) == set(found(one)) - both


@pytest.mark.parametrize(
    ("filler", "phrase", "torn"),
    [
        ("今天的天气很好，我们去公园散步。", "北京大学的图书馆", "大学的图书馆在北京"),
        ("Today the weather is fine and we walk. ", "the quick brown foxes", "brown quick foxes the"),
        ("今天 the 天气 is 很好。", "COVID-19疫苗", "疫苗 19 covid"),
        ("วันนี้อากาศดีมาก ", "ห้องสมุดแห่งใหม่", "แห่งใหม่ ห้องสมุด"),
        ("Сегодня хорошая погода, мы гуляем. ", "новая библиотека города", "библиотека новая города"),
    ],
)
def test_a_phrase_late_in_a_long_article_is_found(filler: str, phrase: str, torn: str) -> None:
    filled = filler * (100_000 // len(filler))
    whole = store(f"{filled}{phrase}。{filler}")
    store(f"{filled}{torn}。{filler}")
    assert found(f'"{phrase}"') == [whole.pk]


@pytest.mark.parametrize(
    ("html", "query", "is_found"),
    [
        ("<p>气<b>候</b><i>变</i>化</p>", "气候变化", True),
        ("<p>clim<em>ate</em> change</p>", "climate", True),
        ('<p>climate <a href="https://example.org/">change</a></p>', '"climate change"', True),
        ("<p>气候</p><p>变化</p>", "气候变化", False),
        ("<ul><li>气候</li><li>变化</li></ul>", "气候变化", False),
        ("<p>climate</p><p>change</p>", "climatechange", False),
        (
            '<figure><img src="https://example.org/a.png" alt="企鹅"><figcaption>海豹</figcaption></figure>',
            "海豹",
            True,
        ),
        (
            '<figure><img src="https://example.org/a.png" alt="企鹅"><figcaption>海豹</figcaption></figure>',
            "企鹅",
            False,
        ),
    ],
)
def test_inline_markup_joins_and_blocks_part(html: str, query: str, is_found: bool) -> None:
    content = derive(html, base_url="https://example.org/", title="", boilerplate=())
    article = store(content.content_text, content_html=content.content_html)
    assert found(query) == ([article.pk] if is_found else [])


def test_the_author_is_found_by_author_only() -> None:
    article = store("text", "title", author="李伟")
    assert found("author:李伟") == [article.pk]
    assert found("author:李") == [article.pk]
    assert found("李伟") == []


def test_an_article_without_a_language_takes_the_feeds_and_is_found_by_english_stems() -> None:
    article = store("Windows were opening", language="")
    assert found("window open") == [article.pk]
    index.index([article])
    assert found("-door") == [article.pk]
