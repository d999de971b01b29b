"""The lexemes that an article puts into the index, under which it is found. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from articles.search.analyze.language_tags import language_tags
from articles.search.analyze.lexemes import pieces, run_lexemes, stem_language
from articles.search.analyze.pair_lexemes import is_of_neighbours

# Fields other than the text have their lexemes under a prefix; a colon stands in no word.
PREFIX = {"": "", "title": "t:", "author": "a:", "url": "u:"}


@dataclass(frozen=True, slots=True)
class Lexemes:
    """`words` are lexemes as they are; the others follow from the runs, which say the same in less space."""

    words: frozenset[str]
    runs: frozenset[str] = frozenset()
    title_runs: frozenset[str] = frozenset()

    def all(self) -> frozenset[str]:
        """Every lexeme."""
        return self.words.union(run_lexemes(self.runs), [f"t:{lexeme}" for lexeme in run_lexemes(self.title_runs)])


def feed_lexeme(feed_id: int) -> str:
    return f"f:{feed_id}"


def stems_lexeme(language: str) -> str:
    """Marks the articles that are stemmed as `language`."""
    return f"w:{language}"


def document_lexemes(
    *, title: str, text: str, author: str, url: str, language: str, feed_id: int, media: Iterable[str]
) -> Lexemes:
    """Every lexeme under which an article is found; `language` as BCP 47."""
    stems = stem_language(language)
    words, runs = pieces(text, stems, neighbours=True)
    title_words, title_runs = pieces(title, stems, neighbours=True)
    return Lexemes(
        frozenset().union(
            words,
            title_words,
            (f"t:{word}" for word in title_words if not is_of_neighbours(word)),
            (f"a:{lexeme}" for lexeme in _all(author)),
            (f"u:{lexeme}" for lexeme in _all(url)),
            (f"l:{tag}" for tag in language_tags(language)),
            (f"h:{kind}" for kind in media),
            (feed_lexeme(feed_id), stems_lexeme(stems)),
        ),
        runs | title_runs,
        title_runs,
    )


def _all(text: str) -> frozenset[str]:
    words, runs = pieces(text, "")
    return words | run_lexemes(runs)
