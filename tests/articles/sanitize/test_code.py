"""Code whose lines have numbers or elements of their own."""

import pytest

from articles.sanitize import clean


def cleaned(html):
    html = clean(html, base_url="https://publisher.example/p/story")
    assert clean(html, base_url="https://publisher.example/p/story") == html
    return html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # Hugo's, Pygments', in the line
        ('<pre class="chroma"><code><span class="line"><span class="ln">1</span><span class="cl">go()\n</span></span>'
         '<span class="line"><span class="ln" id="l-2"><a class="lnlinks" href="#l-2">2</a></span><span class="cl">  x\n'
         "</span></span></code></pre>", "<pre><code>go()\n  x\n</code></pre>"),
        ('<pre><span></span><span class="linenos"> 9</span>a = 9\n<span class="linenos">10</span>b</pre>',
         "<pre>a = 9\nb</pre>"),
        ('<pre><span class="ln">x1</span> <span class="mi">12</span></pre>', "<pre>x1 12</pre>"),
        # Rouge's, Hexo's, Hugo's, Crayon's, GitHub's beside it
        ('<table class="rouge-table"><tbody><tr><td class="rouge-gutter gl"><pre class="lineno">1\n2\n</pre></td>'
         '<td class="rouge-code"><pre>a\n  b\n</pre></td></tr></tbody></table>', "<pre>a\n  b</pre>"),
        ('<figure class="highlight"><table><tr><td class="gutter"><pre><span class="line">1</span><br><span class="line">2'
         '</span><br></pre></td><td class="code"><pre><span class="line">x</span><br><span class="line">y</span><br></pre>'
         "</td></tr></table></figure>", "<figure><pre>x\ny</pre></figure>"),
        ('<table class="lntable"><tr><td><pre><code>7\n8\n9</code></pre></td><td><pre><code>x\n\ny</code></pre></td></tr>'
         "</table>", "<pre><code>x\n\ny</code></pre>"),
        ('<table><tr><td class="crayon-nums"><div><div>1</div><div>2</div></div></td><td class="crayon-code"><div>'
         '<div class="crayon-line">if</div><div><span>    </span>go</div></div></td></tr></table>', "<pre>if\n    go</pre>"),
        ('<table><tr><td class="blob-num" data-line-number="1"></td><td class="blob-code">f:</td></tr><tr>'
         '<td class="blob-num" data-line-number="2"></td><td class="blob-code">  <b>g</b></td></tr></table>',
         "<pre>f:\n  <b>g</b></pre>"),
        # Rouge's and Zola's, inside of it
        ('<pre class="highlight"><code><table class="rouge-table"><tbody><tr><td class="rouge-gutter gl"><pre class="lineno">'
         '1\n2\n</pre></td><td class="rouge-code"><pre>a\n  b\n</pre></td></tr></tbody></table></code></pre>', "<pre>a\n  b</pre>"),
        ("<pre><code><table><tbody><tr><td>1</td><td><span>fn </span><span>x() {\n</span></td></tr><tr><td>2</td><td>"
         "<span>}\n</span></td></tr></tbody></table></code></pre>", "<pre>fn x() {\n}</pre>"),
        # Tables
        ("<table><tr><td>1</td><td><pre>a</pre></td></tr><tr><td>2</td><td><pre>b</pre></td></tr></table>",
         "<table><tbody><tr><td>1</td><td><pre>a</pre></td></tr><tr><td>2</td><td><pre>b</pre></td></tr></tbody></table>"),
        ("<table><tr><td>3 5</td><td><pre>a</pre></td></tr></table>",
         "<table><tbody><tr><td>3 5</td><td><pre>a</pre></td></tr></tbody></table>"),
    ],
)  # fmt: skip
def test_numbers_of_lines_are_no_part_of_the_code(html, expected):
    assert cleaned(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<div><div>x()</div></div><div><div>y()</div></div>", "x()\ny()"),
        ("<div>a\n</div><div>b</div>", "a\nb"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<div><div>a</div><div>\n</div></div><div>b</div>", "a\n\nb"),
    ],
)
def test_a_line_of_code_ends_once(html, expected):
    assert cleaned(f"<pre>{html}</pre>") == f"<pre>{expected}</pre>"
