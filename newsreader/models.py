"""The models of what belongs to an account and has nothing to do with articles."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class AccountSettings(models.Model):
    """A reader's choices on the account page, by the names of the cookies: see newsreader.account_settings. Without a
    row the choices are the browser's."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, related_name="account_settings", on_delete=models.CASCADE
    )
    choices = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.pk}"


class SignIn(models.Model):
    """A browser that somebody has signed in with: one of Django's sessions, which know nothing of whose they are."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="sign_ins", on_delete=models.CASCADE)
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=100, blank=True)
    began_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-began_at", "-id"]

    def __str__(self) -> str:
        return self.browser


class Invitation(models.Model):
    """A link with which somebody may make one account. Only a digest of its secret is kept."""

    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="+", on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret, in hex.")
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["expires_at", "id"]

    def __str__(self) -> str:
        return f"{self.pk}"
