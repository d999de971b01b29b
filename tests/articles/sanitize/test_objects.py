"""Objects, players, embedded posts and figures: nothing of them is lost without a trace."""

import pytest

from articles.sanitize import clean, sanitize

BASE = "https://publisher.example/news/story"
REL = ' rel="noopener noreferrer"'


def cleaned(html):
    html = clean(html, base_url=BASE)
    assert clean(html, base_url=BASE) == html
    return html


def card(page, name, title=""):
    return f'<p class="embed"><a href="{page}"{REL}>{name} · {title or page}</a></p>'


FILM = card("https://www.youtube.com/watch?v=abcDEF12345", "YouTube")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<object data="/c.svg" type="image/svg+xml"><img src="/c.png" alt="chart"></object>',
         '<p><img src="https://publisher.example/c.png" alt="chart"></p>'),
        ('<object data="/c.svg" type="image/svg+xml"></object>', '<p><img src="https://publisher.example/c.svg" alt=""></p>'),
        ('<object data="/c.svg" type="image/svg+xml"><p>No drawings\nhere.</p></object>',
         '<p><img src="https://publisher.example/c.svg" alt="No drawings here."></p>'),
        ('<object data="/s.mp3" type="audio/mpeg">No sound.</object>',
         '<audio src="https://publisher.example/s.mp3" controls preload="none"></audio>'),
        ('<object data="/x.pdf"><p>Read the <a href="/x.pdf">PDF</a></p></object>',
         f'<p>Read the <a href="https://publisher.example/x.pdf"{REL}>PDF</a></p>'),
        ('<object data="/x.pdf" type="application/pdf">No PDF here.</object>',
         card("https://publisher.example/x.pdf", "publisher.example") + "<p>No PDF here.</p>"),
        ('<object><param name="movie" value="http://www.youtube.com/v/abcDEF12345"><embed'
         ' src="http://www.youtube.com/v/abcDEF12345"></object>', FILM),
        ('<p>a <object><param name="SRC" value="//youtube.com/v/abcDEF12345"><p>b</object> c</p>',
         "<p>a</p>" + FILM + "<p>c</p>"),
        ('<object><object><embed src="//youtube.com/v/abcDEF12345"></object></object>', FILM),
        ('<object data="/player.swf"><embed src="/player.swf?x=1"><p>Get a plug-in.</p></object>', "<p>Get a plug-in.</p>"),
        ("<object>words</object>", "<p>words</p>"),
        ('<embed src="/x.pdf">', card("https://publisher.example/x.pdf", "publisher.example")),
        ('<div><embed src="/x.swf"><p>after</p></div>', "<p>after</p>"),
        ('<embed src="/s.mp3" type="audio/mpeg">',
         '<audio src="https://publisher.example/s.mp3" controls preload="none"></audio>'),
        ('<embed src="/c.svg" title="chart">', '<p><img src="https://publisher.example/c.svg" alt="chart" title="chart"></p>'),
    ],
)  # fmt: skip
def test_what_an_object_holds_is_shown(html, expected):
    assert cleaned(html) == expected


@pytest.mark.parametrize(
    ("address", "page", "name"),
    [
        ("http://vimeo.com/moogaloop.swf?clip_id=12&server=vimeo.com", "https://vimeo.com/12", "Vimeo"),
        ("//www.vimeo.com/moogaloop.swf?server=vimeo.com&clip_id=12", "https://vimeo.com/12", "Vimeo"),
        ("http://www.dailymotion.com/swf/x5abc", "https://www.dailymotion.com/video/x5abc", "Dailymotion"),
        ("http://www.dailymotion.com/swf/video/x5abc", "https://www.dailymotion.com/video/x5abc", "Dailymotion"),
        ("http://static.video.qq.com/TPout.swf?vid=v0ab&auto=0", "https://v.qq.com/x/page/v0ab.html", "Tencent Video"),
        ("https://imgcache.qq.com/tencentvideo_v1/player/TPout.swf?max_age=9&vid=v0ab",
         "https://v.qq.com/x/page/v0ab.html", "Tencent Video"),
        ("http://static.hdslb.com/miniloader.swf?aid=77&page=1", "https://www.bilibili.com/video/av77", "Bilibili"),
        ("http://share.acg.tv/flash.swf?aid=77&page=1", "https://www.bilibili.com/video/av77", "Bilibili"),
    ],
)  # fmt: skip
def test_what_a_plug_in_played_leads_to_the_page_of_the_film(address, page, name):
    address = address.replace("&", "&amp;")
    embed = f'<embed src="{address}" type="application/x-shockwave-flash">'
    assert cleaned(embed) == card(page, name)
    assert cleaned(f'<object><param name="movie" value="{address}">{embed}</object>') == card(page, name)


