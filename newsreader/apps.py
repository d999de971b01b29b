from axes import apps as axes
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsreaderConfig(AppConfig):
    default = True
    name = "newsreader"

    def ready(self) -> None:
        from newsreader import checks

        assert checks


class SignInAttemptsConfig(axes.AppConfig):  # type: ignore[misc]  # axes gives no types
    verbose_name = _("Sign-in attempts")
