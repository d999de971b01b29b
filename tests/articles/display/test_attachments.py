"""Pictures, players and other files that come beside an article's text: shown once, wherever the article is."""

from __future__ import annotations

import json

import pytest

from articles.display.attachments import whole
from articles.display.media import image_addresses
from articles.images import wants
from articles.images.models import ImageAddress
from articles.images.urls import read_path
from articles.ingest.pipeline import store_entries
from feeds.parse import parse
from feeds.parse.values import ParsedEnclosure
from tests.articles.book.making import book_of
from tests.articles.images import pictures
from tests.articles.kept_pictures import keep_picture
from tests.factories import make_article, make_feed, make_reader

A, B = "https://p.example/a.jpg", "https://p.example/b.jpg"
WATCH = "https://www.youtube.com/watch?v=AbCdEfGhIjK"
TEXT = "<p>Good morning!</p>"


def picture(url=A, **fields):
    return ParsedEnclosure(url=url, **{"media_type": "image/jpeg"} | fields)


def film(**fields):
    return ParsedEnclosure(url=WATCH, media_type="text/html", is_player=True, **fields)


def shown(files, content=TEXT, **options):
    return whole(content, files, **options).html


def listed(files, content=TEXT):
    return [file.url for file in whole(content, files).files]


def test_pictures_stand_above_a_text_with_a_title_and_below_one_without():
    files = [picture(alt="A harbour"), picture(B, title="b")]
    figures = f'<figure><img src="{A}" alt="A harbour"></figure><figure><img src="{B}" alt="b"></figure>'
    assert shown(files, title="Harbours") == figures + TEXT
    assert shown(files) == TEXT + figures
    assert listed(files) == []


def test_what_is_said_of_a_picture_stays_what_it_is():
    html = shown(
        [picture('https://p.example/"><script>.jpg', alt='"><script>alert(1)</script>', width=640, height=480)]
    )
    assert "<script" not in html
    assert ' width="640" height="480">' in html


@pytest.mark.parametrize("title", ["", "Harbours"])
def test_a_title_that_is_the_articles_own_describes_no_picture(title):
    assert f'alt="{"" if title else "Harbours"}"' in shown([picture(title="Harbours")], title=title)


