"""Cards of films: which can be played here, and of whom they are asked."""

from __future__ import annotations

import pytest

from articles.display.frames import frame_of, with_frames
from articles.sanitize import clean


@pytest.mark.parametrize(
    ("source", "player"),
    [
        ("https://www.youtube.com/embed/AbCdEfGhIjK", "https://www.youtube-nocookie.com/embed/AbCdEfGhIjK?autoplay=1"),
        ("https://player.vimeo.com/video/76979871", "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1"),
        ("https://player.bilibili.com/player.html?bvid=BV1xx411c7mD",
         "https://player.bilibili.com/player.html?bvid=BV1xx411c7mD&autoplay=1"),
        ("https://www.dailymotion.com/embed/video/x8abc12", "https://geo.dailymotion.com/player.html?video=x8abc12"),
        ("https://archive.org/embed/night_of_the_living_dead", "https://archive.org/embed/night_of_the_living_dead"),
        ("https://embed.nicovideo.jp/watch/sm9", "https://embed.nicovideo.jp/watch/sm9"),
        ("https://v.qq.com/txp/iframe/player.html?vid=a0020abcdef", "https://v.qq.com/txp/iframe/player.html?vid=a0020abcdef"),
        ("https://streamable.com/e/moo", "https://streamable.com/e/moo"),
    ],
)  # fmt: skip
def test_a_frame_that_a_feed_carries_is_played_by_its_host(source, player):
    html = clean(f'<iframe src="{source}"></iframe>', base_url="https://x.example/")
    pressed = []

    def button(page, frame, picture):
        pressed.append(frame.address)
        return "<b>button</b>"

    shown = with_frames(html, button)
    assert pressed == [player]
    assert shown == f"<b>button</b>{html}"


@pytest.mark.parametrize(
    "page",
    [
        "https://www.youtube.com/watch?v=AbCdEfGhIjK&evil=1", "https://evil.example/www.youtube.com/watch?v=AbCdEfGhIjK",
        "https://x.com/i/status/1", "https://www.twitch.tv/videos/1", "javascript:alert(1)", "",
        'https://www.ted.com/talks/"><script>', "https://vimeo.com/1/../../evil",
    ],
)  # fmt: skip
def test_whatever_else_is_a_link_alone(page):
    assert frame_of(page) is None


def test_a_picture_above_the_card_becomes_the_buttons():
    card = '<p class="embed"><a href="https://vimeo.com/1" rel="x">Vimeo · A</a></p>'
    picture = '<img src="/images/s/o/x" alt="">'
    figure = f'<figure><a href="https://vimeo.com/1" rel="x">{picture}</a></figure>'
    assert with_frames(figure + card, lambda page, frame, shown: f"[{shown}]") == f"[{picture}]{card}"
    assert with_frames(f"<p>a</p>{card}", lambda page, frame, shown: f"[{shown}]") == f"<p>a</p>[]{card}"