@pytest.mark.parametrize(
    ("html", "page"),
    [
        ('<lite-youtube videoid="abcDEF12345"><a href="/x">Play</a></lite-youtube>', "https://www.youtube.com/watch?v=abcDEF12345"),
        ('<lite-vimeo videoid="123"></lite-vimeo>', "https://vimeo.com/123"),
        ('<amp-youtube data-videoid="abcDEF12345"></amp-youtube>', "https://www.youtube.com/watch?v=abcDEF12345"),
        ('<amp-twitter data-tweetid="42"></amp-twitter>', "https://x.com/i/status/42"),
        ('<figure class="media"><oembed url="https://vimeo.com/1"></oembed></figure>', "https://vimeo.com/1"),
        ('<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/ABC/"></blockquote>',
         "https://www.instagram.com/p/ABC/"),
        ('<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@u/video/1"><section></section></blockquote>',
         "https://www.tiktok.com/@u/video/1"),
        ('<blockquote class="twitter-tweet" cite="https://twitter.com/u/status/1"></blockquote>', "https://x.com/u/status/1"),
        ('<blockquote class="x bluesky-embed" data-bluesky-uri="at://did:plc:abc/app.bsky.feed.post/3k"></blockquote>',
         "https://bsky.app/profile/did:plc:abc/post/3k"),
        ('<div class="fb-post" data-href="https://www.facebook.com/a/posts/1"></div>', "https://www.facebook.com/a/posts/1"),
        ('<div class="rll-youtube-player" data-id="abcDEF12345"></div>', "https://www.youtube.com/watch?v=abcDEF12345"),
        ('<script src="https://gist.github.com/u/0a1b.js"></script>', "https://gist.github.com/u/0a1b"),
        ('<script src="//asciinema.org/a/14.js" id="asciicast-14" async></script>', "https://asciinema.org/a/14"),
    ],
)  # fmt: skip
def test_what_a_script_would_put_in_is_linked(html, page):
    assert f'<p class="embed"><a href="{page}"' in cleaned(html)
    assert cleaned(html).count("<a ") == 1


def test_a_quoted_post_with_its_link_needs_no_other():
    html = '<blockquote class="twitter-tweet" cite="{0}"><p>words</p>— <a href="{0}">today</a></blockquote>'
    page = "https://twitter.com/u/status/1"
    assert cleaned(html.format(page)).count("<a ") == 1
    assert "words" in cleaned(html.format(page))
    toot = "https://social.example/@a/1"
    html = f'<blockquote class="mastodon-embed" data-embed-url="{toot}/embed"><a href="{toot}">Post</a></blockquote>'
    assert cleaned(html) == f'<blockquote><p><a href="{toot}"{REL}>Post</a></p></blockquote>'


@pytest.mark.parametrize(
    "script",
    [
        '<script src="https://gist.github.com.evil.example/u/1.js"></script>',
        '<script src="https://platform.twitter.com/widgets.js"></script>',
        '<script src="/embed.js">https://gist.github.com/u/1.js</script>',
        '<lite-youtube></lite-youtube><blockquote class="tiktok-embed" cite="javascript:alert(1)"></blockquote>',
    ],
)
def test_other_scripts_leave_nothing(script):
    assert cleaned(script) == ""


