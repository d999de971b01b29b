"""What no log line shows: an address that opens a view holds its secret."""

from __future__ import annotations

import logging
import re

_SECRET = re.compile(r"(/outputs/[0-9]+/)[^/\s]+")


class WithoutSecrets(logging.Filter):
    """Takes the secret out of the paths that a line is made of."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_SECRET.sub(r"\1…", arg) if isinstance(arg, str) else arg for arg in record.args)
        return True
