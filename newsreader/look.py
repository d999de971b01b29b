"""The look of articles to a reader: theme, typeface, size, width of the lines and the space between them. Chosen in the
article itself (the "Aa" in its bar) and on the account page; kept as all choices are, see newsreader.preferences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from unicodedata import category
from urllib.parse import quote, unquote

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from articles.display.pronunciation import Pronunciation
from articles.display.script import Script

THEMES = [
    ("auto", _("System default")),
    ("light", _("Paper")),
    ("sepia", _("Sepia")),
    ("dark", _("Dark")),
    ("black", _("Black")),
]
TYPEFACES = [("serif", _("Serif")), ("sans", _("Sans serif")), ("own", _("Your own"))]
WIDTHS = [("narrow", _("Narrow")), ("medium", _("Medium")), ("wide", _("Wide"))]
LEADINGS = [("tight", _("Tight")), ("medium", _("Medium")), ("loose", _("Loose"))]
SCRIPTS = [
    ("", _("As published")),
    ("hans", _("Simplified")),
    ("hant-tw", _("Traditional (Taiwan)")),
    ("hant-hk", _("Traditional (Hong Kong)")),
]
PRONUNCIATIONS = [("", _("Not shown")), ("pinyin", _("Pinyin")), ("zhuyin", _("Zhuyin"))]
SIZES = range(1, 8)
USUAL_SIZE = 3
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Only values that are valid. `font`: the name of a font on the reader's own machine."""

    theme: str = "auto"
    typeface: str = "serif"
    font: str = ""
    text_size: int = USUAL_SIZE
    text_width: str = "medium"
    line_height: str = "medium"
    script: Script = ""
    pronunciation: Pronunciation = ""

    @property
    def attributes(self) -> SafeString:
        """The attributes of the page's root that the style sheets ask for; what is usual has none, but for the first
        two."""
        return _attributes(self)

    @property
    def own_font(self) -> str:
        """The name of the font that is to be used, where it is one of the reader's own."""
        return self.font if self.typeface == "own" else ""


USUAL_LOOK = Look()


@lru_cache(maxsize=64)
def _attributes(look: Look) -> SafeString:
    chosen = {"size": look.text_size, "width": look.text_width, "leading": look.line_height}
    usual = {"size": USUAL_SIZE, "width": "medium", "leading": "medium"}
    asked = [(name, value) for name, value in chosen.items() if value != usual[name]]
    return format_html_join("", ' data-{}="{}"', [("theme", look.theme), ("typeface", look.typeface), *asked])


def look_of(cookies: Mapping[str, str]) -> Look:
    """The look that a browser's cookies ask for."""

    def one_of(name: str, choices: Sequence[tuple[str, object]], usual: str) -> str:
        value = cookies.get(name, "")
        return value if value in dict(choices) else usual

    size, font = cookies.get("text_size", ""), unquote(cookies.get("font", ""))
    return Look(
        theme=one_of("theme", THEMES, "auto"),
        typeface=one_of("typeface", TYPEFACES, "serif"),
        font=font if is_font_name(font) else "",
        text_size=int(size) if size in {str(step) for step in SIZES} else USUAL_SIZE,
        text_width=one_of("text_width", WIDTHS, "medium"),
        line_height=one_of("line_height", LEADINGS, "medium"),
        script=cast(Script, one_of("script", SCRIPTS, "")),
        pronunciation=cast(Pronunciation, one_of("pronunciation", PRONUNCIATIONS, "")),
    )


def is_font_name(name: str) -> bool:
    """True for a name that can stand between quotes in a style sheet: letters of any script with their marks, digits,
    and what names of fonts have. The same rule as in static/js/look.js."""
    is_safe = all(category(sign)[0] in "LMN" or sign in "_ .+()-" for sign in name)
    return 0 < len(name) <= LONGEST_NAME and is_safe and (name[0] == "_" or category(name[0])[0] in "LN")


def _check_font_name(name: str) -> None:
    if not is_font_name(name):
        raise ValidationError(_("A name of a font has letters, digits, blanks and hyphens."))


class Slider(forms.NumberInput):
    input_type = "range"


class LookForm(forms.Form):
    """The fields' names are the cookies' names."""

    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES)
    typeface = forms.ChoiceField(label=_("Reading font"), choices=TYPEFACES)
    font = forms.CharField(
        label=_("Name of your font"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=_("As it is called on this machine. Nothing is loaded from elsewhere."),
        validators=[_check_font_name],
    )
    text_size = forms.IntegerField(
        label=_("Text size"), required=False, min_value=SIZES[0], max_value=SIZES[-1], widget=Slider
    )
    text_width = forms.ChoiceField(label=_("Width of the text"), required=False, choices=WIDTHS)
    line_height = forms.ChoiceField(label=_("Space between lines"), required=False, choices=LEADINGS)
    script = forms.ChoiceField(label=_("Chinese characters"), required=False, choices=SCRIPTS)
    pronunciation = forms.ChoiceField(label=_("Pronunciation of Chinese"), required=False, choices=PRONUNCIATIONS)

    @staticmethod
    def initial_of(look: Look) -> dict[str, object]:
        """The values that a form shows where `look` holds now."""
        return {name: getattr(look, name) for name in LookForm.base_fields}

    def look_choices(self) -> dict[str, str]:
        """The choices by the names of their cookies."""
        chosen = {name: str(self.cleaned_data[name] or "") for name in LookForm.base_fields}
        return {**chosen, "font": quote(chosen["font"])}


@login_not_required  # what it says stands in its address; the page to sign in with has the reader's font too
@require_safe
@cache_control(public=True, max_age=31536000, immutable=True)
def own_font(request: HttpRequest) -> HttpResponse:
    """The style sheet that sets articles in the font of that name, if the machine of who asks has it. A style in the
    page itself is refused by its policy, and a name alone loads nothing."""
    name = request.GET.get("name", "")
    if not is_font_name(name):
        return HttpResponseBadRequest("no name of a font", content_type="text/plain")
    return HttpResponse(f':root {{ --own-font: "{name}"; }}\n', content_type="text/css; charset=utf-8")
