"""Templates, made ready for one language when they are loaded: what the language says all of is text from then on.

A page renders some hundred words to translate, addresses without arguments and names of static files, each time with
the same outcome. Here they become text once for each language, neighbouring texts become one, included templates stand
where they are included, and plain names are looked up without detours. A template stays written and parsed as Django
has it; whatever this module does not know renders as before. With DEBUG nothing is changed, so that errors name lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from html import escape
from threading import local
from typing import Any, cast

from django.conf import settings
from django.template import Context, Node, NodeList, Origin, Template, TemplateDoesNotExist, library
from django.template.base import FilterExpression, TextNode, Variable, VariableNode, render_value_in_context
from django.template.defaulttags import (
    CsrfTokenNode,
    CycleNode,
    ForNode,
    IfChangedNode,
    IfNode,
    TemplateLiteral,
    URLNode,
    WithNode,
)
from django.template.engine import Engine
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.loaders.base import Loader as BaseLoader
from django.template.loaders.cached import Loader as CachedLoader
from django.templatetags.i18n import (
    BlockTranslateNode,
    GetCurrentLanguageBidiNode,
    GetCurrentLanguageNode,
    LanguageNode,
    TranslateNode,
)
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch, get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from feeds.numbered_addresses import around_number
from newsreader.template_source import without_indents

# They keep something in the place of the template that they are in, or for the templates that extend it.
_ROOTED = (BlockNode, ExtendsNode, CycleNode, IfChangedNode)
_OURS = str(settings.BASE_DIR / "templates")
_loading = local()


class _ReadyLoader(BaseLoader):
    """Makes each template ready before the cache gets it."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        if self.engine.debug:
            return template
        names = _loading.__dict__.setdefault("names", set())
        if template_name in names:  # it includes itself
            return template
        names.add(template_name)
        try:
            _Maker(self.engine, template).make_ready(template.nodelist)
        finally:
            names.discard(template_name)
        return template


class Loader(CachedLoader, _ReadyLoader):
    """Django's cached loader, for templates that are another in each language, and at each place of the site."""

    def get_contents(self, origin: Origin) -> str:
        contents = str(super().get_contents(origin))
        is_page = origin.name.startswith(_OURS) and origin.name.endswith(".html")
        return without_indents(contents) if is_page and not self.engine.debug else contents

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        key = super().cache_key(template_name, skip)
        return f"{get_language()} {get_script_prefix()} {key}"


class Nodes(NodeList):
    """Nodes that are asked directly; their texts are nobody's to ask."""

    _parts: list[Any] | None = None
    _blocks: list[Any] | None = None

    def render(self, context: Context) -> SafeString:
        parts = self._parts
        if parts is None:
            parts = self._parts = [str.__str__(node.s) if type(node) is TextNode else node.render for node in self]
        return SafeString("".join([part if part.__class__ is str else part(context) for part in parts]))

    def get_nodes_by_type(self, nodetype: Any) -> list[Any]:
        if nodetype is not BlockNode:
            return super().get_nodes_by_type(nodetype)
        if self._blocks is None:  # asked for with every page
            self._blocks = super().get_nodes_by_type(nodetype)
        return self._blocks


class _Name:
    """The value of a name, dotted or not, as a FilterExpression without filters gives it: found here where it is an
    attribute or a dict's entry, else by the expression."""

    __slots__ = ("_bits", "_expression", "_first")

    def __init__(self, expression: FilterExpression) -> None:
        self._expression = expression
        self._first, *bits = expression.var.lookups
        self._bits = tuple(bits)

    def resolve(self, context: Context, ignore_failures: bool = False) -> Any:
        first = self._first
        for names in reversed(context.dicts):
            if first in names:
                value = names[first]
                break
        else:
            return None if ignore_failures else self._expression.resolve(context)
        for bit in self._bits:
            kind = value.__class__
            if kind is dict and bit in value:
                value = value[bit]
            elif (hasattr(kind, "__getitem__") and not issubclass(kind, tuple)) or callable(value):
                return self._expression.resolve(context, ignore_failures)
            else:
                try:
                    value = getattr(value, bit)
                except Exception:  # noqa: BLE001 - Django tells which of them are silent, and raises the others
                    return self._expression.resolve(context, ignore_failures)
        return self._expression.resolve(context, ignore_failures) if callable(value) else value

    def eval(self, context: Context) -> Any:
        """For the conditions of {% if %}."""
        return self.resolve(context, ignore_failures=True)


