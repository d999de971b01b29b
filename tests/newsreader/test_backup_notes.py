"""Notes after a restore: found as this version searches them."""

from __future__ import annotations

import pytest

from articles.notes.models import Note
from articles.notes.own import add_note, noted_among
from newsreader.backup.restoring import restore_backup
from newsreader.backup.writing import write_backup
from tests.factories import make_article, make_reader


@pytest.mark.django_db(transaction=True)
def test_they_are_found_whatever_version_made_the_backup(tmp_path):
    reader, article = make_reader("rita"), make_article()
    add_note(reader, article.pk, "Don’t\nforget")
    Note.objects.update(folded="\ndon’t\nforget")  # as others folded it
    write_backup(tmp_path / "b")
    restore_backup(tmp_path / "b", replace=True)
    assert noted_among([article.pk], reader, "don't forget") == {article.pk}
