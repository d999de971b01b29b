"""The words of the HTML that is kept: which elements and attributes, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Mapping

from feeds.parse.embeds import NAMED_EMBEDS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Gone with all that is inside them: active, form controls, or of no use to a reader.
DROPPED = _words(
    "script style template title svg annotation annotation-xml applet button input select option optgroup"
    " textarea datalist output"
    " progress meter canvas map area noembed noframes frameset frame portal head link meta base param"
    " amp-analytics amp-ad amp-pixel amp-tracking-pixel amp-auto-ads amp-sidebar"
)

# Elements that only say where a block begins and ends; structure.py makes paragraphs of what is in them.
_DIVISIONS = _words(
    "div section article dialog main header footer nav hgroup center form fieldset legend address search body html"
    " amp-carousel amp-accordion noscript"
)
_KEPT_BLOCKS = _words(
    "p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre figure figcaption details summary aside hr"
    " table caption colgroup col thead tbody tfoot tr td th audio video source track iframe embed object"
)
_KEPT_INLINE = _words(
    "a abbr b bdi bdo br cite code del dfn em i img ins kbd mark picture q rb rp rt ruby s samp small span strong sub"
    " sup time u var wbr"
)
# Formulas: presentational MathML. Inside of `math` each token element holds text only; see formulas.py.
FORMULA = _words(
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle merror mphantom menclose msub msup msubsup munder"
    " mover munderover mmultiscripts mprescripts mtable mtr mtd"
)
# Other elements of MathML, and what formulas.py makes its own of.
FORMULA_KINDS: Mapping[str, str] = {
    **{tag: tag for tag in FORMULA | _words("mfenced maction")},
    **dict.fromkeys(_words("semantics mpadded none"), "mrow"),
    **dict.fromkeys(_words("apply bind"), "apply"),
    "mlabeledtr": "mtr",
    "ci": "mi",
    "cn": "mn",
    "csymbol": "mo",
    "annotation": "",
    "annotation-xml": "",
}
_RENAMED = {
    "menu": "ul",
    "dir": "ul",
    "strike": "s",
    "tt": "code",
    "acronym": "abbr",
    "listing": "pre",
    "xmp": "pre",
    "plaintext": "pre",
    "image": "img",
    "amp-img": "img",
    "amp-anim": "img",
    "amp-video": "video",
    "amp-audio": "audio",
    "amp-iframe": "iframe",
    "amp-mathml": "math",
    # What MathJax writes, with the formula itself inside; `nobr` holds it in version 2.
    **dict.fromkeys(_words("mjx-container mjx-math mjx-assistive-mml nobr"), "span"),
    "joomla-hidden-mail": "a",
    **dict.fromkeys(_words("mpvoice mp-common-mpaudio"), "audio"),  # WeChat's
    **dict.fromkeys(NAMED_EMBEDS, "embed"),
}

# Publisher's element → the element that the tree holds. "": gone with its content. Absent: unwrapped.
KINDS: Mapping[str, str] = {
    **dict.fromkeys(DROPPED, ""),
    **dict.fromkeys(_DIVISIONS, "div"),
    **{tag: tag for tag in _KEPT_BLOCKS | _KEPT_INLINE},
    **FORMULA_KINDS,
    **_RENAMED,
}
BLOCKS = _KEPT_BLOCKS - {"source", "track"} | {"div"}
INLINE = _KEPT_INLINE
PHRASING = INLINE | FORMULA_KINDS.keys()
HEADINGS = _words("h1 h2 h3 h4 h5 h6")
VOID = _words("br wbr hr img source track col")
# Content in itself: an element around one of them isn't empty.
MEDIA = _words("img picture audio video")

# What the gate lets through. `class` and `id` only in the forms that gate.py knows to be ours.
TAGS = (BLOCKS | INLINE | FORMULA | {"source", "track"}) - _words("h1 iframe embed object")
_ANYWHERE = _words("lang dir id")
_ATTRIBUTES = {
    "a": "href title rel",
    "abbr": "title",
    "dfn": "title",
    "p": "class",
    "img": "src srcset sizes alt title width height class",
    "source": "src srcset sizes type media width height",
    "audio": "src controls preload",
    "video": "src controls preload poster width height",
    "track": "src kind srclang label default",
    "th": "colspan rowspan scope abbr",
    "td": "colspan rowspan",
    "col": "span",
    "colgroup": "span",
    "ol": "start reversed type",
    "li": "value",
    "time": "datetime",
    "del": "cite datetime",
    "ins": "cite datetime",
    "blockquote": "cite",
    "q": "cite",
    "details": "open",
}
ATTRIBUTES: Mapping[str, frozenset[str]] = {tag: _words(_ATTRIBUTES.get(tag, "")) | _ANYWHERE for tag in TAGS - FORMULA}