class _Constant:
    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def eval(self, context: Context) -> Any:
        return self._value


class _Value(Node):
    """{{ name }}"""

    child_nodelists = ()

    def __init__(self, expression: Any) -> None:
        self._expression = expression

    def render(self, context: Context) -> str:
        value = self._expression.resolve(context)
        kind = value.__class__
        if kind is SafeString:
            return str(value)
        if kind is str and context.autoescape:
            return escape(value)
        if kind is int and not settings.USE_THOUSAND_SEPARATOR:
            return str(value)
        return str(render_value_in_context(value, context))


class _CsrfToken(Node):
    """The same token for all forms of a page, as Django has it, without escaping it for each."""

    child_nodelists = ()

    def __init__(self, node: Node) -> None:
        self._node = node

    def render(self, context: Context) -> str:
        given = str(context.get("csrf_token") or "")
        if not (given.isascii() and given.isalnum() and context.autoescape) or given == "NOTPROVIDED":
            return str(self._node.render(context))
        return f'<input type="hidden" name="csrfmiddlewaretoken" value="{given}">'


class _Numbered(Node):
    """{% url "article" article.pk %}: the address is taken apart once, where its argument is a number."""

    child_nodelists = ()

    def __init__(self, node: URLNode, around: tuple[str, str]) -> None:
        self._node, self._around = node, around
        (self._number,) = node.args
        self._escaped = escape(around[0]), escape(around[1])

    def render(self, context: Context) -> str:
        number = self._number.resolve(context)
        if number.__class__ is not int or number < 0:
            return str(self._node.render(context))
        if not self._node.asvar:
            return str(number).join(self._escaped if context.autoescape else self._around)
        context[self._node.asvar] = str(number).join(self._around)
        return ""


class _Set(Node):
    """A name that always has the same value."""

    child_nodelists = ()

    def __init__(self, name: str, value: Any) -> None:
        self._name, self._value = name, value

    def render(self, context: Context) -> str:
        context.dicts[-1][self._name] = self._value
        return ""


