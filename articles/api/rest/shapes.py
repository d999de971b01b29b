"""The objects that the API answers with: one table says what they are written of and how they are described."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from articles.api.rest.values import FLAG, kind, or_null
from articles.api.shelves import icon_address
from feeds.models import Importance

INTEGER = {"type": "integer"}
TEXT = {"type": "string"}
INTEGERS = {"type": "array", "items": INTEGER}
MOMENT = {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object. `of` takes what is written and this site's address."""

    name: str
    schema: Mapping[str, Any]
    text: str
    of: Callable[[Any, str], Any]

    @property
    def kind(self) -> str:
        return kind(self.schema)


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: its name in the description, and its members, which are always there."""

    name: str
    members: tuple[Member, ...]

    def written(self, row: Any, site: str) -> dict[str, Any]:
        """The object of `row`."""
        return {member.name: member.of(row, site) for member in self.members}

    def schema(self) -> dict[str, Any]:
        """The object's JSON schema."""
        return {
            "type": "object",
            "required": [member.name for member in self.members],
            "properties": {member.name: {**member.schema, "description": member.text} for member in self.members},
            "additionalProperties": False,
        }


def many(shape: Shape) -> dict[str, Any]:
    """The schema of a list of such objects."""
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{shape.name}"}}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _given(name: str) -> Callable[[Any, str], Any]:
    """The member is in what is written already, under that name."""
    return lambda row, _site: row[name]


SUBSCRIPTION = Shape(
    "Subscription",
    (
        Member("id", INTEGER, "Of the feed.", lambda row, _: row.feed.pk),
        Member("title", TEXT, "As the reader calls it.", lambda row, _: row.feed.name),
        Member("address", TEXT, "Of the feed's document.", lambda row, _: row.feed.url),
        Member("site_url", TEXT, "The feed's web page; may be empty.", lambda row, _: row.feed.site_url),
        Member("icon_url", TEXT, "At this site; empty without one.", lambda row, site: icon_address(row.feed, site)),
        Member("category_id", or_null(INTEGER), "Null: in none.", lambda row, _: row.category_id),
        Member("is_shared", FLAG, "False: only its subscribers see it.", lambda row, _: row.feed.is_shared),
        Member(
            "importance",
            {**TEXT, "enum": Importance.values},
            "To the reader: as they have chosen, else as the site has it.",
            lambda row, _: str(row.importance),
        ),
        Member(
            "newest_article_at",
            or_null(MOMENT),
            "When its newest article was published.",
            lambda row, _: _moment(row.feed.newest_article_at),
        ),
    ),
)

CATEGORY = Shape(
    "Category",
    (
        Member("id", INTEGER, "Of the category.", lambda row, _: row.pk),
        Member("name", TEXT, "What it is called.", lambda row, _: row.name),
        Member("slug", TEXT, "What names it in addresses, as `category` of a list.", lambda row, _: row.slug),
        Member("parent_id", or_null(INTEGER), "The category that it is inside of.", lambda row, _: row.parent_id),
        Member("is_own", FLAG, "False: it is the site's.", lambda row, _: row.owner_id is not None),
    ),
)

ARTICLE = Shape(
    "Article",
    (
        Member("id", INTEGER, "Grows with the order in which articles came in.", lambda row, _: row.pk),
        Member("title", TEXT, "Of an untitled article its first words.", lambda row, _: row.name),
        Member("url", TEXT, "At its publisher's; may be empty.", lambda row, _: row.url),
        Member("page_url", TEXT, "At this site.", lambda row, site: site + row.get_absolute_url()),
        Member("author", TEXT, "May be empty.", lambda row, _: row.author),
        Member("summary", TEXT, "The first words of the text.", lambda row, _: row.summary),
        Member("language", TEXT, "BCP 47; may be empty.", lambda row, _: row.language),
        Member("feed_id", INTEGER, "Its feed.", lambda row, _: row.feed_id),
        Member("feed_title", TEXT, "What the reader calls the feed.", lambda row, _: row.feed.name),
        Member("published_at", MOMENT, "Lists stand by it.", lambda row, _: _moment(row.published_at)),
        Member("updated_at", or_null(MOMENT), "The publisher's last change.", lambda row, _: _moment(row.updated_at)),
        Member("received_at", MOMENT, "When it came in.", lambda row, _: _moment(row.received_at)),
        Member("is_read", FLAG, "By the reader.", lambda row, _: not row.is_unread),
        Member("is_starred", FLAG, "By the reader.", lambda row, _: row.is_starred),
        Member("label_ids", INTEGERS, "The reader's labels on it.", lambda row, _: row.label_ids),
    ),
)

FILE = Shape(
    "File",
    (
        Member("url", TEXT, "Absolute.", lambda row, _: row.url),
        Member("media_type", TEXT, "As the publisher gives it; may end in `/*`.", lambda row, _: row.media_type),
        Member("length", or_null(INTEGER), "Bytes; null where nobody knows.", lambda row, _: row.length),
    ),
)


def _of_article(member: Member) -> Member:
    return replace(member, of=lambda whole, site: member.of(whole.article, site))


