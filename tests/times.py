"""The seconds that a run of the suite took: `python -m tests.times FOLDER` reads the JUnit files in FOLDER and prints,
for each, the slowest tests and the seconds of each file."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

MOST = 30  # lines of each table


def tests_of(report: Path) -> Iterator[tuple[str, str, float]]:
    """Module, test and seconds of everything that a JUnit file tells of."""
    for case in etree.parse(report).iter("testcase"):
        # A class within a module has a capital letter.
        words = [word for word in case.get("classname", "").split(".") if not word[:1].isupper()]
        yield ".".join(words), case.get("name", ""), float(case.get("time", 0))


def table(report: Path) -> list[str]:
    """The lines for one file: first the tests, then the modules."""
    tests: defaultdict[str, float] = defaultdict(float)
    files: defaultdict[str, list[float]] = defaultdict(list)
    for module, name, seconds in tests_of(report):
        tests[f"{module}::{name}"] += seconds
        files[module].append(seconds)
    slowest = sorted(tests.items(), key=lambda test: -test[1])[:MOST]
    largest = sorted(files.items(), key=lambda file: -sum(file[1]))[:MOST]
    return [
        f"--- {report.stem}: {sum(tests.values()):.0f} s in {sum(map(len, files.values()))} tests, several at a time",
        *(f"{seconds:8.1f} s  {name[:140]}" for name, seconds in slowest),
        *(f"{sum(all_of):8.1f} s  {len(all_of):5} tests  {name}" for name, all_of in largest),
    ]


def main(folder: str) -> None:
    for report in sorted(Path(folder).glob("*.xml")):
        print("\n".join(table(report)))


if __name__ == "__main__":
    main(sys.argv[1])
