from typing import Any

from axes import apps as axes
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsreaderConfig(AppConfig):
    default = True
    name = "newsreader"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from newsreader import checks

        assert checks
        user_logged_in.connect(_on_signed_in, dispatch_uid="newsreader.sign_ins")


def _on_signed_in(**signal: Any) -> None:
    from newsreader.sign_ins import on_signed_in  # pages: commands have no use for them

    on_signed_in(**signal)


class SignInAttemptsConfig(axes.AppConfig):  # type: ignore[misc]  # axes gives no types
    verbose_name = _("Sign-in attempts")
