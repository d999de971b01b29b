"""Articles as they are compared with others: their story, the page that they stand on, and when they were published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from articles.folding.address import page_of
from articles.folding.signature import band_keys, opening_keys, page_key, text_key, title_key
from articles.folding.story import Story, size_of, story
from articles.folding.verdict import NAMING, TELLING, TINY, Verdict, are_of_one_page, count_otherwise, judge_texts

NEAR_IN_TIME = timedelta(hours=72)
# Letters of a text that is nobody's form: "What are you reading this week?" is asked every week.
LASTING = 600


@dataclass(frozen=True, slots=True)
class Telling:
    """An article, taken apart for comparison. `page` as `page_of` has it."""

    story: Story
    page: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Keys:
    """Numbers under which an index finds what may be the same: `near` in time, or whenever it was (`lasting`)."""

    near: tuple[int, ...]
    lasting: tuple[int, ...]


def telling(title: str, text: str, url: str, published_at: datetime) -> Telling:
    """An article, ready to be compared. `text`: what a reader sees of it."""
    return Telling(story(title, text), page_of(url), published_at)


def keys_of(a: Telling) -> Keys:
    """Two articles that `compare` calls the same share one of these, but for 3 of 1,000 that just are."""
    is_tiny, lasts = a.story.size < TINY, a.story.size >= LASTING
    bands = () if is_tiny else band_keys(a.story)
    text = text_key(a.story) if is_tiny or lasts else None
    title = title_key(a.story) if size_of(a.story.head) >= NAMING else None
    # Titles that are shorter than many a site's name.
    short = (part for part in (a.story.parts[0], a.story.parts[-1]) if NAMING <= size_of(part) < TELLING)
    near = (title, *opening_keys(a.story, short), text if is_tiny else None)
    lasting = (page_key(a.page), text if lasts else None)
    return Keys((*bands, *_present(near)), _present(lasting))


def _present(keys: tuple[int | None, ...]) -> tuple[int, ...]:
    return tuple(key for key in keys if key is not None)


def may_be_alike(a: Telling, title: str) -> bool:
    """False where its title alone tells another article apart from `a`."""
    return not count_otherwise(a.story, _titled(title))


@lru_cache(maxsize=1024)
def _titled(title: str) -> Story:
    """The story of a title alone. Kept: what shares a form is met again with each that comes in."""
    return story(title, "")


def compare(a: Telling, b: Telling) -> Verdict:
    """The verdict on two articles; the same whichever comes first."""
    # First: two titles tell this sooner than two texts, and most candidates that only share a form end here.
    if count_otherwise(a.story, b.story):
        return Verdict.OTHER
    if a.page and a.page == b.page and are_of_one_page(a.story, b.story):
        return Verdict.SAME
    if abs(a.published_at - b.published_at) <= NEAR_IN_TIME or (
        a.story.size >= LASTING and a.story.text == b.story.text
    ):
        return judge_texts(a.story, b.story)
    return Verdict.OTHER
