"""`manage.py import_archive`: its lines and exit codes, and what is left of a run that was broken off."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from io import BytesIO, TextIOWrapper

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from articles.archive_files import importing
from articles.archive_files.importing import ImportReport, Listener, import_folder
from articles.ingest import pipeline, store
from articles.models import Article, ArticleSource, ImportedFile
from feeds.models import Feed
from tests.article_files import counts, newer_form, run, subscriptions, write
from tests.factories import make_article, make_feed

pytestmark = pytest.mark.django_db

RSS = "https://paper.example/rss"


def test_the_command_names_duplicates_and_ends_with_the_counts(tmp_path):
    write(tmp_path, {"a.md": newer_form(), "b.md": newer_form(title="Other")})
    lines, code = run(tmp_path)
    assert lines[0].startswith("duplicate b.md: https://paper.example/harbour is there already: article ")
    assert lines[-1] == "imported 1, unchanged 0, duplicate 1, refused 0"
    assert code == 0


def test_the_command_fails_where_a_file_was_refused(tmp_path):
    write(tmp_path, {"a.md": newer_form(), "b.md": ""})
    lines, code = run(tmp_path)
    assert lines == [
        "refused b.md: empty: no link, no title and no text",
        "imported 1, unchanged 0, duplicate 0, refused 1",
    ]
    assert code == 1


def test_an_empty_folder_is_fine_and_a_missing_one_is_wrong_use(tmp_path):
    assert run(tmp_path) == (["imported 0, unchanged 0, duplicate 0, refused 0"], 0)
    with pytest.raises(CommandError) as caught:
        run(tmp_path / "none")
    assert caught.value.returncode == 2


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BATCH_FILES", 2)
    write(tmp_path, {f"{n}.md": newer_form(link=f"https://paper.example/{n % 3}", title=str(n)) for n in range(7)})
    write(tmp_path, {"x.md": ""})
    dry, _ = run(tmp_path, "--dry-run")
    assert not Feed.objects.exists()
    assert not ImportedFile.objects.exists()
    wet, _ = run(tmp_path)
    assert dry[-1] == wet[-1] == "imported 3, unchanged 0, duplicate 4, refused 1"


def test_a_terminal_that_lacks_a_character_gets_its_code(tmp_path):
    write(tmp_path, {"a.md": newer_form(title="港"), "b.md": newer_form(title="口")})
    terminal = TextIOWrapper(BytesIO(), encoding="ascii")
    call_command("import_archive", str(tmp_path), stdout=terminal)
    terminal.seek(0)
    assert terminal.readline().endswith(", \\u6e2f\n")


def test_progress_is_shown_while_it_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BATCH_FILES", 2)
    monkeypatch.setattr("articles.management.commands.import_archive.PROGRESS_SECONDS", 0)
    write(tmp_path, {f"{n}.md": newer_form(link=f"https://paper.example/{n}") for n in range(3)})
    assert run(tmp_path)[0][:2] == [
        "2 of 3 files: imported 2, unchanged 0, duplicate 0, refused 0",
        "3 of 3 files: imported 3, unchanged 0, duplicate 0, refused 0",
    ]


# --- interruption -----------------------------------------------------------------------------------------------


class _Breaks(Listener):
    """Ends the run after its first batch, as a closed terminal would."""

    def progress(self, report: ImportReport) -> None:
        raise BrokenPipeError


def test_a_run_that_broke_off_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BATCH_FILES", 3)
    write(tmp_path, {f"{n}.md": newer_form(link=f"https://paper.example/{n}") for n in range(8)})
    with pytest.raises(BrokenPipeError):
        import_folder(tmp_path, listener=_Breaks())
    assert Article.objects.count() == 3
    assert counts(import_folder(tmp_path)) == (5, 3, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_an_article_that_a_poll_stores_meanwhile_is_a_duplicate(tmp_path, monkeypatch):
    feed = make_feed(url=RSS)
    write(tmp_path, {"subs.json": subscriptions(The_Paper=RSS)})
    write(tmp_path, {f"{n}.md": newer_form(link=f"https://paper.example/{n}") for n in range(4)})
    polled: list[Article] = []

    def clean_while_a_poll_stores(*args, **options):
        if not polled:
            polled.append(make_article(feed, guid="https://paper.example/3"))
        return pipeline.clean_entries(*args, **options)

    monkeypatch.setattr(importing, "clean_entries", clean_while_a_poll_stores)
    report = import_folder(tmp_path)
    assert counts(report) == (3, 0, 1, 0)
    assert f"article {polled[0].pk}" in report.duplicates[0].reason
    assert Article.objects.count() == ImportedFile.objects.count() + 1 == 4


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_loses_nothing_and_the_next_run_completes_it(tmp_path):
    archive = write(
        tmp_path / "archive",
        {
            f"archived/{n % 7}/{n}.md": newer_form(
                link=f"https://paper.example/{n % 900}", source=f"S{n % 5}", html=f"<p>{n}</p>" * 20
            )
            for n in range(1000)
        },
    )
    environment = {**os.environ, "NEWSREADER_DATA": str(tmp_path), "DATABASE_URL": _database_url()}
    command = [sys.executable, "manage.py", "import_archive", str(archive)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not Article.objects.exists() and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.communicate()
    stored = Article.objects.count()
    assert 0 < stored < 900
    assert ImportedFile.objects.count() == stored
    assert ArticleSource.objects.count() == stored
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == f"imported {900 - stored}, unchanged {stored}, duplicate 100, refused 0"
    assert Article.objects.count() == ImportedFile.objects.count() == 900
    assert sum(Feed.objects.values_list("article_count", flat=True)) == 900
    assert store.repair_counts() == 0


def _database_url() -> str:
    """The test's own database, for another process."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    where = f"{settings['HOST']}:{settings['PORT']}" if settings["PORT"] else settings["HOST"]
    return f"postgres://{settings['USER']}:{settings['PASSWORD']}@{where}/{settings['NAME']}"


def test_there_are_far_fewer_queries_than_files(tmp_path, django_assert_max_num_queries):
    write(tmp_path, {f"{n}.md": newer_form(link=f"https://paper.example/{n}") for n in range(100)})
    with django_assert_max_num_queries(50):
        assert counts(import_folder(tmp_path)) == (100, 0, 0, 0)
    with django_assert_max_num_queries(10):
        assert counts(import_folder(tmp_path)) == (0, 100, 0, 0)
