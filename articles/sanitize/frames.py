"""Frames and players to the address of the page that they show, for a link that loads nothing by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import parse_qs, unquote, urlsplit

from articles.sanitize.addresses import absolute
from feeds.parse.embeds import YOUTUBE_FILM, YOUTUBE_PAGE, address_of_element
from feeds.parse.spellings import untracked

# Frame address (without scheme) → name, the page's address. Groups of the match fill the {}.
_PLAYERS = (
    (r"(?:www\.|m\.)?youtube(?:-nocookie)?\.com/embed/(?:videoseries)?/?\?(?:.*&)?list=([\w-]+)", "YouTube",
     "https://www.youtube.com/playlist?list={}"),
    (YOUTUBE_FILM, "YouTube", YOUTUBE_PAGE),
    (r"player\.vimeo\.com/video/(\d+)", "Vimeo", "https://vimeo.com/{}"),
    (r"(?:www\.)?vimeo\.com/moogaloop\.swf\?(?:.*&)?clip_id=(\d+)", "Vimeo", "https://vimeo.com/{}"),
    (r"(?:player|www)\.bilibili\.com/(?:player\.html|blackboard/[\w/-]+\.html)\?(?:.*&)?bvid=(BV\w+)", "Bilibili",
     "https://www.bilibili.com/video/{}"),
    (r"(?:player|www)\.bilibili\.com/(?:player\.html|blackboard/[\w/-]+\.html)\?(?:.*&)?aid=(\d+)", "Bilibili",
     "https://www.bilibili.com/video/av{}"),
    (r"(?:static\.hdslb\.com/miniloader|share\.acg\.tv/flash)\.swf\?(?:.*&)?aid=(\d+)", "Bilibili",
     "https://www.bilibili.com/video/av{}"),
    (r"platform\.(?:twitter|x)\.com/embed/.*[?&]id=(\d+)", "X", "https://x.com/i/status/{}"),
    (r"(?:twitter|x)\.com/(\w+/status/\d+)", "X", "https://x.com/{}"),
    (r"(?:www\.|geo\.)?dailymotion\.com/(?:embed/video/|swf/(?:video/)?|player(?:/\w+)?\.html\?video=)(\w+)",
     "Dailymotion", "https://www.dailymotion.com/video/{}"),
    (r"embed(?:-ssl)?\.ted\.com/(talks/[\w/-]+)", "TED", "https://www.ted.com/{}"),
    (r"open\.spotify\.com/embed(?:-podcast)?/([\w/]+)", "Spotify", "https://open.spotify.com/{}"),
    (r"embed\.music\.apple\.com/([^?]+)", "Apple Music", "https://music.apple.com/{}"),
    (r"embed\.podcasts\.apple\.com/([^?]+)", "Apple Podcasts", "https://podcasts.apple.com/{}"),
    (r"(?:www\.)?instagram\.com/(p|reel|tv)/([\w-]+)", "Instagram", "https://www.instagram.com/{}/{}/"),
    (r"(?:www\.)?tiktok\.com/(?:embed(?:/v\d)?|player/v1)/(\d+)", "TikTok", "https://www.tiktok.com/@/video/{}"),
    (r"(?:www\.)?tiktok\.com/(@[\w.-]+/video/\d+)", "TikTok", "https://www.tiktok.com/{}"),
    (r"player\.youku\.com/(?:embed/|player\.php/sid/)([\w=]+)", "Youku", "https://v.youku.com/v_show/id_{}.html"),
    (r"v\.qq\.com/(?:txp/)?iframe/(?:player|preview)\.html\?(?:.*&)?vid=(\w+)", "Tencent Video",
     "https://v.qq.com/x/page/{}.html"),
    (r"(?:static\.video|imgcache)\.qq\.com/(?:tencentvideo_v1/player/)?TPout\.swf\?(?:.*&)?vid=(\w+)",
     "Tencent Video", "https://v.qq.com/x/page/{}.html"),
    (r"embed\.nicovideo\.jp/watch/(\w+)", "Niconico", "https://www.nicovideo.jp/watch/{}"),
    (r"player\.twitch\.tv/\?(?:.*&)?video=v?(\d+)", "Twitch", "https://www.twitch.tv/videos/{}"),
    (r"player\.twitch\.tv/\?(?:.*&)?channel=(\w+)", "Twitch", "https://www.twitch.tv/{}"),
    (r"l\.lj-toys\.com/\?(?=(?:.*&)?source=youtube(?:&|$))(?:.*&)?vid=([\w-]{6,})", "YouTube", YOUTUBE_PAGE),
    (r"streamable\.com/[eos]/(\w+)", "Streamable", "https://streamable.com/{}"),
    (r"t\.me/(\w+/\d+)", "Telegram", "https://t.me/{}"),
    (r"codepen\.io/([\w-]+)/embed/(?:preview/)?(\w+)", "CodePen", "https://codepen.io/{}/pen/{}"),
    (r"archive\.org/embed/([\w.-]+)", "Internet Archive", "https://archive.org/details/{}"),
    (r"gist\.github\.com/([\w-]+/\w+|\w{20,})(?:\.js)?(?=[?#]|$)", "GitHub Gist", "https://gist.github.com/{}"),
    (r"asciinema\.org/a/(\w+)(?:\.js|/(?:iframe|embed)|(?=[?#]|$))", "asciinema", "https://asciinema.org/a/{}"),
    (r"gitlab\.com/((?:[\w-]+/)*(?:-/)?snippets/\d+)\.js", "GitLab", "https://gitlab.com/{}"),
)  # fmt: skip

# Players that carry the page's address in a parameter.
_CARRIERS = {
    "w.soundcloud.com": ("SoundCloud", "url"),
    "www.facebook.com": ("Facebook", "href"),
    "cdn.embedly.com": ("", "src"),
    "view.officeapps.live.com": ("", "src"),
    "docs.google.com": ("", "url"),
    "hatenablog-parts.com": ("", "url"),
    "cdn.iframe.ly": ("", "url"),
}
_NOTHING_TO_READ = re.compile(
    r"\A(?:[\w.-]+\.)?(?:googletagmanager\.com|doubleclick\.net|googlesyndication\.com|google-analytics\.com"
    r"|googleadservices\.com|amazon-adsystem\.com|disqus\.com/embed|addthis\.com|sharethis\.com|taboola\.com"
    r"|outbrain\.com|criteo\.\w+|recaptcha\.net|google\.com/recaptcha|facebook\.com/plugins/(?:like|page|share|group)"
    r"|platform\.(?:twitter|x)\.com/widgets|mc\.yandex\.ru|substack\.com/embed|hm\.baidu\.com)",
    re.I,
)
# Titles that say what the frame is, not what it shows.
_GENERIC_TITLE = re.compile(
    r"(?:youtube|vimeo|bilibili|twitter|x|spotify|tiktok|dailymotion|facebook|instagram|soundcloud)?[\s-]*+"
    r"(?:(?:embed(?:ded)?|video|media|audio|content|tweet|post|episode|podcast)[\s-]*+)?"
    r"(?:player|embed|frame|iframe|content|video|advertisement|widget)?(?: ?(?<= )\d++)?",
    re.I,
)


@cache
def players() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """The patterns of players, with their names and pages. Not with the module: to make them takes 20 ms, and few
    articles have a frame."""
    return tuple((re.compile(rf"\A{pattern}", re.I), name, page) for pattern, name, page in _PLAYERS)


def page_of(attrs: Mapping[str, str], base: str) -> tuple[str, str, str] | None:
    """Name of the site, address of the page and title for a frame with `attrs`; None for a frame with nothing to read,
    such as an advertisement."""
    address = absolute(_frame_address(attrs), base)
    bare = address.partition("://")[2]
    if not bare or _NOTHING_TO_READ.match(bare) or _is_hidden(attrs):
        return None
    name, page = _page(bare) or _carried(address, base) or ("", re.sub(r"#\?secret=\w+$", "", address))
    page = untracked(page)
    return name or (urlsplit(page).hostname or "").removeprefix("www."), page, _title(attrs) or page


def _title(attrs: Mapping[str, str]) -> str:
    """Empty where it says no more than what the frame is."""
    title = " ".join((attrs.get("title") or attrs.get("playlabel") or "").split())[:200].strip()
    return "" if _GENERIC_TITLE.fullmatch(title) else title


_PLUGIN = re.compile(r"application/(?:x-|futuresplash|java)|image/|audio/|video/", re.I)


def is_page(attrs: Mapping[str, str], base: str) -> bool:
    """True where an `<embed>` or `<object>` with `attrs` shows a page or a document, as a frame does, or is a player
    whose page is known; not for what needed a plug-in."""
    if is_player(attrs, base):
        return True
    address = absolute(_frame_address(attrs), base)
    path = urlsplit(address).path.lower()
    return not path.endswith((".swf", ".class", ".jar")) and not _PLUGIN.match(attrs.get("type", ""))


def is_player(attrs: Mapping[str, str], base: str) -> bool:
    """True where it is a player whose page is known."""
    return _page(absolute(_frame_address(attrs), base).partition("://")[2]) is not None


def is_known_script(attrs: Mapping[str, str]) -> bool:
    """True where a script with `attrs` puts in a page that is known: a piece of code, say."""
    source = attrs.get("src", "")
    return ".js" in source and _page(absolute(source, "").partition("://")[2]) is not None


def _frame_address(attrs: Mapping[str, str]) -> str:
    if named := address_of_element(attrs):
        return named
    source = attrs.get("src", "")
    if "data-content" in attrs and source.startswith("https://embed.zenn.studio/"):
        return unquote(attrs["data-content"])
    if not source or source.startswith(("about:", "data:", "javascript:")):
        return next(
            (attrs[name] for name in ("data-src", "data-lazy-src", "data-litespeed-src") if attrs.get(name)), ""
        )
    return source


def _is_hidden(attrs: Mapping[str, str]) -> bool:
    return attrs.get("width") in {"0", "1"} or attrs.get("height") in {"0", "1"}


def _page(bare: str) -> tuple[str, str] | None:
    for pattern, name, page in players():
        if found := pattern.match(bare):
            return name, page.format(*found.groups())
    return None


def _carried(address: str, base: str) -> tuple[str, str] | None:
    parts = urlsplit(address)
    name, parameter = _CARRIERS.get(parts.hostname or "", ("", ""))
    page = absolute(parse_qs(parts.query).get(parameter, [""])[0], base) if parameter else ""
    if not page:
        return None
    known = _page(page.partition("://")[2])
    return known or (name, page)
