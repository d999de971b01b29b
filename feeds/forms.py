"""The forms of the feeds pages and the admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from feeds.categories import MAX_DEPTH, free_slug, read_tree, tree_of
from feeds.models import Category, Feed, Importance
from feeds.parse.text import line
from feeds.subscribe.add import Candidate, normalized
from feeds.subscriptions.places import LONGEST_NAME
from feeds.subscriptions.visibility import categories_for, followed_feeds

MAX_OPML_BYTES = 10 * 2**20
PLAIN = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "dir": "ltr"}
"""The attributes of a field for what is no language: selectors, names of headers, tokens."""


class _Paths(ModelChoiceIterator):  # type: ignore[type-arg]  # not generic at run time
    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield "", str(self.field.empty_label)
        yield from tree_of(self.queryset.all()).choices()


class CategoryField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of category by its path, in one query: of the site's, where no others are given."""

    iterator = _Paths

    def __init__(self, queryset: QuerySet[Category] | None = None, **options: Any) -> None:
        options.setdefault("label", _("Category"))
        options.setdefault("required", False)
        options["empty_label"] = _("(none)")
        super().__init__(Category.objects.filter(owner=None) if queryset is None else queryset, **options)


class SizedFileField(forms.FileField):
    """An upload of at most `max_bytes`."""

    def __init__(self, *, max_bytes: int, **options: Any) -> None:
        self.max_bytes = max_bytes
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        if isinstance(data, UploadedFile) and (data.size or 0) > self.max_bytes:
            sizes = {"size": filesizeformat(data.size or 0), "limit": filesizeformat(self.max_bytes)}
            raise ValidationError(_("The file has %(size)s; the limit is %(limit)s."), params=sizes)
        return super().clean(data, initial)


class FindForm(forms.Form):
    """The address that feeds are looked for at."""

    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        help_text=_("Of a feed, or of a web page that has one."),
        widget=forms.TextInput(
            {
                "inputmode": "url",
                "autocomplete": "url",
                "autocapitalize": "off",
                "spellcheck": "false",
            }
        ),
    )


class SignedCandidates(forms.MultipleChoiceField):
    """The feeds to be added, among those that were found. Each value is signed, so that what is added is what was
    found and shown, and not what somebody wrote into the form since."""

    def to_python(self, value: Any) -> list[dict[str, str]]:  # type: ignore[override]
        try:
            return [signing.loads(part, salt=ChooseForm.SALT) for part in super().to_python(value)]
        except signing.BadSignature as error:
            raise ValidationError(_("This choice has expired. Search for the address again.")) from error

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)


class ChooseForm(forms.Form):
    """The choice among the feeds that were found."""

    SALT = "feeds.forms.ChooseForm"

    chosen = SignedCandidates(error_messages={"required": _("Choose at least one feed.")})
    category = CategoryField()
    is_private = forms.BooleanField(label=_("For me alone, until it is shared with the site"), required=False)

    def __init__(self, data: Any = None, *, reader: User) -> None:
        super().__init__(data)
        if not reader.is_staff:  # theirs alone in any case
            del self.fields["is_private"]
            self.fields["category"] = CategoryField(categories_for(reader))

    @property
    def is_for_site(self) -> bool:
        """True where what is chosen becomes the site's."""
        return "is_private" in self.fields and not self.cleaned_data["is_private"]

    @classmethod
    def sign(cls, candidate: Candidate) -> str:
        """`candidate` as a value of the field `chosen`: what subscribe() takes."""
        found: dict[str, object] = {"url": candidate.url, "title": candidate.title, "site_url": candidate.site_url}
        if candidate.recipe:
            found |= {"recipe": candidate.recipe}
        return signing.dumps(found, salt=cls.SALT, compress=True)


class OpmlForm(forms.Form):
    """An OPML file to import."""

    file = SizedFileField(
        label=_("OPML file"),
        max_bytes=MAX_OPML_BYTES,
        help_text=_("As other readers export it. Feeds that you already have are left as they are."),
        widget=forms.ClearableFileInput({"accept": ".opml,.xml,text/x-opml,application/xml,text/xml"}),
    )


