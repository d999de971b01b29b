"""Feeds that follow from an address by the rule of its site."""

import pytest

from feeds.pages.read import marked
from feeds.subscribe.documents.known_sites import TELEGRAM, address_of_handle, beside, known, likely

CHANNEL = "UC" + "a1_-" * 5 + "xy"
NUMBER = CHANNEL[2:]
YOUTUBE = "https://www.youtube.com/feeds/videos.xml"
GITHUB = "https://github.com/django/django"
GITLAB = "https://gitlab.com/gitlab-org/cli"


@pytest.mark.parametrize(
    ("url", "feeds"),
    [
        (f"https://www.youtube.com/channel/{CHANNEL}", [
            f"{YOUTUBE}?channel_id={CHANNEL}", f"{YOUTUBE}?playlist_id=UULF{NUMBER}", f"{YOUTUBE}?playlist_id=UUSH{NUMBER}",
            f"{YOUTUBE}?playlist_id=UULV{NUMBER}",
        ]),
        ("https://m.youtube.com/playlist?list=PLabc-1", [f"{YOUTUBE}?playlist_id=PLabc-1"]),
        ("https://www.youtube.com/watch?v=x&list=PLabc", [f"{YOUTUBE}?playlist_id=PLabc"]),
        ("https://www.youtube.com/user/Somebody", [f"{YOUTUBE}?user=Somebody"]),
        ("https://www.youtube.com/@somebody", []),
        ("https://www.reddit.com/", ["https://www.reddit.com/.rss"]),
        ("https://old.reddit.com/r/ships/new/", ["https://www.reddit.com/r/ships/new/.rss"]),
        ("https://www.reddit.com/u/ann", ["https://www.reddit.com/user/ann/.rss"]),
        ("https://www.reddit.com/r/ships/comments/1abc/a_title/", ["https://www.reddit.com/r/ships/comments/1abc/a_title/.rss"]),
        ("https://www.reddit.com/settings", []),
        (GITHUB, [f"{GITHUB}/releases.atom", f"{GITHUB}/tags.atom", f"{GITHUB}/commits.atom"]),
        (f"{GITHUB}/issues/12", [f"{GITHUB}/releases.atom", f"{GITHUB}/tags.atom", f"{GITHUB}/commits.atom"]),
        (f"{GITHUB}/commits/stable/5.2.x", [f"{GITHUB}/commits/stable/5.2.x.atom"]),
        (f"{GITHUB}/wiki", [f"{GITHUB}/wiki.atom"]),
        ("https://github.com/ann", ["https://github.com/ann.atom"]),
        ("https://github.com/features/actions", []),
        (f"{GITLAB}/-/issues", [
            f"{GITLAB}/-/releases.atom", f"{GITLAB}/-/tags?format=atom", f"{GITLAB}/-/commits/HEAD?format=atom",
        ]),
        ("https://gitlab.harbour.example/ann", ["https://gitlab.harbour.example/ann.atom"]),
        ("https://harbour.example/@ann", ["https://harbour.example/@ann.rss"]),
        ("https://harbour.example/@ann@quay.example", ["https://quay.example/@ann.rss"]),
        ("https://harbour.example/@ann/1234", ["https://harbour.example/@ann.rss"]),
        ("https://www.tiktok.com/@ann", []),
        ("https://harbour.example/news/@ann", []),
        ("https://bsky.app/profile/ann.bsky.social", ["https://bsky.app/profile/ann.bsky.social/rss"]),
        ("https://bsky.app/profile/did:plc:abc", ["https://bsky.app/profile/did:plc:abc/rss"]),
        ("https://ships.wordpress.com/2026/03/a-post/", ["https://ships.wordpress.com/feed/"]),
        ("https://ships.substack.com/p/a-post", ["https://ships.substack.com/feed"]),
        ("https://substack.com/@ships", ["https://ships.substack.com/feed"]),
        ("https://medium.com/@ann/a-post-123", ["https://medium.com/feed/@ann"]),
        ("https://medium.com/the-harbour", ["https://medium.com/feed/the-harbour"]),
        ("https://medium.com/tag/ships/latest", ["https://medium.com/feed/tag/ships"]),
        ("https://ann.medium.com/", ["https://ann.medium.com/feed"]),
        ("https://ships.blogspot.com/2026/03/x.html", ["https://ships.blogspot.com/feeds/posts/default"]),
        ("https://t.me/harbour", ["https://t.me/s/harbour"]),
        ("https://t.me/s/harbour", ["https://t.me/s/harbour"]),
        ("https://t.me/joinchat/abc", []),
        ("https://harbour.example/", []),
        ("ftp://github.com/ann", []),
        ("https://[", []),
        ("https://github.com/a%20b/" + "x" * 300, []),
    ],
)  # fmt: skip
def test_the_feeds_of_a_page_follow_from_its_address(url, feeds):
    assert [each.url for each in known(url)] == feeds


