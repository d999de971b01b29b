"""The archive as a folder of files: what is written, what is left alone, and that it comes back whole."""

from __future__ import annotations

import gc
import json
import unicodedata
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models.signals import post_init
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from articles.archive_files import exporting
from articles.archive_files.exporting import BATCH, ExportReport, NotAnArchive, export_folder
from articles.archive_files.format.article_file import read
from articles.archive_files.format.front_matter import source_name
from articles.archive_files.importing import import_folder
from articles.archive_files.reading import walk
from articles.compression import decompressed
from articles.ingest import store
from articles.ingest.pipeline import clean_entries, store_entries
from articles.labels import own as labels
from articles.models import Article, ArticleSource, Enclosure
from articles.notes.own import add_note
from feeds.models import Category, Feed
from feeds.parse import text as plain
from feeds.parse.values import ParsedEnclosure, ParsedEntry, ParsedSource
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db

NEW_YEAR = datetime(2026, 1, 1, 9, tzinfo=UTC)
COLUMNS = [
    field.name
    for field in Article._meta.concrete_fields
    if field.name not in {"id", "feed", "origin", "received_at", "changed_at"}
]


def put(feed: Feed, **fields: Any) -> Article:
    """An article as a poll stores it."""
    number = Article.objects.count()
    defaults = {"guid": f"tag:{number}", "url": f"https://paper.example/{number}", "published_at": NEW_YEAR}
    entry = ParsedEntry(**{"base_url": "https://paper.example/", **defaults, **fields})
    (article,) = store.insert_articles(feed, clean_entries([entry], ()))
    return article


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def article_files(root: Path) -> list[str]:
    return [found.name for found in walk(root)]


def test_an_archive_of_ones_own_has_ones_labels_and_notes_and_nobody_elses(tmp_path):
    ann, bob = make_reader("ann"), make_reader("bob")
    article = put(make_feed(title="Paper"), title="Fog", content_html="<p>Fog at the mole</p>")
    for reader, word in ((ann, "later"), (bob, "secretly")):
        labels.add_labels([labels.make_label(reader, word).pk], [article.pk])
        add_note(reader, article.pk, f'{word}: "why"\n---\nnot?', passage="the mole", before="Fog at ")
    export_folder(tmp_path)
    (plain,) = [path for path in tmp_path.rglob("*.md") if "fog" in path.name]
    without = plain.read_bytes()
    assert not [word for word in (b"later", b"secretly", b"labels", b"notes") if word in without]
    call_command("export_archive", str(tmp_path), "--user", "ann", verbosity=0)
    said = dict(line.split(": ", 1) for line in plain.read_text().split("---\n")[1].splitlines())
    assert json.loads(said["labels"]) == ["later"]
    (note,) = json.loads(said["notes"])
    assert note.pop("created")
    assert note == {"text": 'later: "why"\n---\nnot?', "passage": "the mole", "before": "Fog at"}
    back = read(plain.read_bytes(), plain)
    assert (back.title, back.html.strip(), back.labels, back.notes) == ("Fog", "<p>Fog at the mole</p>", (), ())
    export_folder(tmp_path)
    assert plain.read_bytes() == without
    with pytest.raises(CommandError):
        call_command("export_archive", str(tmp_path), "--user", "nobody")


def counts(report: ExportReport) -> tuple[int, int, int, int]:
    return report.exported, report.unchanged, report.removed, report.unknown


def everything() -> list[Any]:
    """All that an archive has to keep, whatever the rows' numbers are."""
    rows = []
    for article in Article.objects.order_by("feed__url", "guid").select_related("feed", "source"):
        source = article.source
        files = Enclosure.objects.filter(article=article).values_list("url", "media_type", "length", "title")
        category = article.feed.category
        origin = article.origin and (article.origin.title, article.origin.url, article.origin.site_url)
        path = [category.parent.name if category.parent else "", category.name] if category else []
        rows.append(
            (
                *(getattr(article, name) for name in COLUMNS),
                *(decompressed(source.html_zlib), source.base_url, list(files)),
                *(article.feed.url, article.feed.name, article.feed.state, path, origin),
            )
        )
    return rows


