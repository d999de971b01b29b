"""The form of a recipe: where a page has its articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feeds.forms import PLAIN
from feeds.pages.recipe import MAX_LENGTH, NAMES, Kind, Recipe, recipe_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS = [
    (Kind.CSS, _("CSS selectors")),
    (Kind.XPATH, _("XPath")),
    (Kind.XML, _("XPath, of an XML document")),
    (Kind.JSON, _("Paths, of a JSON document")),
]
LABELS: dict[str, tuple[_StrPromise, _StrPromise | str]] = {
    "items": (_("Articles"), _("Each of them on the page, as “article” or “.news > li”. All that follows is inside.")),
    "title": (_("Title"), _("Empty: the first heading, or what the link says.")),
    "link": (_("Link"), _("Empty: that of the title, or the first one.")),
    "date": (_("Date"), _("Empty: the first “time” element.")),
    "content": (pgettext_lazy("part of an article", "Text"), _("“.” is all of the article.")),
    "picture": (_("Picture"), ""),
    "author": (_("Author"), ""),
    "tags": (_("Tags"), ""),
    "guid": (_("Identity"), _("What never changes of an article. Empty: its link.")),
    "feed_title": (_("Name of the feed"), _("On the whole page. Empty: the page's title.")),
    "date_format": (_("Form of the dates"), _("As PHP writes it: “d/m/Y H:i”. Empty: found out.")),
    "json_at": (_("JSON inside a web page"), _("XPath of the element that holds it.")),
}
FIRST = ("items", "title", "link", "date", "content", "picture")  # the others are seldom needed


class RecipeForm(forms.Form):
    """A recipe, whose selectors are looked at where the page is read."""

    kind = forms.ChoiceField(label=_("Named by"), choices=KINDS)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in LABELS:
            label, hint = LABELS[name]
            self.fields[name] = forms.CharField(
                label=label,
                help_text=hint,
                max_length=MAX_LENGTH,
                required=name == "items",
                widget=forms.TextInput(PLAIN),
            )

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in ("kind", *FIRST)]

    @property
    def seldom(self) -> list[forms.BoundField]:
        return [self[name] for name in LABELS if name not in FIRST]

    @property
    def says_more(self) -> bool:
        """True where one of the fields that are seldom needed has a value."""
        return any(field.value() for field in self.seldom)

    @property
    def recipe(self) -> Recipe:
        recipe = recipe_of(self.cleaned_data)
        assert recipe is not None, "a valid form has a kind and items"
        return recipe


def values_of(recipe: Recipe) -> dict[str, str]:
    """The values that the form begins with."""
    return {"kind": str(recipe.kind), **{name: getattr(recipe, name) for name in NAMES}}
