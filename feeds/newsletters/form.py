"""The form of a mailbox. Its password is only ever written by it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from feeds.access import sealed
from feeds.access.form import clean_pem, secret_field
from feeds.forms import PLAIN
from feeds.http import HttpError
from feeds.http.target import target_of
from feeds.newsletters.models import Mailbox

PLACE = ("host", "port", "user_name")


class MailboxForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A password that is left empty stays as it is, as long as it is for the same account of the same server."""

    password = secret_field(_("Password"), _("Of this mailbox alone, where its provider has such (“app password”)."))

    class Meta:
        model = Mailbox
        fields = ["host", "port", "user_name", "folder", "authorities"]
        widgets = {
            "host": forms.TextInput({**PLAIN, "placeholder": "imap.example.org"}),
            "user_name": forms.TextInput(PLAIN),
            "folder": forms.TextInput(PLAIN),
            "authorities": forms.Textarea({**PLAIN, "rows": 3}),
        }
        help_texts = {
            "port": _("993, unless the provider says otherwise. Always under TLS."),
            "folder": _("One for newsletters alone, if you can: each sender in it becomes a feed."),
            "authorities": _("In PEM, beside the system's: for a server with certificates of its own."),
        }

    field_order = ["host", "port", "user_name", "password", "folder", "authorities"]

    def __init__(self, data: Any = None, *, instance: Mailbox) -> None:
        super().__init__(data, instance=instance)
        self._place = self._account(instance)
        self.fields["port"].widget.attrs |= {"min": 1, "max": 65535}
        self.fields["password"].required = not instance.secrets

    @staticmethod
    def _account(mailbox: Mailbox) -> tuple[object, ...]:
        return tuple(getattr(mailbox, name) for name in PLACE)

    def clean_host(self) -> str:
        """The name as DNS knows it."""
        host: str = self.cleaned_data["host"].strip()
        try:
            found = target_of(f"https://{host}/")
        except HttpError as error:
            raise ValidationError(_("This is no name of a server.")) from error
        if found.path != "/" or found.port != 443:
            raise ValidationError(_("This is no name of a server."))
        return found.host

    def clean_port(self) -> int:
        port: int = self.cleaned_data["port"]
        if not 0 < port < 65536:
            raise ValidationError(_("A port is a number from 1 to 65535."))
        return port

    def clean_user_name(self) -> str:
        return _printable(self.cleaned_data["user_name"])

    def clean_folder(self) -> str:
        return _printable(self.cleaned_data["folder"])

    def clean_password(self) -> str:
        return _printable(self.cleaned_data["password"])

    def clean_authorities(self) -> str:
        return clean_pem(self.cleaned_data["authorities"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        is_elsewhere = tuple(told.get(name) for name in PLACE) != self._place
        if self.instance.secrets and is_elsewhere and not told.get("password") and not self.errors:
            self.add_error("password", _("For another account the password has to be entered again."))
        return told

    def store(self) -> Mailbox:
        """Keep the mailbox, which is due. At another place its messages are other ones."""
        mailbox: Mailbox = self.save(commit=False)
        if self.cleaned_data["password"]:
            mailbox.secrets = sealed.seal({"password": self.cleaned_data["password"]})
        if self._account(mailbox) != self._place or "folder" in self.changed_data:
            mailbox.uid_validity = mailbox.last_uid = 0
        mailbox.lease = mailbox.leased_until = None  # whoever reads it now reads what it was
        mailbox.read_at, mailbox.last_error = now(), ""
        mailbox.failures, mailbox.failed_uid = 0, None
        mailbox.save()
        return mailbox


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValidationError(_("This has characters that can't be sent."))
    return text
