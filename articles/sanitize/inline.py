"""The content of a line: links, emphasis, ruby, pictures. No wrapper stays that holds nothing or says nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import unquote

from articles.sanitize.addresses import absolute
from articles.sanitize.code import is_line_number
from articles.sanitize.formulas import formula, words_for
from articles.sanitize.frames import is_page, page_of
from articles.sanitize.media import Media
from articles.sanitize.moments import moment_of
from articles.sanitize.read import Node, Source, read, text_in
from articles.sanitize.vocabulary import BLOCKS, FORMULA_KINDS, INLINE, MEDIA
from feeds.parse.spellings import untracked

Items = list[str | Node]
ID_PREFIX = "user-content-"  # an article's ids can't take the place of the page's own
# The schemes that a page may ask to handle (https://html.spec.whatwg.org/#safelisted-scheme), but for those that start
# a shell; and others of the web's kind. None of them runs or reads anything on this site.
_SCHEMES = (
    "http https mailto tel bitcoin ftp ftps gemini geo gopher im irc ircs magnet matrix news nntp openpgp4fpr sip sips"
    " sms smsto webcal xmpp"
)
LINK_SCHEMES = tuple(_SCHEMES.split())
REL = "noopener noreferrer"

# Whitespace, and characters without width that pages leave in empty elements.
_BLANK = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_SPACES = re.compile(r"[ \t\n\f\r]{2,}|[\t\n\f\r]")
_LANGUAGE = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8}){0,4}", re.I)
_ID = re.compile(r"[\w.:-]{1,100}")
_OF_FORMULA = re.compile(r"math|latex|\btex\b|[\\^_={}]", re.I)
_ANYWHERE = frozenset(("lang", "xml:lang", "dir", "id", "name"))
_RUBY_PARTS = {"rb", "rt", "rp"}
_TRIMMED = INLINE - MEDIA - _RUBY_PARTS - {"ruby", "code", "br", "wbr"}


def is_blank(item: str | Node) -> bool:
    """True where nothing of `item` can be seen."""
    return not item.strip(_BLANK) if isinstance(item, str) else item.tag in {"br", "wbr"}


def has_content(items: Iterable[str | Node]) -> bool:
    """True where something of `items`, which are repaired, can be seen."""
    return not all(is_blank(item) for item in items)


def trimmed(items: Items) -> Items:
    """`items` without space and line breaks at both ends: paragraphs of CJK pages begin with wide spaces."""
    start, end = 0, len(items)
    while start < end and is_blank(items[start]):
        start += 1
    while end > start and is_blank(items[end - 1]):
        end -= 1
    items = items[start:end]
    if items:
        first = items[0]
        if isinstance(first, str):
            items[0] = first.lstrip()
        elif first.tag in _TRIMMED:
            _trim_inside(first, at_start=True)
        last = items[-1]
        if isinstance(last, str):
            items[-1] = last.rstrip()
        elif last.tag in _TRIMMED:
            _trim_inside(last, at_start=False)
    return items


def _trim_inside(node: Node, *, at_start: bool) -> None:
    """Take space and line breaks from one end of what is in `node`."""
    place = 0 if at_start else -1
    while node.children and is_blank(node.children[place]):
        node.children.pop(place)
    if node.children:
        item = node.children[place]
        if isinstance(item, str):
            node.children[place] = item.lstrip() if at_start else item.rstrip()
        elif item.tag in _TRIMMED:
            _trim_inside(item, at_start=at_start)


def as_blocks(items: Items) -> list[Node]:
    """The items that Structure.bare() gave, as blocks."""
    blocks = [item for item in items if isinstance(item, Node) and item.tag in BLOCKS]
    phrase = items[: len(items) - len(blocks)]  # of an item and the list below it
    return [Node("p", {}, phrase), *blocks] if phrase else blocks


def language_of(attrs: Mapping[str, str]) -> dict[str, str]:
    """The valid ones of `lang` and `dir`. https://html.spec.whatwg.org/#the-lang-and-xml:lang-attributes"""
    kept = {}
    lang = (attrs.get("lang") or attrs.get("xml:lang") or "").strip()
    if lang and len(lang) <= 35 and _LANGUAGE.fullmatch(lang):
        kept["lang"] = lang
    direction = attrs.get("dir", "").strip().lower()
    if direction in {"ltr", "rtl", "auto"}:
        kept["dir"] = direction
    return kept


