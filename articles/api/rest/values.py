"""Fields that a request may have, each with a JSON schema that values are held against before anything is done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from articles.api.fields import NoSense, is_number

Schema = Mapping[str, Any]
MOST_IDS = 10_000

ID: Schema = {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}
IDS: Schema = {"type": "array", "items": ID, "maxItems": MOST_IDS}
FLAG: Schema = {"type": "boolean"}

# Neither databases nor addresses take them, and no reader sees them.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Field:
    """A value that a request gives, in its address or its body. The schema is JSON Schema, as far as `fits`
    knows it."""

    name: str
    schema: Schema
    text: str
    is_required: bool = False

    @property
    def kind(self) -> str:
        return kind(self.schema)


def kind(schema: Schema) -> str:
    """The type that a schema demands, in words."""
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(types) + (f": {', '.join(filter(None, schema['enum']))}" if "enum" in schema else "")


def of_text(longest: int, *, shortest: int = 0) -> Schema:
    """The schema of a text of so many characters."""
    return {"type": "string", "minLength": shortest, "maxLength": longest}


def of_lines(longest: int) -> Schema:
    """The same of a text that may have several lines."""
    return {**of_text(longest), "contentMediaType": "text/plain"}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def in_address(fields: Sequence[Field], pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The values of an address by their names; a blank one is none. Raises NoSense, also for a name that is not known:
    a list with a misspelt filter would be everything."""
    schemas = {field.name: field.schema for field in fields}
    values: dict[str, Any] = {}
    for name, text in pairs:
        if name not in schemas or name in values:
            raise NoSense(f"“{name[:100]}” is {'given twice' if name in values else 'no parameter here'}.")
        if text:
            values[name] = int(text) if schemas[name]["type"] == "integer" and is_number(text) else text
    return checked(fields, values)


def checked(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values. Raises NoSense where one is not known, is missing, or is not what its field's schema says."""
    known = {field.name: field for field in fields}
    for name, value in values.items():
        if name not in known:
            raise NoSense(f"“{name[:100]}” is not known here.")
        if not fits(known[name].schema, value):
            raise NoSense(f"“{name}” is not what it has to be: {known[name].text}")
    if missing := [field.name for field in fields if field.is_required and field.name not in values]:
        raise NoSense(f"“{missing[0]}” is missing.")
    return dict(values)


def fits(schema: Schema, value: Any) -> bool:
    """True where the value is what the schema says."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return any(_CHECKS[kind](schema, value) for kind in kinds)


def _is_integer(schema: Schema, value: Any) -> bool:
    return type(value) is int and schema["minimum"] <= value <= schema["maximum"]


def _is_text(schema: Schema, value: Any) -> bool:
    invisible = _INVISIBLE_IN_LINES if "contentMediaType" in schema else _INVISIBLE
    if not isinstance(value, str) or invisible.search(value):
        return False
    return schema.get("minLength", 0) <= len(value) <= schema["maxLength"] and value in schema.get("enum", [value])


def _is_array(schema: Schema, value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= schema["maxItems"]
        and all(fits(schema["items"], each) for each in value)
    )


_CHECKS: dict[str, Callable[[Schema, Any], bool]] = {
    "integer": _is_integer,
    "string": _is_text,
    "array": _is_array,
    "boolean": lambda _schema, value: isinstance(value, bool),
    "null": lambda _schema, value: value is None,
}
