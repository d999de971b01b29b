"""The meaning of a host's robots.txt (RFC 9309) for one program. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

AGENT = "newsreader"  # the product token of our User-Agent, lower case
MAX_BYTES = 500 * 2**10  # RFC 9309 §2.5: at least so much is to be read
_MOST_RULES = 2000
_LONGEST_RULE = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """The paths that a line allows or forbids: those that begin with `pattern`, in which `*` stands for anything and
    `$` for the end."""

    is_allowed: bool
    pattern: str


def rules_of(text: str) -> tuple[Rule, ...]:
    """The rules for AGENT, else those for all."""
    groups: dict[str, list[Rule]] = {}
    agents: set[str] = set()
    is_open = False  # lines that name agents go on
    for line in text.splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            continue
        if name == "user-agent":
            agents = agents if is_open else set()
            agents.add(value.partition("/")[0].strip().lower())
            is_open = True
            for agent in agents & {AGENT, "*"}:
                groups.setdefault(agent, [])
        elif name in ("allow", "disallow"):
            is_open = False
            if value:
                for agent in agents & {AGENT, "*"}:
                    groups[agent].append(Rule(name == "allow", unquote(value)[:_LONGEST_RULE]))
    return tuple(groups.get(AGENT, groups.get("*", []))[:_MOST_RULES])


def allows(rules: tuple[Rule, ...], url: str) -> bool:
    """True where `url` may be fetched: the longest rule that fits counts, of two as long the one that allows."""
    parts = urlsplit(url)
    path = unquote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    fitting = [rule for rule in rules if _fits(rule.pattern, path)]
    return max(fitting, key=lambda rule: (len(rule.pattern), rule.is_allowed)).is_allowed if fitting else True


def _fits(pattern: str, path: str) -> bool:
    is_end = pattern.endswith("$")
    first, *others = (pattern[:-1] if is_end else pattern).split("*")
    if not path.startswith(first):
        return False
    if is_end and not others:
        return path == first
    place = len(first)
    last = others.pop() if is_end else ""
    for each in others:
        found = path.find(each, place)
        if found < 0:
            return False
        place = found + len(each)
    return path.endswith(last) and len(path) - len(last) >= place
