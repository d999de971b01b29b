"""The forms of channels. Their secrets are only ever written by them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from articles.notices import apprise, channels, ntfy, webhook
from articles.notices.models import Channel
from feeds.access.form import clean_one_line, secret_field
from feeds.forms import PLAIN
from feeds.http import HttpError
from feeds.http.target import target_of

NO_ADDRESS = _("This is no address that can be sent to.")
LONGEST_ADDRESS = 2000


class ChannelForm(forms.Form):
    """What a channel of each kind needs, and what its reader calls it."""

    kind: ClassVar[Channel.Kind]
    address = forms.CharField(max_length=LONGEST_ADDRESS)
    name = forms.CharField(
        label=_("Name"), max_length=100, required=False, help_text=_("Empty: the name of the server."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.host = ""  # known when the address is clean

    def secrets(self) -> dict[str, str]:
        return {"address": self.cleaned_data["address"]}

    def store(self, reader: User, **columns: Any) -> Channel:
        """Keep the channel. Raises channels.TooManyChannels."""
        name = self.cleaned_data["name"] or self.host
        return channels.add(reader, self.kind, self.secrets(), name=name[:100], host=self.host, **columns)


def _address(label: Any, hint: Any, example: str) -> forms.CharField:
    widget = forms.TextInput({**PLAIN, "placeholder": example, "inputmode": "url"})
    return forms.CharField(label=label, help_text=hint, max_length=LONGEST_ADDRESS, widget=widget)


class WebhookForm(ChannelForm):
    kind = Channel.Kind.WEBHOOK
    address = _address(
        _("Address"), _("It is sent JSON, signed with a key that you see next."), "https://example.org/hook"
    )

    def clean_address(self) -> str:
        return self._target(self.cleaned_data["address"])

    def _target(self, address: str) -> str:
        try:
            target = target_of(address)
        except HttpError as error:
            raise ValidationError(NO_ADDRESS) from error
        self.host = target.host
        return target.url

    def secrets(self) -> dict[str, str]:
        return super().secrets() | {"key": webhook.new_key()}


class NtfyForm(ChannelForm):
    kind = Channel.Kind.NTFY
    address = _address(
        _("Address of the topic"),
        _("Whoever knows the topic can read along: choose a name that nobody guesses."),
        "https://ntfy.sh/topic",
    )
    token = secret_field(_("Access token"), _("Where the server asks for one: “tk_…”."))

    def clean_address(self) -> str:
        try:
            target = target_of(self.cleaned_data["address"])
            ntfy.topic_of(target.url)
        except (HttpError, ValueError) as error:
            raise ValidationError(_("This is no address of a topic, as https://ntfy.sh/topic.")) from error
        self.host = target.host
        return target.url

    def clean_token(self) -> str:
        return clean_one_line(self.cleaned_data["token"])

    def secrets(self) -> dict[str, str]:
        return super().secrets() | {"token": self.cleaned_data["token"]}


class AppriseForm(ChannelForm):
    kind = Channel.Kind.APPRISE
    address = _address(
        _("Address"),
        _("Of an Apprise API server: https://host/notify/KEY or apprises://host/KEY; or json:// and jsons://."),
        "https://apprise.example/notify/key",
    )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        try:
            way = apprise.way_of(address)
        except apprise.NotSupported as error:
            reason = _("“%(part)s” can't be used here. An Apprise API server of your own can send it on.")
            raise ValidationError(reason, params={"part": str(error)}) from error
        except (HttpError, ValueError) as error:
            raise ValidationError(NO_ADDRESS) from error
        self.host = target_of(way.url).host
        return address


FORMS: dict[str, type[ChannelForm]] = {form.kind.value: form for form in (WebhookForm, NtfyForm, AppriseForm)}
