"""Signing in and out, the password, what a browser remembers, and the pages for errors."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.test import Client
from django.urls import get_resolver, path
from django.utils import timezone

from newsreader.accounts import counted_address
from newsreader.preferences import zone
from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
CHOICES = {"typeface": "sans", "theme": "dark", "language": "zh-hant", "timezone": "Asia/Taipei", "shortcuts": "on"}


@pytest.fixture
def reader():
    return make_reader("ann")


@pytest.fixture
def signed_in(client, reader):
    client.force_login(reader)
    return reader


def sign_in(client, password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": "ann", "password": password, **more})


def test_signing_in_leads_where_the_reader_wanted_to_go(client, reader):
    assert client.get("/feeds/")["Location"] == "/sign-in/?next=/feeds/"
    assert sign_in(client, next="/feeds/")["Location"] == "/feeds/"
    assert client.get("/feeds/").status_code == 200


def test_signing_in_never_leads_to_another_site(client, reader):
    assert sign_in(client, next="https://evil.example/")["Location"] == "/"


def test_the_log_tells_of_guesses_alone(client, reader, caplog):
    """Who signs in rightly is no news, which axes would tell in four lines."""
    sign_in(client)
    assert not caplog.records
    sign_in(Client(), "wrong")
    assert [record.levelname for record in caplog.records if record.name.startswith("axes")] == ["WARNING"]


def test_a_wrong_password_is_said_in_words(client, reader):
    response = sign_in(client, "wrong")
    assert "Please enter a correct username and password" in response.text


def test_after_many_wrong_passwords_the_right_one_has_to_wait(client, reader, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = sign_in(client, "wrong")
    assert response.status_code == 429
    assert "Too many attempts" in response.text
    assert sign_in(client).status_code == 429


def test_guesses_from_one_line_of_ipv6_count_together(client, reader, settings):
    for number in range(settings.AXES_FAILURE_LIMIT):
        response = guess_from(client, f"2001:db8:0:1::{number}")
    assert response.status_code == 429
    assert guess_from(client, "2001:db8:0:1:ffff::1", PASSWORD).status_code == 429
    assert guess_from(client, "2001:db8:0:2::1", PASSWORD).status_code == 302


def guess_from(client, address, password="wrong"):
    return client.post("/sign-in/", {"username": "ann", "password": password}, REMOTE_ADDR=address)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::1", "::"),
        ("", None),
        ("unix:", None),
    ],
)
def test_the_address_that_guesses_count_under(rf, address, counted):
    assert counted_address(rf.get("/", REMOTE_ADDR=address)) == counted


def test_signing_out_needs_a_form_and_ends_the_session(client, signed_in):
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/").status_code == 302


def test_a_reader_changes_the_password(client, signed_in):
    new = "a lighthouse in the fog"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/account/password/", fields, follow=True).redirect_chain == [("/account/", 302)]
    signed_in.refresh_from_db()
    assert signed_in.check_password(new)
    assert client.get("/account/").status_code == 200


def test_changing_the_password_needs_the_old_one(client, signed_in):
    fields = {"old_password": "guess", "new_password1": "a lighthouse", "new_password2": "a lighthouse"}
    assert client.post("/account/password/", fields).status_code == 200
    signed_in.refresh_from_db()
    assert signed_in.check_password(PASSWORD)


def change_password(client, old, address="192.0.2.1"):
    new = "a lighthouse in the fog"
    fields = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/account/password/", fields, REMOTE_ADDR=address)


def test_guesses_at_the_old_password_are_limited_wherever_they_come_from(client, signed_in, settings):
    for number in range(settings.AXES_FAILURE_LIMIT):
        response = change_password(client, "guess", f"192.0.2.{number}")
    assert response.status_code == 429
    assert change_password(client, PASSWORD, "198.51.100.1").status_code == 429
    assert Client().post("/sign-in/", {"username": "ann", "password": PASSWORD}).status_code == 302


def test_the_right_password_ends_the_count(client, signed_in, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert change_password(client, "guess").status_code == 200
    assert change_password(client, PASSWORD).status_code == 302
    assert change_password(client, "guess").status_code == 200


def test_the_admins_form_for_the_password_is_ours(client, signed_in):
    assert client.get("/admin/password_change/")["Location"] == "/account/password/"
    assert client.post("/admin/password_change/")["Location"] == "/account/password/"


def root(response):
    """The page's first tag, on one line."""
    return " ".join("".join(re.findall(r"<html[^>]*>", response.text)).split())


