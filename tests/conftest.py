"""Fixtures for all tests. Servers are started by bin/test, which tells of them through the environment."""

import gc
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings
from django.utils.translation import deactivate
from hypothesis import HealthCheck, settings

from tests.imap_server import mail_server
from tests.publisher import publisher
from tests.smtp_server import mail_taker
from tests.template import migrated_file, migrated_once, once

__all__ = ["mail_server", "mail_taker", "publisher"]

# How fast a machine makes examples says nothing of what is tested. bin/test looks for new examples at every run; CI, which
# has to say whether a change broke something, always takes the same. Forty are many where they are other ones each time,
# and enough where they never are: a test of which that is not true says how many it wants.
settings.register_profile(
    "any machine",
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("any machine")
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Lets migrations run once for all workers; pytest-django asks for it before it makes the database."""
    with migrated_once():
        yield


@pytest.fixture(scope="session")
def prepared_folder(request):
    """A data folder in which everything was prepared once, for tests of processes: they copy it. In a run on SQLite its
    tables are those of the tests' own database: to migrate once more takes a dozen seconds of a core."""
    if connection.vendor == "sqlite":
        request.getfixturevalue("django_db_setup")

    def prepare(folder):
        migrated = migrated_file(connection)
        if connection.vendor == "sqlite" and migrated.exists():  # where any test uses a database
            folder.mkdir()
            shutil.copyfile(migrated, folder / "newsreader.sqlite3")
        environment = {"PATH": os.environ["PATH"], "NEWSREADER_DATA": str(folder)}
        subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env=environment, check=True, timeout=120)

    return once("prepared", prepare)


@pytest.fixture(scope="session", autouse=True)
def tables_are_emptied_quickly():
    from tests.flush import quick_flush  # content types: not before Django is set up

    with quick_flush():
        yield


@pytest.fixture(scope="session", autouse=True)
def readers_are_signed_in_quickly():
    from tests.sign_in import quick_sign_in  # models: not before Django is set up

    with quick_sign_in():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Modules and tests stay to the end of the run: who looks for garbage among them, again and again, finds none. By
    itself Python looks after every 700 new objects, which took from a thirtieth to an eighth of the time of tests."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 10, 10)
        gc.enable()


def pytest_make_parametrize_id(val, argname):
    """The argument's name for bytes that are no text: what is packed says when, and each worker has to call it alike."""
    return argname if isinstance(val, bytes) and not val.isascii() else None


@pytest.fixture
def loopback_allowed(settings):
    """Let feeds be fetched from the test publisher, as an operator would, and don't make tests wait for politeness."""
    settings.FETCH_POLICY = replace(settings.FETCH_POLICY, allowed_networks=(ip_network("127.0.0.0/8"),))
    settings.HOST_PAUSE = 0


@pytest.fixture(autouse=True)
def static_files(settings):
    """Pages name static files as they lie in the tree: no test waits for collectstatic."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """A good hash is slow on purpose; tests sign in a hundred times."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def language_of_the_site():
    """A page that an earlier test asked for in another language left it to this thread."""
    deactivate()


@pytest.fixture(scope="session", autouse=True)
def patient_searches():
    """A page of hits is whole, however busy the machine is: what a search leaves for the next page after some time, or
    gives up, is no matter of most tests."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("articles.search.hit_page", "articles.search.suggest", "articles.kept_counts.counting"):
            patch.setattr(f"{module}.PATIENCE", 60.0)
        patch.setattr("articles.search.sqlite.TIME_LIMIT", 60.0)
        patch.setattr("articles.search.postgres.TIME_LIMIT_MS", 60_000)
        yield


@pytest.fixture(autouse=True)
def numbers_from_one():
    from tests.factories import number_from_one  # models: not before Django is set up

    number_from_one()
