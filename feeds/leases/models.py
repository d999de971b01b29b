"""The columns of a row that one worker at a time works on."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db import models


def host_of(url: str) -> str:
    """The host that `url` is fetched from, lower case; empty where it names none."""
    try:
        return (urlsplit(url).hostname or "")[:255]
    except ValueError:
        return ""


class HostField(models.CharField):  # type: ignore[type-arg]  # not generic at run time
    """The host of the address in another column, whenever a row is saved or made. An update of many rows names both."""

    def __init__(self, address: str = "", **options: Any) -> None:
        super().__init__(**{"max_length": 255} | options)
        self._address = address

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        if self._address:
            address = getattr(model_instance, self._address)
            # What is no text is refused by the address' own column.
            setattr(model_instance, self.attname, host_of(address) if isinstance(address, str) else "")
        return str(super().pre_save(model_instance, add))

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """For the database a text as any other."""
        name, _path, positional, options = super().deconstruct()
        return name, "django.db.models.CharField", positional, options


class Leased(models.Model):
    """A row with a lease: who holds the token may store what came of the work, until the time. See
    feeds.leases.queues."""

    leased_until = models.DateTimeField(null=True, editable=False)
    lease = models.UUIDField(null=True, editable=False)

    class Meta:
        abstract = True
