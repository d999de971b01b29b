"""Other people's image proxies: the publisher's own address is found in theirs."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from articles.sanitize.addresses import image_address

OWN = "https://publisher.example/a.jpg"
BARE = "publisher.example/a.jpg"
ESCAPED = quote(OWN, safe="")
BASE = "https://publisher.example/news/1"


@pytest.mark.parametrize(
    "address",
    [
        f"https://images.weserv.nl/?url={BARE}",
        f"https://images.weserv.nl/?w=300&url={ESCAPED}&q=80",
        f"https://images.weserv.nl/?url=ssl:{BARE}",
        f"https://wsrv.nl/?url={OWN}&output=webp",
        f"https://i0.wp.com/{BARE}?ssl=1&w=600",
        f"http://i3.wp.com/{BARE}?resize=300%2C200&ssl=1",
        f"https://images2-focus-opensocial.googleusercontent.com/gadgets/proxy?container=focus&url={ESCAPED}",
        f"https://ci3.googleusercontent.com/proxy/Abc-_=s0-d-e1-ft#{OWN}",
        f"https://ci5.googleusercontent.com/meips/Abc#{OWN}",
        f"https://publisher-example.cdn.ampproject.org/i/s/{BARE}",
        f"https://cdn.ampproject.org/ii/w820/s/{BARE}",
        f"https://external-content.duckduckgo.com/iu/?u={ESCAPED}&f=1&nofb=1",
        f"https://res.cloudinary.com/demo/image/fetch/f_auto,q_auto/{OWN}",
        f"https://substackcdn.com/image/fetch/w_1456,c_limit,f_auto,q_auto:good,fl_progressive:steep/{ESCAPED}",
        f"https://substackcdn.com/image/fetch/$s_!Ab3d!,w_848,c_limit,f_auto/{ESCAPED}",
        f"https://cdn.substack.com/image/fetch/w_120/{ESCAPED}",
        f"https://pocket-image-cache.com/1200x/filters:format(jpg):extract_focal()/{ESCAPED}",
        f"https://i.embed.ly/1/image?url={ESCAPED}&key=x",
        f"https://slack-imgs.com/?c=1&url={ESCAPED}",
        f"https://images-ext-1.discordapp.net/external/Sig_nature/https/{BARE}",
        f"https://images-ext-2.discordapp.net/external/Sig_nature/%3Fw%3D3/https/{BARE}",
        f"https://camo.githubusercontent.com/{'0a' * 20}/{OWN.encode().hex()}",
        f"https://steemitimages.com/640x0/{OWN}",
        f"https://pic1.xuehuaimg.com/proxy/{OWN}",
        f"https://elsewhere.example/cdn-cgi/image/width=800,quality=75/{OWN}",
        f"https://elsewhere.example/_next/image?url={ESCAPED}&w=1080&q=75",
        "https://publisher.example/_next/image?url=%2Fa.jpg&w=1080&q=75",
        "https://publisher.example/_vercel/image?url=%2Fa.jpg&w=1080",
        "https://publisher.example/.netlify/images?w=50&url=/a.jpg",
        "/_next/image?url=%2Fa.jpg&w=640",
        f"//i1.wp.com/{BARE}",
        # hosts and names as some write them
        f"https://images.weserv.nl./?URL={BARE}",
        f"https://name:word@wsrv.nl:443/?url={ESCAPED}",
        f"https://name@I0.WP.com./{BARE}?ssl=1",
        f"https://name@substackcdn.com./image/fetch/w_1/{ESCAPED}",
        f"https://elsewhere.example./_next/image?URL={ESCAPED}&w=1080",
        # one behind another
        f"https://wsrv.nl/?url={quote(f'https://i0.wp.com/{BARE}?ssl=1', safe='')}",
        f"https://substackcdn.com/image/fetch/w_1/{quote(f'https://wsrv.nl/?url={ESCAPED}', safe='')}",
        f"https://elsewhere.example/_next/image?url={quote(f'https://i2.wp.com/{BARE}?ssl=1', safe='')}&w=64",
    ],
)
def test_the_publishers_own_address_is_found(address):
    assert image_address(address, BASE) == OWN
    assert image_address(OWN, BASE) == OWN


@pytest.mark.parametrize(
    "address",
    [
        "https://images.weserv.nl/",
        "https://images.weserv.nl/?url=",
        "https://wsrv.nl/?w=3",
        "https://i0.wp.com/",
        "https://publisher.example/_next/image?w=64",
        "https://publisher.example/_next/image?url=a.jpg",
        "https://publisher.example/cdn-cgi/image/width=80/uploads/a.jpg",
        "https://publisher.example/image/fetch/https://elsewhere.example/a.jpg",
        "https://lh3.googleusercontent.com/proxy/Abc-_d=w1200",
        f"https://camo.githubusercontent.com/{'0a' * 20}/{b'javascript:1'.hex()}",
        f"https://camo.githubusercontent.com/{'0a' * 20}/{b'file:///etc/passwd'.hex()}",
        "https://res.cloudinary.com/demo/image/upload/w_300/a.jpg",
        f"https://publisher.example/a.jpg?url={ESCAPED}",
    ],
)
def test_an_address_that_holds_no_other_stays(address):
    assert image_address(address, BASE) == address


@pytest.mark.parametrize("inner", ["javascript:alert(1)", "data:image/png;base64,AA", "ftp://x/y"])
def test_what_no_browser_should_be_given_does_not_come_out_of_a_proxy(inner):
    found = image_address(f"https://wsrv.nl/?url={quote(inner, safe='')}", BASE)
    assert found.startswith(("https://", "http://"))


def test_proxies_without_an_end_come_to_one():
    address = OWN
    for _ in range(30):
        address = f"https://i0.wp.com/{address.partition('://')[2]}?ssl=1"
    assert image_address(address, BASE).startswith("https://")


def test_what_the_publisher_escaped_stays_escaped():
    assert (
        image_address("https://wsrv.nl/?url=a.example/%E4%BD%A0%2B.jpg", BASE) == "https://a.example/%E4%BD%A0%2B.jpg"
    )
    whole = "https://a.example/a%20b.jpg?x=%26"
    assert image_address(f"https://res.cloudinary.com/x/image/fetch/{whole}", BASE) == whole


@pytest.mark.parametrize(
    "address",
    [
        "https://wsrv.nl/?w=3&url=https://a.example/b.jpg%3Fx%3D1%26y%3D%25E4",
        "https://images.weserv.nl/?url=ssl:a.example/b.jpg%3fx=1%26y=%25E4",
        "https://res.cloudinary.com/x/image/fetch/w_300/https://a.example/b.jpg%3Fx=1&y=%25E4",
    ],
)
def test_a_query_comes_back_where_little_more_than_its_mark_is_escaped(address):
    assert image_address(address, BASE) == "https://a.example/b.jpg?x=1&y=%E4"
