"""All operations of the API: what its addresses lead to, and what its description is written of."""

from __future__ import annotations

from dataclasses import replace

from articles.api.models import AppPassword
from articles.api.rest import articles, keeping, notes, shapes, subscriptions
from articles.api.rest.operation import Operation
from articles.api.rest.values import FLAG, ID, IDS, Field, of_lines, of_text, or_null
from articles.labels.models import LONGEST_NAME
from articles.labels.own import MOST_LABELS
from articles.lists.selection import Order, Show
from articles.notes.models import LONGEST_PASSAGE, LONGEST_TEXT
from articles.search.query.syntax import LONGEST_QUERY
from feeds.models import Importance

READ, MARK, MANAGE = AppPassword.Scope.READ, AppPassword.Scope.MARK, AppPassword.Scope.MANAGE
_FEED = Field("feed", ID, "The id of one feed.")
_CATEGORY = Field("category", of_text(200), "The slug of a category, with those inside it.")
_LIST = (
    _FEED,
    _CATEGORY,
    Field("show", {**of_text(20), "enum": [*map(str, Show)]}, "Which of them; all without it."),
    Field("q", of_text(LONGEST_QUERY), "A query in the language of the search."),
    Field(
        "order",
        {**of_text(20), "enum": [*map(str, Order)]},
        "`date`: newest first, as without it. By relevance only hits can stand.",
    ),
)
_NAME = Field("name", of_text(LONGEST_NAME, shortest=1), "The name.", is_required=True)
_COLOUR = Field("colour", {"type": "integer", "minimum": 0, "maximum": 7}, "The number of a colour.")
_IDS = Field("ids", IDS, "Of articles; what is not there for the reader is left out.", is_required=True)
_LABELS = {**IDS, "maxItems": MOST_LABELS}
_KEY = Field("key", or_null({"type": "integer", "minimum": 1, "maximum": 9}), "A digit; another label loses it.")

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
        method="POST",
        path="/subscriptions",
        name="addSubscription",
        summary="Follow the feed at an address, or the first that the page there names.",
        scope=MANAGE,
        does=subscriptions.add,
        answer=shapes.SUBSCRIPTION,
        status=201,
        body=(
            Field("address", of_text(2000, shortest=1), "Of a feed or of a web page.", is_required=True),
            Field("title", of_text(500), "What the reader calls it; as its publisher does without it."),
            Field("category", of_text(200, shortest=1), "The name of a category, made where there is none."),
        ),
    ),
    Operation(
        method="PATCH",
        path="/subscriptions/{id}",
        name="changeSubscription",
        summary="Call a feed otherwise, put it elsewhere, or say how important it is. What is not told stays.",
        scope=MANAGE,
        does=subscriptions.change,
        answer=shapes.SUBSCRIPTION,
        body=(
            Field("title", of_text(500), "What the reader calls it; empty: as its publisher does."),
            Field("category", or_null(of_text(200, shortest=1)), "The name of a category; null: none."),
            Field(
                "importance",
                {**of_text(20), "enum": ["", *Importance.values]},
                "Of the feed to the reader; empty: as the site has it.",
            ),
        ),
    ),
    Operation(
        method="DELETE",
        path="/subscriptions/{id}",
        name="endSubscription",
        summary="Follow a feed no more.",
        scope=MANAGE,
        does=subscriptions.end,
        status=204,
    ),
    Operation(
        method="PATCH",
        path="/categories/{id}",
        name="renameCategory",
        summary="Rename a category of the reader's own. One that is called so already takes its feeds.",
        scope=MANAGE,
        does=subscriptions.rename_category,
        status=204,
        body=(Field("name", of_text(200, shortest=1), "The new name.", is_required=True),),
    ),
    Operation(
        method="DELETE",
        path="/categories/{id}",
        name="dissolveCategory",
        summary="Take a category of the reader's own away. Its feeds stay.",
        scope=MANAGE,
        does=subscriptions.dissolve_category,
        status=204,
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
            *_LIST,
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
            _IDS,
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
    Operation(
        method="GET",
        path="/labels",
        name="labels",
        summary="All labels of the reader.",
        scope=READ,
        does=keeping.label_list,
        answer=shapes.LABELS,
    ),
    Operation(
        method="POST",
        path="/labels",
        name="makeLabel",
        summary="Make a label; the one that has the name is answered where there is one.",
        scope=MARK,
        does=keeping.make_label,
        answer=shapes.LABEL,
        status=201,
        body=(_NAME, _COLOUR),
    ),
    Operation(
        method="PATCH",
        path="/labels/{id}",
        name="changeLabel",
        summary="Call a label otherwise, colour it, give it a key. What is not told stays.",
        scope=MANAGE,
        does=keeping.change_label,
        answer=shapes.LABEL,
        body=(replace(_NAME, is_required=False), _COLOUR, _KEY),
    ),
    Operation(
        method="DELETE",
        path="/labels/{id}",
        name="deleteLabel",
        summary="Take a label away. Its articles stay.",
        scope=MANAGE,
        does=keeping.delete_label,
        status=204,
    ),
    Operation(
        method="POST",
        path="/articles/labels",
        name="setLabels",
        summary="Put labels on articles and take others off. May be sent twice.",
        scope=MARK,
        does=keeping.set_labels,
        answer=shapes.MARKED,
        body=(
            _IDS,
            Field("add", _LABELS, "The ids of labels to put on."),
            Field("remove", _LABELS, "The ids of labels to take off."),
        ),
    ),
    Operation(
        method="GET",
        path="/saved-searches",
        name="savedSearches",
        summary="All searches that the reader keeps.",
        scope=READ,
        does=keeping.search_list,
        answer=shapes.SAVED_SEARCHES,
    ),
    Operation(
        method="POST",
        path="/saved-searches",
        name="saveSearch",
        summary="Keep a search; the one that is this search is answered where there is one.",
        scope=MANAGE,
        does=keeping.save_search,
        answer=shapes.SAVED_SEARCH,
        status=201,
        body=(
            *(replace(field, is_required=field.name == "q") for field in _LIST),
            replace(_NAME, text="The name; the query without it.", is_required=False),
        ),
    ),
    Operation(
        method="PATCH",
        path="/saved-searches/{id}",
        name="renameSearch",
        summary="Call a saved search otherwise.",
        scope=MANAGE,
        does=keeping.rename_search,
        answer=shapes.SAVED_SEARCH,
        body=(_NAME,),
    ),
    Operation(
        method="DELETE",
        path="/saved-searches/{id}",
        name="deleteSearch",
        summary="Keep a search no more.",
        scope=MANAGE,
        does=keeping.delete_search,
        status=204,
    ),
    Operation(
        method="GET",
        path="/notes",
        name="notes",
        summary="A page of the reader's notes and highlighted passages.",
        scope=READ,
        does=notes.note_list,
        answer=shapes.NOTES,
        query=(
            Field("article", ID, "The id of an article: the notes on it alone."),
            Field("before", ID, "Where the page begins, as the page before says; the newest without it."),
            Field("n", {"type": "integer", "minimum": 1, "maximum": notes.MOST}, f"How many; {notes.USUAL}."),
        ),
    ),
    Operation(
        method="POST",
        path="/articles/{id}/notes",
        name="addNote",
        summary="Write a note on an article, highlight a passage of it, or both. May be sent twice.",
        scope=MARK,
        does=notes.add_note,
        answer=shapes.NOTE,
        status=201,
        body=(
            Field("text", of_lines(LONGEST_TEXT), "The note, in Markdown or plain words."),
            Field("passage", of_lines(LONGEST_PASSAGE), "Words of the article."),
            Field("before", of_lines(LONGEST_PASSAGE), "What stands before the passage; its end is kept."),
            Field("after", of_lines(LONGEST_PASSAGE), "What stands after it; its beginning is kept."),
        ),
    ),
    Operation(
        method="PATCH",
        path="/notes/{id}",
        name="changeNote",
        summary="Have a note say something else. Its passage stays.",
        scope=MANAGE,
        does=notes.change_note,
        answer=shapes.NOTE,
        body=(Field("text", of_lines(LONGEST_TEXT), "The note.", is_required=True),),
    ),
    Operation(
        method="DELETE",
        path="/notes/{id}",
        name="deleteNote",
        summary="Take a note and its highlight away. The article stays.",
        scope=MANAGE,
        does=notes.delete_note,
        status=204,
    ),
)
