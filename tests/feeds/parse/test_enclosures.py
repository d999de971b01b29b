from dataclasses import asdict

import pytest

from feeds.parse import parse
from feeds.parse.media_types import kind_of, same_picture

URL = "https://feed.example/dir/feed.xml"
NAMESPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)


def entry_of(item, namespaces=NAMESPACES):
    document = (
        f'<rss version="2.0" {namespaces}><channel><link>https://s.example/</link><item>{item}</item></channel></rss>'
    )
    return parse(document.encode(), url=URL).entries[0]


def files_of(item, **more):
    return entry_of(item, **more).enclosures


def said(file):
    return {name: value for name, value in asdict(file).items() if value}


@pytest.mark.parametrize(
    ("attributes", "media_type", "kind"),
    [
        ('type="image/png"', "image/png", "picture"),
        ('medium="image"', "image/*", "picture"),
        ('medium="video" type=""', "video/*", "film"),
        ("", "", "other"),
        ('width="140"', "image/*", "picture"),
        ('height="90px"', "image/*", "picture"),
        ('type="application/octet-stream"', "application/octet-stream", "other"),
        ('type="Image"', "image/*", "picture"),
        ('type="false" medium="image"', "image/*", "picture"),
    ],
)
def test_a_files_kind_is_what_its_type_medium_or_size_says(attributes, media_type, kind):
    [file] = files_of(f'<media:content url="/a" {attributes}/>')
    assert (file.url, file.media_type, file.kind) == ("https://s.example/a", media_type, kind)


@pytest.mark.parametrize(
    ("name", "media_type", "kind"),
    [
        ("a.JPG?width=3", "image/jpeg", "picture"),
        ("a.webp", "image/webp", "picture"),
        ("a.mp3", "audio/mpeg", "sound"),
        ("a.mp4#t=1", "video/mp4", "film"),
        ("a.pdf", "application/pdf", "other"),
        ("jpg", "", "other"),
        ("?a.jpg", "", "other"),
    ],
)
@pytest.mark.parametrize("element", ["media:content", "enclosure"])
def test_where_nothing_is_said_the_address_tells(element, name, media_type, kind):
    for vague in ("", ' type="application/octet-stream"', ' type="jpg"', ' type="false"'):
        [file] = files_of(f'<{element} url="/{name}"{vague}/>')
        assert (file.media_type or "", file.kind) == (media_type or (vague[7:-1] if "/" in vague else ""), kind)


def test_each_photo_of_a_post_has_its_own_words():
    files = files_of(
        '<media:content url="/p.jpg" type="image/jpeg" fileSize="1000" medium="image" width="1200" height="900">'
        '<media:rating scheme="urn:simple">nonadult</media:rating>'
        '<media:description type="plain">The harbour\nat noon</media:description></media:content>'
        '<media:content url="/q.jpg" type="image/jpeg" medium="image"/>'
    )
    assert [said(file) for file in files] == [
        {
            "url": "https://s.example/p.jpg",
            "media_type": "image/jpeg",
            "length": 1000,
            "alt": "The harbour at noon",
            "width": 1200,
            "height": 900,
        },
        {"url": "https://s.example/q.jpg", "media_type": "image/jpeg"},
    ]


def test_what_is_said_of_the_only_picture_beside_it_is_said_of_it():
    words, picture = "<media:description>A boat</media:description>", '<media:content url="/p.jpg"/>'
    for item in (words + picture, picture + words, f"<media:group>{picture}{words}</media:group>"):
        assert [file.alt for file in files_of(f"<description>x</description>{item}")] == ["A boat"]
    assert [file.alt for file in files_of(f'{words}{picture}<media:content url="/q.jpg"/>')] == ["", ""]
    assert [file.alt for file in files_of(f'{words}<media:content url="/f.mp4"/>')] == [""]


