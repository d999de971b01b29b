"""Addresses of the feeds pages."""

from django.urls import path, re_path

from feeds import views, views_staff
from feeds.history.views import fetch_history
from feeds.websub.views import callback

urlpatterns = [
    path("feeds/", views.feed_list, name="feeds"),
    path("feeds/add/", views_staff.add_feed, name="add_feed"),
    path("feeds/import/", views_staff.import_opml_page, name="import_opml"),
    path("feeds/export.opml", views_staff.export_opml_file, name="export_opml"),
    path("feeds/<int:pk>/history/", fetch_history, name="fetch_history"),
    re_path(r"^websub/(?P<key>[A-Za-z0-9_-]{1,64})/$", callback, name="websub"),
]
