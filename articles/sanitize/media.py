"""Pictures, films and sound: the address that a lazy page hides, sizes, and what is no picture at all."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping

from articles.sanitize.addresses import absolute, image_address, is_ornament, is_pixel, srcset
from articles.sanitize.read import Node

# Where pages that load their images late keep the address, the surest first.
_LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-actualsrc",
    "data-original-src",
    "data-lazy",
    "data-lazyload",
    "data-echo",
    "data-url",
    "data-image",
    "data-hi-res-src",
    "data-croporisrc",
    "data-backsrc",
    "data-ks-lazyload",
    "data-real-src",
    "data-litespeed-src",
    "data-cfsrc",
    "data-ezsrc",
    "data-flickity-lazyload",
    "zoomfile",
    "file",
    "real_src",
    "_src",
)
_LAZY_SET = ("data-srcset", "data-lazy-srcset", "data-original-srcset", "data-litespeed-srcset")
_LAZY_NAMES = frozenset(_LAZY) | frozenset(_LAZY_SET)
_LOOKS_LIKE_ADDRESS = re.compile(
    r"(?:https?:)?//|\.{0,2}/[^\s{}]+$|[^\s{}:]+\.(?:jpe?g|png|gif|webp|avif)(?:\?|$)", re.I
)
_PLACE = re.compile(
    r"(?:^|[_.-])(?:lazy|load(?:ing|er)|placeholder|spinner)(?:[_.-]|\d|$)", re.I
)  # what stands there before
_LENGTH = re.compile(r"([0-9]{1,5}(?:\.[0-9]{0,4})?|\.[0-9]{1,4})(px|em|rem|ex|ch|pt)?", re.I)
_STYLED = re.compile(
    r"(?<![\w-])((?:max-)?(?:width|height))\s*:\s*([0-9.]{1,10}(?:px|em|rem|ex|ch|pt)?)\s*(?=;|$|!)", re.I
)
_BACKGROUND = re.compile(r"\burl\(\s*[\"']?([^\"'()\s]+)", re.I)
_UNITS = {"px": 1.0, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "pt": 4 / 3}  # pixels
_SMALL = 48  # pixels: what a style's "at most" is a size for
_QUERY = re.compile(r"[\w\s().:,/%+*<>=-]{1,300}")  # a media query or a sizes list
_TYPE = re.compile(r"(?:image|video|audio)/[\w.+-]+(?:;\s*codecs=[\w\s.,\"']+)?", re.I)
_VOICE = re.compile(r"[\w=+/-]{8,200}", re.ASCII)  # of WeChat
# Smileys, and the icons of the sites that cards lead to.
_FACE = re.compile(
    r"(?:^|[\s_-])(?:emoji(?:one)?|twemoji|smil(?:ey|ies?)|emoticons?|favicon"
    r"|(?:bookmark|site|source|publication|publisher)-(?:icon|logo))(?:$|[\s_-])",
    re.I,
)
_PLAIN_CLASS = re.compile(
    r"(?:^|[\s_-])(?:avatar|icon|logo|emoji|gravatar|profile|latex|tex|math|formula|equation)(?:$|[\s_-])", re.I
)
_USUAL_FACE, _LARGEST_FACE = 16, 100  # pixels
_MIN_WIDTH, _MIN_HEIGHT = 100, 60  # of what stands for the article in a list


class Media:
    """Makes safe media elements, and remembers the first picture that can stand for the article. `words`: what the
    document's pictures that have an address are called."""

    def __init__(self, base: str, words: Container[str] = ()) -> None:
        self.base = base
        self.words = words
        self.image_url = ""
        self.poster = ""
        self.seen: set[str] = set()
        self.shown_by_noscript: set[str] = set()

    def img(self, node: Node, *, fallback: bool = False) -> Node | str | None:
        """An `img` to show; for an emoji its character; None for a pixel or where there is no address. `fallback`: it
        is the `noscript` twin of a picture that may already be there."""
        attrs = node.attrs
        alt = " ".join(attrs.get("alt", "").split())
        if _is_emoji(alt) and _FACE.search(attrs.get("class", "")):
            return alt
        source, candidates = self.addresses(attrs)
        sizes = _sizes(attrs)
        if not source:
            return self._in_words(attrs, alt)
        if is_pixel(source) or _is_pixel_sized(sizes):
            return None
        if self._is_shown(source, fallback=fallback):
            return None
        kept = _shown(attrs, source, candidates, alt)
        width, height = sizes.get("width", 0), sizes.get("height", 0)
        if _is_face(attrs, width, height):
            kept["class"] = "smiley"  # for static/css/article.css; the height is for other readers
            height = height or (0 if width else _USUAL_FACE)
        else:
            self._consider(source, attrs, width, height)
        return Node("img", kept | _size(width, height))

    def _is_shown(self, source: str, *, fallback: bool) -> bool:
        """True where the picture's twin is there; else it is remembered for that."""
        twins, own = (self.seen, self.shown_by_noscript) if fallback else (self.shown_by_noscript, self.seen)
        if source in twins:
            return True
        own.add(source)
        return False

    def _in_words(self, attrs: Mapping[str, str], alt: str) -> str | None:
        """The words, in brackets, for a picture without an address, inside of the page: it is not kept, but not hidden
        either."""
        is_inside = attrs.get("src", "").lstrip()[:5].lower() == "data:"
        if not alt or not is_inside or alt in self.words or _is_pixel_sized(_sizes(attrs)):
            return None
        return f"[{alt}]"

    def addresses(self, attrs: Mapping[str, str]) -> tuple[str, str]:
        """The address of a picture, and its candidates as a srcset has them; empty where it has none. What a page that
        loads late keeps elsewhere comes first."""
        source, candidates = ("", "") if _LAZY_NAMES.isdisjoint(attrs) else self._lazy_addresses(attrs)
        # Beside what is lazy, `src` holds the place only.
        source = source or _largest(candidates) or image_address(attrs.get("src", ""), self.base)
        candidates = candidates or srcset(attrs.get("srcset", ""), self.base)
        if not source or (candidates and is_pixel(source)):
            source = _largest(candidates)
        if not source or is_pixel(source) or _PLACE.search(source.rpartition("/")[2]):
            source, candidates = self._otherwise_lazy(attrs) or (source, candidates)
        return source, candidates

    def _otherwise_lazy(self, attrs: Mapping[str, str]) -> tuple[str, str] | None:
        """The address and the candidates in attributes that no list has, as each script that loads late has its own."""
        sets = [name for name in attrs if name.endswith("srcset") and name != "srcset"]
        sources = [name for name in attrs if name.endswith("src") and name != "src"]
        candidates = self._candidates(attrs, sets)
        source = next((found for name in sources if (found := self._lazy_address(attrs[name]))), _largest(candidates))
        return (source, candidates) if source else None

    def is_lazy(self, attrs: Mapping[str, str]) -> bool:
        """True where a script would take a picture's address from another attribute."""
        source, candidates = ("", "") if _LAZY_NAMES.isdisjoint(attrs) else self._lazy_addresses(attrs)
        return bool(candidates or (source and not is_pixel(source)))

    def _lazy_addresses(self, attrs: Mapping[str, str]) -> tuple[str, str]:
        source = next((found for name in _LAZY if (found := self._lazy_address(attrs.get(name, "")))), "")
        return source, self._candidates(attrs, _LAZY_SET)

    def _candidates(self, attrs: Mapping[str, str], names: Iterable[str]) -> str:
        """The first of these attributes that holds some, as a srcset."""
        return next((found for name in names if name in attrs and (found := srcset(attrs[name], self.base))), "")

    def _lazy_address(self, value: str) -> str:
        return image_address(value, self.base) if value and _LOOKS_LIKE_ADDRESS.match(value.strip()) else ""

    def _consider(self, source: str, attrs: Mapping[str, str], width: int, height: int) -> None:
        if self.image_url or (width and width < _MIN_WIDTH) or (height and height < _MIN_HEIGHT):
            return
        if not is_ornament(source) and not _PLAIN_CLASS.search(attrs.get("class", "")):
            self.image_url = source

    def picture(self, node: Node, *, fallback: bool = False) -> Node | str | None:
        """A `picture` with its sources and an `img`; just the `img` where no source is of use."""
        sources = [made for child in _named(node, "source") if (made := self._image_source(child))]
        image = next(_named(node, "img"), None)
        if sources and not (image and self.addresses(image.attrs)[0]):  # the address may be only in the sources
            image = Node("img", {**(image.attrs if image else {}), "src": _largest(sources[0].attrs["srcset"])})
        shown = self.img(image, fallback=fallback) if image else None
        if not sources or not isinstance(shown, Node):
            return shown
        return Node("picture", {}, [*sources, shown])

    def _image_source(self, node: Node) -> Node | None:
        attrs = node.attrs
        candidates = self._candidates(attrs, (*_LAZY_SET, "srcset", *_LAZY, "src"))
        if not candidates:
            return None
        return Node("source", {"srcset": candidates} | _checked(attrs, media=_QUERY, sizes=_QUERY, type=_TYPE))

    def player(self, node: Node) -> Node | None:
        """An `audio` or `video` with controls; None where nothing can be played."""
        attrs = node.attrs
        kept = {"src": source} if (source := self._played(attrs)) else {}
        inside = [made for child in _named(node, "source", "track") if (made := self._inside(child))]
        if not kept and not any(child.tag == "source" for child in inside):
            return None
        kept |= {"controls": "controls", "preload": "none"}
        if node.tag == "video":
            poster = self._poster(attrs)
            kept |= {"poster": poster} if poster else {}
            self.poster = self.poster or poster
            kept |= _size(_length(attrs.get("width", "")), _length(attrs.get("height", "")))
        return Node(node.tag, kept, list[str | Node](inside))

    def _poster(self, attrs: Mapping[str, str]) -> str:
        poster = image_address(attrs.get("poster", "") or attrs.get("data-poster", ""), self.base)
        if not poster or not is_pixel(poster):
            return poster
        behind = _BACKGROUND.search(attrs.get("style", "")[:2000])  # of the one that only keeps the room
        return image_address(behind[1], self.base) if behind else ""

    def still(self, node: Node) -> Node | str | None:
        """The poster of a film that can't be played here, as a picture; None where it has none."""
        if node.tag != "video" or not (poster := self._poster(node.attrs)):
            return None
        return self.img(
            Node("img", {"src": poster, "alt": node.attrs.get("title") or node.attrs.get("aria-label", "")})
        )

    def _played(self, attrs: Mapping[str, str]) -> str:
        if _VOICE.fullmatch(voice := attrs.get("voice_encode_fileid", "")):
            return f"https://res.wx.qq.com/voice/getvoice?mediaid={voice}"
        return absolute(attrs.get("src", ""), self.base) or absolute(attrs.get("data-src", ""), self.base)

    def _inside(self, node: Node) -> Node | None:
        if not (source := self._played(node.attrs)):
            return None
        if node.tag == "source":
            return Node("source", {"src": source} | _checked(node.attrs, media=_QUERY, type=_TYPE))
        kept = _checked(node.attrs, kind=re.compile("[a-z]{1,20}"), srclang=re.compile(r"[\w-]{1,35}"))
        return Node("track", {"src": source} | kept | _checked(node.attrs, label=re.compile(r"[^<>]{1,100}")))


