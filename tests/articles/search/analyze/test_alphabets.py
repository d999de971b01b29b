"""The patterns for texts in few alphabets find in them what those for all alphabets find."""

from __future__ import annotations

import re

from articles.search.analyze import lexemes


def test_where_no_rare_letter_is_few_alphabets_give_what_all_do():
    few, all_ = (lexemes._patterns(limit) for limit in (lexemes._COMMON, lexemes._FIRST_PLANE))
    usual = [character for character in map(chr, range(0xD800)) if not lexemes._RARE.search(character)]
    assert len(usual) > 30_000
    text = "\n".join(f"{one} a{one}b {one}.{one}. a'{one} {one}++ {one}中" for one in usual)
    assert _found(few.segments, text) == _found(all_.segments, text)
    assert few.pieces.findall(text) == all_.pieces.findall(text)
    assert few.apostrophe.sub("|", text) == all_.apostrophe.sub("|", text)


def test_a_text_with_a_rare_letter_has_the_alphabets_that_it_needs():
    assert lexemes.segment_texts("हिन्दी शब्द") == ["हिन्दी", "शब्द"]
    assert lexemes._patterns_for("中文 “é”") is lexemes._patterns(lexemes._COMMON)


def _found(pattern: re.Pattern[str], text: str) -> list[tuple[tuple[int, int], str | None]]:
    return [(match.span(), match.lastgroup) for match in pattern.finditer(text)]
