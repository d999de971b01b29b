"""Two instances, one the other's mirror, both killed on the way: benchmarks.mirror with a small archive."""

from __future__ import annotations

import pytest

from benchmarks.mirror import mirror

ARTICLES = 54  # 50 in the subscription document, the others a month each in documents of their own


@pytest.mark.timeout(600)  # both start twice, and the one fetches from the other: minutes of a machine that is busy
def test_a_mirror_that_was_killed_becomes_complete_and_exact(tmp_path, prepared_folder):
    results = mirror(tmp_path, ARTICLES, kill_at=0.96, is_waiting=False, prepared=prepared_folder)
    assert results["state"] == "finished"
    assert results["at_kill"]["state"] == "running"
    assert 0 < results["at_kill"]["articles"] < results["articles_by_back_fill"]
    respects = ("id", "url", "title", "author", "tags", "published", "updated", "language", "html", "text", "source")
    names = ("sent", "kept", *(f"same_{respect}" for respect in respects))
    assert {name: results[name] for name in names} == dict.fromkeys(names, ARTICLES)