class Phrases:
    """Repairs phrasing content of one document."""

    def __init__(self, base: str, source: Source, page_url: str) -> None:
        self.base = base
        self.page_url = page_url.partition("#")[0]
        self.targets = {target for target in source.targets if _ID.fullmatch(target)}
        self.used_ids: set[str] = set()
        self.media = Media(base, source.pictured)
        self.linked: set[str] = set()
        self.inside: set[str] = set()
        self.in_fallback = False
        self.in_pre = False
        self.formulas: set[str] = set()

    # --- runs ---------------------------------------------------------------------------------------------------

    def phrase(self, children: Iterable[str | Node]) -> Items:
        """`children` as phrasing content. Blocks among them are opened."""
        if isinstance(children, list) and len(children) == 1 and isinstance(only := children[0], str):
            return [self.spaced(only)]
        out: Items = []
        for child in children:
            if isinstance(child, str):
                out.append(child)
            elif child.tag == "a":
                made = self._inline(child)
                out += [" ", *made] if not self.in_pre and _touch(out, made) else made
            else:
                out.extend(self._inline(child))
        return self._merged(out)

    def paragraphs(self, run: Items) -> Iterator[Items]:
        """`run`, cut where two line breaks, or one before an indent, stand for the end of a paragraph."""
        return filter(None, map(trimmed, self._paragraphs(run)))

    def _paragraphs(self, run: Items) -> Iterator[Items]:
        part: Items = []
        breaks: Items = []
        for item in self.phrase(run):
            if isinstance(item, Node) and item.tag == "br":
                breaks.append(item)
            elif not breaks or not is_blank(item):
                if len(breaks) > 1 or (breaks and _is_indented(item)):
                    yield part
                    part, breaks = [], []
                part += [*breaks, item]
                breaks = []
        yield part

    def verbatim(self, children: Iterable[str | Node]) -> Items:
        """`children` as the content of `pre`: every space and line end counts but those around it."""
        self.in_pre, before = True, self.in_pre
        items = self.phrase(_lines_of_code(children))
        self.in_pre = before
        if items and isinstance(first := items[0], str):
            items[0] = first.lstrip("\n")  # parsers take one away
        if items and isinstance(last := items[-1], str):
            items[-1] = last.rstrip()
        return [item for item in items if item != ""]

    def _merged(self, items: Items) -> Items:
        """Neighbouring texts in one, with single spaces."""
        if len(items) == 1:
            return [self.spaced(items[0])] if isinstance(items[0], str) else items
        out: Items = []
        texts: list[str] = []
        for item in items:
            if isinstance(item, str):
                texts.append(item)
                continue
            if texts:
                out.append(self.spaced("".join(texts)))
                texts = []
            out.append(item)
        if texts:
            out.append(self.spaced("".join(texts)))
        return out

    def spaced(self, text: str) -> str:
        """`text` with single spaces, unless it is preformatted."""
        if self.in_pre or not ("\n" in text or "  " in text or "\t" in text):
            return text
        return _SPACES.sub(" ", text)

    # --- elements -----------------------------------------------------------------------------------------------

    def _inline(self, node: Node) -> Items:
        tag = node.tag
        if method := _METHODS.get(tag):
            return method(self, node)
        if tag in BLOCKS:
            return self._opened(node)
        if tag in FORMULA_KINDS:  # without a formula
            return [] if tag == "annotation" else self.phrase(node.children)
        if tag in self.inside or (tag in _RUBY_PARTS and "ruby" not in self.inside) or tag in {"source", "track"}:
            return self.phrase(node.children)
        return self._wrapped(node, self.kept(node) if node.attrs else {})

    def _wrapped(self, node: Node, attrs: Mapping[str, str]) -> Items:
        """The element around its content; nothing around nothing."""
        tag = node.tag
        self.inside.add(tag)
        content = self.phrase(node.children)
        self.inside.discard(tag)
        if has_content(content) or "id" in attrs:
            return [Node(tag, attrs, content)]
        return content

    def _opened(self, node: Node) -> Items:
        if node.tag in {"iframe", "embed", "audio", "video", "hr", "param"}:
            return []
        inside = self.phrase(node.children)
        if not self.in_pre:
            return [" ", *inside, " "]
        is_ended = bool(inside) and isinstance(last := inside[-1], str) and last.endswith("\n")
        return inside if is_ended else [*inside, "\n"]

    def _span(self, node: Node) -> Items:
        if self.in_pre and "class" in node.attrs and is_line_number(node):
            return []
        attrs = self.kept(node) if node.attrs else {}
        return self._wrapped(node, attrs) if attrs else self.phrase(node.children)

    def _link(self, node: Node) -> Items:
        attrs = self.kept(node)
        if "a" in self.inside or not (href := self._href(node.attrs.get("href", ""))):
            return self._wrapped(node, attrs) if "id" in attrs else self.phrase(node.children)
        if title := node.attrs.get("title", "").strip():
            attrs["title"] = title[:300]
        self.linked.add(href)
        return self._wrapped(node, {"href": href, **attrs, "rel": REL})

    def _href(self, value: str) -> str:
        value = value.strip()
        start, _, fragment = value.partition("#")
        if fragment and (not start or start == self.page_url) and (target := unquote(fragment)) in self.targets:
            return "#" + ID_PREFIX + target.removeprefix(ID_PREFIX)
        # A mere "#" is a button's, for a script.
        return untracked(absolute(value, self.base, schemes=LINK_SCHEMES)) if value.strip("#") else ""

    def _formula(self, node: Node) -> Items:
        kind = node.attrs.get("type", "")
        if kind.startswith("math/mml"):  # a script's
            return self.phrase(read(text_in(node)).root.children)
        if kind.startswith("math/"):
            source = text_in(node).strip().strip("%").strip()
            return [Node("code", {}, [source])] if source else []
        self.formulas.add("".join(words_for(node).split()))
        made = formula(node)
        return [made] if made else []

    def is_linked(self, address: str) -> bool:
        """True where a link to it has come already."""
        return self._href(address) in self.linked

    def _image(self, node: Node) -> Items:
        if self.formulas and self._is_of_formula(node.attrs):
            return []
        made = self.media.img(node, fallback=self.in_fallback)
        return [made] if made else []

    def _is_of_formula(self, attrs: Mapping[str, str]) -> bool:
        """True where a picture is for browsers that don't show the formula before it."""
        alt = "".join(attrs.get("alt", "").split())
        return alt in self.formulas and bool(alt) and bool(_OF_FORMULA.search(attrs.get("class", "") + alt))

    def _picture(self, node: Node) -> Items:
        made = self.media.picture(node, fallback=self.in_fallback)
        return [made] if made else []

    def _break(self, node: Node) -> Items:
        return ["\n"] if self.in_pre else [Node(node.tag, {})]

    def _titled(self, node: Node) -> Items:
        title = " ".join(node.attrs.get("title", "").split())
        return self._wrapped(node, self.kept(node) | ({"title": title[:300]} if title else {}))

    def _edited(self, node: Node) -> Items:
        attrs = self.kept(node) | self.cited(node)
        if node.tag != "q" and (moment := moment_of(node.attrs.get("datetime", ""))):
            attrs["datetime"] = moment
        return self.phrase(node.children) if node.tag in self.inside else self._wrapped(node, attrs)

    def _directed(self, node: Node) -> Items:
        attrs = self.kept(node)
        return self._wrapped(node, attrs) if "dir" in attrs else self.phrase(node.children)

    def _time(self, node: Node) -> Items:
        moment = moment_of(node.attrs.get("datetime", ""))
        return self._wrapped(node, self.kept(node) | {"datetime": moment}) if moment else self.phrase(node.children)

    # --- attributes ---------------------------------------------------------------------------------------------

    def kept(self, node: Node) -> dict[str, str]:
        """The attributes that any element may keep: language, direction, and an id that a link points to."""
        attrs = node.attrs
        if _ANYWHERE.isdisjoint(attrs):
            return {}
        kept = language_of(attrs)
        anchor = attrs.get("id") or (node.tag == "a" and attrs.get("name")) or ""
        if anchor in self.targets and anchor not in self.used_ids:
            self.used_ids.add(anchor)
            kept["id"] = ID_PREFIX + anchor.removeprefix(ID_PREFIX)
        return kept

    def cited(self, node: Node) -> dict[str, str]:
        """The source of a quotation."""
        cite = absolute(node.attrs.get("cite", ""), self.base) if "cite" in node.attrs else ""
        return {"cite": cite} if cite else {}

    # --- frames -------------------------------------------------------------------------------------------------

    def card(self, node: Node) -> Node | None:
        """A link in the place of a frame; None where there is nothing to read, or the page is linked just before."""
        if node.tag == "embed" and not is_page(node.attrs, self.base):
            return None
        if not (found := page_of(node.attrs, self.base)):
            return None
        name, page, title = found
        if "wp-embedded-content" in node.attrs.get("class", ""):
            page = page.removesuffix("embed/")
            if page in self.linked:
                return None
        return Node("p", {"class": "embed"}, [Node("a", {"href": page, "rel": REL}, [f"{name} · {title}"])])


