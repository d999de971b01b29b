"""The publications of the demo's publisher: sources, and the texts of their articles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import Literal

TEXTS = Path(__file__).with_name("texts")
HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed, or a page that has none. `slug` also names the file of its texts."""

    slug: str
    form: Literal["rss", "atom", "json", "page"]
    language: str
    title: str
    about: str
    author: str
    category: str = "Letters"
    path: str = ""
    check_every_minutes: int | None = None
    behaviour: Literal["steady", "minute", "moves", "breaks", "parts"] = "steady"

    def __post_init__(self) -> None:
        if self.form == "page":
            object.__setattr__(self, "path", f"/{self.slug}/")
        elif not self.path:
            object.__setattr__(self, "path", f"/{self.slug}/feed.{'json' if self.form == 'json' else 'xml'}")

    @property
    def category_slug(self) -> str:
        return self.category.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Piece:
    """An article as the publisher has it. `published` is in seconds since 1970."""

    slug: str
    title: str
    html: str
    published: int


CATALOGUE = (
    Source(
        slug="lighthouse",
        form="rss",
        language="en",
        title="The Lighthouse Letter",
        about="Weather, tools and slow mornings from a small island.",
        author="Ada Fenwick",
    ),
    Source(
        slug="minute",
        form="atom",
        language="en",
        title="Every Minute",
        about="One line from the lamp room, every minute.",
        author="The lamp",
        category="Machines",
        check_every_minutes=1,
        behaviour="minute",
    ),
    Source(
        slug="gartenpost",
        form="atom",
        language="de",
        title="Gartenpost",
        about="Notizen aus einem Garten hinter dem Deich.",
        author="Jonas Petersen",
    ),
    Source(
        slug="ulitsa",
        form="rss",
        language="ru",
        title="Тихая улица",
        about="Письма из маленького города у реки.",
        author="Вера Лугова",
    ),
    Source(
        slug="daftar",
        form="atom",
        language="ar",
        title="دفتر البحر",
        about="حكايات قصيرة من مدينة على الشاطئ.",
        author="سلمى النجار",
    ),
    Source(
        slug="shanjian",
        form="rss",
        language="zh-Hans",
        title="山间笔记",
        about="在半山腰的小屋里，记下四季。",
        author="林小满",
        category="East Asia",
    ),
    Source(
        slug="xiangkou",
        form="json",
        language="zh-Hant",
        title="巷口茶館",
        about="一壺茶，幾個老朋友，和一條老街。",
        author="陳阿遠",
        category="East Asia",
    ),
    Source(
        slug="hondana",
        form="atom",
        language="ja",
        title="雨の日の本棚",
        about="雨の音を聞きながら、本と町のことを書きます。",
        author="小川しずか",
        category="East Asia",
    ),
    Source(
        slug="golmok",
        form="rss",
        language="ko",
        title="골목 산책",
        about="오래된 골목을 천천히 걸으며 적은 글.",
        author="한여름",
        category="East Asia",
    ),
    Source(
        slug="rimkhlong",
        form="json",
        language="th",
        title="ริมคลอง",
        about="บันทึกจากบ้านไม้ริมน้ำ",
        author="มะลิ ใจเย็น",
    ),
    Source(
        slug="almanac",
        form="rss",
        language="en",
        title="The Travelling Almanac",
        about="Tides and moons. This feed has moved: its old address redirects.",
        author="The almanac",
        category="Machines",
        path="/old-almanac.xml",
        check_every_minutes=2,
        behaviour="moves",
    ),
    Source(
        slug="wobbly",
        form="rss",
        language="en",
        title="The Wobbly Shelf",
        about="A feed that breaks after a while, as feeds do.",
        author="Nobody in particular",
        category="Machines",
        check_every_minutes=2,
        behaviour="breaks",
    ),
    Source(
        slug="quay",
        form="rss",
        language="en",
        title="Notes from the Quay",
        about="A feed that gives the beginning of its articles; the rest is on its pages.",
        author="Hanne Brook",
        behaviour="parts",
    ),
    Source(
        slug="noticeboard",
        form="page",
        language="en",
        title="The Notice Board",
        about="A page without a feed: what hangs there is read off it.",
        author="The village",
    ),
)


def pieces(source: Source, since: int) -> list[Piece]:
    """The articles of `source`, newest first. The newest is some hours older than `since`; they reach back weeks."""
    offset = sum(source.slug.encode()) % 17
    found = []
    for number, (title, html) in enumerate(texts(source.slug)):
        age = (1 + offset / 4 + 21 * number**1.25) * HOUR
        found.append(Piece(f"{source.slug}-{number + 1}", title, html, since - int(age)))
    return found


def begun(piece: Piece) -> Piece:
    """The beginning of an article, as a feed gives it whose publisher wants to be visited."""
    return replace(piece, html=f"{piece.html.partition('</p>')[0].rstrip('.')} […]</p>")


@cache
def texts(slug: str) -> list[tuple[str, str]]:
    """Title and HTML of each article in a file of texts. A line "# …" starts one; a line that starts with a tag is
    HTML; any other is a paragraph."""
    articles: list[tuple[str, list[str]]] = []
    for line in (TEXTS / f"{slug}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            articles.append((line[2:], []))
        elif line:
            articles[-1][1].append(line if line.startswith("<") else f"<p>{line}</p>")
    return [(title, "\n".join(lines)) for title, lines in articles]


MOMENTS = (
    "The light turned {n} times; nobody was in a hurry.",
    "A gull looked in through the lamp-room window, and left.",
    "Wind from the west, a little softer than a minute ago.",
    "The kettle is on. The log has a new line.",
    "A boat answered with its own small lamp.",
    "Nothing happened, carefully.",
    "The tide moved the same stone once more.",
)


def minutes(since: int, now: int, count: int = 30) -> list[Piece]:
    """An article for each of the last `count` full minutes, newest first: the same text for a minute whenever asked."""
    found = []
    for number in range(now // 60, max(now // 60 - count, since // 60 - 5), -1):
        clock = f"{number // 60 % 24:02}:{number % 60:02}"
        text = MOMENTS[number % len(MOMENTS)].format(n=number % 9 + 2)
        html = f'<p>{escape(text)}</p><figure><img src="/pictures/lamp-{number % 6}.png" alt="The lamp room" '
        html += f'width="640" height="400"><figcaption>The lamp room at {clock} UTC.</figcaption></figure>'
        found.append(Piece(f"minute-{number}", f"{clock} – {text.split(';')[0].rstrip('.')}", html, number * 60))
    return found