A, B = (f'<img src="https://publisher.example/{name}.jpg" alt="">' for name in "ab")


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (f"{A}<figcaption>One</figcaption>{B}<figcaption>Two</figcaption>",
         f"<figure>{A}<figcaption>One</figcaption></figure><figure>{B}<figcaption>Two</figcaption></figure>"),
        (f"<figcaption>One</figcaption>{A}<figcaption>Two</figcaption>{B}",
         f"<figure>{A}<figcaption>One</figcaption></figure><figure>{B}<figcaption>Two</figcaption></figure>"),
        (f"{A}<figcaption>One</figcaption><figcaption>Photo: X</figcaption>",
         f"<figure>{A}<figcaption><p>One</p><p>Photo: X</p></figcaption></figure>"),
        (f"{A}<figcaption>One</figcaption>{B}<figcaption> </figcaption>",
         f"<figure>{A}<figcaption>One</figcaption></figure><figure>{B}</figure>"),
        (f"{A}{B}<figcaption>Both</figcaption>", f"<figure>{A}{B}<figcaption>Both</figcaption></figure>"),
        (f"<figcaption>Above</figcaption>{A}", f"<figure>{A}<figcaption>Above</figcaption></figure>"),
        ("<figcaption>One</figcaption><figcaption>Two</figcaption>", "<p>One</p><p>Two</p>"),
    ],
)  # fmt: skip
def test_each_caption_stays_with_its_picture(inside, expected):
    assert cleaned(f"<figure>{inside}</figure>") == expected


PICTURE = '<img src="https://publisher.example/b.jpg" alt="">'


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # Blogger's picture with a caption
        (['<td style="text-align: center;"><a href="/l.jpg"><img border="0" src="/b.jpg"></a></td>', "<td>The <b>sea</b></td>"],
         f'<figure><a href="https://publisher.example/l.jpg"{REL}>{PICTURE}</a><figcaption>The <b>sea</b></figcaption>'
         "</figure>"),
        (['<td><p><img src="/b.jpg"></p></td>', '<td lang="fr">Mer</td>'],
         f'<figure>{PICTURE}<figcaption lang="fr">Mer</figcaption></figure>'),
        # the layout of letters
        (["<td><h2>News</h2><p>One</p></td>", '<td dir="rtl">Two</td>', '<td><img src="/b.jpg"></td>'],
         f'<h2>News</h2><p>One</p><p dir="rtl">Two</p><p>{PICTURE}</p>'),
        (["<td>Berlin</td>", "<td>Paris</td>"],
         "<table><tbody><tr><td>Berlin</td></tr><tr><td>Paris</td></tr></tbody></table>"),
        (["<th>City</th>", '<td><img src="/b.jpg"></td>'],
         f"<table><tbody><tr><th>City</th></tr><tr><td>{PICTURE}</td></tr></tbody></table>"),
    ],
)  # fmt: skip
def test_a_table_of_one_column_only_lays_out_what_is_more_than_words(rows, expected):
    assert cleaned("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>") == expected


def test_the_caption_of_a_table_of_one_cell_stays():
    html = '<table><caption>Table 1. <i>Results</i></caption><tr><td><img src="/c.png"></td></tr></table>'
    assert cleaned(html) == '<p>Table 1. <i>Results</i></p><p><img src="https://publisher.example/c.png" alt=""></p>'
    assert cleaned("<table><caption>Only</caption></table>") == "<p>Only</p>"


def test_a_film_that_only_a_script_plays_shows_its_poster():
    html = '<video poster="/p.jpg" title="The film"><p>No film here.</p></video>'
    picture = '<p><img src="https://publisher.example/p.jpg" alt="The film"></p>'
    assert cleaned(html) == picture + "<p>No film here.</p>"
    assert sanitize(html, base_url=BASE).image_url == "https://publisher.example/p.jpg"
    assert "<img" not in cleaned('<video poster="/p.jpg" src="/v.mp4"></video>')


# --- pictures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ('width="570" height="0"', ' width="570"'),
        ('width="0" height="570"', ' height="570"'),
        ('width="0"', ""),
        ('width="640" height="2"', ' width="640" height="2"'),
        ('style="width:0" height="100"', ' height="100"'),
        ('style="width:320px;height:12.5em"', ' width="320" height="200"'),
        ('style="WIDTH: 24pt ; height: auto"', ' width="32"'),
        ('style="max-height:1em"', ' height="16"'),
        ('style="max-width:600px;width:100%"', ""),
        ('style="line-height:2em;border-width:3px"', ""),
        ('width="50%" height="1em"', ' height="16"'),
    ],
)
def test_a_picture_has_the_size_that_its_attributes_and_style_say(size, kept):
    assert (
        cleaned(f'<p><img src="/a.jpg" alt="A" {size}></p>')
        == f'<p><img src="https://publisher.example/a.jpg" alt="A"{kept}></p>'
    )


