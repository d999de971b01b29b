from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Articles")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from articles.kept_counts.rows import on_sight_changed
        from articles.rules.mark import make_lost_triggers
        from feeds.sight_changes import sight_changed

        post_migrate.connect(make_lost_triggers, sender=self, dispatch_uid="articles.rules_mark")
        sight_changed.connect(on_sight_changed, dispatch_uid="articles.kept_counts")
