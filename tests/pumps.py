"""Strings that make a regular expression work hard, made from its own parse tree, and what it takes on them.

`python -m tests.pumps PACKAGE…` prints one JSON object a line for every pattern of these packages that takes more
than time in proportion to the text. It runs as a process of its own: a pattern that never ends can be killed.
"""

from __future__ import annotations

import gc
import json
import re
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, islice, product
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from tests.patterns import Used, patterns

# Characters. At half a nanosecond a step, the square of the first takes a quarter of a millisecond and what grows with the
# length a tenth of that. From the first to the second, the one takes 64 times as long and the other 8 times.
SCREENED, PROVED = 2**10, 2**13
GROWTH = 24  # times as long, for the second, is too much
# What takes fewer times as long for the first as for an eighth of it, takes fewer than GROWTH times as long for the second:
# where a part p of the time grows with the square, 8 / (1 - 7p / 8) and 8 + 56p.
EVEN = 10
SUSPECT_SECONDS, EVIDENT_SECONDS = 0.000125, 0.01
LIMIT_SECONDS = 0.1
# A pattern that looks at no more characters from any place takes time in proportion to the text: how much for each place, the
# first of the two lengths tells, in which most places have so many characters after them.
REACH, SEVERAL = 2**6, 2**8
MOST_STRINGS = 200  # of one pattern
SCREENING_SECONDS = 0.5  # of one pattern: the strings that are most likely to hurt come first
CPU_SECONDS = 240

REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
MANY = 60  # a repetition of fewer can do no harm by itself
CATEGORIES = {
    codes.CATEGORY_DIGIT: "0",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_WORD: " ",
}
USUAL = "a 0-<>\"'=&/.\n_A,:;"


# --- strings ----------------------------------------------------------------------------------------------------------


