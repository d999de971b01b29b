"""Pages of a publisher whose feed gives only the beginning of its articles."""

from __future__ import annotations

from collections.abc import Sequence

SENTENCES = (
    "The harbour was closed to large ships on Tuesday, after divers had found a fault in the northern lock.",
    "Engineers of the port said that the gate could be moved by hand, but that nobody would promise it for the night.",
    "Three freighters wait outside, among them one with grain, which must not stand in the sun for more than a week.",
    "The mayor, who visited the quay in the afternoon, asked the crews for patience and the ministry for money.",
    "A ferry goes to the islands all the same, twice a day, from the old pier beside the fish market.",
    "Fishermen remember the winter of 1987, when the same lock was shut for eleven days and the shops were empty.",
)
OTHERS = (
    "Roses want the knife before the buds swell, and a dry morning with little wind.",
    "Whoever plants in clay digs twice, puts gravel below and does not walk on the bed until May.",
    "Old varieties bloom once a year, smell of tea and apples, and ask for nothing but sun.",
    "Greenfly comes with the warm weeks; soap and patience are better than all that is sold in bottles.",
)
TEASER = "<p>The harbour was closed to large ships on Tuesday, after divers had found a fault in the […]</p>"


def paragraphs(start: int = 0, end: int = len(SENTENCES)) -> list[str]:
    """Paragraphs of running text, each of two sentences and its number."""
    return [f"{SENTENCES[n % len(SENTENCES)]} {SENTENCES[(n + 1) % len(SENTENCES)]} ({n})" for n in range(start, end)]


def others(end: int = 8) -> list[str]:
    """Paragraphs of another article."""
    return [f"{OTHERS[n % len(OTHERS)]} {OTHERS[(n + 1) % len(OTHERS)]} ({n})" for n in range(end)]


def page(texts: Sequence[str], *, title: str = "The harbour lock is closed", extra: str = "", head: str = "") -> str:
    """A publisher's page with an article of those paragraphs, between a menu and a footer."""
    body = "".join(f"<p>{text}</p>" for text in texts)
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{title}</title>{head}</head><body>"
        "<nav><ul><li><a href='/a'>News</a></li><li><a href='/b'>Sport</a></li></ul></nav>"
        f"<main><article><h1>{title}</h1>{body}{extra}</article></main>"
        "<footer><p>About us, terms, contact</p></footer></body></html>"
    )