@pytest.mark.parametrize(
    "size",
    [
        "width=1 height=1",
        "width=0 height=0",
        "width=0 height=1",
        "width=1",
        "style='width:1px;height:1px'",
        "style='height:1px'",
    ],
)
def test_a_pixel_goes(size):
    assert cleaned(f"<p>a<img src=https://a.example/t.jpg {size}></p>") == "<p>a</p>"


def test_a_face_stands_in_its_line():
    html = '<p>Hi <img src="/e.svg" alt=":snake:" class="wp-smiley" style="height:1em;max-height:1em"> there</p>'
    shown = '<p>Hi <img src="https://publisher.example/e.svg" alt=":snake:" class="smiley" height="16"> there</p>'
    assert cleaned(html) == shown
    assert cleaned('<p>Hi <img src="/e.svg" alt=":snake:" class="emoji"> there</p>') == shown
    for name in ("twemoji", "emojione emojione-1f40d", "smilies", "smilie smilie--3", "bbc_emoticon"):
        assert cleaned(f'<p>Hi <img src="/e.svg" alt=":snake:" class="{name}"> there</p>') == shown
    assert sanitize(html, base_url=BASE).image_url == ""
    assert "smiley" not in cleaned('<img src="/a.jpg" class="emoji" width="640">')


def test_a_picture_inside_of_the_page_is_named():
    data = "data:image/png;base64," + "A" * 40
    assert cleaned(f'<p>a <img alt="Red  dot" src="{data}"> b</p>') == "<p>a [Red dot] b</p>"
    assert cleaned(f'<p>a <img src="{data}"> b</p>') == "<p>a b</p>"
    assert cleaned(f'<p><img alt="dot" width=1 height=1 src="{data}">a</p>') == "<p>a</p>"
    twin = f'<img alt="A" src="{data}"><noscript><img alt="A" src="/a.jpg"></noscript>'
    assert cleaned(twin) == '<p><img src="https://publisher.example/a.jpg" alt="A"></p>'
    sources = f'<picture><source srcset="/a.jpg"><img alt="B" src="{data}"></picture>'
    assert "<img" in cleaned(sources)
    assert "[B]" not in cleaned(sources)


def test_a_poster_that_only_keeps_the_room_is_the_picture_behind_it():
    spacer, poster = "https://img.spacergif.org/v1/1280x720/0a/spacer.png", "https://publisher.example/v_thumb.jpg"
    film = f'<video src="/v.mp4" poster="{spacer}" style="background: transparent url(\'/v_thumb.jpg\') 50% / cover"></video>'
    found = sanitize(film, base_url=BASE)
    assert (found.image_url, f'poster="{poster}"' in found.html) == (poster, True)
    assert "poster" not in cleaned(f'<video src="/v.mp4" poster="{spacer}"></video>')


def test_the_times_of_a_player_that_a_script_makes_are_not_read():
    card = (
        '<div><audio src="https://publisher.example/a.mp3"></audio><div>Episode 1</div><div><span class="kg-audio-current-time">'
        '0:00</span><div class="kg-audio-time">/<span class="kg-audio-duration">42:11</span></div></div></div>'
    )
    assert (
        cleaned(card) == '<audio src="https://publisher.example/a.mp3" controls preload="none"></audio><p>Episode 1</p>'
    )


@pytest.mark.parametrize(
    "name", ["kg-bookmark-icon", "embedded-post-publication-logo", "wp-embed-site-icon", "favicon"]
)
def test_the_icon_of_the_site_that_a_card_leads_to_is_as_high_as_its_line(name):
    assert cleaned(f'<p><img class="{name}" src="https://p.example/i.png" alt="">Other</p>') == (
        '<p><img src="https://p.example/i.png" alt="" class="smiley" height="16">Other</p>'
    )


@pytest.mark.parametrize("name", ["latex", "mwe-math-fallback-image-inline", "formula inline", "tex"])
def test_a_picture_of_a_formula_does_not_stand_for_the_article(name):
    html = f'<p><img class="{name}" src="/f?x" alt="x^2"></p><p><img class="wp-image-1 texture" src="/p.jpg"></p>'
    assert sanitize(html, base_url=BASE).image_url == "https://publisher.example/p.jpg"