class Pump:
    """What `pattern` may be fed with: `prefix + unit * n + suffix`."""

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        self.is_bytes = isinstance(pattern.pattern, bytes)
        text = pattern.pattern.decode("latin-1") if self.is_bytes else pattern.pattern
        self.tree = parser.parse(text, pattern.flags & ~re.UNICODE if self.is_bytes else pattern.flags)
        self.groups: dict[int, Any] = {}
        self._note_groups(list(self.tree))
        self.starts: list[str] = []
        self.bodies: list[tuple[str, list[str]]] = []  # before a repetition, and what it repeats
        self.alphabet: dict[str, None] = {}
        self.asserts = False
        self.reach = self.tree.getwidth()[1]  # the most characters that it looks at from any place
        self._walk(list(self.tree), "")

    def strings(self) -> Iterator[tuple[str, str, str]]:
        """Prefix, unit, suffix; what is most likely to hurt comes first."""
        seen: set[tuple[str, str, str]] = set()
        for made in self._all():
            if made[1] and made not in seen:
                seen.add(made)
                yield made

    def _all(self) -> Iterator[tuple[str, str, str]]:
        ends = ("\0", "", "<", "a")
        # What stands between two repetitions, again and again: each may end where the other could.
        for (one, _), (two, _) in islice(combinations(self.bodies, 2), 16):
            if two.startswith(one):
                yield one, two[len(one) :], "\0"
        for before, samples in self.bodies:
            for sample in samples:
                for end in ends[:3]:
                    yield before, sample, end
                    yield "", sample, end
                yield "", before + sample, "\0"
            for one, two in islice(product(samples, repeat=2), 16):
                yield before, one + two, "\0"
        for start in self.starts:
            yield "", start, "\0"
            yield "", start, ""
            yield "", start + " ", "\0"
        letters = list(self.alphabet) + [letter for letter in USUAL if letter not in self.alphabet]
        for letter in letters[:40]:
            for end in ends:
                yield "", letter, end
        for one, two in product(letters[:9], repeat=2):
            yield "", one + two, "\0"

    def _note_groups(self, nodes: Iterable[Any]) -> None:
        for node in nodes:
            if isinstance(node, tuple) and node[0] is codes.SUBPATTERN:
                self.groups[node[1][0]] = node[1][3]
            if isinstance(node, (tuple, list, parser.SubPattern)):
                self._note_groups(node)

    def _walk(self, nodes: list[Any], before: str) -> str:
        """Note what stands in `nodes`, after `before`. Returns `before` and the shortest sample of all."""
        for node in nodes:
            code, value = node
            if code in REPEATS:
                low, high, body = value
                samples = self._samples(body)
                if high is codes.MAXREPEAT or high > MANY:
                    self.bodies.append((before, samples))
                    self.starts.append(before + samples[0])
                self._walk(list(body), before)
                before += samples[0] * min(low, 40)
            elif code is codes.SUBPATTERN:
                before = self._walk(list(value[3]), before)
            elif code is codes.ATOMIC_GROUP:
                before = self._walk(list(value), before)
            elif code is codes.BRANCH:
                ways = [self._walk(list(way), before) for way in value[1]]
                self.starts += ways
                before = min(ways, key=len)
            elif code in (codes.ASSERT, codes.ASSERT_NOT):
                self.asserts = True
                self.reach += value[1].getwidth()[1]  # as its own width counts none
                self._walk(list(value[1]), before)
            else:
                sample = self._samples([node])[0]
                before += sample
            if before and before not in self.starts[-1:]:
                self.starts.append(before)
        return before

    def _samples(self, nodes: Iterable[Any]) -> list[str]:
        """A few strings that `nodes` match, as far as a glance can tell; never empty."""
        made = [""]
        for code, value in nodes:
            made = [one + two for one, two in islice(product(made, self._one(code, value)), 12)]
        return made or [""]

    def _one(self, code: Any, value: Any) -> list[str]:
        if code is codes.LITERAL:
            return [self._letter(chr(value))]
        if code is codes.NOT_LITERAL:
            return [self._letter(next(letter for letter in USUAL if ord(letter) != value))]
        if code is codes.ANY:
            return ["a", " "]
        if code is codes.IN:
            return self._of_class(value)
        if code is codes.SUBPATTERN:
            return self._samples(value[3])
        if code is codes.ATOMIC_GROUP:
            return self._samples(value)
        if code in REPEATS:
            low, high, body = value
            each = self._samples(body)
            some = [sample * max(low, 1) for sample in each]
            return [*some, *([""] if low == 0 else [])] if high else [""]
        if code is codes.BRANCH:
            return [sample for way in value[1] for sample in self._samples(way)][:8]
        if code is codes.GROUPREF:
            return self._samples(self.groups[value])[:1]
        return [""]

    def _of_class(self, items: list[Any]) -> list[str]:
        negated = bool(items) and items[0][0] is codes.NEGATE
        test = re.compile(_written(items), re.S)
        limit = "\xff" if self.is_bytes else "\uffff"
        named: list[str] = []
        for code, value in items:
            if code is codes.LITERAL:
                named.append(chr(value))
            elif code is codes.RANGE:
                named += [chr(value[0]), chr(value[1])]
            elif code is codes.CATEGORY:
                named.append(CATEGORIES[value])
        wanted = [*(USUAL if negated else named[:6]), *USUAL]
        good = [letter for letter in dict.fromkeys(wanted) if letter <= limit and test.fullmatch(letter)]
        for letter in [*named[:12], *good[:4]]:
            self._letter(letter)
        return good[:6] or ["\u00e9"]

    def _letter(self, letter: str) -> str:
        self.alphabet.setdefault(letter)
        return letter


def _written(items: list[Any]) -> str:
    """A class of the parse tree as it stands in a pattern."""
    names = {
        codes.CATEGORY_DIGIT: r"\d",
        codes.CATEGORY_NOT_DIGIT: r"\D",
        codes.CATEGORY_SPACE: r"\s",
        codes.CATEGORY_NOT_SPACE: r"\S",
        codes.CATEGORY_WORD: r"\w",
        codes.CATEGORY_NOT_WORD: r"\W",
    }
    out = []
    for code, value in items:
        if code is codes.NEGATE:
            out.append("^")
        elif code is codes.LITERAL:
            out.append(re.escape(chr(value)))
        elif code is codes.RANGE:
            out.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif code is codes.CATEGORY:
            out.append(names[value])
    return f"[{''.join(out)}]"


# --- time -------------------------------------------------------------------------------------------------------------


