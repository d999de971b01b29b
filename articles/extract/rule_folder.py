"""A folder of site rules: a file for each host, as the public collection ftr-site-config names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from articles.extract.site_rules import MAX_LENGTH, SiteRule, parse_rule

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?){1,10}")


def rule_for(folder: Path, url: str) -> SiteRule | None:
    """The rule that `folder` has for the host of `url`: its own, else that of a domain above it, in a file whose name
    begins with a dot. None where it has none."""
    for name in _names(url):
        path = folder / name
        try:
            with path.open("rb") as file:
                text = file.read(MAX_LENGTH).decode("utf-8", "replace")
        except OSError:
            continue
        return parse_rule(text)
    return None


def _names(url: str) -> Iterator[str]:
    try:
        host = (urlsplit(url).hostname or "").encode("idna").decode().lower()
    except (ValueError, UnicodeError):
        return
    if not _HOST.fullmatch(host):  # nothing that leads out of the folder
        return
    plain = host.removeprefix("www.")
    yield from dict.fromkeys((f"{host}.txt", f"{plain}.txt", f"www.{plain}.txt", f".{plain}.txt"))
    labels = plain.split(".")
    for start in range(1, len(labels) - 1):
        yield f".{'.'.join(labels[start:])}.txt"