def test_one_picture_in_several_sizes_is_one_the_widest():
    for first, second in ((140, 700), (700, 140)):
        [file] = files_of(
            f'<media:content width="{first}" url="https://i.example/3.jpg?width={first}&amp;s=aa"/>'
            f'<media:content width="{second}" url="http://i.example/3.jpg?width={second}&amp;s=bb"/>'
        )
        assert (file.width, file.url.partition("?")[2][:9]) == (700, "width=700")
    assert (
        len(files_of('<media:content url="/i?id=1.jpg" width="9"/><media:content url="/i?id=2.jpg" width="9"/>')) == 2
    )


def test_of_a_group_there_is_the_best_of_each_kind_and_a_film_has_its_picture_as_poster():
    film, sound = files_of(
        "<media:group><media:title>Of the group</media:title>"
        '<media:content url="/small.mp4" type="video/mp4" width="320" height="180"/>'
        '<media:content url="/large.mp4" type="video/mp4" width="1920" height="1080" duration="61.5"/>'
        '<media:content url="/huge.flv" type="video/x-flv" width="3840"/>'
        '<media:content url="/a.mp3" type="audio/mpeg" bitrate="64"/><media:content url="/b.mp3" bitrate="128"/>'
        '<media:content url="/still.jpg" type="image/jpeg"/></media:group>'
    )
    assert said(film) == {
        "url": "https://s.example/large.mp4",
        "media_type": "video/mp4",
        "title": "Of the group",
        "width": 1920,
        "height": 1080,
        "duration": 61,
        "poster_url": "https://s.example/still.jpg",
    }
    assert sound.url == "https://s.example/b.mp3"


def test_the_default_of_a_group_goes_before_a_larger_one():
    items = '<media:content url="/a.mp4" isDefault="true" width="9"/><media:content url="/b.mp4" width="99"/>'
    assert [file.url[-5:] for file in files_of(f"<media:group>{items}</media:group>")] == ["a.mp4"]
    assert [file.url[-5:] for file in files_of(items)] == ["a.mp4", "b.mp4"]


PLAYER = '<media:player url="https://player.example/video/7?h=a"/>'


@pytest.mark.parametrize(
    "item",
    [
        f'<media:content medium="video" duration="610">{PLAYER}<media:thumbnail url="/t.jpg"/></media:content>',
        f'<media:content url="/x.swf" type="application/x-shockwave-flash" duration="610">{PLAYER}'
        '<media:thumbnail url="/t.jpg"/></media:content>',
    ],
)
def test_a_film_that_only_a_page_plays_is_that_page(item):
    [file] = files_of(item)
    assert file.kind == "player"
    assert (file.url, file.duration) == ("https://player.example/video/7?h=a", 610)
    assert file.poster_url == "https://s.example/t.jpg"


@pytest.mark.parametrize("around", ["%s", "<media:group>%s</media:group>"])
def test_a_player_beside_a_film_is_not_listed_again(around):
    thumbnail = '<media:thumbnail url="/s.jpg" width="9"/><media:thumbnail url="/t.jpg" width="99"/>'
    [player] = files_of(around % (PLAYER + thumbnail))
    assert (player.kind, player.poster_url) == ("player", "https://s.example/t.jpg")
    [film] = files_of(around % (PLAYER + thumbnail + '<media:content url="/f.mp4"/>'))
    assert (film.kind, film.poster_url) == ("film", "https://s.example/t.jpg")


@pytest.mark.parametrize("page", ["youtu.be/AbCdEfGhIjK?t=1", "m.youtube.com/watch?app=m&amp;v=AbCdEfGhIjK"])
@pytest.mark.parametrize("file", ["media:content medium", "enclosure type"])
def test_a_page_of_youtube_is_no_file_whatever_it_is_called(file, page):
    [found] = files_of(f'<{file}="video" url="https://{page}"/>')
    assert (found.url, found.kind) == ("https://www.youtube.com/watch?v=AbCdEfGhIjK", "player")


def test_a_list_of_films_is_no_film():
    [found] = files_of('<media:content medium="video" url="https://www.youtube.com/embed/videoseries?list=PLabc"/>')
    assert found.url == "https://www.youtube.com/embed/videoseries?list=PLabc"


