"""Fields that are written by code are what Django's templates make of them."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils import translation
from django.utils.functional import lazy
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from newsreader.forms import Renderer
from tests.factories import make_reader

CHOICES = [
    ("", "–"),
    ("a", "<a> & b"),
    ("Group's", [("b", gettext_lazy("Search")), (3, 1234)]),
    ("c", mark_safe("<i>")),
    ("d", lazy(lambda: mark_safe("<u>"), SafeString)()),
    (mark_safe("<s>"), 0.5),
]


class AnyForm(forms.Form):
    text = forms.CharField(label="<Text>", max_length=9, help_text="help", initial="\"<&'")
    safe = forms.CharField(initial=mark_safe("<b>"), widget=forms.TextInput(attrs={"data-x": '"', "class": "a b"}))
    number = forms.IntegerField(min_value=1, max_value=12345, initial=2345, disabled=True)
    email = forms.EmailField(required=False)
    password = forms.CharField(widget=forms.PasswordInput)
    hidden = forms.CharField(widget=forms.HiddenInput, initial=None)
    yes = forms.BooleanField(initial=True)
    no = forms.BooleanField(required=False, widget=forms.CheckboxInput(attrs={"autofocus": True, "hidden": False}))
    menu = forms.ChoiceField(choices=CHOICES, initial="b")
    many = forms.MultipleChoiceField(choices=CHOICES, initial=["a", "c"], required=False)
    radio = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
    area = forms.CharField(widget=forms.Textarea)


class OfTemplates(TemplatesSetting):
    field_template_name = "forms/field.html"


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("data", [None, {"text": "<too long to be right>", "menu": "c", "many": ["b"], "email": "x"}])
def test_fields_are_what_templates_make_of_them(data, language):
    with translation.override(language):
        written, expected = (str(AnyForm(data, renderer=renderer)) for renderer in (Renderer(), OfTemplates()))
    assert re.sub(r"\s*\n\s*", "\n", written) == re.sub(r"\s*\n\s*", "\n", expected)


@pytest.mark.django_db
def test_the_menu_of_time_zones_is_not_read_through_for_each_page(client):
    client.force_login(make_reader("ann"))
    page = client.get("/account/").text
    (menu,) = re.findall(r'<select[^>]* name="timezone".*?</select>', page, re.S)
    assert "required" not in menu.partition(">")[0]
    assert menu.count("<option") > 300
