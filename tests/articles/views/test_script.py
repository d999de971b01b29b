"""Articles in the Chinese characters that a reader has chosen: on pages, and nowhere else."""

from __future__ import annotations

import pytest

from articles.models import Article
from articles.search import index
from tests.factories import make_article, make_reader

pytestmark = pytest.mark.django_db

TITLE, TEXT = "國會通過新法案", "<p>這個法案的發展，<code>國會</code>。</p>"


@pytest.fixture
def ann(client):
    reader = make_reader("ann")
    client.force_login(reader)
    client.post("/account/look/", {"theme": "auto", "typeface": "serif", "script": "hans"})
    return reader


def test_an_article_and_its_title_in_lists_are_in_the_readers_characters(client, ann):
    article = make_article(title=TITLE, content_html=TEXT, summary="這個法案的發展", language="zh-TW")
    page = client.get(article.get_absolute_url())
    assert '<article lang="zh-Hans">' in page.text
    assert "国会通过新法案</h1>" in page.text
    assert "<p>这个法案的发展，<code>國會</code>。</p>" in page.text
    rows = client.get("/").text
    assert "国会通过新法案" in rows
    assert "这个法案的发展" in rows
    assert '<div class=row-text lang="zh-Hans"' in rows
    stored = Article.objects.get()
    assert (stored.title, stored.content_html, stored.language) == (TITLE, TEXT, "zh-TW")


def test_what_is_beside_it_too(client, ann):
    first = make_article(title=TITLE, language="zh-TW")
    second = make_article(first.feed, title="Second", language="en")
    assert "国会通过新法案" in client.get(second.get_absolute_url()).text


def test_it_is_found_by_either_with_its_matches_marked(client, ann):
    article = make_article(title=TITLE, content_html=TEXT, content_text="這個法案的發展，國會。", language="zh-TW")
    index.index([article])
    for query in ("發展", "发展"):
        hits = client.get("/", {"q": query}).text
        assert "<mark>发展</mark>" in hits
        page = client.get(article.get_absolute_url(), {"q": query}).text
        assert '<mark class="match" id="match-1">发展</mark>' in page


def test_what_is_no_other_chinese_stays(client, ann):
    for language, title in (("ja", "国会、新法案を可決した"), ("ko", "국회 新法案"), ("zh-Hans", "国会")):
        article = make_article(title=title, content_html=f"<p>{title}</p>", summary=title, language=language)
        page = client.get(article.get_absolute_url()).text
        assert f'<article lang="{language}">' in page
        assert f"<p>{title}</p>" in page


def test_who_has_chosen_nothing_reads_what_was_published(client):
    client.force_login(make_reader("bea"))
    article = make_article(title=TITLE, content_html=TEXT, language="zh-TW")
    assert TEXT in client.get(article.get_absolute_url()).text


def test_the_choice_is_offered_in_chinese_articles_and_kept_in_others(client, ann):
    chinese, english = make_article(title=TITLE, language="zh-TW"), make_article(title="A", language="en")
    assert 'type="radio" name="script" value="hans" checked' in client.get(chinese.get_absolute_url()).text
    assert 'type="hidden" name="script" value="hans"' in client.get(english.get_absolute_url()).text


def test_pronunciation_stands_above_the_characters_that_are_shown(client, ann):
    client.post("/account/look/", {"theme": "auto", "typeface": "serif", "script": "hans", "pronunciation": "pinyin"})
    article = make_article(title=TITLE, content_html="<p>國會</p>", content_text="國會", language="zh-TW")
    index.index([article])
    one = "<ruby>国<rt>guó</rt>会<rt>huì</rt></ruby>"
    assert f"<p>{one}</p>" in client.get(article.get_absolute_url()).text
    found = client.get(article.get_absolute_url(), {"q": "国会"}).text
    assert f'<p><mark class="match" id="match-2">{one}</mark></p>' in found
    japanese = make_article(title="国会、新法案を可決した", content_html="<p>国会</p>", language="ja")
    assert "<p>国会</p>" in client.get(japanese.get_absolute_url()).text


@pytest.mark.parametrize("chosen", ["kana", "<script>"])
def test_a_pronunciation_that_there_is_not_is_refused(client, ann, chosen):
    form = {"theme": "auto", "typeface": "serif", "pronunciation": chosen}
    assert client.post("/account/look/", form).status_code in {200, 302, 400}
    client.cookies["pronunciation"] = chosen
    article = make_article(title=TITLE, content_html="<p>國會</p>", language="zh-TW")
    assert "<rt>" not in client.get(article.get_absolute_url()).text
