"""The command and the task that compare an archive."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from articles import tasks
from articles.models import WaitingArticle
from tests.articles.stories.telling import after, stories, tell
from tests.factories import make_feed

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("fold", *arguments, stdout=out)
    return out.getvalue()


def test_what_was_not_compared_is_and_with_all_everything() -> None:
    first, second = tell(make_feed(), 1), tell(make_feed(), 1, at=after(hours=1))
    assert run().splitlines()[-1] == "compared 2"  # each once, though as new and as of an archive from before
    assert stories() == [[first.guid, second.guid]]
    assert run().splitlines()[-1] == "compared 0"
    assert run("--all").splitlines()[-1] == "compared 2"


def test_workers_do_the_same() -> None:
    first, second = tell(make_feed(), 1), tell(make_feed(), 1, at=after(hours=1))
    WaitingArticle.objects.all().delete()
    tasks.fold_some()
    assert stories() == [[first.guid, second.guid]]
