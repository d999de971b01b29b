"""Lexemes as a row has them, and the condition by which rows are looked through."""

from __future__ import annotations

import random

import pytest
from django.db import connection

from articles.search.analyze.document import Lexemes
from articles.search.analyze.lexemes import run_lexemes
from articles.search.query import postgres_rows
from articles.search.query.plan import Expression, Lexeme
from articles.search.query.postgres_rows import MOST_LEXEME_BYTES, TOASTED, condition, packed
from articles.search.query.tree import And, Not, Or

ROW = packed(Lexemes(frozenset({"sea", "t:sea", "seaside"}), frozenset({"台灣人民"}), frozenset({"台灣"})))
SEA, SIDE = Lexeme("sea"), Lexeme("side")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        (SEA, True),
        (SIDE, False),  # a part of a word
        (Lexeme("t:sea"), True),
        (Lexeme("t:seaside"), False),
        (Lexeme("灣人"), True),
        (Lexeme("t:台灣"), True),
        (Lexeme("t:灣人"), False),
        (Lexeme("人台"), False),
        (Not(SIDE), True),
        (And((SEA, SIDE)), False),
        (Or((SEA, SIDE)), True),
        (And((SEA, Not(Or((SIDE, Lexeme("中")))))), True),
        (And(), True),
        (Or(), False),
    ],
)
def test_a_row_is_found_by_what_it_holds(expression: Expression, holds: bool) -> None:
    sql, wanted = condition(expression)
    if connection.vendor == "sqlite":
        sql = sql.replace("strpos", "instr")
    with connection.cursor() as cursor:
        columns = "SELECT %s AS words, %s AS runs, %s AS title_runs"
        cursor.execute(f"SELECT 1 FROM ({columns}) AS rows WHERE {sql}", [*ROW.split("\n"), *wanted])
        assert bool(cursor.fetchall()) is holds


def test_a_row_of_few_bytes_is_long_enough_to_be_moved_out() -> None:
    assert len(ROW.encode()) == TOASTED
    assert packed(Lexemes(frozenset())).strip() == ""


def size(lexemes: set[str]) -> int:
    return sum(len(lexeme.encode()) + 4 for lexeme in lexemes)


def test_of_a_text_without_end_as_much_is_kept_as_postgres_takes() -> None:
    """In 400 kB of runs there are more than twice as many bytes of lexemes."""
    chance = random.Random(1)
    runs = ["".join(map(chr, chance.choices(range(0x4E00, 0x9E00), k=130))) for _ in range(1000)]
    kept = packed(Lexemes(frozenset({"sea"}), frozenset(runs))).split("\n")
    assert kept[0].split() == ["sea"]
    assert size(run_lexemes(runs)) > MOST_LEXEME_BYTES
    assert 0.9 * MOST_LEXEME_BYTES < size(run_lexemes(kept[1].split())) <= MOST_LEXEME_BYTES


def test_what_fills_the_room_to_its_last_byte_is_kept_with_all_that_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_rows, "MOST_LEXEME_BYTES", size(run_lexemes(["一二"])))
    runs = frozenset({"一二", "三", "二"})
    assert packed(Lexemes(frozenset(), frozenset({"一二", "二"}))).split("\n")[1].split() == ["一二", "二"]
    assert packed(Lexemes(frozenset(), runs)).split("\n")[1].split() == ["一二"]


def test_what_many_runs_share_takes_its_room_once() -> None:
    run = "".join(chr(0x4E00 + place) for place in range(3000))
    runs = frozenset(run[place:] for place in range(100))
    assert set(packed(Lexemes(frozenset(), runs)).split("\n")[1].split()) == runs
