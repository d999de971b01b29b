"""Labels: several on an article, theirs who made them."""

from __future__ import annotations

import pytest

from articles.ingest.feed_deletion import delete_account, leave
from articles.labels import own
from articles.labels.models import ArticleLabel, Label
from articles.lists.readable import may_read, readable
from articles.models import Article
from feeds.subscriptions import own as subscriptions
from tests.articles.search.archive import found, store
from tests.effort import statements_asked
from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return make_reader("ann")


def names_on(article, reader):
    return [label.name for label in own.labels_on([article.pk], reader).get(article.pk, [])]


def test_an_article_has_the_labels_that_were_put_on_it_and_no_others(ann):
    article = make_article()
    later, work, old = (own.make_label(ann, name) for name in ("later", "work", "old"))
    own.put_labels(ann, article.pk, [later, old])
    first = ArticleLabel.objects.get(label=later).added_at
    own.put_labels(ann, article.pk, [later, work])
    assert names_on(article, ann) == ["later", "work"]
    assert ArticleLabel.objects.get(label=later).added_at == first


def test_labels_are_seen_and_changed_by_their_reader_alone(ann):
    article, bob = make_article(), make_reader("bob")
    mine, theirs = own.make_label(ann, "later"), own.make_label(bob, "later")
    assert mine != theirs
    own.put_labels(ann, article.pk, [mine, theirs])
    assert names_on(article, ann) == ["later"]
    assert names_on(article, bob) == []
    own.put_labels(bob, article.pk, [])
    assert names_on(article, ann) == ["later"]
    assert own.labels_of(bob) == [theirs]
    assert (own.label_counts(ann), own.label_counts(bob)) == ({mine.pk: 1}, {})


@pytest.mark.parametrize(
    ("first", "second"),
    [("Later", "later"), ("科技：AI", "科技:ai"), ("Ｗork", "work"), ("to  read", "to read"), ("say “hi”", "say hi")],
)
def test_a_name_that_a_query_can_t_tell_apart_is_the_same_label(ann, first, second):
    assert own.make_label(ann, first) == own.make_label(ann, second)


@pytest.mark.parametrize(
    "name", ["later", "to read", "科技：AI", "«a»", "a(b)", "OR", "-x", "label:x", "a|b", "what?", "a*", "１２"]
)
def test_a_label_of_any_name_is_found_by_its_query(ann, name):
    article, _other = store("rain"), store("rain")
    label = own.make_label(ann, name)
    own.add_labels([label.pk], [article.pk])
    assert found(own.query_for(label.name), reader=ann) == [article.pk]


@pytest.mark.parametrize("name", ["", "  ", '""', "“”", "\u3000", "x" * 101])
def test_what_is_no_name_is_refused(ann, name):
    with pytest.raises(own.BadLabel):
        own.make_label(ann, name)


def test_there_are_no_more_labels_than_a_page_can_offer(ann):
    Label.objects.bulk_create(Label(user=ann, name=f"label {number}") for number in range(own.MOST_LABELS))
    with pytest.raises(own.BadLabel):
        own.make_label(ann, "one more")


def test_a_label_takes_no_other_s_name(ann):
    later, work = own.make_label(ann, "later"), own.make_label(ann, "work")
    with pytest.raises(own.BadLabel):
        own.change_label(work, "LATER", 2, None)
    own.change_label(later, "Later", 5, work.key)
    later.refresh_from_db()
    work.refresh_from_db()
    assert (later.name, later.colour, later.key, work.key) == ("Later", 5, 2, None)


def test_only_the_label_that_loses_its_key_is_written_and_the_numbers_are_told_once(ann):
    article, (later, work) = make_article(), (own.make_label(ann, name) for name in ("later", "work"))
    own.change_label(work, "work", 2, None)

    def written(act):
        with statements_asked() as queries:
            act()
        return [query.sql.split()[1].strip('"') for query in queries if query.sql.startswith("UPDATE")]

    assert written(lambda: own.change_label(later, "later", 2, None)) == ["articles_label"]
    assert written(lambda: own.change_label(later, "later", 2, 1)) == ["articles_label"] * 2
    for act in (
        lambda: own.put_labels(ann, article.pk, [later]),
        lambda: own.change_labels(ann, [article.pk], add=[work.pk], remove=[later.pk]),
        lambda: own.turn_label(ann, article.pk, 1),
    ):
        assert written(act) == ["articles_keptcounts"]


def test_what_is_labelled_is_read_and_found_after_its_feed_was_left(ann):
    feed = make_feed(is_shared=False)
    kept, gone = store("rain", feed=feed), store("rain", feed=feed)
    subscriptions.follow(ann, feed)
    own.add_labels([own.make_label(ann, "later").pk], [kept.pk])
    assert leave(ann, feed) == 1
    kept.refresh_from_db()
    assert list(readable(ann)) == [kept]
    assert may_read(ann, kept)
    assert found("label:later", reader=ann) == [kept.pk]
    assert found("label:later OR is:unread", reader=ann) == []
    bob = make_reader("bob")
    assert not may_read(bob, kept)
    assert not readable(bob).exists()
    assert found("label:later", reader=bob) == []
    assert not Article.objects.filter(pk=gone.pk).exists()


def test_an_account_takes_its_labels_with_it(ann):
    own.add_labels([own.make_label(ann, "later").pk], [make_article().pk])
    delete_account(ann)
    assert not Label.objects.exists()
    assert not ArticleLabel.objects.exists()
    assert Article.objects.exists()
