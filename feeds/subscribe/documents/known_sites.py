"""Sites whose feeds follow from the address of a page by a rule, so that the page itself need not be asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, quote, urlsplit

from feeds.pages.recipe import Kind, Recipe

Part = Literal["", "videos", "shorts", "live"]


@dataclass(frozen=True, slots=True)
class Known:
    """A feed that is there by a rule. `part` of a channel; `recipe` where it is made from a page."""

    url: str
    part: Part = ""
    recipe: Recipe | None = None


@dataclass(frozen=True, slots=True)
class _Page:
    """An address as the rules look at it; `path` without empty parts."""

    origin: str
    host: str
    path: tuple[str, ...]
    query: dict[str, str]

    @property
    def first(self) -> str:
        return self.path[0] if self.path else ""


Rule = Callable[[_Page], Sequence[Known | str]]
NAME = re.compile(r"[\w.-]{1,200}")
FEDIVERSE = re.compile(r"@([\w.-]{1,100})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,10})")
CHANNEL = re.compile(r"UC([A-Za-z0-9_-]{22})")
YOUTUBE = "https://www.youtube.com/feeds/videos.xml"
NO_OWNERS = {
    "about", "collections", "customer-stories", "enterprise", "explore", "features", "issues", "login",
    "marketplace", "new", "notifications", "orgs", "pricing", "pulls", "readme", "search", "settings", "signup",
    "site", "sponsors", "stars", "team", "topics", "trending",
}  # fmt: skip
NOT_MASTODON = frozenset({"medium.com", "tiktok.com", "threads.net", "threads.com", "flipboard.com", "substack.com"})
_MESSAGE = 'descendant::*[contains(concat(" ", @class, " "), " tgme_widget_message_{} ")]'
TELEGRAM = Recipe(
    kind=Kind.XPATH,
    items="//div[@data-post]",
    title=f"substring(normalize-space({_MESSAGE.format('text')}), 1, 120)",
    link=f"{_MESSAGE.format('date')}/@href",
    date=f"{_MESSAGE.format('date')}/descendant::time/@datetime",
    content=_MESSAGE.format("text"),
    author=_MESSAGE.format("owner_name"),
    picture=f"""substring-before(substring-after({_MESSAGE.format("photo_wrap")}/@style, "url('"), "')")""",
    guid="@data-post",
    feed_title='//*[contains(@class, "tgme_channel_info_header_title")]',
)


def known(url: str) -> list[Known]:
    """The feeds of what is at `url`, by the rule of its site; none where there is no rule."""
    page = _page(url)
    rule = _rule_of(page.host) if page else None
    if page is None or rule is None:
        return []
    return [each if isinstance(each, Known) else Known(each) for each in rule(page)]


def likely(url: str) -> list[str]:
    """Addresses where a feed may be by the form of the address, whatever the host: Lemmy's."""
    page = _page(url)
    if page and len(page.path) >= 2 and page.first in {"c", "u"} and _is_name(page.path[1]):
        return [f"{page.origin}/feeds/{page.first}/{quote(page.path[1])}.xml?sort=New"]
    return []


def beside(url: str) -> list[Known]:
    """The feeds of the same channel that leave something out: of YouTube's."""
    page = _page(url)
    if page is None or _site(page.host) != "youtube.com":
        return []
    found = CHANNEL.fullmatch(page.query.get("channel_id", ""))
    return _channel_parts(found[1]) if found else []


def address_of_handle(text: str) -> str:
    """The address of an account that is named as "@name@host"; empty for anything else."""
    found = FEDIVERSE.fullmatch(text.strip())
    return f"https://{found[2].lower()}/@{found[1]}" if found else ""


def _page(url: str) -> _Page | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        query = {name: values[0] for name, values in parse_qs(parts.query, max_num_fields=50).items()}
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    path = tuple(part for part in parts.path.split("/") if part)
    return _Page(f"{parts.scheme}://{parts.netloc}", host.removeprefix("www."), path, query)


def _site(host: str) -> str:
    """The last two names of a host."""
    return ".".join(host.split(".")[-2:])


def _is_name(text: str) -> bool:
    return bool(NAME.fullmatch(text.removeprefix("@").replace("@", ".", 1)))


def _rule_of(host: str) -> Rule | None:
    if rule := RULES.get(host):
        return rule
    if rule := SUBDOMAINS.get(_site(host)):
        return rule
    if host.startswith("gitlab."):
        return _gitlab
    return None if _site(host) in NOT_MASTODON else _mastodon


# --- rules ------------------------------------------------------------------------------------------------------------


