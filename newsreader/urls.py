"""Where every address leads."""

from django.contrib import admin
from django.urls import include, path

admin.autodiscover()

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("newsreader.accounts")),
    path("", include("feeds.urls")),
    path("", include("articles.urls")),
]

handler400 = "newsreader.errors.bad_request"
