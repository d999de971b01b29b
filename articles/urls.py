"""Addresses of the reading pages."""

from django.urls import path

from articles.views import archive_import, article, lists, state

urlpatterns = [
    path("", lists.article_list, name="list"),
    path("articles/<int:pk>/", article.article, name="article"),
    path("articles/<int:pk>/versions/<int:version>/", article.article_version, name="article_version"),
    path("articles/<int:pk>/read/", state.mark_read, name="mark_read"),
    path("articles/<int:pk>/star/", state.star, name="star"),
    path("articles/mark-all-read/", state.mark_all_read, name="mark_all_read"),
    path("articles/undo-mark-all-read/", state.undo_mark_all_read, name="undo_mark_all_read"),
    path("archive/import/", archive_import.import_archive, name="import_archive"),
]
