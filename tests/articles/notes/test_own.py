"""Notes are their reader's alone: written, found, kept, and gone with the account."""

from __future__ import annotations

import pytest

from articles.ingest.feed_deletion import delete_account, leave
from articles.lists.readable import may_read, readable
from articles.models import Article
from articles.notes import own
from articles.notes.models import LONGEST_PASSAGE, LONGEST_TEXT, Note
from articles.search.analyze.fold import fold
from feeds.subscriptions import own as subscriptions
from tests.articles.search.archive import found, store
from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return make_reader("ann")


def test_a_note_is_found_by_its_words_and_its_passage_as_brute_force_finds_it(ann):
    texts = ["Warum so spät?", "why\nnot", "為什麼", "50% of_it", ""]
    articles = [store("rain") for _ in texts]
    for article, text in zip(articles, texts, strict=True):
        own.add_note(ann, article.pk, text, passage="the Harbour")
    bob = make_reader("bob")
    own.add_note(bob, articles[0].pk, "why indeed")
    for words in ("WARUM", "spat", "why", "why not", "为什么", "%", "_", "harbour", "absent"):
        expected = {note.article_id for note in Note.objects.filter(user=ann) if fold(words) in note.folded}
        assert set(found(f'note:"{words}"', reader=ann)) == expected, words
    assert found("note:why", reader=bob) == [articles[0].pk]
    assert len(found("is:noted", reader=ann)) == 5
    assert found("rain -is:noted", reader=bob) == found("rain -note:why", reader=bob) == [a.pk for a in articles[:0:-1]]
    assert found("is:noted") == found("note:why") == []


@pytest.mark.parametrize(
    "words", ["don't forget", "don’t", "mind the  gap", "gap\nthey", "O`Reilly", "forget O'Reilly", "o‘reilly"]
)
def test_a_note_is_found_with_any_apostrophe_and_across_line_ends(ann, words):
    article = store("rain")
    own.add_note(ann, article.pk, "Don’t\nforget O´Reilly", passage="mind the\ngap\n\nthey’ll see")
    assert found(f'note:"{words}"', reader=ann) == [article.pk]
    assert found(f'note:"see {words}"', reader=ann) == []  # the passage is no part of the note


def test_nothing_and_too_much_are_refused_and_the_same_is_kept_once(ann):
    article = make_article()
    for wrong in (
        {"text": " \x00\n"},
        {"text": "x" * (LONGEST_TEXT + 1)},
        {"text": "", "passage": "x" * (LONGEST_PASSAGE + 1)},
    ):
        with pytest.raises(own.BadNote):
            own.add_note(ann, article.pk, **wrong)
    first = own.add_note(ann, article.pk, "", passage="fog", before="x" * 99)
    assert own.add_note(ann, article.pk, "", passage="fog", before="x" * 99) == first
    assert len(first.before) == 64
    own.change_note(first, "why")
    assert found("note:why", reader=ann) == []  # of an article that no index knows
    assert own.noted_among([article.pk], ann, "why") == {article.pk}
    Note.objects.bulk_create(
        Note(user=ann, article=article, text=str(n), folded="") for n in range(own.MOST_ON_ARTICLE)
    )
    with pytest.raises(own.BadNote):
        own.add_note(ann, article.pk, "one more")


def test_what_has_a_note_is_read_and_found_after_its_feed_was_left(ann):
    feed = make_feed(is_shared=False)
    kept, gone = store("rain", feed=feed), store("rain", feed=feed)
    subscriptions.follow(ann, feed)
    own.add_note(ann, kept.pk, "why")
    assert leave(ann, feed) == 1
    kept.refresh_from_db()
    assert list(readable(ann)) == [kept]
    assert may_read(ann, kept)
    assert found("note:why", reader=ann) == [kept.pk]
    assert not may_read(make_reader("bob"), kept)
    assert not Article.objects.filter(pk=gone.pk).exists()


def test_an_account_takes_its_notes_with_it(ann):
    own.add_note(ann, make_article().pk, "why")
    delete_account(ann)
    assert not Note.objects.exists()
    assert Article.objects.exists()
