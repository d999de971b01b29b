"""What stands in an article after its page was fetched: summaries, parts that the page lacks, pictures."""

from __future__ import annotations

import pytest

from articles.full_text.models import FullText
from tests.articles.full_text.pages import SENTENCES, page, paragraphs
from tests.articles.full_text.story import fetched, make_wanted, poll, serve, text_of
from tests.factories import make_feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
Outcome = FullText.Outcome
ABSTRACT = "A broken hinge keeps cargo from the town while officials argue about who is to pay for mending it."
OTHER_ABSTRACT = "Our correspondent went down to the quay to see what a lock is worth that nobody wants to have built."


def given(*texts, pictures=0):
    html = "".join(f"<p>{text}</p>" for text in texts)
    html += "".join(f'<img src="https://pictures.example/{n}.jpg" alt="">' for n in range(pictures))
    return {"content_html": html, "content_text": "\n".join(texts)}


def test_an_editor_s_abstract_stays_beside_the_article(publisher):
    row = make_wanted(publisher, **given(ABSTRACT))
    serve(publisher)
    assert fetched(row).outcome == Outcome.WHOLE
    assert ABSTRACT not in text_of(row)
    assert row.feed_text == ABSTRACT


@pytest.mark.parametrize("is_said", [False, True])
@pytest.mark.parametrize("second", [OTHER_ABSTRACT, paragraphs()[0]])
def test_what_is_more_than_one_paragraph_is_one_where_the_page_says_so(publisher, second, is_said):
    row = make_wanted(publisher, **given(ABSTRACT, second))
    said = f'<meta name="description" content="{ABSTRACT} {OTHER_ABSTRACT}">' if is_said else ""
    serve(publisher, html=page(paragraphs(), head=said))
    assert fetched(row).is_shown is is_said


def test_a_part_is_not_replaced_by_a_page_that_lacks_a_paragraph_of_it(publisher):
    """However much more that has."""
    row = make_wanted(
        publisher, **given(*paragraphs()[:3], SENTENCES[0] + " Nobody was hurt, and no ship was damaged.")
    )
    serve(publisher, html=page(paragraphs(0, 20)))
    assert fetched(row).outcome == Outcome.NO_MORE
    assert not row.is_shown


@pytest.mark.parametrize("shown", [0, 2, 3])
def test_pictures_are_not_lost(publisher, shown):
    row = make_wanted(publisher, **given(*paragraphs()[:2], pictures=3))
    figures = "".join(f'<figure><img src="/{n}.jpg" width="800" height="500"></figure>' for n in range(shown))
    serve(publisher, html=page(paragraphs(), extra=figures))
    assert fetched(row).is_shown is (shown == 3)


def test_a_summary_that_changes_a_word_leaves_the_article_where_it_is(publisher):
    feed = make_feed(url=publisher.url("/feed"), whole_articles="always")
    said = f'<meta name="description" content="{ABSTRACT} {OTHER_ABSTRACT}">'
    serve(publisher, html=page(paragraphs(), head=said))
    poll(publisher, feed, f"<p>{ABSTRACT}</p><p>{OTHER_ABSTRACT}</p>")
    row = fetched(FullText.objects.get())
    assert row.is_shown
    article = poll(publisher, feed, f"<p>{ABSTRACT}</p><p>{OTHER_ABSTRACT.replace('quay', 'pier')}</p>")
    row.refresh_from_db()
    assert row.is_shown
    assert paragraphs()[0] in article.content_text
    assert "pier" in row.feed_text