def _touch(before: Items, after: Items) -> bool:
    """True of two links to different pages whose words have nothing between them: a style sets them apart. In scripts
    without blanks such links may stand in a sentence."""
    first, second = before[-1:], after[:1]
    if not (first and second and isinstance(one := first[0], Node) and isinstance(two := second[0], Node)):
        return False
    if one.tag != "a" or two.tag != "a" or one.attrs.get("href") == two.attrs.get("href"):
        return False
    ends = text_in(one)[-1:] + text_in(two)[:1]
    return len(ends) == 2 and all(end.isalnum() and end < "\u1100" for end in ends)


def _lines_of_code(children: Iterable[str | Node]) -> Iterator[str | Node]:
    """`children`, where each `code` that stands right behind another is a line, as on WeChat."""
    before: str | Node = ""
    for child in children:
        if _is_code(child) and _is_code(before) and not _ends_line(before):
            yield "\n"
        yield child
        before = child


def _is_code(item: str | Node) -> bool:
    return not isinstance(item, str) and item.tag == "code"


def _ends_line(item: str | Node) -> bool:
    """True where the last that it holds is a line end: a `code` without text is a line by its `br`."""
    while not isinstance(item, str) and item.children:
        item = item.children[-1]
    return item.endswith("\n") if isinstance(item, str) else item.tag == "br"


def _is_indented(item: str | Node) -> bool:
    """True where it begins with an ideographic space, as paragraphs in Chinese and Japanese do."""
    return isinstance(item, str) and item.lstrip(" \n").startswith("\u3000")


_METHODS: Mapping[str, Callable[[Phrases, Node], Items]] = {
    "a": Phrases._link,
    "math": Phrases._formula,
    "img": Phrases._image,
    "picture": Phrases._picture,
    "br": Phrases._break,
    "wbr": Phrases._break,
    "span": Phrases._span,
    "abbr": Phrases._titled,
    "dfn": Phrases._titled,
    "q": Phrases._edited,
    "del": Phrases._edited,
    "ins": Phrases._edited,
    "bdo": Phrases._directed,
    "time": Phrases._time,
}