@pytest.mark.parametrize(
    ("in_text", "beside"),
    [
        (A, A),
        (A, "http://p.example/a.jpg"),
        (f"{A}?w=300&amp;h=200", f"{A}?w=1200"),
        (f"{A}?width=140", f"{A}?width=700&s=bb"),
        ("https://p.example/a-1024x683.jpg", A),
        ("https://i0.wp.com/p.example/a.jpg?fit=300%2C200&amp;ssl=1", A),
        ("https://substackcdn.com/image/fetch/w_1456,c_limit,f_auto/https%3A%2F%2Fp.example%2Fa.jpg", A),
        (A, "https://substackcdn.com/image/fetch/$s_!x!,w_600/https%3A%2F%2Fp.example%2Fa.jpg"),
        ("https://p.example/cdn-cgi/image/width=300/https://p.example/a.jpg", A),
        ("https://cdn-images-1.medium.com/max/800/1*x.png", "https://cdn-images-1.medium.com/max/2600/1*x.png"),
        ("https://b.example/-x/s320/a.jpg", "https://b.example/-x/s1600/a.jpg"),
        (
            "https://b.example/img/a/AVvXsE0123456789abcdef=s72-c",
            "https://b.example/img/a/AVvXsE0123456789abcdef=w640-h480",
        ),
        ("https://p.example/a-1024x683.jpg", "https://p.example/a-scaled.jpg"),
        ("https://p.example/a-1024x683.jpg", "https://p.example/a-scaled-e1700000000000.jpg"),
        ("https://p.example/a_1024x.jpg?v=1", "https://p.example/a.jpg?v=1"),
        ("https://p.example/a.jpg.webp", A),
        (
            "https://p.example/files/styles/max-650/public/2024-01/a.jpg.webp?itok=x1",
            "https://p.example/files/2024-01/a.jpg",
        ),
        ("https://p.example/images/size/w600/2024/a.jpg", "https://p.example/images/2024/a.jpg"),
        ("https://64.example/h/s640x960/a.jpg", "https://64.example/h/s1280x1920/a.jpg"),
        ("https://f.example/1/12_0123456789_m.jpg", "https://f.example/1/12_0123456789_b.jpg"),
        ("https://wx1.sinaimg.cn/mw690/a.jpg", "https://wx1.sinaimg.cn/large/a.jpg"),
        ("https://c.example/d/image/upload/c_fill,w_300/f_auto/v1/a.jpg", "https://c.example/d/image/upload/v1/a.jpg"),
        ("https://w.example/w/thumb/a/ab/F.jpg/320px-F.jpg", "https://w.example/w/a/ab/F.jpg"),
        ("https://s.example/content/v1/a/b.jpg?format=300w", "https://s.example/content/v1/a/b.jpg?format=1500w"),
        ("https://s.example/content/v1/a/b.jpg", "https://s.example/content/v1/a/b.jpg?format=1500w"),
        (
            "https://x.example/media/a~mv2.jpg/v1/fit/w_980,h_653,al_c,q_80,enc_auto/file.png",
            "https://x.example/media/a~mv2.jpg/v1/fit/w_1000,h_667,al_c,q_80/file.png",
        ),
        (A, f"{A}?x-oss-process=image/resize,w_800"),
        (A, f"{A}?imageView2/2/w/800"),
    ],
)
def test_a_picture_that_stands_in_the_text_is_neither_shown_nor_listed_again(in_text, beside):
    content = f'<p><img src="{in_text}" alt=""></p>'
    assert shown([picture(beside)], content, title="T") == content
    assert listed([picture(beside)], content) == []


@pytest.mark.parametrize(
    "content",
    [
        f'<p><img src="https://p.example/x.jpg" srcset="https://p.example/x.jpg 300w, {A} 900w" alt=""></p>',
        f'<p><a href="{A}" rel="noopener noreferrer"><img src="https://p.example/small.jpg" alt=""></a></p>',
        f'<video controls preload="none" src="https://p.example/f.mp4" poster="{A}"></video>',
    ],
)
def test_a_picture_that_is_a_size_the_target_or_the_poster_of_what_is_in_the_text_is_in_it(content):
    assert shown([picture()], content, title="T") == content


@pytest.mark.parametrize(
    "other",
    [
        f"{A}?id=1",
        "https://p.example/2/a.jpg",
        "https://q.example/a.jpg",
        "https://p.example/a-2.jpg",
        "https://p.example/a_b.jpg",
    ],
)
def test_another_picture_is_shown(other):
    assert other in shown([picture(other)], f'<p><img src="{A}" alt=""></p>')


def test_of_one_picture_in_several_sizes_the_largest_is_shown():
    sizes = [picture(f"{A}?width={width}", width=width, media_type="") for width in (140, 700, 460)]
    assert image_addresses(shown(sizes)) == [f"{A}?width=700"]


def test_a_picture_that_counts_readers_is_not_shown():
    assert shown([picture("https://p.example/pixel.gif")], title="T") == TEXT


def test_a_player_is_a_card_with_its_picture_as_a_frame_in_the_text_is():
    html = shown([film(title="How a <gate> is lifted", poster_url=A)], title="Gates")
    link = f'<a href="{WATCH}" rel="noopener noreferrer">'
    assert html == (
        f'<figure>{link}<img src="{A}" alt="How a &lt;gate&gt; is lifted"></a></figure>'
        f'<p class="embed">{link}YouTube · How a &lt;gate&gt; is lifted</a></p>{TEXT}'
    )
    assert listed([film()]) == []


def test_a_player_without_a_picture_has_the_articles_and_without_a_title_the_articles():
    html = shown([film()], title="Gates", image_url=A)
    assert f'<img src="{A}" alt="Gates">' in html
    assert "YouTube · Gates" in html


