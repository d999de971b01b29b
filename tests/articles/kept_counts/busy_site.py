"""A site on which things happen that move the numbers of a reader's saved searches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.test import TestCase
from django.utils import timezone

from articles.ingest import feed_deletion, pipeline
from articles.ingest import store as articles_store
from articles.kept_counts import counting, hits
from articles.kept_counts.rows import put_all_out_of_date
from articles.labels import own as labels
from articles.labels.models import Label
from articles.lists import reader_state
from articles.lists.pages import newest_id
from articles.lists.scope import Scope
from articles.lists.selection import Selection, Show
from articles.lists.stream_keys import Stream, fitting
from articles.models import Article, Note, ReadBatch, StoryMember
from articles.notes import own as notes
from articles.rules import deeds as rules
from articles.rules import own as own_rules
from articles.rules.queue import work
from articles.saved_searches.models import NOT_LOST, SavedSearch
from articles.saved_searches.own import save_search, selection_of
from articles.search.find import Search
from articles.search.hit_page import Among, newest_hits
from feeds.models import Category, Feed
from feeds.parse.document import ParsedEntry
from feeds.subscriptions import own as subscriptions
from feeds.subscriptions import places
from tests.articles.stories.telling import one_story
from tests.factories import make_category, make_feed, make_reader

QUERIES = (
    "rain", "rain -snow", "rain OR snow", "is:unread snow", "-is:read", "label:later OR hail", "feed:press rain",
    "category:world", "is:starred", "dup:yes rain", "before:2100", "after:7d", "has:image OR rain", "label:later",
    "note:why OR hail", "importance:low", "category:mine",
)  # fmt: skip
TEXTS = ("rain", "snow", "rain and snow", "hail", "sun")


def put_in(feed: Feed, guid: int, text: str) -> None:
    url = f"https://x.example/{feed.pk}/{guid}"
    entry = ParsedEntry(guid=str(guid), url=url, title=text, content_html=f"<p>{text}</p>")
    pipeline.store_entries(feed, [entry])


def kept(reader: User, seconds: float = 60.0) -> dict[str, int]:
    row = counting.recount(reader, now=timezone.localtime(), seconds=seconds)
    return dict(row.searches)


def looked_up(reader: User) -> dict[str, int]:
    """The numbers that searching anew finds. Which articles are unread is the same for all searches."""
    keys = [(article.published_at, article.pk) for article in Article.objects.all()]
    unread = fitting(Stream(scope=Scope(), is_read=False), reader, keys)
    found, among = {}, Among(frozenset(pk for _, pk in unread), None)
    for saved in SavedSearch.objects.filter(NOT_LOST, user=reader).select_related("feed", "category"):
        selection = selection_of(saved).newest_first()
        search = Search(selection=selection, reader=reader, now=timezone.localtime(), patience=1000)
        found[str(saved.pk)] = len(newest_hits(search, hits.MOST, among=among)[0])
    return found


class Site:
    """A reader with searches, and feeds in which things happen."""

    def __init__(self) -> None:
        self.reader, self.operator, self.world = make_reader(), make_reader(staff=True), make_category("World")
        self.region, self.mine = make_category("Region"), make_category("Mine", owner=self.reader)
        self.feeds = [
            make_feed(title="Press", category=self.world),
            make_feed(title="Post", category=self.region),
            make_feed(is_shared=False),
        ]
        subscriptions.follow(self.reader, self.feeds[2], category=self.mine)
        self.made: list[reader_state.Made] = []
        self.rule = own_rules.save_rule(
            self.reader, own_rules.Draft(selection=Selection(query="snow"), hides=True, label="later")
        )
        for query in QUERIES:
            save_search(self.reader, Selection(query=query))
        for place in ({"feed": self.feeds[1]}, {"category": self.world}, {"show": Show.STARRED}, {"show": Show.UNREAD}):
            save_search(self.reader, Selection(query="rain OR snow", **place))

    @contextmanager
    def left_as_it_is(self) -> Iterator[Site]:
        """The site as it is now. What happens there has not happened afterwards."""
        with transaction.atomic():
            yield deepcopy(self)
            transaction.set_rollback(True)

    def do(self, what: str, number: int, text: int) -> None:
        """What happens, as it is when its transaction has ended."""
        articles = list(Article.objects.order_by("pk"))
        article = articles[number % len(articles)] if articles else None
        with TestCase.captureOnCommitCallbacks(execute=True):
            deed = self._deeds(self.feeds[number % 3], number, text).get(what)
            if deed is not None:
                deed()
            elif article is not None:
                self._deeds_on(article, articles, text)[what]()

    def _deeds(self, feed: Feed, number: int, text: int) -> dict[str, Any]:
        reader, is_odd = self.reader, bool(text % 2)
        return {
            "arrive": lambda: put_in(feed, Article.objects.count(), TEXTS[text]),
            "call": lambda: Feed.objects.filter(pk=feed.pk).update(custom_title=("Press", "Post")[is_odd]),
            "call own": lambda: self._change(feed, title=("Press", "")[is_odd]),
            "quiet": lambda: self._change(feed, in_all=is_odd),
            "leave": lambda: feed_deletion.leave_for_now(reader, self.feeds[number % 2]),
            "unfollow": lambda: subscriptions.unfollow(reader, feed),
            "follow": lambda: subscriptions.follow(reader, feed, category=self._mine() if is_odd else None),
            "share": lambda: subscriptions.share([Feed.objects.get(pk=self.feeds[2].pk)]),
            "choose own": lambda: subscriptions.choose_own(reader),
            "follow all": lambda: subscriptions.follow_all(reader),
            "import": lambda: Feed.objects.filter(pk=feed.pk).update(importance="low" if is_odd else "normal"),
            "move": lambda: places.put_feed(self.operator, self.feeds[number % 2], self._world() if is_odd else None),
            "put": lambda: self._put(feed, self._mine() if is_odd else None),
            "nest": lambda: places.put_category(self.operator, self.region, self._world() if is_odd else None),
            "rename": lambda: places.rename(self.operator, self._world(), ("World", "Earth")[is_odd]),
            "rename own": lambda: places.rename(reader, self._mine(), ("Mine", "Ours")[is_odd]),
            "drop": self._drop_world,
            "empty": lambda: subscriptions.empty_category(reader, self._mine()),
            "mark": lambda: reader_state.mark_all_read(reader, Selection(), up_to=newest_id()),
            "undo all": lambda: reader_state.undo(reader, ReadBatch.objects.get(user=reader).batch),
            "doubles": lambda: subscriptions.choose_doubles(reader, ("together", "folded", "apart")[text % 3]),
            "undo": lambda: self.made and reader_state.undo(reader, self.made.pop().batch),
            "rule": lambda: work(60),
            "undo rule": lambda: rules.undo_all(self.rule),
            "name label": lambda: labels.rename_label(self._label(), ("later", "never")[is_odd]),
            "drop label": lambda: self._label().delete(),
            "annul": lambda: self._with_notes(notes.delete_note),
            "rewrite": lambda: self._with_notes(partial(notes.change_note, text="how")),
            "drop feed": lambda: self._drop_feed(number % 2),
        }

    def _deeds_on(self, article: Article, articles: list[Article], text: int) -> dict[str, Any]:
        reader, ids = self.reader, [each.pk for each in articles]
        return {
            "change": lambda: put_in(article.feed, int(article.guid), TEXTS[text]),
            "read": lambda: reader_state.mark_read(reader, [article]),
            "unread": lambda: reader_state.mark_read(reader, [article], read=False),
            "star": lambda: reader_state.star(reader, article, on=True),
            "unstar": lambda: reader_state.star(reader, article, on=False),
            "label": lambda: labels.put_labels(reader, article.pk, [self._label()][: text % 2]),
            "note": lambda: notes.add_note(reader, article.pk, "why"),
            "read by rule": lambda: reader_state.mark_read_by_rule(reader, [article.pk], at=timezone.now()),
            "hide": lambda: reader_state.hide_by_rule(reader, [article.pk], at=timezone.now()),
            "take back": lambda: reader_state.take_back_read(reader, ids),
            "show": lambda: reader_state.take_back_hiding(reader, ids),
            "one": lambda: self._fold(articles[: 2 + text % 2]),
            "delete": lambda: articles_store.delete_articles([article.pk]),
            "these": lambda: self.made.extend(filter(None, [reader_state.mark_these_read(reader, ids[:3])])),
        }

    def _label(self) -> Label:
        return Label.objects.filter(user=self.reader).first() or labels.make_label(self.reader, "later")

    def _with_notes(self, deed: Callable[[Note], None]) -> None:
        for note in Note.objects.filter(user=self.reader):
            deed(note)

    def _world(self) -> Category:
        return Category.objects.filter(owner=None).exclude(pk=self.region.pk).first() or make_category("World")

    def _mine(self) -> Category:
        return Category.objects.filter(owner=self.reader).first() or make_category("Mine", owner=self.reader)

    def _change(self, feed: Feed, **told: Any) -> None:
        mine = feed.subscriptions.filter(user=self.reader).first()
        if mine or subscriptions.follows_all(self.reader):
            category = mine.category if mine else None
            subscriptions.change(
                self.reader, feed, **{"title": mine.title if mine else "", "category": category} | told
            )

    def _put(self, feed: Feed, category: Category | None) -> None:
        if feed.subscriptions.filter(user=self.reader).exists():
            subscriptions.change(self.reader, feed, title="", category=category)

    def _drop_world(self) -> None:
        Category.objects.filter(pk=self.region.pk).update(parent=None)
        self._world().delete()

    def _drop_feed(self, number: int) -> None:
        """A feed goes, and another comes in its place."""
        feed_deletion.delete_feed(Feed.objects.get(pk=self.feeds[number].pk))
        self.feeds[number] = make_feed(title=("Press", "Post")[number], category=self._world())

    def _fold(self, articles: list[Article]) -> None:
        StoryMember.objects.all().delete()
        one_story(*articles)
        put_all_out_of_date()  # as what makes stories does
