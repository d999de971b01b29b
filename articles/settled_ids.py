"""The article id up to which nothing more comes in: what was seen up to there is all that there will ever be.

Postgres gives out ids when articles are written, and shows them when the transaction is committed. So of two workers
that store at once the one with the greater ids may be seen first; who then marks everything up to the greatest id as
read, or asks on from there, misses what the other has. Whoever is about to take ids therefore holds a lock until the
transaction ends, whose key says which ids were given out before. Nobody waits for it: it is shared, and only looked at.
SQLite has one writer at a time, and ids in the order of commits.
"""

from __future__ import annotations

from django.db import connection

from feeds.statements import standing_cursor

# The upper 16 bits of the keys, of 64, in Postgres' list of locks of this database; the rest is an id.
_SPACE = 0x6E77
_HOLD = f"""
SELECT pg_advisory_xact_lock_shared({_SPACE << 48} + CASE WHEN is_called THEN last_value ELSE last_value - 1 END)
FROM articles_article_id_seq"""  # noqa: S608
# The ids that can be seen are looked up before the locks: who commits in between is in neither, and was not there yet.
_SETTLED = f"""
WITH seen AS MATERIALIZED (SELECT id FROM articles_article ORDER BY id DESC LIMIT 1)
SELECT least(seen.id, (
    SELECT min(((classid::bigint & 65535) << 32) + objid::bigint) FROM pg_locks
    WHERE locktype = 'advisory' AND classid::bigint >> 16 = {_SPACE} AND objsubid = 1 AND pid <> pg_backend_pid()
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())))
FROM seen"""  # noqa: S608
_NEWEST = "SELECT id FROM articles_article ORDER BY id DESC LIMIT 1"


def hold_back() -> None:
    """Let no id that this transaction takes from now on, and none after it, count as settled until it has ended."""
    if connection.vendor == "postgresql":
        with standing_cursor() as cursor:
            cursor.execute(_HOLD)


def settled_id() -> int:
    """The greatest article id that can be seen and below which no other transaction is still to be committed; 0 where
    there is none."""
    with standing_cursor() as cursor:
        cursor.execute(_SETTLED if connection.vendor == "postgresql" else _NEWEST)
        row = cursor.fetchone()
    return row[0] if row else 0