class TooLong(BaseException):
    """The pattern was still at work when its time had passed."""


def _too_long(number: int, frame: object) -> None:
    raise TooLong


def seconds(used: Used, text: str, limit: float) -> float:
    """Processor time that the pattern takes for all of `text`; `limit` where it takes longer. The thread's: while a
    timer runs, the system counts the process's in ticks of milliseconds."""
    data: Any = text.encode("latin-1", "replace") if isinstance(used.pattern.pattern, bytes) else text
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, limit)
        started = time.thread_time()
        try:
            if used.is_anchored:
                used.pattern.match(data)
                used.pattern.fullmatch(data)
            else:
                for _ in used.pattern.finditer(data):
                    pass
            return time.thread_time() - started
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except TooLong:  # wherever it comes: the timer may run out on the way to its end
        return limit


def fault(used: Used) -> tuple[str, str, str] | None:
    """Prefix, unit and suffix of a text on which the pattern takes more than time in proportion to its length, or more for
    each character than any should."""
    signal.signal(signal.SIGVTALRM, _too_long)
    until = time.process_time() + SCREENING_SECONDS
    pump = Pump(used.pattern)
    is_worse = _takes_long if pump.reach <= REACH else _grows
    for prefix, unit, suffix in islice(pump.strings(), MOST_STRINGS):
        if time.process_time() > until:
            return None

        def took(length: int, limit: float, parts: tuple[str, str, str] = (prefix, unit, suffix)) -> float:
            before, each, after = parts
            # A long unit comes as often as a short one: what takes its time at each of them would look quick.
            return seconds(used, before + each * (length // min(len(each), 4)) + after, limit)

        # What is worse than a square shows itself on a short text too: maybe on that alone, where an assertion says so.
        if (pump.asserts and took(40, LIMIT_SECONDS) >= LIMIT_SECONDS) or is_worse(took):
            return prefix, unit, suffix
    return None


def _takes_long(took: Callable[[int, float], float]) -> bool:
    # The least of three: what else the machine does, adds to a time and never takes from it.
    return all(took(SEVERAL, LIMIT_SECONDS) > EVIDENT_SECONDS * SEVERAL / SCREENED for _ in range(3))


def _grows(took: Callable[[int, float], float]) -> bool:
    short = took(SCREENED, LIMIT_SECONDS)
    if short < SUSPECT_SECONDS:
        return False
    if short >= LIMIT_SECONDS:
        return True
    if short < EVIDENT_SECONDS and short < EVEN * min(took(SCREENED // 8, LIMIT_SECONDS) for _ in range(3)):
        return False
    for _ in range(3):
        short = min(short, took(SCREENED, LIMIT_SECONDS))
        if short < SUSPECT_SECONDS:
            return False
    if short > EVIDENT_SECONDS:
        return True
    for _ in range(3):
        # Anew each time: a machine that has grown slower is so for both lengths.
        limit = GROWTH * max(short, took(SCREENED, LIMIT_SECONDS))
        if took(PROVED, limit) < limit:
            return False
    return True


def tell(used: Used) -> None:
    """Print the pattern where it is at fault."""
    if found := fault(used):
        told = {"where": used.where, "pattern": str(used.pattern.pattern)[:200], "text": found}
        print(json.dumps(told), flush=True)


def main(packages: list[str]) -> None:
    gc.disable()  # syntax trees are many objects, none of them garbage
    import django

    django.setup()
    from tests import built_patterns

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    counts = Counter[str]()
    tried: set[tuple[object, bool]] = set()
    for used in patterns(packages):
        if isinstance(used, Used):
            made = [used]
        elif used.function in built_patterns.MADE:
            is_anchored = used.function in built_patterns.ANCHORED
            made = [Used(used.function, pattern, is_anchored) for pattern in built_patterns.MADE[used.function]()]
        else:
            print(json.dumps({"where": used.where, "unknown": used.function}), flush=True)
            continue
        for each in made:
            if (each.pattern, each.is_anchored) not in tried:
                tried.add((each.pattern, each.is_anchored))
                tell(each)
                counts[each.where.partition(".")[0]] += 1
    print(json.dumps({"counts": counts}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
