"""What bin/mutants runs: small changes of one module, each against the tests that touch it.

mutmut changes a copy of the project, in a folder that goes away, and runs on SQLite. A change that no test notices is
printed as a difference: it is a missing test, or it changes nothing that anybody could notice. Functions with decorators
it leaves as they are: what guards pages is shown by tests/newsreader/test_doors.py, what is stored whole or not at all
by tests/articles/ingest/test_all_or_nothing.py.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.suite import clean_environment

ROOT = Path(__file__).resolve().parents[1]
NOTICED = {"killed", "timeout", "suspicious", "segfault", "caught by type check"}
CONFIGURATION = """
[tool.mutmut]
source_paths = ["newsreader", "articles", "feeds"]
only_mutate = {modules}
also_copy = {others}
pytest_add_cli_args = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-m", "not browser", "--reuse-db"]
pytest_add_cli_args_test_selection = {tests}
use_git_change_detection = false
use_setproctitle = false
timeout_multiplier = 5
timeout_constant = 5
"""


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The module, its tests, and how many are run beside each other."""
    parser = argparse.ArgumentParser(prog="bin/mutants", description=__doc__)
    parser.add_argument("module", help="feeds/polls/times/schedule.py")
    parser.add_argument("tests", nargs="+", help="files or folders of tests that touch it")
    parser.add_argument(
        "--sample", type=int, metavar="N", help="so many mutants, chosen by chance but the same each time"
    )
    parser.add_argument("--beside", type=int, default=1, metavar="N", help="mutants at once, each with its own process")
    return parser.parse_args(arguments)


def copy_of_project(folder: Path, module: str, tests: list[str]) -> None:
    """Copies the files that git knows into `folder`, with the configuration for mutmut."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    code = {"newsreader", "articles", "feeds", "tests", "pyproject.toml"}
    others = sorted(path.name for path in folder.iterdir() if path.name not in code)
    with (folder / "pyproject.toml").open("a") as file:
        file.write(CONFIGURATION.format(modules=[module], others=others, tests=tests))


def results(folder: Path, environment: dict[str, str]) -> list[tuple[str, str]]:
    """Each mutant's name with what became of it."""
    told = mutmut(folder, environment, "results", "--all", "true").stdout
    return re.findall(r"^\s+(\S+__mutmut_\d+): (.+)$", told, re.MULTILINE)


def sample(folder: Path, environment: dict[str, str], size: int) -> list[str]:
    """The names of `size` mutants, or of all where there are no more; the same ones as long as the module is the same."""
    mutmut(folder, environment, "run", "none")  # makes them, and ends with an error as none is meant
    names = sorted(mutant for mutant, _became in results(folder, environment))
    return random.Random(size).sample(names, min(size, len(names)))


def mutmut(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The ended command with what it printed."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace")


def main(arguments: list[str]) -> int:
    """0 when every mutant was noticed, 1 when some were not, 2 where mutmut itself failed."""
    options = parse_arguments(arguments)
    with tempfile.TemporaryDirectory(prefix="newsreader-mutants-") as name:
        folder = Path(name) / "project"
        folder.mkdir()
        copy_of_project(folder, options.module, options.tests)
        environment = clean_environment() | {"NEWSREADER_DATA": str(Path(name) / "data"), "CI": "true"}
        chosen = sample(folder, environment, options.sample) if options.sample else []
        ended = mutmut(folder, environment, "run", "--max-children", str(options.beside), *chosen)
        found = [row for row in results(folder, environment) if not chosen or row[0] in chosen]
        if not found or any(became == "not checked" for _mutant, became in found):
            print(ended.stdout[-3000:], ended.stderr[-3000:], sep="\n", file=sys.stderr)
            return 2
        missed = [mutant for mutant, became in found if became not in NOTICED]
        for mutant in missed:
            print(mutmut(folder, environment, "show", mutant).stdout)
        print(f"{options.module}: {len(found) - len(missed)} of {len(found)} mutants noticed", end=", ")
        print(f"{100 * (len(found) - len(missed)) / len(found):.0f} %")
        return 1 if missed else 0


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.exit(main(sys.argv[1:]))
