"""Words with an apostrophe inside: what of them is compared. Pure.

An elision stands before its noun (l'eau, dell'arte), a possessive or an ending behind it (reader's, Ankara'da), and
these go. What is one word with its apostrophe stays one (O'Reilly, o'clock, don't), written without it. A contraction
is neither of its words: we'll is found by itself, not by we, nor by well.
"""

from __future__ import annotations

SIGN = "'"  # after folding
JOINT = "\ue000"  # stands for an apostrophe inside a word, so that it is none of a quotation

# Folded, as all words here: what Romance languages leave of a word before a vowel.
_FRENCH = "l d j m t s n c qu z lorsqu puisqu quoiqu jusqu quelqu grand v"  # and Occitan and Catalan
_ITALIAN = (
    "ch gl un all dall dell nell sull coll pell agl dagl degl negl sugl cogl quegl begl quest quell bell sant buon"
    " pover mezz tutt altr nient senz sott anch neanch nemmen com cos dov quand ciascun nessun qualcun alcun"
    " vent trent quarant cinquant sessant settant ottant novant"
)
_ELIDED = frozenset(f"{_FRENCH} {_ITALIAN}".split())
# "Someone" is no elision of "one".
_PRONOUNS = frozenset({"un", "une", "uns", "unes"})
_CONTRACTED = frozenset({"ll", "re", "ve"})
_ENGLISH = _CONTRACTED | {"d", "m"}
_MOST = 100  # apostrophes in what may be a word: each is taken off in turn


def without_apostrophes(folded: str) -> str:
    """A folded text without its apostrophes."""
    return folded.replace(SIGN, "")


def plain(word: str, language: str) -> str:
    """The form that is compared of a folded word which has a JOINT for each of its apostrophes; `language` as
    articles.search.analyze.lexemes.stem_language gives it."""
    if JOINT not in word:
        return word
    if word.count(JOINT) > _MOST:
        return word.replace(JOINT, "")
    if language == "tr":  # the endings of names
        return word.partition(JOINT)[0]
    base, _, tail = word.rpartition(JOINT)
    if tail == "s":
        return plain(base, language)
    if tail in (_ENGLISH if language == "en" else _CONTRACTED):
        return f"{plain(base, language)}_{tail}"  # no other word has this sign
    head, _, rest = word.partition(JOINT)
    if _is_elision(head, rest):
        return plain(rest, language)
    if language != "en" and _is_ending(tail, base, language):
        return plain(base, language)
    return word.replace(JOINT, "")


def _is_elision(head: str, rest: str) -> bool:
    return head in _ELIDED and not (head == "quelqu" and rest in _PRONOUNS)


def _is_ending(tail: str, base: str, language: str) -> bool:
    """True of a letter or two, but for the one that negates a verb."""
    is_negated = tail == "t" and base.endswith("n") and language != "ca"
    return len(tail) <= 2 < len(base) and not is_negated
