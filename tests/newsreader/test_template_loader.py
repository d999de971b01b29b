"""Templates that were made ready for a language say what Django's own say."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.template import Context, Engine
from django.urls import set_script_prefix
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from newsreader.template_source import without_indents
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

LIBRARIES = {
    "i18n": "django.templatetags.i18n",
    "static": "django.templatetags.static",
    "reading": "articles.templatetags.reading",
    "still": "newsreader.templatetags.still",
}


class Choice(NamedTuple):
    name: str
    is_current: bool


def engines_of(templates):
    """The same templates in Django's own loader, and made ready."""
    plain = ("django.template.loaders.locmem.Loader", templates)
    return [
        Engine(loaders=[loader], libraries=LIBRARIES)
        for loader in (plain, ("newsreader.template_loader.Loader", [plain]))
    ]


def both(source, names=None, **others):
    """The output of Django's own loader for a template, which ours must have, too."""
    plain, ready = engines_of({"page.html": source, **{name.replace("_", "."): text for name, text in others.items()}})
    expected = plain.get_template("page.html").render(Context(names or {}))
    for _ in range(2):
        assert ready.get_template("page.html").render(Context(names or {})) == expected
    return expected


VALUES = {
    "text": "<b>&\"'",
    "safe": mark_safe("<b>"),
    "lazy": gettext_lazy("Search"),
    "number": 1234567,
    "half": 0.5,
    "yes": True,
    "none": None,
    "entry": {"name": "<i>", "items": "an entry, not a method", "inner": {"x": [1, 2]}},
    "thing": SimpleNamespace(name="<u>", call=lambda: "<called>", none=None, list=["a", "b"]),
    "call": lambda: "<called>",
    "rows": [("a", 1), ("b", 2)],
    "choice": Choice("<b>", True),
}


@pytest.mark.parametrize(
    "source",
    [
        "{{ text }} {{ safe }} {{ lazy }} {{ number }} {{ half }} {{ yes }} {{ none }} {{ missing }} {{ call }}",
        "{{ entry.name }} {{ entry.items }} {{ entry.keys }} {{ entry.inner.x.1 }} {{ entry.missing.more }}",
        "{{ thing.name }} {{ thing.call }} {{ thing.none }} {{ thing.list.1 }} {{ thing.missing }} {{ thing.none.x }}",
        "{{ choice.name }} {{ choice.1 }} {{ choice.count }} {{ choice.missing }}{% if choice.is_current %}+{% endif %}",
        "{% autoescape off %}{{ text }}{{ thing.name }}{{ number }}{% endautoescape %}{{ text|upper }}",
        '{% for a, b in rows %}{{ forloop.counter }}{{ a }}{% if b == 2 %}!{% elif a == "a" %}?{% endif %}{% endfor %}',
        "{% for a in missing %}x{% empty %}none{% endfor %}{% for key, value in entry.inner.items %}{{ key }}{% endfor %}",
        "{% if missing %}1{% elif not missing and yes or none %}2{% else %}3{% endif %}{% if call == '<called>' %}4{% endif %}",
        '{% if "b" in thing.list and number > 5 %}5{% endif %}{% if text < number %}6{% endif %}{% if missing == none %}7{% endif %}',
        "{% for a, b in rows %}{{ seen }}{% firstof a as seen %}{% if a %}{{ b }}{% endif %}{% endfor %}{{ seen }}",
        "{% with a=text b='<' %}{{ a }}{{ b }}{{ c }}{% endwith %}{{ a }}",
        "{% for n in '12' %}{% cycle 'odd' 'even' %}{% ifchanged n %}{{ n }}{% endifchanged %}{% endfor %}",
    ],
)
def test_names_conditions_and_loops_mean_what_they_mean_to_django(source):
    both(source, VALUES)


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_words_addresses_and_files_are_those_of_the_language(language):
    with translation.override(language):
        page = both(
            "{% load i18n static still %}{% translate 'Search' %}{% translate 'Search' as word %} {{ word }}"
            "{% blocktranslate count n=2 trimmed %}{{ n }} article{% plural %}{{ n }} articles{% endblocktranslate %}"
            "{% blocktranslate %}Nothing unread.{% endblocktranslate %}{% get_current_language as l %}{{ l }}"
            "{% url 'list' %}{% url 'feeds' as there %}{{ there }}{% url 'article' 5 %}{% url 'no such' as no %}[{{ no }}]"
            "{% url 'feed_out' 'rss.xml' %}{% url 'no such' 5 as no %}[{{ no }}]"
            "{% still 'components/marks_words.html' %}{% translate '100%' %}"
        )
    assert f"{language}//feeds/" in page