WHOLE_ARTICLE = Shape(
    "WholeArticle",
    (
        *(_of_article(member) for member in ARTICLE.members),
        Member("content_html", TEXT, "Sanitized, with absolute addresses.", lambda whole, _: whole.html),
        Member(
            "files",
            many(FILE),
            "Enclosures: sounds, films, documents.",
            lambda whole, site: [FILE.written(file, site) for file in whole.files],
        ),
    ),
)

SUBSCRIPTIONS = Shape(
    "Subscriptions", (Member("subscriptions", many(SUBSCRIPTION), "By their titles.", _given("subscriptions")),)
)

CATEGORIES = Shape("Categories", (Member("categories", many(CATEGORY), "By their names.", _given("categories")),))

ARTICLES = Shape(
    "Articles",
    (
        Member("articles", many(ARTICLE), "A page of the list, in its order.", _given("articles")),
        Member("next_cursor", or_null(TEXT), "`cursor` of the next page; null: none.", _given("next_cursor")),
        Member("previous_cursor", or_null(TEXT), "`cursor` of the page before.", _given("previous_cursor")),
        Member("latest_id", INTEGER, "What `up_to` takes to mark what was there, and no more.", _given("latest_id")),
        Member(
            "notes",
            {"type": "array", "items": TEXT},
            "What of the query could not be understood, in words.",
            _given("notes"),
        ),
    ),
)

MARKED = Shape(
    "Marked",
    (Member("ids", INTEGERS, "Those that are there for the reader.", _given("ids")),),
)

MARKED_ALL = Shape("MarkedAll", (Member("batch", TEXT, "What taking the mark back is asked with.", _given("batch")),))

LABEL = Shape(
    "Label",
    (
        Member("id", INTEGER, "Of the label.", lambda row, _: row.label.pk),
        Member("name", TEXT, "What a query calls it: `label:later`.", lambda row, _: row.label.name),
        Member("colour", INTEGER, "0 to 7: red to pink, around the circle.", lambda row, _: row.label.colour),
        Member("key", or_null(INTEGER), "The digit that puts it on in the browser.", lambda row, _: row.label.key),
        Member("articles", INTEGER, "How many it is on.", lambda row, _: row.articles),
    ),
)

LABELS = Shape("Labels", (Member("labels", many(LABEL), "By their names.", _given("labels")),))

SAVED_SEARCH = Shape(
    "SavedSearch",
    (
        Member("id", INTEGER, "Of the saved search.", lambda row, _: row.pk),
        Member("name", TEXT, "What it is called.", lambda row, _: row.name),
        Member("q", TEXT, "Its query, as a list takes it.", lambda row, _: row.text),
        Member("feed", or_null(INTEGER), "The feed that it searches; null: all.", lambda row, _: row.feed_id),
        Member(
            "category",
            or_null(TEXT),
            "The slug of the category that it searches.",
            lambda row, _: row.category.slug if row.category else None,
        ),
        Member("show", TEXT, "As a list takes it.", lambda row, _: row.show),
        Member("order", TEXT, "As a list takes it.", lambda row, _: row.order),
    ),
)

SAVED_SEARCHES = Shape(
    "SavedSearches", (Member("saved_searches", many(SAVED_SEARCH), "By their names.", _given("saved_searches")),)
)

NOTE = Shape(
    "Note",
    (
        Member("id", INTEGER, "Of the note.", lambda row, _: row.pk),
        Member("article_id", INTEGER, "The article that it is on.", lambda row, _: row.article_id),
        Member("text", TEXT, "What the reader wrote; empty: they only marked the passage.", lambda row, _: row.text),
        Member("passage", TEXT, "The marked words; empty: a note on all of it.", lambda row, _: row.passage),
        Member("before", TEXT, "What stood before the passage, and tells it from its like.", lambda row, _: row.before),
        Member("after", TEXT, "What stood after it.", lambda row, _: row.after),
        Member("created_at", MOMENT, "When it was made.", lambda row, _: _moment(row.created_at)),
    ),
)

NOTES = Shape(
    "Notes",
    (
        Member("notes", many(NOTE), "The newest first.", _given("notes")),
        Member("next_before", or_null(INTEGER), "`before` of the next page; null: none.", _given("next_before")),
    ),
)

COUNT = Shape(
    "Count",
    (
        Member("id", INTEGER, "Of the feed.", lambda row, _: row[0]),
        Member("unread", INTEGER, "Exactly.", lambda row, _: row[1]),
    ),
)

COUNTS = Shape(
    "Counts",
    (
        Member("total", INTEGER, "In all feeds that the reader follows.", _given("total")),
        Member("subscriptions", many(COUNT), "Feeds without unread articles are left out.", _given("subscriptions")),
    ),
)

PROBLEM = Shape(
    "Problem",
    (
        Member("type", TEXT, "`about:blank`: the status says it.", _given("type")),
        Member("title", TEXT, "The status in words.", _given("title")),
        Member("status", INTEGER, "The HTTP status.", _given("status")),
        Member("detail", TEXT, "What is wrong.", _given("detail")),
    ),
)

SHAPES = (
    SUBSCRIPTION, SUBSCRIPTIONS, CATEGORY, CATEGORIES, ARTICLE, FILE, WHOLE_ARTICLE, ARTICLES, MARKED, MARKED_ALL,
    LABEL, LABELS, SAVED_SEARCH, SAVED_SEARCHES, NOTE, NOTES, COUNT, COUNTS, PROBLEM,
)  # fmt: skip
