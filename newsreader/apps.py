from axes import apps as axes
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsreaderConfig(AppConfig):
    default = True
    name = "newsreader"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from newsreader import checks
        from newsreader.sign_ins import on_signed_in

        assert checks
        user_logged_in.connect(on_signed_in, dispatch_uid="newsreader.sign_ins")


class SignInAttemptsConfig(axes.AppConfig):  # type: ignore[misc]  # axes gives no types
    verbose_name = _("Sign-in attempts")
