"""Players and posts of other sites that name what they show by an attribute, for a script to put in. Pure."""

from __future__ import annotations

from collections.abc import Mapping

# The addresses that play a film of YouTube's, without their scheme; the group is the film. And the film's page.
YOUTUBE_FILM = (
    r"(?:(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:(?:embed|v|e|shorts|live)/(?!videoseries\b)|watch/?\?(?:[^#]*&)?v=)"
    r"|youtu\.be/)([\w-]{6,})"
)
YOUTUBE_PAGE = "https://www.youtube.com/watch?v={}"
# Element → attribute, the address that it stands in.
_BY_ELEMENT: Mapping[str, tuple[str, str]] = {
    "lite-youtube": ("videoid", YOUTUBE_PAGE),
    "lite-vimeo": ("videoid", "https://vimeo.com/{}"),
    "youtube-video": ("src", "{}"),
    "vimeo-video": ("src", "{}"),
    "oembed": ("url", "{}"),  # CKEditor's
    "amp-youtube": ("data-videoid", YOUTUBE_PAGE),
    "amp-vimeo": ("data-videoid", "https://vimeo.com/{}"),
    "amp-dailymotion": ("data-videoid", "https://www.dailymotion.com/video/{}"),
    "amp-twitter": ("data-tweetid", "https://x.com/i/status/{}"),
    "amp-instagram": ("data-shortcode", "https://www.instagram.com/p/{}/"),
    "amp-tiktok": ("data-src", "{}"),
    "amp-facebook": ("data-href", "{}"),
    "amp-gist": ("data-gistid", "https://gist.github.com/{}"),
    "amp-reddit": ("data-src", "{}"),
}
# The same by one of the element's classes.
_BY_CLASS: Mapping[str, tuple[str, str]] = {
    "instagram-media": ("data-instgrm-permalink", "{}"),
    "tiktok-embed": ("cite", "{}"),
    "twitter-tweet": ("cite", "{}"),
    "twitter-video": ("cite", "{}"),
    "text-post-media": ("data-text-post-permalink", "{}"),  # Threads
    "mastodon-embed": ("data-embed-url", "{}"),
    "bluesky-embed": ("data-bluesky-uri", "{}"),
    "fb-post": ("data-href", "{}"),
    "fb-video": ("data-href", "{}"),
    "imgur-embed-pub": ("data-id", "https://imgur.com/{}"),
    "youtube-player": ("data-id", YOUTUBE_PAGE),
    "rll-youtube-player": ("data-id", YOUTUBE_PAGE),
}
NAMED_EMBEDS = frozenset(_BY_ELEMENT)
EMBED_CLASSES = frozenset(_BY_CLASS)
NAMING = frozenset(attribute for attribute, _ in _BY_CLASS.values())  # few elements have such attributes
_BLUESKY, _BLUESKY_POST = "at://", "/app.bsky.feed.post/"


def address_of_element(attrs: Mapping[str, str]) -> str:
    """The address that an element of such a name, which is in the attribute "", stands for; "" for any other."""
    return _address(_BY_ELEMENT.get(attrs.get("", "")), attrs)


def address_by_class(attrs: Mapping[str, str]) -> str:
    """The address that an element with such a class stands for; "" for any other."""
    names = attrs.get("class", "").split()
    if _BY_CLASS.keys().isdisjoint(names):
        return ""
    return next((found for name in names if (found := _address(_BY_CLASS.get(name), attrs))), "")


def _address(place: tuple[str, str] | None, attrs: Mapping[str, str]) -> str:
    if place is None or not (value := attrs.get(place[0], "").strip()):
        return ""
    if value.startswith(_BLUESKY):
        account, is_post, post = value.removeprefix(_BLUESKY).partition(_BLUESKY_POST)
        return f"https://bsky.app/profile/{account}/post/{post}" if is_post else ""
    # Mastodon's frame of a post, whose page is a step above it.
    return place[1].format(value.removesuffix("/embed") if place[0] == "data-embed-url" else value)
