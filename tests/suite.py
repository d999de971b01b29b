"""The two runs of bin/test: the suite on Postgres with Redis, then on SQLite with the embedded broker all of it that uses a
database, and what needs to run on only one: tests/shares.py."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace

from newsreader.env import KNOWN
from tests.servers import NoServer, servers
from tests.shares import SHARES

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
INSTALL_CHROMIUM = "apt-get install chromium fonts-noto-cjk"
NO_TESTS_COLLECTED = 5  # pytest's exit code
# Twice as many as there are cores on a small machine: many tests wait for a browser or a process. The slowest tests come
# last, and a worker that has nothing left takes over what waits for another.
WORKERS = ["-n", "4", "--dist", "worksteal"]
SOME_FAILED = 1  # pytest's exit code
DATABASES = {"postgres": ("postgres",), "sqlite": ("sqlite",), "both": ("postgres", "sqlite")}


def parse_arguments(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our own options, and what is left for pytest."""
    parser = argparse.ArgumentParser(prog="bin/test", allow_abbrev=False, description=__doc__)
    parser.add_argument("--no-browser", action="store_true", help="leave out the tests that drive Chromium")
    parser.add_argument("--database", choices=DATABASES, default="both", help="run on one database only")
    parser.add_argument(
        "--second-try", action="store_true",
        help="run what failed once more, with nothing beside it; a test that passes then is named, and fails no run",
    )  # fmt: skip
    parser.add_argument("--junit", metavar="FOLDER", help="leave a JUnit file for each database there")
    return parser.parse_known_args(arguments)


def clean_environment() -> dict[str, str]:
    """The environment without any setting of Newsreader's: the suite brings its own. Modules are compiled once, and not
    by every worker and every process that a test starts."""
    ours = {*KNOWN, *(f"{name}_FILE" for name in KNOWN), "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def variables_for(database: str, started: Mapping[str, str], folder: str) -> dict[str, str]:
    """The two set-ups: Postgres with Redis as in production; SQLite and the embedded broker. Both servers are told
    of under names of their own too, for tests that start Newsreader's processes themselves."""
    own = started if database == "postgres" else {}
    told = {f"TESTS_{name}": value for name, value in started.items()}
    return clean_environment() | dict(own) | told | {"NEWSREADER_DATA": folder}


@dataclass(frozen=True)
class Run:
    """The end of a run of pytest: its exit code, its last line, and the tests that failed, as pytest names them."""

    code: int
    summary: str
    failed: tuple[str, ...] = ()


def run_pytest(arguments: list[str], environment: Mapping[str, str]) -> Run:
    """Runs pytest and shows what it prints."""
    color = "yes" if sys.stdout.isatty() else "no"
    command = [sys.executable, "-m", "pytest", *WORKERS, f"--color={color}"]
    last, failed = "", []
    with subprocess.Popen(
        [*command, *arguments], env=dict(environment), stdout=subprocess.PIPE, text=True, errors="replace"
    ) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="", flush=True)
                last = line.strip() or last
                if line.startswith(("FAILED ", "ERROR ")):
                    failed.append(line.split(" ", 1)[1].split(" - ")[0].strip())
        except BaseException:
            process.terminate()
            raise
    return Run(process.returncode, last, tuple(failed))


def run_twice(arguments: list[str], environment: Mapping[str, str]) -> Run:
    """The end of the run, after a second try of what failed in it, one test at a time. What passes only then is unstable:
    a defect of its test that is told, but no proof of one in the code."""
    first = run_pytest(arguments, environment)
    if first.code != SOME_FAILED:
        return first
    print("=== once more", flush=True)
    kept = [argument for argument in arguments if not argument.startswith("--junitxml")]
    second = run_pytest([*kept, "--last-failed", "--last-failed-no-failures=none", "-n", "1"], environment)
    if second.code:
        return replace(first, code=second.code, failed=second.failed)
    for name in first.failed:
        print(f"UNSTABLE {name}: passed only when it ran again")
    return replace(first, code=0)


def main(arguments: list[str]) -> int:
    """0 when every run passed; else the code of the first that did not, or 1 where the suite can't start."""
    options, for_pytest = parse_arguments(arguments)
    if options.no_browser:
        for_pytest = ["-m", "not browser", *for_pytest]
    elif not any(shutil.which(name) for name in CHROMIUM):
        print(
            f"The browser tests need Chromium: {INSTALL_CHROMIUM}\n(or leave them out: --no-browser)", file=sys.stderr
        )
        return 1
    results: dict[str, Run] = {}
    try:
        with servers() as started:
            databases = DATABASES[options.database]
            for database, share in zip(databases, SHARES, strict=False):
                print(f"=== {database}", flush=True)
                share_of_two = [f"--share={share}"] if len(databases) > 1 else []
                junit = [f"--junitxml={options.junit}/{database}.xml"] if options.junit else []
                with tempfile.TemporaryDirectory(prefix="newsreader-tests-") as folder:
                    variables = variables_for(database, started, folder)
                    run = run_twice if options.second_try else run_pytest
                    results[database] = run([*for_pytest, *share_of_two, *junit], variables)
    except NoServer as error:
        print(error, file=sys.stderr)
        return 1
    for database, ended in results.items():
        print(f"{database}: {ended.summary}")
    return code_of([ended.code for ended in results.values()])


def code_of(codes: list[int]) -> int:
    """The first that is not 0. That one run had no test at all is no failure, as tests may belong to the other."""
    some = [code for code in codes if code != NO_TESTS_COLLECTED]
    return next(filter(None, some), 0) if some else NO_TESTS_COLLECTED


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
