"""Formulas: MathML made whole, of elements and attributes that only show something, and the same as a line of text.

What is kept is the presentational part of MathML Core (https://www.w3.org/TR/mathml-core/) without links, actions,
colours and padding. Token elements hold text and nothing else, so that no parser finds HTML inside a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from articles.sanitize.read import Node, text_in, walk

Items = list[str | Node]
_TOKENS = {"mi", "mn", "mo", "ms", "mtext"}
_ARITY = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
_GROUPS = {"msqrt", "mstyle", "merror", "mphantom", "menclose"}
_MAX_WORDS = 2000  # characters of the words for a formula

_SPACE = re.compile(r"[ \t\n\f\r]+")
_LENGTH = r"(?:-?0?\.[0-9]{1,4}|[0-9]{1,2}(?:\.[0-9]{1,4})?)(?:em|ex|px|pt|mu)|0"
_BOOLEAN = "true|false"
_ALIGNMENT = "(?:left|center|right)(?: (?:left|center|right)){0,30}"
_ROW_ALIGNMENT = "(?:top|bottom|center|baseline|axis)(?: (?:top|bottom|center|baseline|axis)){0,30}"
_VARIANT = "(?:bold-|sans-serif-)?(?:italic|fraktur|script|sans-serif)|sans-serif-bold-italic|bold-sans-serif"
_TOKEN = {"mathvariant": f"{_VARIANT}|normal|bold|sans-serif-bold|double-struck|monospace", "dir": "ltr|rtl"}
_OPERATOR = ("fence", "separator", "stretchy", "symmetric", "largeop", "movablelimits", "accent")
_PATTERNS: Mapping[str, Mapping[str, str]] = {
    "math": {"display": "block|inline", "dir": "ltr|rtl", "alttext": r"[^\x00-\x1f]{1,2000}"},
    "mi": _TOKEN,
    "mn": _TOKEN,
    "ms": _TOKEN,
    "mtext": _TOKEN,
    "mo": _TOKEN
    | dict.fromkeys(_OPERATOR, _BOOLEAN)
    | {"form": "prefix|infix|postfix"}
    | dict.fromkeys(("lspace", "rspace", "minsize", "maxsize"), _LENGTH),
    "mspace": dict.fromkeys(("width", "height", "depth"), _LENGTH),
    "mfrac": {"linethickness": _LENGTH, "bevelled": _BOOLEAN},
    "mstyle": {"displaystyle": _BOOLEAN, "scriptlevel": "[+-]?[0-3]"},
    "munder": {"accentunder": _BOOLEAN},
    "mover": {"accent": _BOOLEAN},
    "munderover": {"accent": _BOOLEAN, "accentunder": _BOOLEAN},
    "mtable": {"columnalign": _ALIGNMENT, "rowalign": _ROW_ALIGNMENT, "displaystyle": _BOOLEAN},
    "mtr": {"columnalign": _ALIGNMENT, "rowalign": _ROW_ALIGNMENT},
    "mtd": {"rowspan": "[0-9]{1,2}", "columnspan": "[0-9]{1,2}"},
    "menclose": {"notation": "[a-z]{1,20}(?: [a-z]{1,20}){0,8}"},
}
_ATTRIBUTES = {tag: {name: re.compile(pattern) for name, pattern in names.items()} for tag, names in _PATTERNS.items()}


def is_allowed(tag: str, name: str, value: str) -> bool:
    """True where an element of a formula may have this attribute."""
    pattern = _ATTRIBUTES.get(tag, {}).get(name)
    return pattern is not None and pattern.fullmatch(value) is not None


def _kept(node: Node) -> dict[str, str]:
    attrs = {name: value.strip() for name, value in node.attrs.items() if name}
    return {name: value for name, value in attrs.items() if is_allowed(node.tag, name, value)}


# --- a formula --------------------------------------------------------------------------------------------------


def words_for(node: Node) -> str:
    """The name of a formula, as it was read: its alternative text or its TeX; "" where it has neither."""
    words = node.attrs.get("alttext", "") or node.attrs.get("data-formula", "")
    if not words:
        words = next((text_in(inside) for inside in walk(node) if inside.tag == "annotation"), "")
    return " ".join(words.split())[:_MAX_WORDS].rstrip()


def formula(node: Node) -> Node | None:
    """The `math` to show for one as it was read; `code` where only its words can be shown; None for nothing."""
    words = words_for(node)
    content = _content(node.children)
    has_letters = any(inside.tag in _TOKENS and inside.children for item in content for inside in walk(item))
    # What means an expression and doesn't show one: its operators are not among its letters.
    is_meant_only = any(inside.tag == "apply" for inside in walk(node))
    if not has_letters or (is_meant_only and words):
        return Node("code", {}, [words]) if words else None
    attrs = _kept(node)
    if words:
        attrs["alttext"] = words
    return Node("math", attrs, list[str | Node](content))


def _content(children: Iterable[str | Node]) -> list[Node]:
    out: list[Node] = []
    for child in children:
        if isinstance(child, Node):
            out.extend(_element(child))
        elif text := _SPACE.sub(" ", child).strip(" "):
            out.append(Node("mtext", {}, [text]))
    return out


def _element(node: Node) -> list[Node]:
    tag = node.tag
    if tag in _TOKENS:
        text = _SPACE.sub(" ", text_in(node)).strip(" ")
        return [Node(tag, _kept(node), [text] if text else [])]
    if made := _MADE_WITHOUT_CONTENT.get(tag):
        return made(node)
    content = _content(node.children)
    if tag == "mfenced":
        return [_fenced(node, content)]
    if tag == "maction":
        return content[:1]
    if tag in _GROUPS or len(content) == _ARITY.get(tag, -1):
        return [Node(tag, _kept(node), list[str | Node](content))]
    return content if len(content) == 1 else [_row(content)]


def _nothing(_: Node) -> list[Node]:
    return []


def _space(node: Node) -> list[Node]:
    return [Node(node.tag, _kept(node))]


def _row(content: list[Node]) -> Node:
    return Node("mrow", {}, list[str | Node](content))


def _one(content: list[Node]) -> Node:
    return content[0] if len(content) == 1 else _row(content)


def _fenced(node: Node, content: list[Node]) -> Node:
    """`mfenced`, which browsers no longer know, by what it stands for."""
    separators = "".join(node.attrs.get("separators", ",").split())[:20]
    out: list[Node] = []
    for number, item in enumerate(content):
        if number and separators:
            out.append(Node("mo", {"separator": "true"}, [separators[min(number, len(separators)) - 1]]))
        out.append(item)
    first, last = (node.attrs.get(name, usual).strip()[:8] for name, usual in (("open", "("), ("close", ")")))
    before = [Node("mo", {"fence": "true"}, [first])] if first else []
    after = [Node("mo", {"fence": "true"}, [last])] if last else []
    return _row([*before, *out, *after])


def _table(node: Node) -> list[Node]:
    rows = [_table_row(child) for child in filter(_is_something, node.children)]
    return [Node("mtable", _kept(node), list[str | Node](rows))] if rows else []


def _table_row(item: str | Node) -> Node:
    row = item if isinstance(item, Node) and item.tag == "mtr" else Node("mtr", {}, [item])
    cells = [_cell(each) for each in filter(_is_something, row.children)]
    return Node("mtr", _kept(row), list[str | Node](cells))


def _is_something(item: str | Node) -> bool:
    return isinstance(item, Node) or bool(item.strip())


def _cell(item: str | Node) -> Node:
    cell = item if isinstance(item, Node) and item.tag == "mtd" else Node("mtd", {}, [item])
    return Node("mtd", _kept(cell), list[str | Node](_content(cell.children)))


def _scripts(node: Node) -> list[Node]:
    """`mmultiscripts` with its scripts in pairs."""
    after: list[Node] = []
    before: list[Node] = []
    side = after
    for child in filter(_is_something, node.children):
        if side is after and isinstance(child, Node) and child.tag == "mprescripts":
            side = before
        else:
            side.append(_one(_content([child])))
    base, *behind = after or [_row([])]
    if len(behind) % 2 or len(before) % 2:
        return [_row([*before, base, *behind])]
    return [Node("mmultiscripts", {}, [base, *behind, *([Node("mprescripts", {}), *before] if before else [])])]


# The elements whose content is no row of others.
_MADE_WITHOUT_CONTENT: Mapping[str, Callable[[Node], list[Node]]] = {
    "annotation": _nothing,
    "mprescripts": _nothing,
    "mspace": _space,
    "mtable": _table,
    "mmultiscripts": _scripts,
}


# --- as text ----------------------------------------------------------------------------------------------------

_BLANKS = {"mphantom": "", "mspace": " "}
_BETWEEN = {"mtable": "; ", "mtr": " "}  # the parts of a table
_INVISIBLE = re.compile("[\u2061-\u2064]")
_PRIMES = frozenset("'\u2032\u2033\u2034\u2057")


def formula_text(node: Node) -> str:
    """A repaired formula as a line of text: (a+1)/2, e^(kt), √(x+1)."""
    return _SPACE.sub(" ", _said(node)).strip(" ")


def _said(node: Node) -> str:
    tag = node.tag
    if tag in _BLANKS:
        return _BLANKS[tag]
    if tag in _TOKENS:
        return _INVISIBLE.sub("", text_in(node))
    inside = [child for child in node.children if isinstance(child, Node)]
    parts = [_said(child) for child in inside]
    if tag in _BETWEEN:
        return _BETWEEN[tag].join(parts)
    if len(parts) == _ARITY.get(tag):
        return _said_of_parts(tag, [_grouped(child, part) for child, part in zip(inside, parts, strict=True)], parts)
    joined = _joined(parts)
    return "√" + _closed(joined) if tag == "msqrt" else joined


def _said_of_parts(tag: str, groups: list[str], parts: list[str]) -> str:
    if tag == "mfrac":
        return f"{groups[0]}/{groups[1]}"
    if tag == "mroot":
        return f"{groups[1]}√{_closed(parts[0])}"
    if tag in {"msubsup", "munderover"}:
        return f"{groups[0]}{_script('_', groups[1])}{_script('^', groups[2])}"
    if tag in {"mover", "munder"} and len(parts[1]) == 1 and not parts[1].isalnum():  # an accent, a bar
        return groups[0] + parts[1]
    return groups[0] + _script("_" if tag in {"msub", "munder"} else "^", groups[1])


def _script(sign: str, script: str) -> str:
    return script if not script or _PRIMES.issuperset(script) else sign + script


def _grouped(node: Node, said: str) -> str:
    """In brackets, unless it is one sign, number or word."""
    while node.tag in {"mrow", "mstyle"} and len(node.children) == 1 and isinstance(node.children[0], Node):
        node = node.children[0]
    return said if node.tag in _TOKENS or node.tag == "msqrt" else _closed(said)


def _closed(said: str) -> str:
    said = said.strip()
    return said if len(said) <= 1 or said.isdecimal() or _is_closed(said) else f"({said})"


def _is_closed(said: str) -> bool:
    """True where it is in one pair of brackets already."""
    depth = 0
    for place, character in enumerate(said):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place == len(said) - 1
    return False


def _joined(parts: Iterable[str]) -> str:
    """Names of several letters apart: sin x, but 2x."""
    out = ""
    before = ""
    for part in filter(None, parts):
        is_named = (len(before) > 1 and before.isalpha()) or (len(part) > 1 and part.isalpha())
        out += f" {part}" if is_named and out[-1:].isalnum() and part[0].isalnum() else part
        before = part
    return out
