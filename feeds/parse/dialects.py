"""Feedparser's handlers of the elements of RSS, Atom and RDF, without what is done elsewhere. Pure."""

from __future__ import annotations

from typing import Any

from feedparser.api import StrictFeedParser
from feedparser.util import FeedParserDict


class _Parameters(FeedParserDict):  # type: ignore[misc]
    """Feedparser's parameters of the content that it is in: strings, of which a plain copy is deep enough."""

    def __deepcopy__(self, _: object) -> FeedParserDict:
        return FeedParserDict(self)


class Dialects(StrictFeedParser):  # type: ignore[misc]
    """Dates stay text, and a guid is what the publisher says."""

    can_be_relative_uri = StrictFeedParser.can_be_relative_uri - {"id"}
    resolve_relative_uris = sanitize_html = False
    contentparams: Any
    infeed: Any

    element = ""  # the name of the one that began last

    def push_content(self, *args: Any) -> None:
        super().push_content(*args)
        is_typed = "type" in args[1]
        self.contentparams = _Parameters(self.contentparams, element=self.element, is_typed=is_typed)

    def _end_published(self) -> None:
        self.pop("published")

    def _end_updated(self) -> None:
        self.pop("updated")

    def _end_created(self) -> None:
        self.pop("created")

    def _end_link(self) -> None:
        """An empty element names no link, and takes no guid's place that is one."""
        context = self._get_context()
        before = dict.get(context, "link")
        super()._end_link()
        if not dict.get(context, "link"):
            context.pop("link", None)
            if before:
                context["link"] = before

    def _end_hour(self) -> None:
        self.feeddata.setdefault("skiphours_told", []).append(self.pop("hour"))

    def _end_day(self) -> None:
        self.feeddata.setdefault("skipdays_told", []).append(self.pop("day"))

    def start_markup(self, tag: str, attributes: list[tuple[str, str]]) -> None:
        """An element of HTML that stands unescaped in content."""
        self.contentparams["type"] = "application/xhtml+xml"
        self.handle_data(f"<{tag}{self.strattrs(attributes)}>", escape=0)

    def end_markup(self, tag: str) -> None:
        self.handle_data(f"</{tag}>", escape=0)

    def _start_author(self, attributes: dict[str, str]) -> None:
        super()._start_author(attributes)
        self._get_context()["authors"][-1]["element"] = self.element

    def _end_author(self) -> None:
        """Each author's text stays that author's; feedparser keeps the last, cut at what it takes for an address."""
        text = self.pop("author")
        self.inauthor = 0
        people = self._get_context().get("authors")
        if text and people and people[-1].keys() <= {"element"}:
            people[-1]["name"] = text

    def _sync_author_detail(self, key: str = "author") -> None:
        pass

    _end_dc_title = StrictFeedParser._end_media_title  # gives way to the entry's own title, also when it comes first

    def _start_itunes_subtitle(self, attributes: dict[str, str]) -> None:
        """Apart from the description, which it is a part of."""
        self.push_content("itunes_subtitle", attributes, "text/plain", 1)

    def _end_itunes_subtitle(self) -> None:
        self.pop_content("itunes_subtitle")

    def _start_itunes_link(self, attributes: dict[str, str]) -> None:
        """The element by which the first podcasts named their picture."""
        self._start_itunes_image(attributes if attributes.get("rel") == "image" else {})

    def _end_itunes_link(self) -> None:
        self.pop("itunes_image")

    def _end_keywords(self) -> None:
        """Each word is a tag. Naver has the element `tag` for them."""
        for word in self.pop("category").split(","):
            self._add_tag(word.strip(), None, None)

    _end_tag = _end_keywords

    def _start_image(self, attributes: dict[str, str]) -> None:
        """RSS 1.0 has the feed's image beside its channel."""
        self._is_in_feed = self.infeed
        self.infeed = self.infeed or not self.inentry
        super()._start_image(attributes)

    def _end_image(self) -> None:
        super()._end_image()
        self.infeed = self._is_in_feed

    _is_in_feed = 0
    _start_fulltext = StrictFeedParser._start_content_encoded  # see from_feedparser.FULL_TEXT
    _end_fulltext = StrictFeedParser._end_content_encoded
    _start_managingeditor = _start_itunes_author = _start_googleplay_author = _start_dc_author = _start_author
    _start_dc_creator = _start_reporter = _start_author
    _start_tag = StrictFeedParser._start_keywords
    _end_itunes_author = _end_googleplay_author = _end_dc_author = _end_dc_creator = _end_author
    _end_managingeditor = _end_reporter = _end_author
    _end_issued = _end_pubdate = _end_published
    _end_modified = _end_lastbuilddate = _end_updated