@pytest.mark.parametrize("content", [TEXT, f'<p><img src="{A}" alt=""></p>'])
def test_a_picture_that_is_shown_anyway_is_not_the_players_too(content):
    html = shown([film(), picture()], content, title="Gates", image_url=f"{A}?w=100")
    assert html.count("<img") == 1
    assert html.count("<figure>") == (content == TEXT)


def test_of_several_players_without_pictures_the_first_has_the_articles():
    vimeo = ParsedEnclosure(url="https://vimeo.com/7", is_player=True)
    assert shown([film(), vimeo, film()], title="Gates", image_url=A).count("<img") == 1


def test_a_player_whose_page_stands_in_the_text_is_not_shown_again():
    content = f'<p class="embed"><a href="{WATCH}" rel="noopener noreferrer">YouTube · x</a></p>'
    assert shown([film(poster_url=A), picture()], content, title="T").count("<img") == 0


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://www.youtube.com/v/AbCdEfGhIjK?version=3", WATCH),
        ("https://player.vimeo.com/video/7?color=1", "https://vimeo.com/7"),
        ("http://vimeo.com/moogaloop.swf?clip_id=7", "https://vimeo.com/7"),
        ("http://films.example/player.swf?clip_id=7", ""),
    ],
)
def test_what_was_stored_of_a_player_before_is_one_too(url, page):
    old = ParsedEnclosure(url=url, media_type="application/x-shockwave-flash")
    assert (f'<a href="{page}"' in shown([old])) is bool(page)
    assert listed([old]) == ([] if page else [url])


def test_a_page_that_plays_is_linked_whoevers_it_is():
    player = ParsedEnclosure(url="https://films.example/7", media_type="text/html", is_player=True, title="x")
    assert '<p class="embed"><a href="https://films.example/7"' in shown([player])


def test_sounds_and_other_files_are_listed_unless_the_text_plays_them():
    sound = ParsedEnclosure(url="https://p.example/1.mp3", media_type="audio/mpeg")
    paper = ParsedEnclosure(url="https://p.example/1.pdf", media_type="application/pdf")
    assert listed([sound, paper]) == [sound.url, paper.url]
    assert listed([sound, paper], f'<audio controls preload="none" src="{sound.url}"></audio>') == [paper.url]
    assert shown([sound, paper]) == TEXT


@pytest.mark.parametrize("part", ["<a href=", "<p class=", "-10x10", "/s100", "/w10-h10", "<img src="])
def test_long_texts_and_addresses_are_looked_through_in_no_time(part):
    whole(part * 50_000, [picture("https://p.example/" + part * 500)])


# --- wherever the article is ------------------------------------------------------------------------------------

MASTODON = f"""<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title><item>
<guid>https://m.example/@a/1</guid><link>https://m.example/@a/1</link><description>&lt;p&gt;Good morning!&lt;/p&gt;</description>
<media:content url="{A}" type="image/jpeg" medium="image"><media:description type="plain">The harbour &amp; a crane
</media:description></media:content><media:content url="{B}" type="image/jpeg" medium="image"/></item></channel></rss>"""
CHANNEL = f"""<feed xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom"><title>T</title>
<entry><id>yt:video:AbCdEfGhIjK</id><title>A gate is lifted</title><link rel="alternate" href="{WATCH}"/><media:group>
<media:title>A gate is lifted</media:title><media:content url="https://www.youtube.com/v/AbCdEfGhIjK?version=3"
type="application/x-shockwave-flash" width="640" height="390"/><media:thumbnail url="{A}" width="480" height="360"/>
<media:description>The crane at work.</media:description></media:group></entry></feed>"""
GUARDIAN = f"""<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title><item><title>N</title>
<guid>g</guid><description>Text</description><media:content width="140" url="{A}?width=140&amp;s=aa"/>
<media:content width="700" url="{A}?width=700&amp;s=bb"/></item></channel></rss>"""


def body_of(client, path):
    return b"".join(client.get(path).streaming_content)


