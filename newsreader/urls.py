"""The views that all addresses lead to."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

admin.autodiscover()

urlpatterns = [
    # First what is asked for most: to find the place of an article behind all others is a thirtieth of its page.
    path("", include("articles.urls")),
    # Ours counts wrong passwords.
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change", query_string=False)),
    path("admin/", admin.site.urls),
    path("", include("newsreader.well_known")),
    path("", include("newsreader.page_parts")),
    path("", include("newsreader.accounts")),
    path("", include("feeds.urls")),
    path("", include("articles.api.urls")),
]

handler400 = "newsreader.errors.bad_request"
handler500 = "newsreader.errors.server_error"
