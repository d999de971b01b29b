"""A page to a feed, by its recipe."""

from __future__ import annotations

from feeds.pages.items import Item, entry_of
from feeds.pages.recipe import Kind, Recipe
from feeds.parse import NotAFeed, ParsedFeed, charset, identity
from feeds.parse import parse as parse_feed
from feeds.parse.text import MAX_FEED_TITLE, address, language, line_of_text

NOTHING = "There is nothing on this page where its items were marked."
NOTHING_IN_ITEMS = "The items that were marked on this page have neither title nor link nor text."


def read(body: bytes, *, url: str, recipe: Recipe, content_type: str = "") -> ParsedFeed:
    """The feed in the document `body`, which was fetched from `url`; where it is none, the feed that a recipe makes of
    it. So nobody's recipe says for others what a publisher's own feed says. Raises NotAFeed."""
    try:
        return parse_feed(body, url=url, content_type=content_type)
    except NotAFeed:
        return marked(body, url=url, recipe=recipe, content_type=content_type)


def marked(body: bytes, *, url: str, recipe: Recipe, content_type: str = "") -> ParsedFeed:
    """The feed that a recipe makes of the document, whatever it is. Raises NotAFeed."""
    text = charset.decode(body, content_type).lstrip("\ufeff")
    if recipe.kind is Kind.JSON:
        head, found, base = *_of_json(text, recipe), url
    else:
        head, found, base = _of_markup(text, url, recipe)
    if not found:
        raise NotAFeed(NOTHING)
    entries = [entry_of(item, base_url=base, date_format=recipe.date_format) for item in found]
    kept = [entry for entry in entries if entry]
    if not kept:
        raise NotAFeed(NOTHING_IN_ITEMS)
    return ParsedFeed(
        title=head.title,
        site_url=url,
        language=head.language,
        entries=identity.distinct(kept, url),
    )


def _of_json(text: str, recipe: Recipe) -> tuple[ParsedFeed, list[Item]]:
    from feeds.pages import json_document
    from feeds.parse import jsonfeed

    head = ParsedFeed()
    if recipe.json_at:
        head, text = _inside(text, recipe)
    document = jsonfeed.load(text)
    title = line_of_text(json_document.text(document, recipe.feed_title), MAX_FEED_TITLE)
    return ParsedFeed(title=title or head.title, language=head.language), json_document.items(document, recipe)


def _inside(text: str, recipe: Recipe) -> tuple[ParsedFeed, str]:
    """The page's own head, and the JSON document in it."""
    from feeds.pages import expressions, markup

    root = markup.tree(text)
    if root is None:
        raise NotAFeed(NOTHING)
    try:
        return _head(root), markup.text(expressions.found(expressions.xpath(recipe.json_at), root))
    except expressions.NotASelector as error:
        raise NotAFeed(f"“{recipe.json_at[:100]}” is no XPath expression.") from error


def _of_markup(text: str, url: str, recipe: Recipe) -> tuple[ParsedFeed, list[Item], str]:
    from feeds.pages import expressions, markup

    root = markup.tree(text, is_xml=recipe.kind is Kind.XML)
    if root is None:
        raise NotAFeed(NOTHING)
    try:
        reader = markup.Reader(recipe, root)
    except expressions.NotASelector as error:
        kind = "CSS selector" if recipe.kind is Kind.CSS else "XPath expression"
        raise NotAFeed(f"“{str(error)[:100]}” is no {kind}.") from error
    title = line_of_text(reader.feed_title, MAX_FEED_TITLE)
    head = _head(root)
    base = address(url, markup.base_of(root, url)) or url
    return ParsedFeed(title=title or head.title, language=head.language), list(reader.items()), base


def _head(root: object) -> ParsedFeed:
    """Title and language of a web page."""
    from feeds.pages import markup

    assert isinstance(root, markup.Element)
    title = root.find(".//head/title")
    said = markup.text([title]) if title is not None else ""
    return ParsedFeed(title=line_of_text(said, MAX_FEED_TITLE), language=language(root.get("lang")))
