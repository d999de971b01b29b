"""Empty elements whose attributes say what a script would put into them."""

from html import escape
from json import dumps

import pytest

from articles.sanitize import clean

REL = ' rel="noopener noreferrer"'


def cleaned(html):
    html = clean(html, base_url="https://publisher.example/p/story")
    assert clean(html, base_url="https://publisher.example/p/story") == html
    return html


def described(name, data, tag="div"):
    return f'<{tag} class="{name}" data-attrs="{escape(dumps(data))}"></{tag}>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (described("image-gallery-embed", {"gallery": {"images": [{"src": "https://s.example/1.png"},
                   {"src": "https://s.example/2.png", "alt": "two"}, 3], "caption": "Both", "alt": "one"}}),
         '<figure><img src="https://s.example/1.png" alt="one"><img src="https://s.example/2.png" alt="two">'
         "<figcaption>Both</figcaption></figure>"),
        (described("latex-rendered", {"persistentExpression": "E=mc^2", "id": "A"}), "<p><code>E=mc^2</code></p>"),
        (f'<p>I met {described("mention-wrap", {"name": "Ann <b>", "id": 1}, "span")} there.</p>',
         "<p>I met Ann &lt;b&gt; there.</p>"),
        (described("twitter-embed", {"url": "https://x.com/a/status/1", "full_text": "Hello", "name": "A"}),
         f'<blockquote><p>Hello</p><p><a href="https://x.com/a/status/1"{REL}>A</a></p></blockquote>'),
        (described("digest-post-embed", {"canonical_url": "https://o.example/p/q", "title": "Q", "caption": "why"}),
         f'<p><a href="https://o.example/p/q"{REL}>Q</a></p><p>why</p>'),
        (described("instagram-embed-wrap", {"instagram_id": "Cx1", "title": "A post shared by A"}),
         f'<p class="embed"><a href="https://www.instagram.com/p/Cx1/"{REL}>Instagram · A post shared by A</a></p>'),
        (f'<div class="video" data-html="{escape("""<iframe src="//player.vimeo.com/video/12"></iframe>""")}"></div>',
         f'<p class="embed"><a href="https://vimeo.com/12"{REL}>Vimeo · https://vimeo.com/12</a></p>'),
        ('<div data-settings="{&quot;youtube_url&quot;:&quot;https:\\/\\/www.youtube.com\\/watch?v=abcDEF12345&quot;}"><div>'
         "<div></div></div></div>", f'<p class="embed"><a href="https://www.youtube.com/watch?v=abcDEF12345"{REL}>YouTube · '
         "https://www.youtube.com/watch?v=abcDEF12345</a></p>"),
        ('<div data-settings="{&quot;a&quot;:1}"><hr></div><p>x</p>', "<p>x</p>"),
        # What is there stands as it is, and what is no description says nothing.
        ('<p data-attrs="{&quot;url&quot;:&quot;/s&quot;,&quot;title&quot;:&quot;t&quot;}"><b>Text</b></p>',
         "<p><b>Text</b></p>"),
        (described("poll-embed", {"id": 12}), ""),
        (described("x", {"title": "T\0\ud800", "url": "javascript:alert(1)"}), "<p>T</p>"),
        ('<div data-attrs="[1]"></div><div data-attrs="{"></div><span data-attrs="1"></span>', ""),
        (f'<div data-attrs="{"[" * 100_000}"></div>', ""),
        ('<div data-html="&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=/a.png onerror=x&gt;"></div>',
         '<p><img src="https://publisher.example/a.png" alt=""></p>'),
    ],
)  # fmt: skip
def test_an_empty_element_holds_what_its_attributes_say(html, expected):
    assert cleaned(html) == expected