def category_path(text: str) -> list[str]:
    """The names of a path of categories, as "News / Asia". Raises ValidationError where it is too deep."""
    names = [name for part in text.split("/") if (name := line(part, LONGEST_NAME))]
    if len(names) > MAX_DEPTH:
        raise ValidationError(_("Categories nest %(limit)d deep at most."), params={"limit": MAX_DEPTH})
    return names


class SubscriptionForm(forms.Form):
    """A feed as one reader has it. `new_category` is a path, as "News / Asia"."""

    title = forms.CharField(
        label=_("Own title"), max_length=500, required=False, help_text=_("Shown instead of the publisher's.")
    )
    category = CategoryField()
    new_category = forms.CharField(
        label=_("Or a new category"), max_length=200, required=False, help_text=_("“News / Asia” is Asia inside News.")
    )
    in_all = forms.BooleanField(
        label=_("Show in the list of all articles, not only in its category's"),
        required=False,
    )

    importance = forms.ChoiceField(
        label=_("Importance"),
        choices=[("", _("As the site has it")), *Importance.choices],
        required=False,
        help_text=_("Lists of several feeds mark articles of a high one, and have one row a day of a low one."),
    )

    def __init__(self, data: Any = None, *, reader: User, with_all: bool, initial: Any = None) -> None:
        """`with_all`: the reader follows it with all of the site's feeds, so that only its title and its importance are
        theirs."""
        super().__init__(data, initial=initial)
        self.fields["category"] = CategoryField(categories_for(reader))
        if with_all:
            for name in ("category", "new_category", "in_all"):
                del self.fields[name]

    def clean_new_category(self) -> list[str]:
        return category_path(self.cleaned_data["new_category"])


class FeedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A feed as the operator edits it."""

    class Meta:
        model = Feed
        fields = [
            "url",
            "custom_title",
            "category",
            "state",
            "check_every_minutes",
            "images",
            "importance",
            "is_starter",
        ]

    def clean_url(self) -> str:
        if "url" not in self.changed_data:  # what stands for an address, as of archives and newsletters, may stay
            return str(self.cleaned_data["url"])
        try:
            return normalized(self.cleaned_data["url"])
        except ValueError as error:
            raise ValidationError(str(error)) from error


class AddressForm(FeedForm):
    """A feed's address, as who may mend the feed changes it."""

    class Meta(FeedForm.Meta):
        fields = ["url"]
        widgets = {"url": forms.TextInput({"inputmode": "url", "autocapitalize": "off", "spellcheck": "false"})}

    def __init__(self, data: Any = None, *, reader: User, instance: Feed) -> None:
        super().__init__(data, instance=instance)
        self._reader = reader

    def validate_unique(self) -> None:
        """Refuse the address of another feed that the reader has. To others than staff nothing is told of the rest:
        what is at the address then takes this feed's place."""
        mine = followed_feeds(self._reader, quiet=True).exclude(pk=self.instance.pk).filter(url=self.instance.url)
        if mine.exists():
            self.add_error("url", _("You follow the feed at this address already."))
        elif self._reader.is_staff:
            super().validate_unique()


class IntervalForm(forms.ModelForm):  # type: ignore[type-arg]
    """The interval at which a feed is checked, and what becomes of its pictures."""

    class Meta:
        model = Feed
        fields = ["check_every_minutes", "images"]

    def __init__(self, data: Any = None, *, instance: Feed) -> None:
        super().__init__(data, instance=instance)
        if instance.comes_by_mail:
            del self.fields["check_every_minutes"]


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A category; the slug may be left to us."""

    slug = forms.SlugField(
        label=_("Slug"),
        max_length=220,
        required=False,
        allow_unicode=True,
        help_text=_("Its name in addresses. Empty: made from the name."),
    )

    class Meta:
        model = Category
        fields = ["name", "parent", "slug"]

    def _get_validation_exclusions(self) -> set[str]:
        """A category of the site has no owner, and the constraints that say so are to be looked at."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # not in the stubs
        return excluded - {"owner"}

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        return slug or free_slug(self.cleaned_data.get("name", ""))

    def clean_parent(self) -> Category | None:
        parent: Category | None = self.cleaned_data["parent"]
        if parent and self.instance.pk and self.instance.pk in read_tree().ancestry(parent.pk):
            raise ValidationError(_("A category can't be inside itself."))
        return parent