class _Together(Node):
    """Nodes as one: what a loop does for each node, it does once."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        return self.nodelist.render(context)


class _Inside(Node):
    """Nodes with some names of their own: {% with %}, and {% include %} of a template that is known by name."""

    def __init__(self, nodelist: NodeList, names: dict[str, Any]) -> None:
        self.nodelist = nodelist
        self._names = tuple(names.items())

    def render(self, context: Context) -> str:
        context.dicts.append({name: value.resolve(context) for name, value in self._names})
        try:
            return self.nodelist.render(context)
        finally:
            context.dicts.pop()


class _Maker:
    """Makes the nodes of one template ready, in place, for the language that is active."""

    def __init__(self, engine: Engine, template: Template) -> None:
        self._engine, self._template = engine, template

    def make_ready(self, nodes: NodeList) -> None:
        made = list(self._joined(self._made(node) for node in nodes))
        nodes[:] = made
        nodes.__class__ = Nodes

    def _joined(self, nodes: Iterable[Node]) -> Iterator[Node]:
        """The nodes with one text where several stand beside each other."""
        text = ""
        for node in nodes:
            if type(node) is TextNode:
                text += node.s
                continue
            if text:
                yield TextNode(text)
                text = ""
            yield node
        if text:
            yield TextNode(text)

    def _made(self, node: Node) -> Node:
        if isinstance(node, LanguageNode):  # what is in it is of another language than this template
            return node
        for nodes in _children(node):
            self.make_ready(nodes)
        if isinstance(node, TextNode):
            return node
        if _is_constant(node):
            return self._rendered(node)
        match node:
            case VariableNode() if type(node) is VariableNode:
                return _Value(_quick(node.filter_expression))
            case IfNode():
                node.conditions_nodelists = [
                    (condition and _condition(condition), nodes) for condition, nodes in node.conditions_nodelists
                ]
            case ForNode():
                node.sequence = _quick(node.sequence)
                if len(node.nodelist_loop) > 1:
                    node.nodelist_loop = NodeList([_Together(cast(NodeList, node.nodelist_loop))])
            case WithNode():
                return _Inside(node.nodelist, _quick_names(node.extra_context))
            case CsrfTokenNode():
                return _CsrfToken(node)
            case URLNode():
                return _numbered(node)
            case IncludeNode():
                return self._included(node)
            case library.SimpleNode():
                node.args, node.kwargs = [*map(_quick, node.args)], _quick_names(node.kwargs)
        return node

    def _rendered(self, node: Node) -> Node:
        """The node's text; the node itself where it can't be rendered, which may be in a branch that never is."""
        context = Context({})
        context.template = self._template
        with suppress(Exception):
            text = node.render(context)
            if named := context.dicts[-1]:
                ((name, value),) = named.items()
                return _Set(name, value)
            return TextNode(str.__str__(text))
        return node

    def _included(self, node: Any) -> Node:
        name = node.template.var
        if node.template.is_var or node.template.filters or node.isolated_context or name.startswith("."):
            return node  # type: ignore[no-any-return]
        if name in _loading.names:
            return node  # type: ignore[no-any-return]
        try:
            nodes = self._engine.get_template(name).nodelist
        except TemplateDoesNotExist:
            return node  # type: ignore[no-any-return]
        if any(nodes.get_nodes_by_type(kind) for kind in _ROOTED):
            return node  # type: ignore[no-any-return]
        return _Inside(nodes, _quick_names(node.extra_context))


def _numbered(node: URLNode) -> Node:
    """The node, or what finds the same faster: of a view that says all of itself, with one argument."""
    if len(node.args) != 1 or node.kwargs or not _says_all(node.view_name) or ":" in node.view_name.var:
        return node
    node.args = [_quick(node.args[0])]
    try:
        return _Numbered(node, around_number(node.view_name.var))
    except NoReverseMatch:
        return node


def _children(node: Any) -> list[NodeList]:
    if isinstance(node, IfNode):
        return [nodes for _condition, nodes in node.conditions_nodelists]
    lists = (getattr(node, name, None) for name in node.child_nodelists)
    return [nodes for nodes in lists if type(nodes) is NodeList]


def _is_constant(node: Any) -> bool:
    """True for what the language says all of."""
    match node:
        case TranslateNode():
            var = node.filter_expression
            is_word = isinstance(var.var, Variable) and var.var.lookups is None and not var.filters
            return is_word and _says_all(node.message_context)
        case BlockTranslateNode():
            is_text = all(part.token_type.name == "TEXT" for part in [*node.singular, *node.plural])
            return is_text and not (node.extra_context or node.counter) and _says_all(node.message_context)
        case URLNode():
            # The name of a view in a namespace may mean another one on another page.
            is_all = all(map(_says_all, [node.view_name, *node.args, *node.kwargs.values()]))
            return is_all and ":" not in node.view_name.var
        case StaticNode():
            return _says_all(node.path)
        case GetCurrentLanguageNode() | GetCurrentLanguageBidiNode():
            return True
        case library.SimpleNode():
            return getattr(node.func, "is_still", False) and all(map(_says_all, [*node.args, *node.kwargs.values()]))
        case _:
            return False


def _says_all(expression: FilterExpression | None) -> bool:
    return expression is None or not (expression.is_var or expression.filters)


def _quick(expression: Any) -> Any:
    """The expression, or what finds the same faster."""
    if type(expression) is not FilterExpression or expression.filters or not expression.is_var:
        return expression
    var = expression.var
    return expression if var.lookups is None or var.translate else _Name(expression)


def _quick_names(names: dict[str, Any]) -> dict[str, Any]:
    return {name: _quick(value) for name, value in names.items()}


def _condition(condition: Any) -> Any:
    """The condition of an {% if %} with quick names for its leaves."""
    if isinstance(condition, TemplateLiteral):
        value = _quick(condition.value)
        if isinstance(value, _Name):
            return value
        return _Constant(value.var) if _says_all(value) else condition
    for side in ("first", "second"):
        if (inner := getattr(condition, side, None)) is not None:
            setattr(condition, side, _condition(inner))
    return condition