def _youtube(page: _Page) -> Sequence[Known | str]:
    if playlist := page.query.get("list", ""):
        return [f"{YOUTUBE}?playlist_id={quote(playlist)}"] if _is_name(playlist) else []
    if page.first == "channel" and len(page.path) > 1 and (found := CHANNEL.fullmatch(page.path[1])):
        return [Known(f"{YOUTUBE}?channel_id={found[0]}"), *_channel_parts(found[1])]
    if page.first == "user" and len(page.path) > 1 and _is_name(page.path[1]):
        return [f"{YOUTUBE}?user={quote(page.path[1])}"]
    return []  # of a handle the page alone tells the channel


def _channel_parts(number: str) -> list[Known]:
    """A channel's videos, Shorts and streams are playlists under its own number."""
    parts: tuple[tuple[str, Part], ...] = (("UULF", "videos"), ("UUSH", "shorts"), ("UULV", "live"))
    return [Known(f"{YOUTUBE}?playlist_id={prefix}{number}", part) for prefix, part in parts]


def _reddit(page: _Page) -> Sequence[str]:
    path = ("user", *page.path[1:]) if page.first == "u" else page.path
    if path and path[0] not in {"r", "user"}:
        return []
    return ["https://www.reddit.com/" + "".join(f"{quote(part)}/" for part in path if part != ".rss") + ".rss"]


def _github(page: _Page) -> Sequence[str]:
    if not page.path or page.first in NO_OWNERS or not all(map(_is_name, page.path[:2])):
        return []
    if len(page.path) == 1:
        return [f"https://github.com/{page.first}.atom"]
    repository = f"https://github.com/{page.path[0]}/{page.path[1]}"
    what = page.path[2] if len(page.path) > 2 else ""
    if what == "commits" and len(page.path) > 3:
        return [f"{repository}/commits/{'/'.join(map(quote, page.path[3:]))}.atom"]
    if what in {"wiki", "discussions", "tags", "commits"}:
        return [f"{repository}/{what}.atom"]
    return [f"{repository}/{name}.atom" for name in ("releases", "tags", "commits")]


def _gitlab(page: _Page) -> Sequence[str]:
    path = page.path[: page.path.index("-")] if "-" in page.path else page.path
    if not path or not all(map(_is_name, path)):
        return []
    there = f"{page.origin}/{'/'.join(path)}"
    if len(path) == 1:
        return [f"{there}.atom"]
    return [f"{there}/-/{what}" for what in ("releases.atom", "tags?format=atom", "commits/HEAD?format=atom")]


def _mastodon(page: _Page) -> Sequence[str]:
    """Accounts stand at /@name on every such server, and at /@name@host as others see them."""
    name = page.first.removeprefix("@")
    if not page.first.startswith("@") or len(page.path) > 2 or not _is_name(name) or name.endswith(".rss"):
        return []
    if "@" in name:
        name, _at, host = name.partition("@")
        return [f"https://{host.lower()}/@{quote(name)}.rss"]
    return [f"{page.origin}/@{quote(name)}.rss"]


def _bluesky(page: _Page) -> Sequence[str]:
    if page.first != "profile" or len(page.path) < 2:
        return []
    return [f"https://bsky.app/profile/{quote(page.path[1], ':')}/rss"]


def _medium(page: _Page) -> Sequence[str]:
    if page.host != "medium.com":
        return [f"{page.origin}/feed"]
    if page.first in {"", "feed", "m", "me", "search"}:
        return []
    kept = page.path[:2] if page.first == "tag" else page.path[:1]
    return ["https://medium.com/feed/" + "/".join(quote(part, "@") for part in kept)]


def _substack(page: _Page) -> Sequence[str]:
    if page.host != "substack.com":
        return [f"{page.origin}/feed"]
    name = page.first.removeprefix("@")
    return [f"https://{name.lower()}.substack.com/feed"] if page.first.startswith("@") and _is_name(name) else []


def _telegram(page: _Page) -> Sequence[Known]:
    name = page.path[1] if page.first == "s" and len(page.path) > 1 else page.first
    if name in {"", "s", "joinchat", "addstickers", "share", "proxy"} or not NAME.fullmatch(name):
        return []
    return [Known(f"https://t.me/s/{name}", recipe=TELEGRAM)]


def _at(path: str) -> Rule:
    """The rule of hosts whose feed is always there."""
    return lambda page: [f"{page.origin}{path}"]


RULES: dict[str, Rule] = {
    "youtube.com": _youtube,
    "m.youtube.com": _youtube,
    "music.youtube.com": _youtube,
    "reddit.com": _reddit,
    "old.reddit.com": _reddit,
    "new.reddit.com": _reddit,
    "github.com": _github,
    "gitlab.com": _gitlab,
    "bsky.app": _bluesky,
    "t.me": _telegram,
    "telegram.me": _telegram,
}
SUBDOMAINS: dict[str, Rule] = {
    "medium.com": _medium,
    "substack.com": _substack,
    "wordpress.com": _at("/feed/"),
    "blogspot.com": _at("/feeds/posts/default"),
    "tumblr.com": _at("/rss"),
}
