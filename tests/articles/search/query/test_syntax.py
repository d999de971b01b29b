"""The query language: what is read, what is left out with a note, and that reading back what was written is the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.search.describe import note_text
from articles.search.query.syntax import (
    DEEPEST,
    LONGEST_QUERY,
    MOST_TERMS,
    Filter,
    Node,
    Note,
    Problem,
    Words,
    asks_doubles,
    asks_kept,
    asks_reader,
    is_date,
    parse,
    to_text,
    words_of,
)
from articles.search.query.tree import And, Not, Or
from tests.articles.search.fuzz import FUZZ
from tests.effort import within

A, B, C = Words("a"), Words("b"), Words("c")
HIGH = Filter("importance", "high")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("   ", None),
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a | b", Or((A, B))),
        ("a|b", Or((A, B))),
        ("a||-b", Or((A, Not(B)))),
        ("a｜b", Words("a｜b")),
        ("(a ｜ b)", Or((A, B))),
        ('"｜" a', And((Words("｜"), A))),
        ('title:a|"b c"', Or((Words("a", "title"), Words("b c")))),
        ("(a|b)c", And((Or((A, B)), C))),
        ('"a|b"', Words("a|b")),
        ("NOT NOT a", A),
        ('צה"ל', Words("צה״ל")),
        ('"צה"ל" a', And((Words("צה״ל"), A))),
        ("a b OR c", Or((And((A, B)), C))),
        ("a (b OR c)", And((A, Or((B, C))))),
        ("a (b c)", And((A, B, C))),
        ("-a", Not(A)),
        ("!a", Not(A)),
        ("NOT a", Not(A)),
        ("a -b", And((A, Not(B)))),
        ("-(a OR b)", Not(Or((A, B)))),
        ("a-b", Words("a-b")),
        ("a --b", And((A, Words("--b")))),  # an option of a command
        ("a (--b -c)", And((A, Words("--b"), Not(C)))),
        ("a −5", And((A, Words("−5")))),
        ("a −b", And((A, Not(B)))),
        ('"a b"', Words("a b")),
        ('-"a b"', Not(Words("a b"))),
        ('title:"a b"', Words("a b", "title")),
        ("-title:a", Not(Words("a", "title"))),
        ("Author:a", Words("a", "author")),
        ("url:example.org/a", Words("example.org/a", "url")),
        ("feed:bbc category:world", And((Filter("feed", "bbc"), Filter("category", "world")))),
        ("lang:ZH-Hant", Filter("lang", "zh-hant")),
        ("has:Video", Filter("has", "video")),
        ("is:Noted dup:YES importance:High", And((Filter("is", "noted"), Filter("dup", "yes"), HIGH))),
        ("label:Later Note:Why", And((Filter("label", "Later"), Filter("note", "Why")))),
        ("after:2021-11 before:7d", And((Filter("after", "2021-11"), Filter("before", "7d")))),
        ("http://example.org", Words("http://example.org")),
        ("Re:Zero", Words("Re:Zero")),
        ("C++", Words("C++")),
        ("or and not", And((Words("or"), Words("and"), Words("not")))),
    ],
)
def test_a_query_is_read_as_a_tree(text: str, tree: Node | None) -> None:
    assert parse(text).tree == tree
    assert parse(text).notes == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("（中国　OR　日本）", "(中国 OR 日本)"),
        ("“气候 变化”", '"气候 变化"'),
        ("「氣候 變化」", '"氣候 變化"'),
        ("『氣候 變化』", '"氣候 變化"'),
        ("«changement climatique»", '"changement climatique"'),
        ("„Klima Wandel“", '"Klima Wandel"'),
        ("title：气候", "title:气候"),
        ("气候　－变化", "气候 -变化"),
        ("气候 ｜ 变化", "气候 | 变化"),
        ("a\x00b\x1bc", "a b c"),
    ],
)
def test_the_punctuation_of_other_keyboards_is_understood(typed: str, meant: str) -> None:
    assert parse(typed) == parse(meant)
    assert parse(typed).notes == ()


@pytest.mark.parametrize(
    ("text", "tree", "note"),
    [
        ('"a b', Words("a b"), Note(Problem.UNCLOSED_QUOTE)),
        ("(a b", And((A, B)), Note(Problem.UNBALANCED, "(")),
        ("a) b", And((A, B)), Note(Problem.UNBALANCED, ")")),
        ("a OR", A, Note(Problem.DANGLING, "OR")),
        ("OR a", A, Note(Problem.DANGLING, "OR")),
        ("a|", A, Note(Problem.DANGLING, "OR")),
        ("title:", None, Note(Problem.EMPTY_FIELD, "title:")),
        ("a after:soon", A, Note(Problem.BAD_DATE, "soon")),
        ("a date:2021-13", A, Note(Problem.BAD_DATE, "2021-13")),
        ("has:pdf a", A, Note(Problem.BAD_MEDIA, "pdf")),
        ("is:new a", A, Note(Problem.BAD_STATE, "new")),
        ("dup:no a", A, Note(Problem.BAD_DOUBLES, "no")),
        ("importance:urgent a", A, Note(Problem.BAD_IMPORTANCE, "urgent")),
        ('label:"" -a', Not(A), Note(Problem.EMPTY_FIELD, "label")),
        ("a -date:soon b", And((A, B)), Note(Problem.BAD_DATE, "soon")),
        ("a (b feed:)", And((A, B)), Note(Problem.EMPTY_FIELD, "feed:")),
        ("a -(title:(b))", And((A, Not(B))), Note(Problem.EMPTY_FIELD, "title")),
        ("clim*", Words("clim*"), Note(Problem.WILDCARD, "clim*")),
        ('a ""', A, Note(Problem.EMPTY_FIELD, "")),
        ("a NOT", A, Note(Problem.DANGLING, "-")),
    ],
)
def test_what_is_left_out_is_told(text: str, tree: Node | None, note: Note) -> None:
    query = parse(text)
    assert query.tree == tree
    assert query.notes == (note,)
    assert note.text in note_text(note)


def test_every_problem_has_a_sentence() -> None:
    assert all(note_text(Note(problem, "text")) for problem in Problem)


@pytest.mark.parametrize(
    "hostile",
    [
        " ".join(f"term{number}" for number in range(10_000)),
        "(" * 5_000 + "a" + ")" * 5_000,
        "(a OR " * 5_000,
        ")" * 10_000,
        '"' * 10_001,
        "-" * 10_000 + "a",
        "a OR " * 5_000,
        "title:" * 5_000,
        "*" * 10_000,
        "(.*)+$ [a-z]{1000}^(a|a)*$",
        "\x00\x01\x1b[31m\u202e\ud800",
        "'; DROP TABLE articles_article; --",
        "\\\\''''%s%%(x)s",
        " " * 100_000,
        "x" * 1_000_000,
    ],
)
def test_hostile_queries_are_read_at_once(hostile: str) -> None:
    with within(5):
        query = parse(hostile)
        assert len(to_text(query.tree)) > LONGEST_QUERY or parse(to_text(query.tree)).tree == query.tree
    assert len(list(words_of(query.tree))) <= MOST_TERMS


def test_too_long_a_query_is_cut_and_said_to_be() -> None:
    longest = "x" * LONGEST_QUERY
    assert parse(longest).notes == ()
    assert parse(longest + "y").tree == Words(longest)
    assert parse(longest + "y").notes == (Note(Problem.TOO_LONG),)


def test_the_manual_says_how_much_of_a_query_is_read() -> None:
    told = (Path(__file__).parents[4] / "docs" / "search.md").read_text(encoding="utf-8")
    assert f"A query is read up to {LONGEST_QUERY:,} characters and {MOST_TERMS} terms." in told


def test_the_same_is_said_once() -> None:
    assert parse("a) b) after:x c) before:x after:y").notes == (
        Note(Problem.UNBALANCED, ")"),
        Note(Problem.BAD_DATE, "x"),
        Note(Problem.BAD_DATE, "y"),
    )


def test_terms_beyond_the_most_are_left_out_and_said_to_be() -> None:
    query = parse(" ".join("abcdefghi"[number % 9] + str(number) for number in range(MOST_TERMS + 1)))
    assert isinstance(query.tree, And)
    assert len(query.tree.parts) == MOST_TERMS
    assert query.notes == (Note(Problem.TOO_MANY_TERMS),)


def test_parentheses_beyond_the_deepest_are_left_out_and_said_to_be() -> None:
    assert parse("(" * DEEPEST + "a" + ")" * DEEPEST) == parse("a")
    query = parse("(" * DEEPEST + "(a (b)) c" + ")" * DEEPEST + " d")
    assert (query.tree, query.notes) == (And((A, B, C, Words("d"))), (Note(Problem.TOO_DEEP),))
    assert Note(Problem.TOO_DEEP) in parse("(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1)).notes


@pytest.mark.parametrize(
    "date",
    [
        "2021", "2021-1", "2021-11", "2021-11-05", "2021-11-05T08:30", "2021-11-05T08:30:15Z", "7d", "12h", "2y", "２０２１",
        "2021-11-05T08:30:15.123456+00:00", "2021-11-05T08:30-0500", "2021-1-1", "2021-12-31", "0001",
    ],
)  # fmt: skip
def test_dates_are_years_months_days_moments_and_ages(date: str) -> None:
    assert is_date(date)


@pytest.mark.parametrize(
    "date",
    [
        "", "21", "0000", "2021-00", "2021-13", "2021-11-32", "2021-11-00", "7", "7x", "-7d", "2021-11-05T25:00", "2021-11-05T08:61",
        "2021-11-05T08:30:61", "2021-11-05T08:30+99:00", "2021-11-05T08:30+",
    ],
)  # fmt: skip
def test_all_else_is_no_date(date: str) -> None:
    assert not is_date(date)


PIECES = st.sampled_from(
    ["a", "b", "中国", '"', "“", "(", ")", "（", "-", "!", " OR ", " NOT ", " AND ", " ", "　", "title:", "feed:", "lang:", "after:",
     "has:image", "date:2021", "7d", "http://x", "*", "|", "｜", "&", ":", "a-b", "C++", "OR", "'", "\\", "\x00", "\ud800"]
)  # fmt: skip
QUERIES = st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=40))


@FUZZ
@given(QUERIES)
def test_a_tree_is_what_its_text_is_read_as(text: str) -> None:
    tree = parse(text).tree
    again = parse(to_text(tree))
    assert again.tree == tree
    assert [note for note in again.notes if note.problem is not Problem.WILDCARD] == []


@pytest.mark.parametrize(
    "text",
    [
        "a b OR c", "a (b OR c)", "-(a b)", "-(a OR b) c", "-a", '"a b" -title:"c d"', 'title:"OR" "-a" "a*"', "(a OR -b) after:7d",
    ],
)  # fmt: skip
def test_a_tree_is_written_with_no_more_signs_than_it_needs(text: str) -> None:
    assert to_text(parse(text).tree) == text
    assert parse(text).notes == ()


@FUZZ
@given(QUERIES)
def test_a_tree_has_one_form(text: str) -> None:
    def check(node: Node | None) -> None:
        match node:
            case And(parts) | Or(parts):
                assert len(parts) > 1
                for part in parts:
                    assert not isinstance(part, type(node))
                    check(part)
            case Not(part):
                check(part)
            case Words(words):
                assert words.strip()

    check(parse(text).tree)


@pytest.mark.parametrize(
    ("query", "kept", "reader", "doubles"),
    [
        ("", False, False, False),
        ("a title:label", False, False, False),
        ("label:later", True, True, False),
        ("a note:why", True, True, False),
        ("is:noted (a OR b)", True, True, False),
        ("label:a OR note:b", False, True, False),
        ("-label:later", False, True, False),
        ("is:unread", False, True, False),
        ("a OR -is:starred", False, True, False),
        ("dup:yes", False, False, True),
        ("a OR dup:yes", False, False, True),
        ("-dup:yes", False, False, False),
        ("feed:label lang:en importance:high", False, False, False),
    ],
)
def test_a_query_tells_whom_and_what_it_asks(query: str, kept: bool, reader: bool, doubles: bool) -> None:
    tree = parse(query).tree
    assert (asks_kept(tree), asks_reader(tree), asks_doubles(tree)) == (kept, reader, doubles)


def test_words_to_be_marked_are_those_that_a_hit_may_have() -> None:
    tree = parse("a -b (title:c OR -(d -e)) feed:f").tree
    assert tree
    assert words_of(tree) == [A, Words("c", "title"), Words("e")]
