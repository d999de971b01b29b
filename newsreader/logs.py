"""The addresses that no log line shows whole: one that opens a view holds its secret, one that a hub calls its key,
and an invitation, and the way to a new password, their own; and lines that need no traceback."""

from __future__ import annotations

import logging
import re

# Compiled with the first line.
_OPENING = r"(/(?:outputs/[0-9]+|websub|sign-up|notices/(?:confirm|stop)|choose-password/[^/\s]+)/)[^/\s]+"
_traceback = logging.Formatter().formatException


def without_secrets(text: str) -> str:
    """`text` with … for the secret of each path in it. Signatures of pictures stay: every page shows them."""
    return re.sub(_OPENING, r"\1…", text, flags=re.IGNORECASE)


class InOneLine(logging.Filter):
    """Puts the reason into the line, in place of the traceback below it, where database or disk are at fault: every
    task that meets them says so, and none of them stands where the fault is. So too where it is who asked, as
    anybody may, a thousand times a minute."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not isinstance(record.exc_info, tuple) or not isinstance(error := record.exc_info[1], Exception):
            return True
        from feeds.writes import is_of_machine  # beat, which never fails so, does without Django's database

        if is_of_machine(error) or _is_of_client(error):
            reason, text = (str(error).splitlines() or [type(error).__name__])[0], record.getMessage()
            record.msg, record.args = text if reason in text else f"{text}: {reason}", ()
            record.exc_info = record.exc_text = None
        return True


def _is_of_client(error: Exception) -> bool:
    """True for what Django answers by 400: a host that is not this site's, a form of too many fields, broken parts."""
    from django.core.exceptions import BadRequest, SuspiciousOperation
    from django.http.multipartparser import MultiPartParserError

    return isinstance(error, (BadRequest, SuspiciousOperation, MultiPartParserError))


class WithoutSecrets(logging.Filter):
    """Takes the secrets out of a line, whatever it is made of, and of the traceback below it."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            record.msg, record.args = without_secrets(record.getMessage()), ()
        except (TypeError, ValueError):  # the line does not fit its arguments, which logging tells of by itself
            return True
        if record.exc_info and not record.exc_text:
            record.exc_text = _traceback(record.exc_info)
        if record.exc_text:
            record.exc_text = without_secrets(record.exc_text)
        return True
