"""`--feed` may name the same in all commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from feeds.models import Feed, FormerAddress
from tests.factories import make_article, make_feed

pytestmark = pytest.mark.django_db
URL, FORMER = "https://paper.example/feed", "https://paper.example/old"
COMMANDS = [
    ["resanitize"],
    ["archive_images"],
    ["search", "body"],
    ["export_archive", "DIR/archive"],
    ["export_book", "DIR/book.epub"],
]


@pytest.fixture
def feed() -> Feed:
    feed = make_feed(url=URL)
    FormerAddress.objects.create(url=FORMER, feed=feed)
    make_article(feed)
    return feed


def run(command: list[str], name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    name_of_command, *rest = [part.replace("DIR", str(folder)) for part in command]
    call_command(name_of_command, *rest, f"--feed={name}")
    return capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("name", ["ID", URL, FORMER])
def test_a_feed_is_named_by_number_or_by_any_of_its_addresses(
    feed: Feed, command: list[str], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_article(make_feed())
    assert run(command, name.replace("ID", str(feed.pk)), tmp_path, capsys)


@pytest.mark.parametrize("command", [*COMMANDS, ["poll"]], ids=lambda command: command[0])
@pytest.mark.parametrize("name", ["999999", "9" * 30], ids=len)
def test_a_feed_that_is_not_there_is_wrong_use(
    feed: Feed, command: list[str], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor is one whose number no column takes."""
    with pytest.raises(CommandError, match=f"no feed '{name}': give an id or an address") as raised:
        run(command, name, tmp_path, capsys)
    assert raised.value.returncode == 2
