"""The rows that the doors for apps keep: the passwords that readers made for them, and when each app looked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AppPassword(models.Model):
    """A password that a reader made for one app. It is never stored, and what is stored opens nothing: keyed digests,
    one for each of the two interfaces. Deleting the row revokes it."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        MARK = "mark", _("read and mark")
        MANAGE = "manage", _("read, mark and manage feeds")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="app_passwords", on_delete=models.CASCADE)
    name = models.CharField(_("name"), max_length=100)
    scope = models.CharField(_("may"), max_length=10, choices=Scope, default=Scope.MANAGE)
    is_whole = models.BooleanField(
        _("whole archive"), default=False, db_default=False, help_text=_("A Fever app may walk through all articles.")
    )
    digest = models.CharField(max_length=64, unique=True, help_text=_("Of the token that the password is traded for."))
    fever_digest = models.CharField(max_length=64, unique=True, help_text=_("Of Fever's md5(user:password)."))
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used"), null=True, help_text=_("To the hour."))

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name

    def allows(self, scope: Scope) -> bool:
        """True where the password is good for that much: who may manage may mark, who may mark may read."""
        order = list(AppPassword.Scope)
        return order.index(AppPassword.Scope(self.scope)) >= order.index(scope)


class AppLook(models.Model):
    """A look that an app had: it could see articles with ids up to `up_to`, and had its answer at `at`. Kept for some
    days, for marks by time: see articles.api.looks."""

    password = models.ForeignKey(AppPassword, related_name="+", on_delete=models.CASCADE, db_index=False)
    at = models.DateTimeField()
    up_to = models.BigIntegerField(help_text=_("Article id."))

    class Meta:
        indexes = [models.Index(fields=["password", "-at"], name="looks_of_app")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}: {self.up_to}"