def _named(node: Node, *tags: str) -> Iterator[Node]:
    return (child for child in node.children if isinstance(child, Node) and child.tag in tags)


def _shown(attrs: Mapping[str, str], source: str, candidates: str, alt: str) -> dict[str, str]:
    """The attributes that say what a picture shows."""
    kept = {"src": source}
    if candidates:
        kept |= {"srcset": candidates} | _checked(attrs, sizes=_QUERY)
    kept["alt"] = alt
    if title := attrs.get("title", "").strip():
        kept["title"] = title
    return kept


def _is_emoji(alt: str) -> bool:
    return 0 < len(alt) <= 8 and not alt.isascii()


def _is_face(attrs: Mapping[str, str], width: int, height: int) -> bool:
    return "class" in attrs and bool(_FACE.search(attrs["class"])) and max(width, height) <= _LARGEST_FACE


def _checked(attrs: Mapping[str, str], **patterns: re.Pattern[str]) -> dict[str, str]:
    return {name: attrs[name] for name, pattern in patterns.items() if name in attrs and pattern.fullmatch(attrs[name])}


def _length(value: str) -> int:
    """Pixels; 0 where `value` says none."""
    if value.isdecimal() and value.isascii() and len(value) <= 5:
        return int(value)
    found = _LENGTH.fullmatch(value.strip())
    if found is None:
        return 0
    pixels = float(found[1]) * _UNITS[(found[2] or "px").lower()]
    return min(int(pixels), 99_999) or (1 if pixels else 0)


