"""Addresses of the feeds pages."""

from django.urls import path, re_path

from feeds.history.views import fetch_history
from feeds.views import access, feed_list, mailboxes, readers_feeds, staff
from feeds.views.progress import import_progress
from feeds.websub.views import callback

urlpatterns = [
    path("feeds/", feed_list.feed_list, name="feeds"),
    path("feeds/import/", staff.import_opml_page, name="import_opml"),
    path("feeds/import/progress/", import_progress, name="import_progress"),
    path("feeds/export.opml", staff.export_opml_file, name="export_opml"),
    path("feeds/of-readers/", readers_feeds.readers_feeds, name="readers_feeds"),
    path("feeds/protected/", access.add_protected, name="add_protected"),
    path("feeds/<int:pk>/access/", access.feed_access, name="feed_access"),
    path("feeds/mailboxes/", mailboxes.mailbox_list, name="mailboxes"),
    path("feeds/mailboxes/new/", mailboxes.new_mailbox, name="new_mailbox"),
    path("feeds/mailboxes/<int:pk>/", mailboxes.mailbox_page, name="mailbox"),
    path("feeds/mailboxes/<int:pk>/read/", mailboxes.read_mailbox, name="read_mailbox"),
    path("feeds/mailboxes/<int:pk>/remove/", mailboxes.remove_mailbox, name="remove_mailbox"),
    path("feeds/mailboxes/newsletters/<int:pk>/", mailboxes.follow_newsletter, name="follow_newsletter"),
    path("feeds/<int:pk>/history/", fetch_history, name="fetch_history"),
    re_path(r"^websub/(?P<key>[A-Za-z0-9_-]{1,64})/$", callback, name="websub"),
]
