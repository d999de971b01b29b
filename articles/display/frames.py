"""Cards that stand for films of other sites to buttons that play them here. Pure: what is played, and who is asked for
it, is known before anything is asked of anyone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

# The page of a film, without its scheme and `www.` → the address of its player, and of a picture where the host has one
# by a rule. Groups of the match fill the {}.
_PLAYERS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(rf"\A{pattern}\Z"), player, picture)
    for pattern, player, picture in (
        (r"youtube\.com/watch\?v=([\w-]{6,20})", "https://www.youtube-nocookie.com/embed/{}?autoplay=1",
         "https://i.ytimg.com/vi/{}/hqdefault.jpg"),
        (r"youtube\.com/playlist\?list=([\w-]{6,60})", "https://www.youtube-nocookie.com/embed/videoseries?list={}",
         ""),
        (r"vimeo\.com/(\d{1,15})", "https://player.vimeo.com/video/{}?dnt=1&autoplay=1", ""),
        (r"bilibili\.com/video/(BV\w{4,20})/?", "https://player.bilibili.com/player.html?bvid={}&autoplay=1", ""),
        (r"bilibili\.com/video/av(\d{1,15})/?", "https://player.bilibili.com/player.html?aid={}&autoplay=1", ""),
        (r"dailymotion\.com/video/(\w{4,20})", "https://geo.dailymotion.com/player.html?video={}",
         "https://www.dailymotion.com/thumbnail/video/{}"),
        (r"ted\.com/talks/([\w/-]{1,200})", "https://embed.ted.com/talks/{}", ""),
        (r"archive\.org/details/([\w.-]{1,200})", "https://archive.org/embed/{}", "https://archive.org/services/img/{}"),
        (r"nicovideo\.jp/watch/(\w{1,30})", "https://embed.nicovideo.jp/watch/{}", ""),
        (r"v\.youku\.com/v_show/id_([\w=]{4,60})\.html", "https://player.youku.com/embed/{}", ""),
        (r"v\.qq\.com/x/page/(\w{4,30})\.html", "https://v.qq.com/txp/iframe/player.html?vid={}", ""),
        (r"streamable\.com/(\w{2,20})", "https://streamable.com/e/{}", ""),
    )
)  # fmt: skip
# As articles.sanitize.inline and articles.display.attachments write a card, the second with a picture above it.
_EMBED = '<p class="embed">'
_CARD = re.compile(
    rf'(?:<figure><a href="[^"<>]*"[^<>]*>(<img [^<>]*>)</a></figure>)?({_EMBED}<a href="([^"<>]*)"[^<>]*>)'
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A film that can be played here. `address`: of the player; `picture`: the publisher's address of a picture, or
    ""."""

    address: str
    picture: str

    @property
    def host(self) -> str:
        """The one host that is asked when somebody plays it."""
        return urlsplit(self.address).hostname or ""


def frame_of(page: str) -> Frame | None:
    """The player of the film at that page's address; None where it is none that can be played here."""
    bare = page.partition("://")[2].removeprefix("www.")
    for pattern, player, picture in _PLAYERS:
        if found := pattern.match(bare):
            return Frame(player.format(*found.groups()), picture.format(*found.groups()))
    return None


def with_frames(html: str, button: Callable[[str, Frame, str], str]) -> str:
    """Shown HTML with what `button` makes above each card of a film that can be played here. It gets the film's page,
    its player, and the picture that stands above the card, as HTML or ""."""

    if _EMBED not in html:  # as in most: the pattern looks at each character
        return html

    def replace(card: re.Match[str]) -> str:
        page = unescape(card[3])
        frame = frame_of(page)
        return f"{button(page, frame, card[1] or '')}{card[2]}" if frame else card[0]

    return _CARD.sub(replace, html)
