from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Articles")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from articles.kept_counts.rows import on_sight_changed
        from feeds.sight_changes import sight_changed

        sight_changed.connect(on_sight_changed, dispatch_uid="articles.kept_counts")
