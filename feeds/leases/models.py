"""The columns of a row that one worker at a time works on."""

from __future__ import annotations

from django.db import models


class Leased(models.Model):
    """A row with a lease: who holds the token may store what came of the work, until the time. See
    feeds.leases.queues."""

    leased_until = models.DateTimeField(null=True, editable=False)
    lease = models.UUIDField(null=True, editable=False)

    class Meta:
        abstract = True
