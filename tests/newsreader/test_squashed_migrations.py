"""A new site, whose tables are made at once, has those of a site that was upgraded through all migrations."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.newsreader.conftest import ROOT
from tests.servers import new_database
from tests.template import migrated_file

NEW = "manage.py", "migrate", "--verbosity=0"
FORMER = "-m", "tests.newsreader.former_site"
STOPPED = "-m", "tests.newsreader.stopped_migration"
# Everything that Postgres knows of the tables, by names.
OF_POSTGRES = [
    """SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
        a.attgenerated, pg_get_expr(d.adbin, d.adrelid), c.reloptions, a.attstorage, a.attcompression, a.attstattarget
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'S', 'v', 'm')""",
    """SELECT 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "SELECT 'index', tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    """SELECT 'function', pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND prokind = 'f' AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')""",
    "SELECT 'extension', extname FROM pg_extension",
]
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'",
    "postgresql": "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
}
PART = re.compile(r", (?=\"|CONSTRAINT )| \((?=\")")  # columns have an order in SQLite's text, and none for Django
Database = Any
"""An open connection, of either driver."""


@pytest.fixture(params=["sqlite", "postgresql"])
def made(request, tmp_path: Path, real_servers: Mapping[str, str]) -> Iterator[Callable[..., Database]]:
    """The database that commands make for a site of its own."""
    with ExitStack() as stack:

        def make(*commands: tuple[str, ...]) -> Database:
            folder = tmp_path / uuid.uuid4().hex
            environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "newsreader.settings"}
            environment["NEWSREADER_DATA"] = str(folder)
            if request.param == "postgresql":
                environment["DATABASE_URL"] = stack.enter_context(new_database(real_servers["DATABASE_URL"]))
            for command in commands:
                ended = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, timeout=120)
                assert ended.returncode == (9 if command is STOPPED else 0)
            if request.param == "postgresql":
                return stack.enter_context(psycopg.connect(environment["DATABASE_URL"]))
            return stack.enter_context(closing(sqlite3.connect(folder / "newsreader.sqlite3")))

        yield make


def _as_any(part: str) -> str:
    """A column or constraint without what says whether it is its table's last."""
    return part.rstrip(")")


def schema_of(database: Database) -> set[tuple[Any, ...]]:
    if isinstance(database, sqlite3.Connection):
        made = database.execute("SELECT type, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {(kind, table, *sorted(map(_as_any, PART.split(sql)))) for kind, table, sql in made}
    return {tuple(map(str, row)) for sql in OF_POSTGRES for row in database.execute(sql)}


def rows_of(database: Database) -> set[tuple[str, frozenset[tuple[str, str]]]]:
    """All rows but for those that say which migrations ran, and which number was given last."""
    vendor = "sqlite" if isinstance(database, sqlite3.Connection) else "postgresql"
    found = set()
    for (table,) in database.execute(TABLES[vendor]).fetchall():
        rows = database.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in rows.description]
        if table not in {"django_migrations", "sqlite_sequence"}:
            found |= {(table, frozenset(zip(names, map(str, row), strict=True))) for row in rows}
    return found


@pytest.fixture
def new(
    request, made: Callable[..., Database], prepared_folder: Path, real_servers: Mapping[str, str]
) -> Iterator[Database]:
    """The database of a site that is new, or in use for a moment: on SQLite there is one. The tests' own is new."""
    if "sqlite" in request.node.callspec.id:
        with closing(sqlite3.connect(f"file:{prepared_folder}/newsreader.sqlite3?mode=ro", uri=True)) as database:
            yield database
        return
    if connection.vendor == "postgresql":
        request.getfixturevalue("django_db_setup")
        if (template := migrated_file(connection)).exists():  # where any test uses a database
            name = template.read_text()
            with new_database(real_servers["DATABASE_URL"], name) as url, psycopg.connect(url) as database:
                yield database
            return
    yield made(NEW)


def test_a_new_site_has_what_one_has_that_was_upgraded_or_stopped_at_its_first_start(
    made: Callable[..., Database], new: Database
) -> None:
    former, stopped = made(FORMER), made(STOPPED, NEW)
    assert schema_of(new) == schema_of(former) == schema_of(stopped)
    assert rows_of(stopped) <= rows_of(new)
    assert rows_of(stopped) < rows_of(former)
    # What is in use for a moment has rows of its own.
    assert isinstance(new, sqlite3.Connection) or rows_of(new) < rows_of(former)
    kept = former.execute(
        "SELECT title, is_read, starred_at FROM articles_article JOIN articles_articlestate s"
        " ON s.article_id = articles_article.id"
    ).fetchall()
    assert [(title, bool(is_read), str(at)[:10]) for title, is_read, at in kept] == [("Harbour", True, "2020-01-02")]