def empty_the_database() -> None:
    Article.objects.all().delete()
    Feed.objects.all().delete()
    Category.objects.all().update(parent=None)
    Category.objects.all().delete()


def run(folder: Path, *options: str) -> list[str]:
    output = StringIO()
    call_command("export_archive", str(folder), *options, stdout=output)
    return output.getvalue().splitlines()


def test_articles_lie_in_a_folder_for_their_source_month_and_day(tmp_path):
    feed = make_feed(title="The Paper")
    put(feed, guid="a", title="Harbour reopens", content_html="<p>Ships <script>x()</script></p>")
    put(feed, guid="b", title="", content_html="<p>Words.</p>", published_at=NEW_YEAR + timedelta(days=31))
    assert run(tmp_path)[-1] == "exported 2, unchanged 0"
    assert sorted(tree(tmp_path)) == [
        ".gitattributes",
        "README.md",
        "subs.json",
        "the-paper/2026-01/2026-01-01/2026-01-01-harbour-reopens-ca978112ca1b.md",
        "the-paper/2026-01/README.md",
        "the-paper/2026-02/2026-02-01/2026-02-01-3e23e8160039.md",
        "the-paper/2026-02/README.md",
        "the-paper/README.md",
    ]
    assert "<script>x()</script>" in (tmp_path / article_files(tmp_path)[0]).read_text()
    assert "[Words.](2026-02-01/2026-02-01-3e23e8160039.md)" in (tmp_path / "the-paper/2026-02/README.md").read_text()
    assert "[2026-01](2026-01/README.md) (1)" in (tmp_path / "the-paper/README.md").read_text()
    index = (tmp_path / "README.md").read_text()
    assert "[The Paper](the-paper/README.md)" in index
    assert "publishers' HTML as it came, unsanitized" in index


