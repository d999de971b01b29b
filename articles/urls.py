"""Addresses of the reading pages."""

from django.urls import path, re_path

from articles.views import (
    app_passwords,
    archive_import,
    article,
    book,
    feed_page,
    list_settings,
    lists,
    outputs,
    search,
    state,
    tree,
)

urlpatterns = [
    path("", lists.article_list, name="list"),
    path("lists/choice/", list_settings.choose, name="choose_list_settings"),
    path("articles/<int:pk>/", article.article, name="article"),
    path("articles/<int:pk>/versions/<int:version>/", article.article_version, name="article_version"),
    path("articles/<int:pk>/read/", state.mark_read, name="mark_read"),
    path("articles/<int:pk>/star/", state.star, name="star"),
    path("articles/mark/", state.mark, name="mark"),
    path("articles/undo/", state.undo, name="undo"),
    path("tree/", tree.turn_tree, name="turn_tree"),
    path("tree/counts/", tree.tree_counts, name="tree_counts"),
    path("search/narrow/", search.narrow, name="search_narrow"),
    path("search/suggestions/", search.suggest, name="search_suggestions"),
    path("search/help/", search.explain, name="search_help"),
    path("feeds/choice/", feed_page.choose_feeds, name="choose_feeds"),
    path("feeds/<int:pk>/", feed_page.feed_page, name="feed"),
    path("feeds/<int:pk>/follow/", feed_page.follow_feed, name="follow_feed"),
    path("feeds/<int:pk>/unfollow/", feed_page.unfollow_feed, name="unfollow_feed"),
    path("feeds/<int:pk>/move/", feed_page.move_feed, name="move_feed"),
    path("feeds/<int:pk>/share/", feed_page.share_feed, name="share_feed"),
    path("archive/import/", archive_import.import_archive, name="import_archive"),
    re_path(r"^(?P<file>rss\.xml|atom\.xml|feed\.json)$", outputs.feed, name="feed_out"),
    re_path(
        r"^outputs/(?P<pk>[1-9][0-9]{0,17})/(?P<secret>[A-Za-z0-9_-]{1,100})/(?P<file>rss\.xml|atom\.xml|feed\.json)$",
        outputs.secret_feed,
        name="secret_feed_out",
    ),
    path("book.epub", book.book, name="book"),
    re_path(
        r"^outputs/(?P<pk>[1-9][0-9]{0,17})/(?P<secret>[A-Za-z0-9_-]{1,100})/book\.epub$",
        book.secret_book,
        name="secret_book",
    ),
    path("favicon.ico", outputs.icon, name="icon"),
    path("outputs/", outputs.output_list, name="outputs"),
    path("outputs/<int:pk>/revoke/", outputs.revoke_output, name="revoke_output"),
    path("account/apps/", app_passwords.app_password_list, name="app_passwords"),
    path("account/apps/<int:pk>/revoke/", app_passwords.revoke_app_password, name="revoke_app_password"),
]
