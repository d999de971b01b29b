"""The number of those who read a feed here: what its publisher is told with each poll."""

from __future__ import annotations

from django.contrib.auth import get_user_model


def count_of_subscribers() -> int:
    """The number of accounts that can sign in: each of them reads every feed. Who reads without signing in is not
    counted. A feed that only some have subscribed to would be counted here, too."""
    return get_user_model().objects.filter(is_active=True).count()
