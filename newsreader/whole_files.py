"""Style sheets and scripts as pages load them: each with all that it imports inside of itself, without comments."""

from __future__ import annotations

import re
from collections.abc import Callable

Read = Callable[[str], str]
"""The text of a file of the same folder, by its name."""

_SHEET = re.compile(r'^@import "([\w-]+\.css)";\n', re.M)
_IMPORT = re.compile(r'^import (?:(\{[^{}]*\}) from )?"\./([\w-]+\.js)";\n', re.M)
_EXPORT = re.compile(r"^export (?=(?:const|function|async function) (\w+))", re.M)


def whole_sheet(name: str, read: Read) -> str:
    """The style sheet `name` with those that it imports in their places."""
    text = _SHEET.sub(lambda found: whole_sheet(found[1], read), read(name))
    first, *others = text.split("/*")
    return _lines(first + "".join(other.partition("*/")[2] for other in others))  # without comments


def imported_sheets(text: str) -> list[str]:
    """The names of the style sheets that one imports."""
    return _SHEET.findall(text)


def whole_script(name: str, read: Read) -> str:
    """The module `name` behind those that it imports, each of them once and with its names to itself. What several
    scripts of a page import is there several times, and must so be nothing but functions."""
    modules: dict[str, str] = {}
    main = _module(name, read, modules)
    return "".join(modules.values()) + main


def _module(name: str, read: Read, modules: dict[str, str]) -> str:
    """The text of a module; what it imports is put into `modules`."""

    def imported(found: re.Match[str]) -> str:
        names, other = found[1], found[2]
        if other not in modules:
            text = _module(other, read, modules)
            exported = ", ".join(_EXPORT.findall(text))
            modules[other] = (
                f"const {_variable(other)} = (() => {{\n{_EXPORT.sub('', text)}return {{ {exported} }};\n}})();\n"
            )
        return f"const {names} = {_variable(other)};\n" if names else ""

    return _lines(_IMPORT.sub(imported, read(name)))


def _variable(name: str) -> str:
    return "$" + name.removesuffix(".js").replace("-", "_")


def _lines(text: str) -> str:
    """The text without indents, empty lines and lines that are comments of a script; a text over several lines, in
    which they would count, is in none of our files."""
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))
