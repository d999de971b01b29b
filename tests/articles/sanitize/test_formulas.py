"""Formulas: shown once, right, and said in the text."""

import pytest

from articles.display.highlight import highlight
from articles.sanitize import sanitize
from tests.effort import within

BASE = "https://publisher.example/news/story"
FRACTION = "<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></mfrac>"
POWER = "<msup><mi>x</mi><mn>2</mn></msup>"
TEX = '<annotation encoding="application/x-tex">x^2</annotation>'


def of(html):
    content = sanitize(html, base_url=BASE)
    assert sanitize(content.html, base_url=BASE).html == content.html
    assert sanitize(content.html, base_url=BASE).text == content.text
    return content


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (FRACTION, "(a+1)/2"),
        (POWER, "x^2"),
        ("<msup><mi>e</mi><mrow><mi>k</mi><mi>t</mi></mrow></msup>", "e^(kt)"),
        ("<msub><mi>a</mi><mi>i</mi></msub>", "a_i"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x_1^2"),
        ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", "√(x+1)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "3√x"),
        ("<munderover><mo>∑</mo><mn>0</mn><mi>n</mi></munderover><mi>k</mi>", "∑_0^nk"),
        ("<mover><mi>x</mi><mo>¯</mo></mover>", "x¯"),
        ("<mi>sin</mi><mo>\u2061</mo><mi>x</mi>", "sin x"),
        ("<mn>2</mn><mi>x</mi><mtext>where</mtext><mi>x</mi>", "2x where x"),
        ("<msup><mi>f</mi><mo>′</mo></msup>", "f′"),
        ("<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>2</mn></mtd></mtr></mtable>", "1 0; 2"),
        ("<mi>a</mi><mphantom><mi>b</mi></mphantom>", "a"),
        ("<mmultiscripts><mi>F</mi><mn>2</mn><mrow></mrow><mprescripts></mprescripts><mn>1</mn><mrow></mrow></mmultiscripts>", "F21"),
        ("<mstyle displaystyle=\"true\"><mi mathvariant=\"bold\">v</mi></mstyle>", "v"),
    ],
)  # fmt: skip
def test_a_formula_stays_as_it_is_and_is_said_in_a_line(inside, text):
    html = f'<p>Let <math display="block">{inside}</math> be.</p>'
    assert of(html).html == html
    assert of(html).text == f"Let {text} be."


@pytest.mark.parametrize("prefix", ["m", "mml", "math", "ns0"])
def test_mathml_is_known_under_every_name_of_its_namespace(prefix):
    html = f'<{prefix}:math xmlns:{prefix}="http://www.w3.org/1998/Math/MathML">{POWER}</{prefix}:math>'
    html = (
        html.replace("<m", f"<{prefix}:m")
        .replace("</m", f"</{prefix}:m")
        .replace(f"<{prefix}:{prefix}:", f"<{prefix}:")
    )
    html = html.replace(f"</{prefix}:{prefix}:", f"</{prefix}:").replace(f"<{prefix}:math:math", "<math:math")
    assert of(f"<p>{html}</p>").html == f"<p><math>{POWER}</math></p>"


@pytest.mark.parametrize(
    "html",
    [
        f'<math xmlns="http://www.w3.org/1998/Math/MathML">{POWER}</math>',
        f"<MATH>{POWER.upper().replace('X', 'x').replace('<MI>x', '<MI>x')}</MATH>",
        f"<math><semantics>{POWER}<annotation-xml encoding='text/html'><p>x</p></annotation-xml></semantics></math>",
        f"<math><mrow><mpadded width='0' lspace='-9em'>{POWER}</mpadded></mrow></math>",
        f"<math href='https://a.example/'><maction actiontype='toggle'>{POWER}<mi>y</mi></maction></math>",
        "<math><msup><mi>x<mglyph src='a.png'/></mi> <mn style='color:red' mathcolor='red'>2</mn></msup></math>",
    ],
)  # fmt: skip
def test_what_does_more_than_show_goes(html):
    assert of(html).html == f"<p><math>{POWER}</math></p>"