def test_choices_are_kept_in_the_browser_and_hold_at_once(client, signed_in):
    client.post("/account/", CHOICES)
    page = client.get("/account/")
    assert root(page) == '<html lang="zh-hant" data-theme="dark" data-typeface="sans">'
    usual = {"font": "", "text_size": 3, "text_width": "medium", "line_height": "medium"}
    usual |= {"script": "", "pronunciation": "", "keys": "", "past": False, "doubles": "together"}
    assert page.context["form"].initial | {"shortcuts": "on"} == CHOICES | usual


def test_the_zone_that_holds_is_chosen_in_the_list(client, signed_in):
    assert '<option value="" selected>Browser default</option>' in client.get("/account/").text
    client.post("/account/", CHOICES | {"language": ""})
    page = client.get("/account/").text
    assert '<option value="Asia/Taipei" selected>Taipei</option>' in page
    assert page.count("<optgroup") == 9
    assert '<select id="id_timezone" name="timezone">' in page
    refused = client.post("/account/", CHOICES | {"timezone": "Mars/Olympus", "language": ""}).text
    assert 'aria-invalid="true" id="id_timezone" name="timezone"' in refused
    assert "Mars/Olympus" not in refused[refused.index('name="timezone"') :]


def test_an_empty_choice_forgets(client, signed_in):
    client.post("/account/", CHOICES)
    client.post("/account/", CHOICES | {"timezone": "", "language": ""})
    assert client.cookies["timezone"].value == ""
    assert '<html lang="en"' in client.get("/account/").text


def test_no_key_does_two_things_and_blanks_alone_are_none(client, signed_in):
    page = client.post("/account/", CHOICES | {"language": "", "keys": "x=s x=m"})
    assert page.context["form"].errors["keys"] == ["x is to do two things: write it once."]
    client.post("/account/", CHOICES | {"language": "", "keys": " x=s d=m "})
    assert client.cookies["keys"].value == "x=s d=m"
    assert client.post("/account/", CHOICES | {"language": "", "keys": "  "}).status_code == 302


@pytest.mark.parametrize("field", ["typeface", "theme", "language", "timezone"])
def test_a_choice_that_was_not_offered_is_refused(client, signed_in, field):
    response = client.post("/account/", CHOICES | {field: '"><script>'})
    assert response.context["form"].errors.keys() == {field}
    assert field not in client.cookies


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "America", "a\x00b", "x" * 5000, "Europe/../../x", "é"],
)
def test_a_time_zone_that_is_none_is_none(name):
    assert zone(name) is None


def test_nonsense_in_cookies_is_as_if_it_were_not_there(client, signed_in):
    for name in ("timezone", "theme", "typeface", "shortcuts", "django_language"):
        client.cookies[name] = '"><script>'
    assert root(client.get("/account/")) == '<html lang="en" data-theme="auto" data-typeface="serif">'


def test_one_readers_time_zone_is_not_the_next_ones(client, signed_in):
    client.cookies["timezone"] = "Asia/Taipei"
    client.get("/account/")
    assert timezone.get_current_timezone_name() == "UTC"


def test_every_page_but_a_few_needs_a_reader_who_signed_in(client, settings):
    """Asked of every address without arguments, so that a new page can't be forgotten."""
    settings.NEWSREADER_PUBLIC = False
    open_pages = {"/sign-in/", "/sign-up/", "/healthz", "/readyz", "/admin/login/", "/admin/jsi18n/", "/favicon.ico"}
    open_pages |= {"/manifest.webmanifest", "/apple-touch-icon.png", "/.well-known/change-password", "/robots.txt"}
    open_pages |= {"/fever/", "/fever", "/api/fever.php"}  # which says in 200 who may not: that is its protocol
    open_pages |= {
        "/api/v1/openapi.json",
        "/own-font.css",
        "/notices-worker.js",
        "/shortcuts/",
        "/listening/",
    }  # which tell of nobody
    addresses = {"/" + route for route in routes(get_resolver().url_patterns)}
    assert {"/", "/feeds/", "/account/", "/sign-in/"} <= addresses
    for address in addresses - open_pages:
        response = client.get(address)
        assert response.status_code in {302, 401, 405}, address  # 401: of an API
        if response.status_code == 302:
            assert re.match(r"/(sign-in|admin/login)/\?next=", response["Location"]), address