def test_a_second_export_writes_nothing(tmp_path):
    feed = make_feed()
    for number in range(5):
        put(feed, title=f"Title {number}", published_at=NEW_YEAR + timedelta(days=20 * number))
    export_folder(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.md")}
    assert run(tmp_path) == ["exported 0, unchanged 5"]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.md")} == before


def test_only_what_changed_is_written_again_and_a_new_title_moves_the_file(tmp_path):
    feed = make_feed()
    kept, changed = put(feed, guid="kept", title="Kept"), put(feed, guid="changed", title="Old title")
    export_folder(tmp_path)
    Article.objects.filter(pk=changed.pk).update(title="New title")
    assert counts(export_folder(tmp_path)) == (1, 1, 1, 0)
    names = [Path(name).name for name in article_files(tmp_path)]
    assert len(names) == 2
    assert not any("old-title" in name for name in names)
    assert kept.title == "Kept"


def test_a_source_that_was_renamed_moves_and_a_deleted_article_goes(tmp_path):
    feed = make_feed(title="Old name")
    put(feed, title="One")
    put(feed, title="Two")
    export_folder(tmp_path)
    (tmp_path / "old-name" / "notes.txt").write_text("mine")
    Feed.objects.update(title="New name")
    store.delete_articles([Article.objects.get(title="Two").pk])
    assert counts(export_folder(tmp_path)) == (1, 0, 2, 0)
    assert [Path(name).parts[0] for name in article_files(tmp_path)] == ["new-name"]
    assert [path.name for path in (tmp_path / "old-name").rglob("*") if path.is_file()] == ["README.md", "notes.txt"]
    (tmp_path / "old-name" / "notes.txt").unlink()
    export_folder(tmp_path)
    assert not (tmp_path / "old-name").exists()


def test_articles_that_this_database_never_had_stay(tmp_path):
    put(make_feed(title="Here", url="https://here.example/"), title="One")
    export_folder(tmp_path)
    before = tree(tmp_path)
    empty_the_database()
    put(make_feed(title="There", url="https://there.example/"), title="Other")
    assert run(tmp_path)[-2:] == ["left 1 files of articles that are not in this database", "exported 1, unchanged 0"]
    assert {name: data for name, data in tree(tmp_path).items() if name.startswith("here/")} == {
        name: data for name, data in before.items() if name.startswith("here/")
    }
    assert "[here](here/README.md)" in (tmp_path / "README.md").read_text()


def test_a_damaged_or_missing_file_is_written_again(tmp_path):
    put(make_feed(), title="One")
    export_folder(tmp_path)
    before = tree(tmp_path)
    (name,) = article_files(tmp_path)
    (tmp_path / name).write_bytes(before[name][:-1] + b"x")
    (tmp_path / name).with_name(".newsreader-part").write_bytes(b"half")
    assert counts(export_folder(tmp_path)) == (1, 0, 0, 0)
    assert tree(tmp_path) == before


def test_one_feed_alone_leaves_the_others_files_as_they_are(tmp_path):
    one, two = make_feed(title="One"), make_feed(title="Two")
    put(one, title="a")
    put(two, title="b")
    assert run(tmp_path, "--feed", one.url) == ["exported 1, unchanged 0"]
    assert [Path(name).parts[0] for name in article_files(tmp_path)] == ["one"]
    assert run(tmp_path, "--feed", str(two.pk)) == ["exported 1, unchanged 0"]
    assert [site["site"] for site in json.loads((tmp_path / "subs.json").read_bytes())] == ["One", "Two"]
    with pytest.raises(CommandError, match=r"no feed 'https://nowhere\.example/'") as caught:
        run(tmp_path, "--feed", "https://nowhere.example/")
    assert caught.value.returncode == 2


def test_a_folder_that_holds_something_else_is_not_touched(tmp_path):
    put(make_feed())
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(CommandError) as caught:
        run(tmp_path)
    assert caught.value.returncode == 2
    (tmp_path / "README.md").write_text("# My notes\n")
    with pytest.raises(NotAnArchive):
        export_folder(tmp_path)
    assert set(tree(tmp_path)) == {"letter.txt", "README.md"}


def test_a_link_in_the_folder_is_not_followed(tmp_path):
    put(make_feed(title="One"))
    archive, outside = tmp_path / "archive", tmp_path / "outside"
    outside.mkdir()
    export_folder(archive)
    (archive / "one" / "2026-01").rename(tmp_path / "away")
    (archive / "one" / "2026-01").symlink_to(outside)
    with pytest.raises(NotAnArchive, match="is a link"):
        export_folder(archive)
    assert list(outside.iterdir()) == []


def test_a_copy_whose_name_is_spelt_another_way_is_removed(tmp_path):
    put(make_feed(title="Zürich"), title="Über")
    export_folder(tmp_path)
    (name,) = article_files(tmp_path)
    (tmp_path / name).rename((tmp_path / name).with_name(unicodedata.normalize("NFD", Path(name).name)))
    assert counts(export_folder(tmp_path)) == (1, 0, 1, 0)
    assert article_files(tmp_path) == [name]


def test_more_articles_than_a_batch_all_come_out_also_with_one_date(tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "BATCH", 3)
    feed = make_feed()
    for number in range(10):
        put(feed, title=f"Title {number}")
    assert counts(export_folder(tmp_path)) == (10, 0, 0, 0)
    assert len(article_files(tmp_path)) == 10


def test_an_article_without_its_source_goes_out_with_what_is_shown(tmp_path):
    make_article(content_html="<p>Shown</p>")
    ArticleSource.objects.all().delete()
    export_folder(tmp_path)
    assert "<p>Shown</p>" in (tmp_path / article_files(tmp_path)[0]).read_text()


# --- and in again -----------------------------------------------------------------------------------------------


def test_polled_and_archived_feeds_come_back_with_name_category_and_state(tmp_path):
    asia = make_category("Asia / Pacific", parent=make_category("News"))
    put(make_feed(title="Alike", url="https://a.example/rss", category=asia, custom_title="Mine"), title="One")
    put(make_feed(title="Mine", url="https://b.example/rss"), title="Two")
    put(make_feed(title="Paused", url="https://c.example/rss", state=Feed.State.PAUSED), title="Three")
    put(make_feed(title="Old", url="archive:Old", state=Feed.State.PAUSED), title="Four")
    before = everything()
    export_folder(tmp_path / "one")
    empty_the_database()
    assert import_folder(tmp_path / "one").imported == 4
    assert everything() == before
    export_folder(tmp_path / "two")
    assert tree(tmp_path / "two") == tree(tmp_path / "one")


def test_the_next_poll_after_an_import_finds_every_article_unchanged(tmp_path):
    feed = make_feed(url="https://a.example/rss")
    entry = ParsedEntry(
        guid="tag:1",
        title="One",
        content_html='<p><img src="/a.png"></p>',
        base_url="https://a.example/",
        published_at=NEW_YEAR,
        enclosures=(
            ParsedEnclosure(url="https://a.example/1.mp3", media_type="audio/mpeg", length=9, duration=61),
            ParsedEnclosure(url="https://a.example/1.jpg", media_type="image/*", alt="A boat", width=5),
            ParsedEnclosure(url="https://a.example/film", poster_url="https://a.example/p.jpg", is_player=True),
        ),
    )
    store_entries(feed, [entry])
    export_folder(tmp_path)
    before = list(Enclosure.objects.values("url", "alt", "width", "duration", "poster_url", "is_player"))
    empty_the_database()
    import_folder(tmp_path)
    assert list(Enclosure.objects.values("url", "alt", "width", "duration", "poster_url", "is_player")) == before
    stored = store_entries(Feed.objects.get(), [entry])
    assert (stored.new, stored.changed) == (0, 0)
    assert 'src="https://a.example/a.png"' in Article.objects.get().content_html


AWKWARD = st.lists(
    st.text(max_size=12)
    | st.sampled_from(["---", "](", '"', "\\", "#", "&amp;", "港口", "e\u0301", "👩‍🚀", "CON", ".", "/", "A", "a"]),
    max_size=5,
).map("".join)
LINE = AWKWARD.map(lambda text: plain.line(text, 200))
ENTRY = st.fixed_dictionaries(
    {
        "guid": LINE.filter(bool),
        "url": AWKWARD.map(lambda text: plain.address("", f"https://paper.example/{text}")) | st.just(""),
        "title": LINE,
        "author": LINE,
        "language": st.sampled_from(["", "en", "zh-Hant"]),
        "tags": st.lists(LINE.filter(bool), max_size=3, unique=True).map(tuple),
        "content_html": st.lists(
            AWKWARD | st.sampled_from(["<p>", "\r\n", "\n", '<img src="/a.png">']), max_size=4
        ).map(lambda parts: plain.storable("".join(parts))),
        "base_url": st.sampled_from(["", "https://base.example/x/"]),
        "image_url": st.sampled_from(["", "https://paper.example/a.png?b&c"]),
        "published_at": st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        "updated_at": st.none() | st.just(NEW_YEAR),
        "source": st.none()
        | st.builds(ParsedSource, title=LINE.filter(bool), url=st.sampled_from(["", "https://origin.example/rss"])),
    }
)


@settings(
    max_examples=10,
    phases=set(Phase) - {Phase.shrink},
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(entries=st.lists(ENTRY, min_size=1, max_size=6, unique_by=lambda entry: entry["guid"]), name=LINE)
def test_whatever_articles_say_they_come_back_as_they_were(tmp_path_factory, entries, name):
    root = tmp_path_factory.mktemp("archive")
    with transaction.atomic():
        feed = make_feed(title=source_name(name), category=make_category())
        for entry in entries:
            put(feed, **entry)
        before = everything()
        export_folder(root / "one")
        empty_the_database()
        report = import_folder(root / "one")
        assert (report.imported, report.refused) == (len(entries), 0)
        assert everything() == before
        assert counts(export_folder(root / "one")) == (0, len(entries), 0, 0)
        transaction.set_rollback(True)


def test_memory_does_not_grow_with_the_archive(tmp_path):
    """No more articles are held at any moment than two batches, however many are written."""
    alive: WeakSet[Article] = WeakSet()
    made = most = 0

    def note(instance: Article, **_: object) -> None:
        nonlocal made, most
        alive.add(instance)
        made += 1
        if made % BATCH == 0:
            gc.collect()
            most = max(most, len(alive))

    make_articles(6 * BATCH, make_feed())
    post_init.connect(note, sender=Article)
    try:
        export_folder(tmp_path)
    finally:
        post_init.disconnect(note, sender=Article)
    assert made >= 6 * BATCH
    assert most <= 2 * BATCH
