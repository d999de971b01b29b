"""The back end that searches the database at hand."""

from __future__ import annotations

from functools import cache

from django.db import connection

from articles.search.backend import SearchBackend


@cache
def backend() -> SearchBackend:
    """The back end for the database at hand. The other one's module is not loaded: it has a driver of its own."""
    if connection.vendor == "postgresql":
        from articles.search.postgres import PostgresSearch

        return PostgresSearch()
    from articles.search.sqlite import SqliteSearch

    return SqliteSearch()
