"""The web server's threads share few connections to Postgres."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.db import connection

from tests.newsreader.conftest import ROOT

MANY = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from newsreader import wsgi
from django.db import connection
together = Barrier(20)

def ask(_number):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        found = cursor.fetchone()[0]
    connection.close()  # as Django does after each request
    together.wait(20)
    return found

with ThreadPoolExecutor(20) as pool:
    assert list(pool.map(ask, range(40))) == [1] * 40
if connection.vendor == "postgresql":
    connection.ensure_connection()
    pool = connection.pool
    assert pool.max_size == wsgi.CONNECTIONS < 20
    assert pool.get_stats()["pool_size"] <= wsgi.CONNECTIONS
    connection.close()
    connection.close_pool()
print("answered")
"""


@pytest.mark.django_db(transaction=True)
def test_more_threads_than_connections_are_all_answered(clean_environment):
    own = connection.settings_dict
    if connection.vendor == "postgresql":
        url = f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
    else:
        url = f"sqlite:///{own['NAME']}"
    done = subprocess.run(
        [sys.executable, "-c", MANY],
        cwd=ROOT,
        env=clean_environment | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "answered\n", done.stderr
