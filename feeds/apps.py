from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedsConfig(AppConfig):
    name = "feeds"
    verbose_name = _("Feeds")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.models import User
        from django.db.models.signals import post_save

        from feeds.subscriptions.new_accounts import on_saved

        post_save.connect(on_saved, sender=User, dispatch_uid="feeds.subscriptions.new_accounts")
