"""E-mail: by the site's own server, as text and HTML. An address is confirmed by a link before anything else is sent to
it, and every message has a link that ends it."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from articles.notices.answer import SAID, Answer, without
from articles.notices.message import Message
from articles.notices.models import AskedAddress, Channel
from feeds.access import sealed
from feeds.leases.models import host_of

AT_ONCE = 300
SHOWN = 100  # articles of a message; of more it tells the number
CONFIRMED_WITHIN = timedelta(days=3)
A_DAY = timedelta(days=1)
MOST_ASKED = 5  # mails to addresses that nobody has confirmed, a day and reader
TAKEN = "The mail server has taken it."
_CONFIRM, _STOP = "notices: confirm an address", "notices: stop mail"


class AskedTooOften(Exception):
    """The reader has had enough mails sent to addresses that nobody confirmed."""


def is_possible() -> bool:
    """True where the operator has named a server."""
    return bool(settings.EMAIL_HOST)


def send(channel: Channel, secrets: Mapping[str, str], message: Message) -> Answer:
    """The outcome of a message; of one that is tried again the Message-ID is the same."""
    stop = f"{channel.site}{reverse('stop_channel', args=[signing.dumps(channel.pk, salt=_STOP)])}"
    with timezone.override(ZoneInfo(channel.zone)):
        shown = {
            "message": message,
            "items": message.items[:SHOWN],
            "more": max(0, len(message.items) - SHOWN),
            "stop": stop,
            "language": channel.language,
        }
        mail = EmailMultiAlternatives(
            _subject(message),
            render_to_string("mail/notices.txt", shown),
            to=[secrets["address"]],
            headers={
                "Message-ID": f"<{message.id}@{host_of(channel.site) or 'newsreader.invalid'}>",
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
                "Auto-Submitted": "auto-generated",  # RFC 3834: nothing answers that it is on holiday
            },
        )
        mail.attach_alternative(render_to_string("mail/notices.html", shown), "text/html")
    return _sent(mail, secrets)


def _subject(message: Message) -> str:
    subject = message.title
    if len(message.items) == 1:
        subject = f"{message.items[0].title} – {message.title}"
    return " ".join(subject.split())[:200]


def ask(channel: Channel, secrets: Mapping[str, str]) -> Answer:
    """The outcome of the mail that asks whether the address is the reader's. Raises AskedTooOften."""
    now = timezone.now()
    asked = AskedAddress.objects.filter(user=channel.user, at__gt=now - A_DAY)
    if asked.count() >= MOST_ASKED:
        raise AskedTooOften
    AskedAddress.objects.create(user=channel.user, at=now)
    token = signing.dumps([channel.pk, secrets["address"]], salt=_CONFIRM)
    shown = {
        "link": f"{channel.site}{reverse('confirm_channel', args=[token])}",
        "site": channel.site,
        "reader": channel.user.get_username(),
    }
    with translation.override(channel.language):
        subject = _("Should notices be sent here?")
        mail = EmailMultiAlternatives(
            subject,
            render_to_string("mail/confirm.txt", shown),
            to=[secrets["address"]],
            headers={"Auto-Submitted": "auto-generated"},
        )
    return _sent(mail, secrets)


def _sent(mail: EmailMultiAlternatives, secrets: Mapping[str, str]) -> Answer:
    connection = get_connection()
    try:
        connection.send_messages([mail])
    except (SMTPException, OSError, ssl.SSLError, ValueError) as error:
        said = without({"password": settings.EMAIL_HOST_PASSWORD, **secrets}, _reason(error))
        return Answer(is_taken=False, said=said)
    finally:  # which is left open where the server refuses who signs in
        with suppress(SMTPException, OSError):
            connection.close()
    return Answer(is_taken=True, said=TAKEN)


def _reason(error: Exception) -> str:
    if isinstance(error, SMTPAuthenticationError):
        return "The mail server refuses the name or the password that this site has for it."
    if isinstance(error, SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()), (0, b""))
        return _refusal(code, text)
    if isinstance(error, SMTPResponseException):
        return _refusal(error.smtp_code, error.smtp_error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of the mail server is not trusted: {error.verify_message}"
    if isinstance(error, SMTPNotSupportedError) and "STARTTLS" in str(error):
        return "The mail server offers no STARTTLS."
    if isinstance(error, TimeoutError):
        return "The mail server did not answer in time."
    return f"The mail server can't be reached: {type(error).__name__}"


def _refusal(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return f"The mail server answered {code}: {' '.join(said.split())[:SAID]}"


# --- what links in mails do -------------------------------------------------------------------------------------------


def asked(token: str) -> Channel | None:
    """The channel whose address the token of a link confirms; None where the link is too old, or it is gone."""
    try:
        pk, address = signing.loads(token, salt=_CONFIRM, max_age=CONFIRMED_WITHIN)
        channel = Channel.objects.filter(pk=pk, kind=Channel.Kind.EMAIL).first()
        return channel if channel and sealed.opened(channel.secrets).get("address") == address else None
    except (signing.BadSignature, sealed.AnotherKey, ValueError, TypeError):
        return None


def stopped(token: str) -> Channel | None:
    """The channel that the token of a link ends."""
    try:
        return Channel.objects.filter(pk=signing.loads(token, salt=_STOP), kind=Channel.Kind.EMAIL).first()
    except (signing.BadSignature, ValueError, TypeError):
        return None


def prune(now: datetime) -> int:
    """Forget whom was asked, and the addresses that nobody confirmed. Returns how many."""
    old = AskedAddress.objects.filter(Q(at__lt=now - A_DAY) | Q(at__gt=now + A_DAY)).delete()[0]
    unconfirmed = Channel.objects.filter(confirmed_at=None, is_on=True, made_at__lt=now - 2 * CONFIRMED_WITHIN)
    return old + unconfirmed.delete()[0]
