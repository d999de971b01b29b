"""Numbers of labels and saved searches after a restore: due at once, and right as soon as they are counted."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from articles.ingest.pipeline import store_entries
from articles.kept_counts.counting import is_due, recount
from articles.kept_counts.rows import counts_of
from articles.labels.own import add_labels, make_label
from articles.lists.selection import Selection
from articles.models import Article
from articles.saved_searches.own import save_search
from articles.search.index import reindex
from feeds.parse.values import ParsedEntry
from newsreader.backup.restoring import restore_backup
from newsreader.backup.writing import write_backup
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db(transaction=True)


def numbers(reader):
    row = recount(reader, now=timezone.localtime(), seconds=60)
    return row.labels, row.searches


@pytest.fixture
def kept(tmp_path):
    """A reader whose numbers were just counted, and a backup of that."""
    reader = make_reader("rita")
    feed = make_feed()
    store_entries(feed, [ParsedEntry(guid=f"tag:{n}", title=f"Harbour {n}", content_html="<p>Fog.</p>") for n in "123"])
    label, search = make_label(reader, "later"), save_search(reader, Selection(query="harbour"))
    add_labels([label.pk], Article.objects.values_list("pk", flat=True)[:2])
    wanted = {str(label.pk): 2}, {str(search.pk): 3}
    assert numbers(reader) == wanted
    assert not is_due(counts_of(reader))
    later = save_search(reader, Selection(query="fog"))  # not counted yet
    recounted = wanted[0], wanted[1] | {str(later.pk): 3}
    write_backup(tmp_path / "b")
    return tmp_path / "b", recounted


def test_they_are_due_at_once_though_they_were_just_counted(kept):
    path, wanted = kept
    numbers(User.objects.get())
    write_backup(path)
    restore_backup(path, replace=True)
    reader = User.objects.get()
    assert is_due(counts_of(reader))
    assert counts_of(reader).is_whole
    sum(reindex())
    assert numbers(reader) == wanted


def test_what_was_counted_before_the_index_was_made_is_made_good(kept):
    path, wanted = kept
    restore_backup(path, replace=True)
    reader = User.objects.get()
    numbers(reader)
    sum(reindex())
    assert is_due(counts_of(reader))
    assert numbers(reader) == wanted
    assert not is_due(counts_of(reader))
    sum(reindex())
    assert not is_due(counts_of(reader)), "nothing was indexed"