@pytest.mark.parametrize("prefix", ["/", "/a&b/"])
def test_an_address_with_a_number_is_what_django_makes_of_it(prefix):
    set_script_prefix(prefix)
    try:
        page = both(
            "{% url 'article' n %} {% url 'article' row.pk as there %}{{ there }}{% url 'article' text %}"
            "{% url 'article' big %}{% url 'article_version' n n %}{% url 'article' less as no %}[{{ no }}]"
            "{% url 'article' missing as no %}[{{ no }}]{% autoescape off %}{% url 'article' n %}{% endautoescape %}"
            "{% url 'feed_out' n as no %}[{{ no }}]{% url view n %}{% url 'article' truth as no %}[{{ no }}]",
            {"n": 5, "row": {"pk": 0}, "text": "17", "big": 10**15, "less": -3, "view": "feed", "truth": True},
        )
    finally:
        set_script_prefix("/")
    assert "articles/5/" in page
    assert "articles/1000000000000000/" in page


@pytest.mark.parametrize("given", ["abcABC123", "", None, "<x>"])
def test_forms_have_their_token(given):
    both("{% csrf_token %}|{% autoescape off %}{% csrf_token %}{% endautoescape %}", {"csrf_token": given})


def test_a_template_is_another_in_each_language():
    _plain, ready = engines_of({"page.html": "{% load i18n %}{% translate 'Search' %}"})
    said = []
    for language in ("zh-hans", "en", "zh-hans", "zh-hant"):
        with translation.override(language):
            said.append(ready.get_template("page.html").render(Context()))
    assert said[1] == "Search"
    assert said[0] == said[2]
    assert len(set(said)) == 3


def test_what_is_included_sees_what_is_around_it_and_leaves_nothing_behind():
    page = both(
        "{% include 'inner.html' %}|{% include 'inner.html' with text='more' %}|{% include 'inner.html' only %}|{{ word }}"
        "{% include 'deep.html' with n=rows %}{% include name %}",
        {**VALUES, "name": "inner.html"},
        inner_html="{% load i18n %}{% translate 'Search' as word %}{{ text }}{{ word }}",
        deep_html="{% for row in n %}{{ row.0 }}{% include 'deep.html' with n=row.2 %}{% endfor %}",
    )
    assert "more" in page


def test_blocks_of_included_and_of_extended_templates_stay_apart():
    both(
        "{% extends 'base.html' %}{% block a %}mine {{ block.super }}{% include 'part.html' %}{% endblock %}",
        base_html="<{% block a %}base{% endblock %}{% include 'part.html' %}{% block b %}b{% endblock %}>",
        part_html="{% block a %}of the part{% endblock %}",
    )


def test_what_is_never_shown_may_be_wrong():
    both("{% load static %}{% if missing %}{% url 'no such' %}{% include 'no such.html' %}{% endif %}ok")