@pytest.mark.parametrize(
    "html",
    [
        # KaTeX
        f'<span class="katex"><span class="katex-mathml"><math><semantics><mrow>{POWER}</mrow>{TEX}</semantics></math></span>'
        '<span class="katex-html" aria-hidden="true"><span>x</span><span>2</span></span></span>',
        f'<span class="katex-display"><span class="katex"><span class="katex-mathml"><math>{POWER}{TEX}</math></span>'
        '<span class="katex-html" aria-hidden="true"><span>x2</span></span></span></span>',
        # MathJax 3
        '<mjx-container class="MathJax" jax="CHTML"><mjx-math aria-hidden="true"><mjx-mi>x</mjx-mi><mjx-mn>2</mjx-mn></mjx-math>'
        f"<mjx-assistive-mml unselectable='on'><math alttext='x^2'>{POWER}</math></mjx-assistive-mml></mjx-container>",
        # MathJax 2
        '<span class="MathJax_Preview">x2</span><span class="MathJax"><nobr aria-hidden="true"><span>x2</span></nobr><span'
        f" class='MJX_Assistive_MathML'><math>{POWER}{TEX}</math></span></span><script type='math/tex'>x^2</script>",
        # Wikipedia
        f'<span class="mwe-math-element"><span style="display: none;"><math alttext="x^2">{POWER}</math></span>'
        '<img src="/x.svg" class="mwe-math-fallback-image-inline" aria-hidden="true" alt="x^2"></span>',
        f'<math alttext="x^2">{POWER}</math><img src="/x.svg" alt="x^2">',
    ],
)  # fmt: skip
def test_a_formula_that_is_there_twice_is_shown_once(html):
    content = of(f"<p>Let {html} be.</p>")
    assert content.html == f'<p>Let <math alttext="x^2">{POWER}</math> be.</p>'
    assert content.text == "Let x^2 be."


def test_what_is_for_the_eye_only_stays_where_it_repeats_no_formula():
    assert of('<p><span class="k"><span aria-hidden="true">★★★</span></span> good</p>').html == "<p>★★★ good</p>"
    html = f'<p><span>By <math>{POWER}</math> <span aria-hidden="true">★</span></span></p>'
    assert of(html).text == "By x^2 ★"
    assert of('<span class=katex><span class="katex-html" aria-hidden="true"><span>x</span></span></span>').text == "x"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<script type="math/tex">x^2</script>', "<code>x^2</code>"),
        ('<script type="math/tex; mode=display">% <![CDATA[\nx < 2 %]]></script>', "<code>x &lt; 2</code>"),
        ('<script type="math/asciimath">x^2</script>', "<code>x^2</code>"),
        ('<span class="MathJax_Preview">x2</span><script type="math/tex">x^2</script>', "<code>x^2</code>"),
        (f'<script type="math/mml"><math>{POWER}</math></script>', f"<math>{POWER}</math>"),
        ('<amp-mathml data-formula="x^2"></amp-mathml>', "<code>x^2</code>"),
        ('<math alttext="x^2"></math>', "<code>x^2</code>"),
        ("<math><apply><power/><ci>x</ci><cn>2</cn></apply>" + TEX + "</math>", "<code>x^2</code>"),
        ("<math><mfenced open='['><mi>a</mi><mi>b</mi></mfenced></math>",
         '<math><mrow><mo fence="true">[</mo><mi>a</mi><mo separator="true">,</mo><mi>b</mi><mo fence="true">)</mo>'
         "</mrow></math>"),
        ("<math><mfrac><mi>a</mi></mfrac></math>", "<math><mi>a</mi></math>"),
        ("<math>a<mi>b</mi></math>", "<math><mtext>a</mtext><mi>b</mi></math>"),
        ("<math><mtext>if <em>x</em> is</mtext></math>", "<math><mtext>if x is</mtext></math>"),
        ("<mi>x</mi> without <annotation encoding=application/x-tex>y</annotation>", "x without"),
    ],
)  # fmt: skip
def test_every_way_to_write_a_formula_shows_something(html, expected):
    assert of(f"<p>{html}</p>").html == f"<p>{expected}</p>"


def test_a_formula_that_is_not_closed_swallows_no_article():
    html = '<p>Let <math><mi>x</mi> be.<p>Then <a href="/a">more</a> <img src="/b.jpg"></p><ul><li>end</li></ul>'
    content = of(html)
    assert "Then" in content.text
    assert '<a href="https://publisher.example/a"' in content.html
    assert '<img src="https://publisher.example/b.jpg"' in content.html
    assert "<li>end</li>" in content.html


def test_no_mark_of_a_search_comes_into_a_formula():
    html = f"<p>a and x <math>{POWER}</math> x</p>"
    found = highlight(html, lambda text: [(i, i + 1) for i, letter in enumerate(text) if letter == "x"])
    assert found.count == 2
    assert f"<math>{POWER}</math>" in found.html


def test_deep_and_many_formulas_take_bounded_time():
    with within(15):
        assert sanitize("<math>" + "<mrow>" * 10_000 + "<mi>x</mi>", base_url=BASE).text == "x"
        assert sanitize(f"<p>{f'<math>{FRACTION}</math>' * 5000}</p>", base_url=BASE).html.count("<math>") == 5000
        assert sanitize("<math><mi>x</mi><p>" * 5000 + "end", base_url=BASE).text.endswith("end")
        assert sanitize("<script type=math/tex>x</script>" * 5000, base_url=BASE).html.count("<code>") == 5000