def routes(patterns, prefix=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, route)
        elif not re.search(r"[<(^\\]", route):
            yield route


def test_a_session_that_ended_sends_htmx_to_sign_in(client):
    response = client.post("/articles/act/", {"star": "1"}, headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/"
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/?show=unread#article-1"}
    assert client.post("/articles/act/", {"star": "1"}, headers=headers)["HX-Redirect"] == "/?show=unread"


@pytest.mark.parametrize(
    "address", ["/", "/feeds/", "/account/", "/account/password/", "article", "/sign-in/", "/nowhere/"]
)
def test_every_page_has_a_strict_policy_and_nothing_of_another_site(client, signed_in, address):
    article = make_article(make_feed(icon_url="https://cdn.example/icon.png"), image_url="https://cdn.example/1.jpg")
    if address == "/sign-in/":
        client.logout()
    response = client.get(article.get_absolute_url() if address == "article" else address)
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert not re.findall(r'(?:src|srcset)="(?!/static/|/images/)', response.text)
    assert not re.findall(r"<(?:style|script(?! [^>]*src=))", response.text)
    assert not re.findall(r'\sstyle="|\son\w+="', response.text)


@pytest.mark.parametrize("address", ["/feeds/", "/account/", "/account/password/", "article", "/nowhere/"])
def test_no_cache_on_the_way_keeps_what_a_reader_sees(client, signed_in, address):
    response = client.get(make_article().get_absolute_url() if address == "article" else address)
    assert response["Cache-Control"] == "private, no-cache"


def test_pages_that_say_more_are_heard(client, signed_in):
    assert "no-store" in client.get("/outputs/")["Cache-Control"]
    assert "no-store" in client.post("/outputs/")["Cache-Control"]


def test_a_page_that_is_not_there_says_so(client, signed_in):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "Page not found" in response.text


def test_a_reader_who_is_not_staff_is_refused_at_staff_pages(client, signed_in, settings):
    settings.READERS_ADD_FEEDS = False
    for address in ("/feeds/add/", "/feeds/import/", "/archive/import/"):
        response = client.get(address)
        assert response.status_code == 403
        assert "You don't have permission to do this" in response.text


def broken(request):
    raise RuntimeError("a mistake of ours")


class BrokenSite:
    urlpatterns = [path("", broken)]
    handler400 = "newsreader.errors.bad_request"


def test_a_mistake_of_ours_is_owned_up_to(client, signed_in, settings):
    settings.ROOT_URLCONF = BrokenSite
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text
    assert "a mistake of ours" not in response.text


def test_a_host_that_is_not_ours_gets_a_plain_answer(client, signed_in):
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "The request was malformed." in response.text


@pytest.mark.parametrize(
    ("fields", "limit"),
    [
        ({f"f{number}": "1" for number in range(30)}, {"DATA_UPLOAD_MAX_NUMBER_FIELDS": 20}),
        ({"username": "a" * 3000}, {"DATA_UPLOAD_MAX_MEMORY_SIZE": 2000}),
        ({f"f{number}": StringIO("x") for number in range(30)}, {"DATA_UPLOAD_MAX_NUMBER_FILES": 20}),
    ],
)
def test_a_form_with_too_much_in_it_is_named_as_such(client, reader, settings, fields, limit):
    for name, value in limit.items():
        setattr(settings, name, value)
    response = client.post("/sign-in/", fields)
    assert response.status_code == 400
    assert "This form can&#x27;t be read" in response.text
    assert "It has too many fields, or more text than this site takes." in response.text
    assert "address can" not in response.text


def test_a_form_that_is_garbled_is_named_as_such(client, reader):
    response = client.post("/sign-in/", b"--x", content_type="multipart/form-data; boundary=")
    assert response.status_code == 400
    assert "This form can&#x27;t be read" in response.text
    assert "The request was malformed." in response.text
