"""300 pairs of a public archive of news, judged by hand: `same`, `told` (of one event by others, or another call in one
form) or `other`.

An article is named by the first twelve digits of its file's id in git (`git hash-object FILE`), so that a label is of
just this text, wherever the file lies. The texts are not ours: the test that reads them is there where TESTS_ARCHIVE
names a folder that has the files, in the archive's layout.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
from pathlib import Path, PurePath

from articles.archive_files.format.article_file import read
from articles.folding import is_same
from articles.ingest.content import derive
from tests.articles.folding.stories import Article

ARCHIVE = os.environ.get("TESTS_ARCHIVE", "")
PAIRS = Path(__file__).with_name("pairs.csv")
PRECISION, RECALL = 0.98, 0.9


def labelled() -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_each_pair_has_one_label_and_a_reason() -> None:
    rows = labelled()
    pairs = {frozenset((row["one"], row["other"])) for row in rows}
    assert len(rows) == len(pairs) == 300
    assert all(len(pair) == 2 and all(re.fullmatch("[0-9a-f]{12}", each) for each in pair) for pair in pairs)
    assert {row["label"] for row in rows} == {"same", "told", "other"}
    assert all(row["why"] for row in rows)


def found(wanted: set[str]) -> dict[str, Article]:
    """The articles below ARCHIVE that are wanted, by their ids."""
    articles: dict[str, Article] = {}
    for path in Path(ARCHIVE).rglob("*.md"):
        data = path.read_bytes()
        name = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()[:12]
        if name in wanted and name not in articles:
            file = read(data, PurePath(path.relative_to(ARCHIVE)))
            content = derive(file.html, base_url=file.base_url or file.link, title=file.title, boilerplate=())
            articles[name] = (file.title, content.content_text)
    return articles


if ARCHIVE:

    def test_pairs_of_the_archive_are_told_apart() -> None:
        rows = labelled()
        articles = found({row[side] for row in rows for side in ("one", "other")})
        verdicts = [
            (is_same(*articles[row["one"]], *articles[row["other"]]), row["label"] == "same", row) for row in rows
        ]
        right = sum(verdict and is_one for verdict, is_one, _ in verdicts)
        wrong = [row for verdict, is_one, row in verdicts if verdict and not is_one]
        missed = [row for verdict, is_one, row in verdicts if is_one and not verdict]
        assert right / (right + len(wrong)) >= PRECISION, wrong
        assert right / (right + len(missed)) >= RECALL, missed