@pytest.mark.parametrize("path", ["v/AbCdEfGhIjK?version=3", "embed/AbCdEfGhIjK", "e/AbCdEfGhIjK"])
def test_a_film_of_youtube_is_its_page_and_its_text_has_links_and_lines(path):
    entry = parse(
        f"""<feed xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom"><entry><id>v</id>
        <media:group><media:title>Locks</media:title>
        <media:content url="https://www.youtube.com/{path}" type="application/x-shockwave-flash" width="640"/>
        <media:thumbnail url="https://i1.example/hq.jpg" width="480" height="360"/>
        <media:description>More &lt;3 (https://h.example/l?a=1&amp;b=2), or http://x.example/wiki/A_(b).
00:00 Start
https://h.example/&lt;x&gt; "https://</media:description></media:group></entry></feed>""".encode(),
        url=URL,
    ).entries[0]
    [file] = entry.enclosures
    assert (file.url, file.kind) == ("https://www.youtube.com/watch?v=AbCdEfGhIjK", "player")
    assert (file.width, file.poster_url, entry.image_url) == (
        640,
        "https://i1.example/hq.jpg",
        "https://i1.example/hq.jpg",
    )
    assert entry.title == "Locks"
    link = '<a href="https://h.example/l?a=1&amp;b=2">https://h.example/l?a=1&amp;b=2</a>'
    other = '<a href="http://x.example/wiki/A_(b)">http://x.example/wiki/A_(b)</a>'
    last = '<a href="https://h.example/">https://h.example/</a>'
    assert entry.content_html == f'More &lt;3 ({link}), or {other}.<br>\n00:00 Start<br>\n{last}&lt;x&gt; "https://'


def test_a_peer_link_is_a_file_too():
    [file] = files_of('<media:peerLink type="application/x-bittorrent" href="https://p.example/a.torrent"/>')
    assert (file.url, file.media_type, file.kind) == (
        "https://p.example/a.torrent",
        "application/x-bittorrent",
        "other",
    )


def test_what_stands_in_media_rss_and_is_none_names_no_file():
    other = '<x:content xmlns:x="urn:other" url="https://e.example/b.mp4" type="video/mp4"/>'
    group = f'<media:group><media:content url="https://e.example/a.jpg" type="image/jpeg"/>{other}</media:group>'
    assert [file.url for file in files_of(group)] == ["https://e.example/a.jpg"]


def test_an_enclosure_that_media_rss_names_again_is_one_with_what_both_say():
    [file] = files_of(
        '<enclosure url="http://s.example/a.jpg" type="image/jpeg" length="7"/>'
        '<media:content url="https://s.example/a.jpg" medium="image" height="5">'
        "<media:description>Words</media:description></media:content>"
    )
    assert (file.url, file.length, file.height, file.alt) == ("http://s.example/a.jpg", 7, 5, "Words")


def test_the_authors_face_and_a_pixel_are_no_pictures_of_the_entry():
    entry = entry_of(
        '<media:content url="https://0.gravatar.com/avatar/1?s=96" medium="image"><media:title>jo</media:title></media:content>'
        '<media:content url="/pixel.gif" width="1" height="1"/><media:content url="/p.png" medium="image"/><title>T</title>'
    )
    assert [file.url for file in entry.enclosures] == ["https://s.example/p.png"]
    assert (entry.image_url, entry.title) == ("https://s.example/p.png", "T")


def test_the_file_that_feedburner_led_to_goes_before_its_own_address():
    original = "<feedburner:origEnclosureLink>http://cdn.example/File.mp3</feedburner:origEnclosureLink>"
    proxied = '<enclosure url="http://feedproxy.example/~5/x/File.mp3" type="audio/mpeg" length="1"/>'
    for item in (original + proxied, proxied + original):
        assert [file.url for file in files_of(item)] == ["http://cdn.example/File.mp3"]
    assert len(files_of(original + proxied + '<enclosure url="/2.mp3"/>')) == 2