def test_an_address_with_very_many_parameters_has_no_rule():
    address = "https://www.youtube.com/watch?" + "&".join(f"a{number}=1" for number in range(200))
    assert (known(address), likely(address), beside(address)) == ([], [], [])


def test_a_channels_feed_has_those_without_shorts_beside_it():
    assert [(each.part, each.url[-6 - len(NUMBER) :][:6]) for each in beside(f"{YOUTUBE}?channel_id={CHANNEL}")] == [
        ("videos", "d=UULF"), ("shorts", "d=UUSH"), ("live", "d=UULV"),
    ]  # fmt: skip
    assert beside(f"{YOUTUBE}?playlist_id=PLx") == beside(f"https://harbour.example/?channel_id={CHANNEL}") == []


@pytest.mark.parametrize(
    ("url", "feeds"),
    [
        ("https://lemmy.example/c/ships", ["https://lemmy.example/feeds/c/ships.xml?sort=New"]),
        (
            "https://lemmy.example/c/ships@quay.example",
            ["https://lemmy.example/feeds/c/ships%40quay.example.xml?sort=New"],
        ),
        ("https://lemmy.example/u/ann", ["https://lemmy.example/feeds/u/ann.xml?sort=New"]),
        ("https://harbour.example/c", []),
    ],
)
def test_some_addresses_look_like_those_of_a_server_with_feeds(url, feeds):
    assert likely(url) == feeds


def test_an_account_is_found_by_its_handle():
    assert address_of_handle(" @ann@Quay.example ") == "https://quay.example/@ann"
    assert (
        address_of_handle("ann@quay.example")
        == address_of_handle("@ann")
        == address_of_handle("https://x.example/@a@b.c")
        == ""
    )


def test_public_pages_of_telegram_are_read_by_a_recipe():
    message = (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message js-widget_message" '
        'data-post="harbour/{n}"><a class="tgme_widget_message_owner_name" href="https://t.me/harbour"><span>Harbour</span></a>'
        '<a class="tgme_widget_message_photo_wrap" href="https://t.me/harbour/{n}" '
        "style=\"width:800px;background-image:url('https://cdn.example/{n}.jpg')\"></a>"
        '<div class="tgme_widget_message_text js-message_text" dir="auto">The ferry <b>{n}</b> is late today</div>'
        '<div class="tgme_widget_message_footer"><a class="tgme_widget_message_date" href="https://t.me/harbour/{n}">'
        '<time datetime="2026-03-0{n}T08:00:00+00:00" class="time">08:00</time></a></div></div></div>'
    )
    page = '<div class="tgme_channel_info_header_title"><span dir="auto">Harbour News</span></div>' + "".join(
        message.format(n=n) for n in (1, 2)
    )
    feed = marked(page.encode(), url="https://t.me/s/harbour", recipe=TELEGRAM)
    entry = feed.entries[1]
    assert (feed.title, entry.title, entry.guid, entry.author) == (
        "Harbour News", "The ferry 2 is late today", "harbour/2", "Harbour",
    )  # fmt: skip
    assert (entry.url, entry.image_url) == ("https://t.me/harbour/2", "https://cdn.example/2.jpg")
    assert f"{entry.published_at:%Y-%m-%d}" == "2026-03-02"
    assert "<b>2</b>" in entry.content_html
