"""All operations of the API: what its addresses lead to, and what its description is written of."""

from __future__ import annotations

from articles.api.models import AppPassword
from articles.api.rest import articles, shapes, subscriptions
from articles.api.rest.operation import Operation
from articles.api.rest.values import FLAG, ID, IDS, Field, of_text
from articles.lists.selection import Order, Show
from articles.search.query.syntax import LONGEST_QUERY

READ, MARK = AppPassword.Scope.READ, AppPassword.Scope.MARK
_FEED = Field("feed", ID, "The id of one feed.")
_CATEGORY = Field("category", of_text(200), "The slug of a category, with those inside it.")

OPERATIONS = (
    Operation(
        method="GET",
        path="/subscriptions",
        name="subscriptions",
        summary="All feeds that the reader follows.",
        scope=READ,
        does=subscriptions.subscriptions,
        answer=shapes.SUBSCRIPTIONS,
    ),
    Operation(
        method="GET",
        path="/categories",
        name="categories",
        summary="All categories that the reader has.",
        scope=READ,
        does=subscriptions.categories,
        answer=shapes.CATEGORIES,
    ),
    Operation(
        method="GET",
        path="/articles",
        name="articles",
        summary="A page of articles: a list, or the hits of a query in it.",
        scope=READ,
        does=articles.articles,
        answer=shapes.ARTICLES,
        query=(
            _FEED,
            _CATEGORY,
            Field("show", {**of_text(20), "enum": [*map(str, Show)]}, "Which of them; all without it."),
            Field("q", of_text(LONGEST_QUERY), "A query in the language of the search."),
            Field(
                "order",
                {**of_text(20), "enum": [*map(str, Order)]},
                "`date`: newest first, as without it. By relevance only hits can stand.",
            ),
            Field("cursor", of_text(200), "Where the page begins, as the page before says; the first without it."),
            Field("n", {"type": "integer", "minimum": 1, "maximum": articles.MOST}, f"How many; {articles.USUAL}."),
        ),
    ),
    Operation(
        method="GET",
        path="/articles/{id}",
        name="article",
        summary="One article with its text and its files.",
        scope=READ,
        does=articles.article,
        answer=shapes.WHOLE_ARTICLE,
    ),
    Operation(
        method="POST",
        path="/articles/states",
        name="setStates",
        summary="Mark articles read or unread, star them or take their stars away. May be sent twice.",
        scope=MARK,
        does=articles.set_states,
        answer=shapes.MARKED,
        body=(
            Field("ids", IDS, "Of articles; what is not there for the reader is left out.", is_required=True),
            Field("is_read", FLAG, "Read, or unread again; as it was without it."),
            Field("is_starred", FLAG, "Starred or not; as it was without it."),
        ),
    ),
    Operation(
        method="POST",
        path="/articles/mark-all-read",
        name="markAllRead",
        summary="Mark all articles of a feed, of a category or of all feeds read, up to one and no further.",
        scope=MARK,
        does=articles.mark_all,
        answer=shapes.MARKED_ALL,
        body=(
            Field("up_to", ID, "The id of the last article: `latest_id` of a list.", is_required=True),
            _FEED,
            _CATEGORY,
        ),
    ),
    Operation(
        method="POST",
        path="/articles/undo",
        name="undo",
        summary="Bring back what the newest mark of many articles took, here or in the browser.",
        scope=MARK,
        does=articles.undo,
        status=204,
        body=(Field("batch", of_text(36), "As the mark was answered.", is_required=True),),
    ),
    Operation(
        method="GET",
        path="/unread-counts",
        name="unreadCounts",
        summary="How many articles are unread, in all and by feed.",
        scope=READ,
        does=articles.counts,
        answer=shapes.COUNTS,
    ),
)