def without_secrets(page):
    """The page without what is another each time, and with one end for each of its lines."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.text)
    return re.sub(r"[ \t]*\n[ \t\n]*", "\n", text)


@pytest.mark.one_database("two loaders make pages of the same rows, whatever keeps them")
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_are_those_of_djangos_own_loader(client, settings, language):
    reader = make_reader("ann", staff=True)
    client.force_login(reader)
    client.cookies["django_language"] = language
    feed = make_feed(category=make_category("Harbours & <more>"), title="<Fog>")
    make_articles(3, feed)
    article = make_article(feed, title="Fog", summary="<b>fog</b> & mist")
    pages = [
        "/",
        f"/?feed={feed.pk}",
        "/?q=fog",
        f"/articles/{article.pk}/",
        "/feeds/",
        f"/feeds/{feed.pk}/",
        "/account/",
    ]
    ready = [without_secrets(client.get(page)) for page in [*pages, *pages]][len(pages) :]  # all is read then
    options = settings.TEMPLATES[0]["OPTIONS"]
    plain = {name: value for name, value in options.items() if name != "loaders"}
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "APP_DIRS": True, "OPTIONS": plain}]
    for page, text in zip(pages, ready, strict=True):
        assert text == without_secrets(client.get(page)), page


def test_errors_name_lines_while_templates_are_written():
    assert "newsreader.template_loader.Loader" in str(settings.TEMPLATES)
    plain = ("django.template.loaders.locmem.Loader", {"page.html": "{{ a }}\n  {{ a }}"})
    engine = Engine(debug=True, loaders=[("newsreader.template_loader.Loader", [plain])])
    assert engine.get_template("page.html").render(Context({"a": 1})) == "1\n  1"


class _Row:
    @property
    def gone(self):
        raise ObjectDoesNotExist("silent to templates")

    @property
    def broken(self):
        raise ZeroDivisionError


def test_what_is_silent_to_django_is_silent_and_what_is_not_is_heard():
    both("[{{ row.gone }}{% if row.gone %}x{% endif %}{{ row.gone.more }}]", {"row": _Row()})
    _plain, ready = engines_of({"page.html": "{{ row.broken }}"})
    with pytest.raises(ZeroDivisionError):
        ready.get_template("page.html").render(Context({"row": _Row()}))


def test_a_part_in_another_language_is_in_that_language():
    with translation.override("en"):
        page = both(
            "{% load i18n %}{% translate 'Search' %}{% language 'zh-hans' %}{% translate 'Search' %}"
            "{% include 'inner.html' %}{% endlanguage %}{% include 'inner.html' %}",
            inner_html="{% load i18n %}{% translate 'Feeds' %}",
        )
    assert page.startswith("Search")
    assert page.endswith("Feeds")
    assert page.count("Search") == page.count("Feeds") == 1


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ("<ul>\n  <li>\n\n    a b\n  </li>\n</ul>", "<ul>\n<li>\na b\n</li>\n</ul>"),
        ('<a href="x"\n   title="one\n    two">', '<a href="x"\ntitle="one\n    two">'),
        ("<a title='{{ a }}\n   {% if a %}\n  {% endif %}'>", "<a title='{{ a }}\n   {% if a %}\n  {% endif %}'>"),
        ("<pre>\n  <b>\n  c</pre>\n  d", "<pre>\n  <b>\n  c</pre>\nd"),
        ("<textarea>\n\n  {{ a }}</textarea>", "<textarea>\n\n  {{ a }}</textarea>"),
        (
            "{% blocktranslate %}\n  a {{ b }}\n  {% endblocktranslate %}\n  c",
            "{% blocktranslate %}\n  a {{ b }}\n  {% endblocktranslate %}\nc",
        ),
        ("one\u00a0\n\u3000two", "one\u00a0\n\u3000two"),
        ("<p>\n  {% if a %}\n    b\n  {% endif %}\n  c\n</p>", "<p>\n{% if a %}b\n{% endif %}c\n</p>"),
        (
            "{% if a %}{% with b=a %}\nc\n{% endwith %}{% endif %}\n",
            "{% if a %}{% with b=a %}\nc\n{% endwith %}{% endif %}",
        ),
        (
            "a\n{% url 'b' %}\n{{ c }}\n{% if d %}e{% endif %}\nf",
            "a\n{% url 'b' %}\n{{ c }}\n{% if d %}e{% endif %}\nf",
        ),
    ],
)
def test_indents_of_our_templates_go_and_blanks_that_mean_something_stay(source, short):
    assert without_indents(source) == short


@pytest.mark.parametrize(
    "source",
    [
        "one\u00a0\n\u3000two",
        '<p title="one\n    two{{ a }}\n    three">x</p>',
        "<p title='{{ a }}\n    {% if a %}\n    {% endif %}'>x</p>",
        "<pre>\n    <b>one</b>\n    <b>two</b>{% if a %}\n   <i>{% endif %}</pre>",
        "<textarea>\n\n   {{ a }}\n   <b>\n   <i></textarea>",
        "Dear {{ a }},\n\n    a letter\n\n{% if a %}\n    more\n{% endif %}\n\nbye",
    ],
)
def test_blanks_that_mean_something_stay(source):
    both(source, {"a": "A"})