@pytest.fixture
def stored(db):
    def store(document):
        feed = make_feed()
        store_entries(feed, parse(document.encode(), url="https://p.example/feed").entries)
        return feed.articles.get()

    return store


@pytest.fixture
def page_of(client, stored):
    def page(document):
        article = stored(document)
        client.force_login(make_reader())
        return client.get(article.get_absolute_url()).text

    return page


def test_a_photo_post_shows_all_of_its_photos(page_of):
    page = page_of(MASTODON)
    assert page.count('<a class="enlarge"') == 2
    assert 'alt="The harbour &amp; a crane"' in page
    assert ">Files<" not in page


def test_a_film_is_a_card_with_its_picture(page_of):
    page = page_of(CHANNEL)
    assert f'<p class="embed"><a href="{WATCH}" rel="noopener noreferrer">YouTube · A gate is lifted</a></p>' in page
    assert 'alt="A gate is lifted"' in page
    assert "shockwave" not in page
    assert ">Files<" not in page


def test_a_picture_with_a_size_and_no_type_is_shown_once_and_stands_for_the_article(page_of, client):
    page = page_of(GUARDIAN)
    assert page.count('<a class="enlarge"') == 1
    assert ">Files<" not in page
    assert "</div><img src=/images/" in client.get("/").text


def test_a_film_that_came_along_has_its_picture(client, db):
    article = make_article()
    article.enclosures.create(url="https://p.example/1.mp4", media_type="video/mp4", poster_url=A)
    client.force_login(make_reader())
    page = client.get(article.get_absolute_url()).text
    poster = page.partition('poster="')[2].partition('"')[0]
    assert read_path(poster).url == A


@pytest.mark.parametrize("document", [MASTODON, CHANNEL, GUARDIAN])
def test_what_is_shown_is_kept(stored, document):
    article = stored(document)
    kept = set(ImageAddress.objects.values_list("url", flat=True))
    assert set(image_addresses(shown(list(article.enclosures.all()), article.content_html))) <= kept
    ImageAddress.objects.all().delete()
    list(wants.want_archive(type(article.feed).objects.all(), type(article).objects.all(), resume=False))
    assert set(ImageAddress.objects.values_list("url", flat=True)) == kept


@pytest.mark.parametrize("form", ["rss.xml", "atom.xml", "feed.json"])
@pytest.mark.parametrize("document", [MASTODON, CHANNEL])
def test_it_goes_out_as_it_came(client, stored, settings, form, document):
    settings.NEWSREADER_PUBLIC = True
    article = stored(document)
    read = parse(body_of(client, f"/{form}"), url=f"http://testserver/{form}").entries[0]
    [came] = parse(document.encode(), url="https://p.example/feed").entries
    fields = ("url", "kind", "title", "alt", "poster_url", "is_player")
    assert [[getattr(file, name) for name in fields] for file in read.enclosures] == [
        [getattr(file, name) for name in fields] for file in came.enclosures
    ]
    assert article.enclosures.count() == len(read.enclosures)


def test_json_says_what_its_attachments_show(client, stored, settings):
    settings.NEWSREADER_PUBLIC = True
    stored(MASTODON)
    [first, second] = json.loads(body_of(client, "/feed.json"))["items"][0]["attachments"]
    assert first["_media"] == {"alt": "The harbour & a crane"}
    assert "_media" not in second


def test_a_book_has_it_too(stored, tmp_path, settings):
    settings.IMAGE_CACHE_DIR = tmp_path / "cache"
    images = {**settings.STORAGES["images"], "OPTIONS": {"location": tmp_path / "images"}}
    settings.STORAGES = {**settings.STORAGES, "images": images}
    stored(MASTODON)
    keep_picture(A, pictures.jpeg())
    book = book_of()
    [chapter] = map(book.bytes, book.chapters)
    assert b'alt="The harbour &amp; a crane"' in chapter
    assert b'href="https://p.example/b.jpg"' in chapter  # which is not here
    assert chapter.count(b"b.jpg") == 1  # and not among the files