def _sizes(attrs: Mapping[str, str]) -> dict[str, int]:
    """The width and height in pixels, as far as attributes and style say them."""
    sizes = {}
    for name in ("width", "height"):
        if name in attrs and (attrs[name].isdecimal() or _LENGTH.fullmatch(attrs[name].strip())):
            sizes[name] = _length(attrs[name])
    for name, value in _STYLED.findall(attrs["style"][:500]) if "style" in attrs else ():
        name, length = name.lower(), _length(value)
        if not name.startswith("max-"):
            sizes[name] = length
        elif length <= _SMALL:
            sizes.setdefault(name.removeprefix("max-"), length)
    return sizes


def _is_pixel_sized(sizes: Mapping[str, int]) -> bool:
    """True where nothing of a picture can be seen. A nought alone stands for "by itself"."""
    return bool(sizes) and max(sizes.values()) <= 2 and (len(sizes) == 2 or max(sizes.values()) > 0)


def _size(width: int, height: int) -> dict[str, str]:
    return ({"width": str(width)} if width else {}) | ({"height": str(height)} if height else {})


def _largest(candidates: str) -> str:
    """The address of the largest candidate of a srcset that addresses.srcset made."""
    best, largest = "", -1.0
    for candidate in candidates.split(", ") if candidates else ():
        address, _, descriptor = candidate.partition(" ")
        try:
            size = float(descriptor[:-1] or 1)
        except ValueError:
            size = 0.0
        if size > largest:
            best, largest = address, size
    return best
