import pytest

from feeds.parse import parse
from feeds.parse.identity import guid_of
from feeds.parse.redirects import leads_to
from feeds.parse.spellings import REMEMBERED, _remembered, is_same_page, key, others, untracked


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example/1", "https://a.example/1"),
        ("HTTP://A.example/1?b=2#c", "https://a.example/1?b=2#c"),
        ("http://bücher.example/1", "https://xn--bcher-kva.example/1"),
        ("https://BÜCHER.example", "http://xn--BCHER-kva.example"),
        ("17 at http://a.example", "17 at https://a.example"),  # Drupal's guids
        ("tag:a.example,2026:http://a.example/1", "tag:a.example,2026:https://a.example/1"),
    ],
)
def test_spellings_of_one_address_have_one_key(one, other):
    assert key(one) == key(other)
    assert is_same_page(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example/1", "https://a.example/2"),
        ("http://a.example/1", "https://a.example/1/"),
        ("http://a.example/A", "http://a.example/a"),
        ("http://a.example:8080/", "https://a.example/"),
        ("http://www.a.example/", "https://a.example/"),
        ("tag:a,1", "tag:a,2"),
        ("ftp://a.example/1", "http://a.example/1"),
        ("", "http://a.example/"),
        ("17 at http://a.example", "http://a.example"),
        ("17 at http://a.example", "18 at https://a.example"),
    ],
)
def test_other_addresses_have_another(one, other):
    assert key(one) != key(other)
    assert not is_same_page(one, other)


def test_trackers_make_no_other_page():
    assert is_same_page("http://a.example/1?utm_source=rss&b=2", "https://a.example/1?b=2")
    assert is_same_page("http://a.example/1;jsessionid=0A1?b=2", "http://a.example/1;jsessionid=7F.node2?b=2")
    assert is_same_page("http://a.example/1?PHPSESSID=0a1&b=2", "http://a.example/1?b=2&PHPSESSID=7f")
    assert not is_same_page("https://a.example/1?b=1", "https://a.example/1?b=2")


def test_all_spellings_are_there_to_look_up():
    assert others("http://a.example/1") == ("https://a.example/1",)
    assert set(others("https://bücher.example/1")) == {
        "http://bücher.example/1",
        "https://xn--bcher-kva.example/1",
        "http://xn--bcher-kva.example/1",
    }
    assert set(others("http://xn--bcher-kva.example/")) >= {"https://bücher.example/", "http://bücher.example/"}
    assert others("17 at http://a.example") == ("17 at https://a.example",)
    assert others("tag:a.example,2026:1") == others("") == others("1") == ()


@pytest.mark.parametrize(
    "url", ["http://xn--/", "https://xn--a" + "b" * 80 + ".example/", "http://ü" + "a" * 90, "http://\udc80/"]
)
def test_a_host_that_is_none_has_no_other_alphabet(url):
    assert key(url).startswith("//")
    assert others(url)[0] == url.replace("http:", "https:") or url.startswith("https:")


def test_a_link_without_what_tells_of_its_reader_is_the_identity():
    def guid(link):
        document = f"<rss><channel><item><link>{link}</link></item></channel></rss>"
        return parse(document.encode(), url="https://feed.example/f").entries[0].guid

    assert guid("https://a.example/1?utm_source=x&amp;p=1") == guid("https://a.example/1?p=1&amp;utm_medium=y")
    assert guid("https://a.example/1?p=1") != guid("https://a.example/1?p=2")


@pytest.mark.parametrize(("length", "is_hashed"), [(499, False), (500, False), (501, True)])
def test_a_guid_of_500_characters_is_kept_as_it_is(length, is_hashed):
    guid = guid_of("g" * length, "", "", "")
    assert (guid == "g" * length) is not is_hashed
    assert len(guid) <= 500


def test_an_entry_that_stands_twice_in_two_schemes_is_one():
    item = "<item><guid>{0}://a.example/1</guid><title>{1}</title><link>{0}://a.example/1</link></item>"

    def guids(*items):
        document = f"<rss><channel>{''.join(items)}</channel></rss>"
        return [entry.guid for entry in parse(document.encode(), url="https://feed.example/f").entries]

    assert guids(item.format("http", "A"), item.format("https", "A")) == ["http://a.example/1"]
    assert len(guids(item.format("http", "A"), item.format("https", "B"))) == 2


def test_long_addresses_are_not_remembered():
    before = _remembered.cache_info().currsize
    assert others(f"http://a.example/{'x' * REMEMBERED}") == (f"https://a.example/{'x' * REMEMBERED}",)
    assert _remembered.cache_info().currsize == before


@pytest.mark.parametrize(
    "stop",
    [
        "https://www.google.com/url?rct=j&sa=t&url=https://p.example/a%3Fb%3D1&ct=ga&usg=AOv",
        "https://www.google.co.uk/url?q=https%3A%2F%2Fp.example%2Fa%3Fb%3D1&sa=D",
        "https://link.zhihu.com/?target=https%3A//p.example/a%3Fb%3D1",
        "https://l.facebook.com/l.php?h=AT&u=https%3A%2F%2Fp.example%2Fa%3Fb%3D1%26utm_source%3Dx",
        "https://href.li/?https://p.example/a?b=1",
        "https://t.umblr.com/redirect?z=https%3A%2F%2Fhref.li%2F%3Fhttps%3A%2F%2Fp.example%2Fa%3Fb%3D1&t=x",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fp.example%2Fa%3Fb%3D1&data=05",
    ],
)
def test_a_stop_on_the_way_leads_on(stop):
    assert untracked(stop) == "https://p.example/a?b=1"
    document = f"<rss><channel><item><link>{stop.replace('&', '&amp;')}</link></item></channel></rss>"
    [entry] = parse(document.encode(), url="https://f.example/").entries
    assert entry.url == stop
    assert entry.guid == "https://p.example/a?b=1"


@pytest.mark.parametrize(
    "address",
    [
        "https://www.google.com/search?q=https://p.example/",
        "https://link.zhihu.com/?target=javascript:alert(1)",
        "https://link.zhihu.com/?target=/relative",
        "https://link.zhihu.com.evil.example/?target=https://p.example/",
        "https://p.example/login?url=https://p.example/a",
    ],
)
def test_other_addresses_lead_to_themselves(address):
    assert leads_to(address) == address
