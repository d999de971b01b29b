"""What belongs to an account and has nothing to do with articles."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AccountSettings(models.Model):
    """What a reader chose on the account page, by the names of the cookies: see newsreader.account_settings. Without a
    row the choices are the browser's."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, related_name="account_settings", on_delete=models.CASCADE
    )
    choices = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.pk}"
