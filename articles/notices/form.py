"""The forms of channels. Their secrets are only ever written by them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from articles.notices import apprise, channels, email, ntfy, web_push, webhook
from articles.notices.models import Channel
from feeds.access.form import clean_one_line, secret_field
from feeds.forms import PLAIN
from feeds.http import HttpError
from feeds.http.target import target_of

NO_ADDRESS = _("This is no address that can be sent to.")
LONGEST_ADDRESS = 2000
GAPS = [(5, _("5 minutes")), (15, _("15 minutes")), (60, _("an hour")), (240, _("4 hours"))]


class ChannelForm(forms.Form):
    """The fields of a channel, by its kind, and the name that its reader gives it."""

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


class PaceForm(forms.Form):
    """The pace of mails."""

    pace = forms.ChoiceField(label=_("How often"), choices=Channel.Pace.choices, initial=Channel.Pace.DAILY)
    hour = forms.TypedChoiceField(
        label=_("At"), coerce=int, choices=[(hour, f"{hour}:00") for hour in range(24)], initial=7,
        help_text=_("By the clock of the time zone that you have here now."),
    )  # fmt: skip
    weekday = forms.TypedChoiceField(label=_("Once a week on"), coerce=int, choices=list(WEEKDAYS.items()), initial=0)
    gap_minutes = forms.TypedChoiceField(label=_("As it comes, at most one in"), coerce=int, choices=GAPS, initial=60)

    def columns(self) -> dict[str, Any]:
        """The columns of a channel that say how often it sends."""
        return {name: self.cleaned_data[name] for name in ("pace", "hour", "weekday", "gap_minutes")}


class EmailForm(PaceForm, ChannelForm):
    kind = Channel.Kind.EMAIL
    address = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("A link is sent there first, to be opened."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip
    field_order = ["address", "name", "pace", "hour", "weekday", "gap_minutes"]

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["name"].help_text = _("Empty: the address, shortened.")

    def store(self, reader: User, **columns: Any) -> Channel:
        """Keep the channel, which sends nothing before the address is confirmed. Raises TooManyChannels, and
        email.AskedTooOften or NotAsked where the mail that asks for that was not sent."""
        before, _at, server = self.cleaned_data["address"].rpartition("@")
        name = self.cleaned_data["name"] or f"{before[:1]}…@{server}"
        columns |= {**self.columns(), "name": name[:100], "confirmed_at": None}
        channel = channels.add(reader, self.kind, self.secrets(), **columns)
        try:
            channels.ask(channel)
        except (email.AskedTooOften, channels.NotAsked):
            channel.delete()
            raise
        return channel


class PushForm(ChannelForm):
    """The subscription of a browser; filled by a script."""

    kind = Channel.Kind.PUSH
    address = forms.CharField(max_length=LONGEST_ADDRESS)
    p256dh = forms.CharField(max_length=200)
    auth = forms.CharField(max_length=100)

    def clean_address(self) -> str:
        try:
            target = target_of(self.cleaned_data["address"])
        except HttpError as error:
            raise ValidationError(NO_ADDRESS) from error
        self.host = target.host
        return target.url

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if not web_push.is_subscription(told.get("p256dh", ""), told.get("auth", "")):
            raise ValidationError(NO_ADDRESS)
        return told

    def secrets(self) -> dict[str, str]:
        return super().secrets() | {name: self.cleaned_data[name] for name in ("p256dh", "auth")}

    def renew(self, reader: User, former: str, now: datetime) -> bool:
        """Have the channel of the browser that had the subscription `former` send to the one that it has now. False
        where the reader has no such channel."""
        for channel in channels.channels_of(reader):
            if former and web_push.is_same(channel, former):
                channels.move(channel, self.secrets(), self.host, now)
                return True
        return False

    def store(self, reader: User, **columns: Any) -> Channel:
        """Keep the channel, in the place of one of the same browser. Raises TooManyChannels."""
        for channel in channels.channels_of(reader):
            if web_push.is_same(channel, self.cleaned_data["address"]):
                channel.delete()
        return super().store(reader, **columns)


_ALL = (EmailForm, WebhookForm, NtfyForm, AppriseForm)


def forms_by_kind() -> dict[str, type[ChannelForm]]:
    """The forms of what can be added here."""
    return {form.kind.value: form for form in _ALL if form is not EmailForm or email.is_possible()}
