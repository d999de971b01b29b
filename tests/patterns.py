"""The regular expressions of the project: those that its source names, and those in its tables."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CALLS = frozenset({"compile", "match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split", "escape"})
ANCHORED = frozenset({"match", "fullmatch"})
WORD = re.compile(r"\w+")
ASSIGNED = re.compile(r"(\w+)[ ]*=[ ]*\(?\s*re\.compile\b")


@dataclass(frozen=True, slots=True)
class Used:
    """A pattern, where it stands, and whether it is only ever tried at one place (match, fullmatch)."""

    where: str
    pattern: re.Pattern[Any]
    is_anchored: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """A call whose pattern is made from what only its function knows. `function`: module and qualified name."""

    where: str
    function: str


def modules(packages: Iterable[str]) -> Iterator[types.ModuleType]:
    for name in packages:
        package = importlib.import_module(name)
        yield package
        for found in pkgutil.walk_packages(getattr(package, "__path__", []), f"{name}."):
            if not found.name.endswith("__main__") and ".migrations." not in found.name:
                yield importlib.import_module(found.name)


class _Walk(ast.NodeVisitor):
    """All calls of `re` in one module, with the function that each stands in."""

    def __init__(self, module: types.ModuleType, anchored: frozenset[str]) -> None:
        self.module, self.anchored = module, anchored
        self.inside: list[str] = []
        self.found: list[Used | Unknown] = []
        self.assigned = ""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.inside.append(node.name)
        self.generic_visit(node)
        self.inside.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.inside.append(node.name)
        self.generic_visit(node)
        self.inside.pop()

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        self.assigned = names[0] if names and isinstance(node.value, ast.Call) else ""
        self.generic_visit(node)
        self.assigned = ""

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        call = node.func
        if not (isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name) and call.value.id == "re"):
            return
        if call.attr not in CALLS - {"escape"}:
            return
        where = f"{self.module.__name__}:{node.lineno}"
        flags = next((word.value for word in node.keywords if word.arg == "flags"), None)
        place = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(call.attr, 2)
        flags = flags or (node.args[place] if len(node.args) > place else None)
        try:
            source, value = self._value(node.args[0]), self._value(flags) if flags else 0
        except NameError:
            self.found.append(Unknown(where, ".".join([self.module.__name__, *self.inside])))
            return
        if isinstance(source, re.Pattern):
            return  # it stands where it was made
        is_anchored = call.attr in ANCHORED or (call.attr == "compile" and self.assigned in self.anchored)
        self.found.append(Used(where, re.compile(source, value), is_anchored))

    def _value(self, node: ast.expr) -> Any:
        return eval(compile(ast.Expression(node), self.module.__name__, "eval"), vars(self.module))


def _anchored_names(names: frozenset[str], trees: Iterable[ast.Module]) -> frozenset[str]:
    """Those names of which, in the whole project, nothing but `match` and `fullmatch` is asked. A name that is used for two
    patterns counts for both; one that is handed on, for neither."""
    asked: dict[str, set[str]] = {}
    nodes: list[ast.AST] = [*trees]
    while nodes:
        above = nodes.pop()
        for node in ast.iter_child_nodes(above):
            nodes.append(node)
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            if name in names and isinstance(getattr(node, "ctx", None), ast.Load):
                method = above.attr if isinstance(above, ast.Attribute) else "handed on"
                asked.setdefault(name, set()).add(method)
    return frozenset(name for name, methods in asked.items() if methods <= ANCHORED)


def patterns(packages: Iterable[str]) -> Iterator[Used | Unknown]:
    """Every pattern that the syntax trees of the packages name, and those that stand in their tables. A tree is made only
    of what has a pattern or names one."""
    found = list(modules(packages))
    sources = {module: Path(module.__file__).read_text() for module in found if module.__file__}
    names = frozenset(name for text in sources.values() for name in ASSIGNED.findall(text))
    concerned = names | {"re"}
    trees = {
        module: ast.parse(text) for module, text in sources.items() if not concerned.isdisjoint(WORD.findall(text))
    }
    anchored = _anchored_names(names, trees.values())
    for module in sources:
        if module in trees:
            walk = _Walk(module, anchored)
            walk.visit(trees[module])
            yield from walk.found
        for name, value in vars(module).items():
            if not isinstance(value, re.Pattern):
                yield from (Used(f"{module.__name__}.{name}", each) for each in _inside(value))


def _inside(value: object) -> Iterator[re.Pattern[Any]]:
    """The patterns in a table, and in tables in it."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _inside(each)
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from _inside(each)
