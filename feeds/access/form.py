"""The form of what a feed's publisher demands. Secrets are only ever written by it."""

from __future__ import annotations

import re
import ssl
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from feeds.access import sealed
from feeds.access.granted import SECRETS, origin_of, row_of
from feeds.access.models import FeedAccess
from feeds.forms import PLAIN
from feeds.http import proxies
from feeds.models import Feed

HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*(\S[^\r\n]{0,3999})")  # RFC 9110, 5.5
OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "authorization", "cookie",
     "user-agent", "upgrade", "te", "trailer", "expect", "proxy-authorization"}
)  # fmt: skip


def secret_field(label: Any, hint: Any = "", **options: Any) -> forms.CharField:
    """A field that is never filled from what is kept."""
    widget = forms.PasswordInput({**PLAIN, "autocomplete": "new-password"}, render_value=False)
    options = {"widget": widget, "max_length": 4000, **options}
    return forms.CharField(label=label, help_text=hint, required=False, **options)


class AccessForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Secrets that are left empty stay as they are, as long as the feed is at the same server."""

    name = forms.CharField(label=_("User name"), max_length=200, required=False, widget=forms.TextInput(PLAIN))
    password = secret_field(_("Password"))
    token = secret_field(_("Bearer token"), _("Instead of a name and a password."))
    cookie = secret_field(_("Cookies"), _("As a browser sends them: “session=…; other=…”."))
    headers = secret_field(
        _("Headers"), _("One on each line: “X-Key: …”."), widget=forms.Textarea({**PLAIN, "rows": 2}), strip=True
    )
    proxy = secret_field(
        _("Proxy"), _("http://host:port or socks5://host:port, with name and password where it wants them.")
    )
    forget = forms.BooleanField(label=_("Forget the secrets that are kept"), required=False)

    class Meta:
        model = FeedAccess
        fields = ["user_agent", "authorities", "is_unchecked"]
        widgets = {"user_agent": forms.TextInput(PLAIN), "authorities": forms.Textarea({**PLAIN, "rows": 3})}
        help_texts = {
            "user_agent": _("Instead of Newsreader's own name. Some servers refuse what they don't know."),
            "authorities": _("In PEM, beside the system's: for a server with certificates of its own."),
        }

    field_order = ["user_agent", *SECRETS, "authorities", "is_unchecked"]

    def __init__(self, data: Any = None, *, feed: Feed) -> None:
        self.feed = feed
        super().__init__(data, instance=row_of(feed) or FeedAccess(feed=feed))
        self.kept = self._kept()
        if not self.kept:
            del self.fields["forget"]

    def _kept(self) -> dict[str, str]:
        """The secrets that stay where no others are given."""
        if self.instance.origin != origin_of(self.feed.url):
            return {}
        try:
            return sealed.opened(self.instance.secrets)
        except sealed.AnotherKey:
            return {}

    @property
    def names_kept(self) -> list[str]:
        """The labels of the secrets that are kept."""
        return [str(self.fields[name].label) for name in SECRETS if self.kept.get(name)]

    def clean_user_agent(self) -> str:
        return clean_one_line(self.cleaned_data["user_agent"])

    def clean_token(self) -> str:
        return clean_one_line(self.cleaned_data["token"])

    def clean_cookie(self) -> str:
        return clean_one_line(self.cleaned_data["cookie"])

    def clean_headers(self) -> str:
        lines = [*filter(None, map(str.strip, self.cleaned_data["headers"].splitlines()))]
        found = [each for line in lines if (each := header_in(line))]
        if len(found) < len(lines):
            raise ValidationError(_("Each line is a name, a colon and a value."))
        pairs = {each[1]: each[2] for each in found}
        if refused := next((name for name in pairs if name.lower() in OURS), ""):
            reason = _("“%(name)s” has a field of its own, or is Newsreader's to say.")
            raise ValidationError(reason, params={"name": refused})
        return "\n".join(f"{name}: {value}" for name, value in pairs.items())

    def clean_proxy(self) -> str:
        proxy: str = self.cleaned_data["proxy"].strip()
        try:
            if proxy:
                proxies.parts_of(proxy)
        except ValueError as error:
            raise ValidationError(_("This is no address of a proxy.")) from error
        return proxy

    def clean_authorities(self) -> str:
        return clean_pem(self.cleaned_data["authorities"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("token") and told.get("name"):
            self.add_error("token", _("Either a token, or a name and a password."))
        return told

    def store(self) -> None:
        """Keep it for the server that the feed is at now; without anything to keep, no row."""
        given = {name: self.cleaned_data[name] for name in SECRETS if self.cleaned_data[name]}
        kept = {} if self.cleaned_data.get("forget") else dict(self.kept)
        if {"name", "password"} & given.keys():
            kept.pop("token", None)
        if "token" in given:
            kept.pop("name", None)
            kept.pop("password", None)
        row: FeedAccess = self.save(commit=False)
        row.secrets = sealed.seal({**kept, **given})
        row.origin = origin_of(self.feed.url)
        if row.says_anything:
            row.save()
        elif not row._state.adding:
            row.delete()


def header_in(line: str) -> re.Match[str] | None:
    """Name and value of a header that can be sent; None where `line` is none."""
    found = HEADER.fullmatch(line)
    return found if found and _is_sendable(found[2]) else None


def clean_pem(text: str) -> str:
    """Certificates as they are kept. Raises ValidationError."""
    pem = text.strip()
    try:
        if pem:
            ssl.create_default_context(cadata=pem)
    except (ssl.SSLError, ValueError) as error:
        raise ValidationError(_("These are no certificates in PEM.")) from error
    return pem


def clean_one_line(text: str) -> str:
    """`text` that can be sent in a header. Raises ValidationError."""
    text = text.strip()
    if not _is_sendable(text):
        raise ValidationError(_("This can't be sent: it has line ends or characters beyond Latin."))
    return text


def _is_sendable(text: str) -> bool:
    return text.isprintable() and not set(text) - set(map(chr, range(256)))