@pytest.mark.parametrize(
    ("text", "seconds"), [("95", 95), ("01:35", 95), ("1:00:05", 3605), ("x", None), ("1:2:3:4", None)]
)
def test_an_episode_says_how_long_it_is(text, seconds):
    [file] = files_of(f'<enclosure url="/a.mp3"/><itunes:duration>{text}</itunes:duration>')
    assert file.duration == seconds


def test_categories_of_media_rss_are_tags_by_their_labels_or_the_parts_of_their_paths():
    entry = entry_of(
        '<media:category label="Jazz">music/jazz</media:category><media:content url="/a.mp3"><media:category>music/artist'
        "</media:category><media:keywords>sea, boats</media:keywords></media:content>"
    )
    assert entry.tags == ("Jazz", "music", "artist", "sea", "boats")


@pytest.mark.parametrize(
    "namespace", ["http://search.yahoo.com/mrss", "https://search.yahoo.com/mrss/", "HTTP://SEARCH.YAHOO.COM/mrss/"]
)
def test_media_rss_goes_by_several_names(namespace):
    assert len(files_of('<m:content url="/a.jpg"/>', namespaces=f'xmlns:m="{namespace}"')) == 1


def test_an_entry_with_no_end_of_media_is_read_in_time():
    group = "<media:group>" + '<media:content url="/a"/>' * 300 + "<media:description>x</media:description>" * 300
    entry = entry_of((group + "</media:group>") * 300)
    assert len(entry.enclosures) <= 100


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("https://a.example/i.jpg", "http://A.example/i.jpg?w=300#x", True),
        ("https://a.example/i.jpg?id=1&width=3&q=80", "https://a.example/i.jpg?id=1", True),
        ("https://a.example/i?id=1", "https://a.example/i?id=2", False),
        ("https://a.example/i?s=1", "https://a.example/i?s=2", False),
        ("https://a.example/i", "https://a.example/I", False),
    ],
)
def test_sizes_and_schemes_make_no_other_picture(one, other, is_same):
    assert (same_picture(one) == same_picture(other)) is is_same


def test_what_earlier_versions_stored_has_a_kind_too():
    assert kind_of("image/*") == "picture"
    assert kind_of("Audio/MPEG; charset=x") == "sound"
    assert kind_of("application/x-shockwave-flash", "https://a.example/v.mp4") == "other"
    assert kind_of("", "http://[") == "other"


@pytest.mark.parametrize(
    "picture",
    [
        "<image><url>/a.jpg</url><title>x</title><link>/x</link><description>x</description></image>",
        '<image href="/a.jpg"/>',
        "<image> https://s.example/a.jpg </image>",
        "<thumbnail>https://s.example/a.jpg</thumbnail>",
        '<fullimage/><img src="/a.jpg"/>',
    ],
)
def test_an_entrys_picture_named_as_a_channels_is_its_picture_and_changes_nothing_else(picture):
    own = "<title>T</title><link>/l</link><description>Words</description>"
    for item in (own + picture, picture + own):
        entry = entry_of(item)
        assert (entry.title, entry.url, entry.content_html) == ("T", "https://s.example/l", "Words")
        assert entry.image_url == "https://s.example/a.jpg"
    assert entry_of(own + "<image>a picture</image>").image_url == ""
    assert entry_of(own + "<image>https://secure.gravatar.com/avatar/0?s=96</image>").image_url == ""


def test_content_that_is_a_file_elsewhere_comes_along():
    entry = '<entry><id>1</id><summary>Words</summary><content type="{}" src="a" xml:base="/b/"/></entry>'
    found = {}
    for kind in ("image/png", "video/mp4", "application/pdf", "text/html", "html", "application/xhtml+xml"):
        document = f'<feed xmlns="http://www.w3.org/2005/Atom">{entry.format(kind)}</feed>'
        [read] = parse(document.encode(), url=URL).entries
        assert read.content_html == "Words"
        found |= {kind: [(file.url, file.kind) for file in read.enclosures]}
    address = "https://feed.example/b/a"
    assert found == {
        "image/png": [(address, "picture")],
        "video/mp4": [(address, "film")],
        "application/pdf": [(address, "other")],
        "text/html": [],
        "html": [],
        "application/xhtml+xml": [],
    }
