"""Who is let in at each page, by which methods, and which pages no cache may keep. Asked of every page that has a name;
one that no table here knows must ask who comes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from tests.factories import make_reader

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database("accounts and settings say who is let in, and each page has tests of its own on both"),
]

# What stands in the address is the key, or tells of nobody.
OPEN = {
    *("login", "sign_up", "sign_up_invited", "choose_password", "own_font", "manifest", "icon", "notices_worker"),
    *("shortcuts", "listening_tools"),
    *("websub", "secret_feed_out", "secret_book", "confirm_channel", "stop_channel"),
}
# What a visitor may read and choose where the operator lets everybody read.
OF_A_PUBLIC_SITE = {
    *("look", "logout", "rest_api"),
    *("list", "today", "article", "article_version", "frame", "original", "feeds"),
    *("search_narrow", "search_suggestions", "search_help", "feed_out", "book"),
}
OF_STAFF = {
    *("import_archive", "add_protected", "feed_access", "invitations", "revoke_invitation"),
    *("fetch_history", "set_whole_articles", "share_feed", "readers_feeds"),
    *("mailboxes", "new_mailbox", "mailbox", "read_mailbox", "remove_mailbox", "follow_newsletter"),
}
OF_ADMINISTRATORS = {
    *("kept_accounts", "kept_account", "change_role", "switch_account", "link_for_password", "delete_kept_account"),
}
OF_WHO_MAY_ADD = {"add_feed", "page_feed", "import_opml"}
# A link, an image or a reload must not do what these do.
CHANGE_SOMETHING = {
    *("logout", "look", "choose_list_settings", "fetch_whole", "hear", "act", "turn_label", "add_note"),
    *("save_search", "change_saved_search", "change_rule", "undo_rules", "add_browser", "change_channel"),
    *("delete_label", "mark", "undo", "turn_tree", "move_in_tree", "pause_feed", "choose_importance"),
    *("change_category", "choose_feeds", "try_feed", "look_for_feed", "change_address", "change_interval"),
    *("follow_feed", "unfollow_feed", "move_feed", "set_whole_articles", "share_feed", "fetch_history"),
    *("revoke_output", "revoke_app_password", "add_protected", "read_mailbox", "remove_mailbox", "follow_newsletter"),
    *("change_role", "switch_account", "link_for_password", "revoke_invitation", "end_other_sign_ins", "end_sign_in"),
}
# The password's forms are Django's own, which take PUT for POST.
TAKE_PUT = {"login", "password_change", "choose_password"}
NEVER_KEPT = {
    *("outputs", "app_passwords", "kept_accounts", "invitations", "statistics"),
    *("sign_up", "sign_ins", "login", "tree_counts", "unread_on", "feed_on"),
}
NOWHERE = {"pk": 999, "version": 999, "kind": "email", "file": "rss.xml", "secret": "x" * 43}


def pages(patterns: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """The name of each page outside the admin with an address of it, at which there is nothing."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from () if pattern.app_name == "admin" else pages(pattern.url_patterns)
        elif pattern.name:
            keys = re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))
            try:
                yield pattern.name, reverse(pattern.name, kwargs={key: NOWHERE.get(key, "x") for key in keys})
            except NoReverseMatch as error:
                raise AssertionError(f"give the keys of {pattern.name} in NOWHERE") from error


PAGES = dict(pages(get_resolver().url_patterns))


def answer(client: Client, name: str, method: str) -> Any:
    """The answer to a request for the page, read to its end."""
    response = client.generic(method, PAGES[name])
    b"".join(response)  # a file that is sent is closed at its end
    return response


def status_of(client: Client, name: str) -> str:
    """The status of the page asked as its form or link does; of a redirect to sign in, its name."""
    response = answer(client, name, "POST" if name in CHANGE_SOMETHING else "GET")
    return "sign in" if response.get("Location", "").startswith("/sign-in/?next=") else str(response.status_code)


def who(role: str) -> Client:
    client = Client()
    reader = make_reader(role, staff=role != "reader")
    User.objects.filter(pk=reader.pk).update(is_superuser=role == "administrator")
    client.force_login(reader)
    return client


def test_every_table_names_pages_that_there_are() -> None:
    tables = OPEN | OF_A_PUBLIC_SITE | OF_STAFF | OF_ADMINISTRATORS | OF_WHO_MAY_ADD | CHANGE_SOMETHING | NEVER_KEPT
    assert tables - set(PAGES) == set()


@pytest.mark.parametrize(("is_public", "there_for_all"), [(True, OPEN | OF_A_PUBLIC_SITE), (False, OPEN)])
def test_a_visitor_is_sent_to_sign_in_where_a_page_is_a_readers(settings, is_public, there_for_all) -> None:
    settings.NEWSREADER_PUBLIC = is_public
    visitor = Client()
    assert {name for name in PAGES if status_of(visitor, name) != "sign in"} == there_for_all


@pytest.mark.parametrize(
    ("role", "closed"),
    [("reader", OF_STAFF | OF_ADMINISTRATORS), ("staff", OF_ADMINISTRATORS), ("administrator", set())],
)
def test_staffs_pages_are_for_staff_and_accounts_for_administrators(role, closed) -> None:
    client = who(role)
    assert {name for name in PAGES if name != "logout" and status_of(client, name) == "403"} == closed


def test_where_only_staff_may_add_feeds_no_reader_is_let_in_there(settings) -> None:
    settings.READERS_ADD_FEEDS = False
    reader, staff = who("reader"), who("staff")
    assert {status_of(reader, name) for name in OF_WHO_MAY_ADD} == {"403"}
    assert "403" not in {status_of(staff, name) for name in OF_WHO_MAY_ADD}


def test_what_changes_something_is_no_link_and_what_is_read_no_form() -> None:
    client = who("administrator")
    by_get = {name for name in PAGES if answer(client, name, "GET").status_code == 405}
    assert by_get == CHANGE_SOMETHING
    by_put = {name for name in PAGES if answer(client, name, "PUT").status_code != 405}
    assert by_put - {"login"} == TAKE_PUT - {"login"}


def test_what_is_secret_or_of_the_moment_is_kept_by_no_cache(settings) -> None:
    settings.SIGN_UP = "open"
    client = who("administrator")
    for name in sorted(NEVER_KEPT):
        asking = Client() if name in OPEN else client
        assert "no-store" in answer(asking, name, "GET").get("Cache-Control", ""), name
