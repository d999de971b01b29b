"""Search and its index from a shell, and the task that indexes in the background."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import CaptureQueriesContext

from articles import tasks
from articles.lists.reader_state import mark_read
from articles.models import Article, IndexState
from articles.search import index
from articles.search.backend import SearchTimeout
from tests.articles.search.archive import found, store
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output, stderr=StringIO())
    return output.getvalue()


def test_search_prints_one_json_object() -> None:
    article = store("Heavy rain\nfalls.", "氣候", make_feed(title="News"), url="https://example.org/1")
    assert json.loads(run("search", "气候 rain", "--json")) == {
        "total": 1,
        "total_is_exact": True,
        "hits": [
            {
                "id": article.pk,
                "url": "https://example.org/1",
                "title": "氣候",
                "published": article.published_at.isoformat(),
                "feed": "News",
                "snippet": "Heavy rain falls.",
            }
        ],
    }


def test_an_untitled_article_is_called_by_its_first_words() -> None:
    article = store("rain", "")
    assert article.title == ""
    assert json.loads(run("search", "rain", "--json"))["hits"][0]["title"] == article.name


def test_search_without_json_is_a_list_to_read() -> None:
    store("Heavy rain", "Weather", make_feed(title="News"))
    lines = run("search", "rain").splitlines()
    assert "Weather" in lines[0]
    assert lines[-1] == "1 hits"


def test_no_hits_are_no_failure() -> None:
    assert json.loads(run("search", "rain", "--json")) == {"total": 0, "total_is_exact": True, "hits": []}


def test_search_takes_limits_of_thousands(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = make_feed()
    articles = [
        Article(
            feed=feed,
            guid=str(n),
            published_at=store("x", feed=feed).published_at,
            entry_hash="",
            content_text="heavy rain",
        )
        for n in range(20)
    ]
    Article.objects.bulk_create(articles * 1)
    sum(index.reindex())
    assert len(json.loads(run("search", "rain", "--json", "--limit", "5000"))["hits"]) == 20
    assert len(json.loads(run("search", '"heavy rain"', "--json", "--limit", "5000"))["hits"]) == 20
    assert len(json.loads(run("search", "rain", "--json", "--limit", "7", "--order", "relevance"))["hits"]) == 7


def test_search_is_narrowed_to_a_feed_and_a_category() -> None:
    category = make_category(slug="world")
    here, there = make_feed(category=category), make_feed()
    wanted, other = store("rain", feed=here), store("rain", feed=there)
    ids = [
        [hit["id"] for hit in json.loads(run("search", "rain", "--json", *options))["hits"]]
        for options in (["--feed", str(there.pk)], ["--category", "world"])
    ]
    assert ids == [[other.pk], [wanted.pk]]


@pytest.mark.parametrize(
    "options", [["--feed", "999999"], ["--category", "none"], ["--limit", "0"], ["--limit", "x"], ["--order", "size"]]
)
def test_wrong_use_is_told(options: list[str]) -> None:
    with pytest.raises(CommandError) as failure:
        run("search", "rain", *options)
    assert options[0] in {"--limit", "--order"} or failure.value.returncode == 2


def test_a_query_that_asks_what_a_reader_did_needs_to_know_whose() -> None:
    article, _other = store("rain"), store("rain")
    reader = make_reader()
    mark_read(reader, [article])
    with pytest.raises(CommandError, match="say whose with --user") as told:
        run("search", "rain is:read")
    assert told.value.returncode == 2
    with pytest.raises(CommandError, match="there is no user nobody"):
        run("search", "rain is:read", "--user", "nobody")
    hits = json.loads(run("search", "rain is:read", "--user", reader.username, "--json"))["hits"]
    assert [hit["id"] for hit in hits] == [article.pk]


def test_a_search_that_takes_too_long_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_slow(*args: object, **options: object) -> None:
        raise SearchTimeout

    monkeypatch.setattr("articles.search.find.hit_page", too_slow)
    with pytest.raises(CommandError, match="too long"):
        run("search", "rain")


def test_reindex_takes_what_is_missing_and_with_all_everything() -> None:
    article = store("rain")
    Article.objects.create(
        feed=article.feed, guid="m", published_at=article.published_at, content_text="rain", entry_hash=""
    )
    assert run("reindex").splitlines()[-1] == "indexed 1"
    assert run("reindex").splitlines()[-1] == "indexed 0"
    assert run("reindex", "--all").splitlines()[-1] == "indexed 2"
    assert len(found("rain")) == 2


def test_check_index_is_content_with_a_right_index_and_tells_of_a_wrong_one() -> None:
    article = store("rain")
    assert run("check_index") == "checked 1, wrong 0\n"
    Article.objects.filter(pk=article.pk).update(content_text="snow")
    output = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("check_index", stdout=output)
    assert failure.value.returncode == 1
    assert output.getvalue().splitlines() == [
        f"article {article.pk}: its entry is missing or not what its text says",
        "checked 1, wrong 1",
    ]
    run("reindex", "--all")
    assert run("check_index") == "checked 1, wrong 0\n"


def test_a_new_analyzer_indexes_in_the_background_a_while_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        store("rain")
    monkeypatch.setattr(index, "MANY", 2)
    monkeypatch.setattr(index, "version", lambda: "next")
    monkeypatch.setattr(tasks, "REINDEX_SECONDS", 0.0)
    runs = 0
    while not index.is_complete():
        tasks.reindex_some()
        runs += 1
    assert runs == 4
    assert IndexState.objects.get().complete_version == "next"
    assert len(found("rain")) == 5


def test_the_background_task_asks_one_thing_when_all_is_indexed() -> None:
    from django.db import connection

    sum(index.reindex())
    with CaptureQueriesContext(connection) as queries:
        tasks.reindex_some()
    assert len(queries) == 1
