"""The strict reader of the environment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsreader.env import KNOWN, Environment, MailServer, default_data_folder, kept_secret


def test_every_setting_may_come_from_a_file(tmp_path):
    for name in KNOWN:
        path = tmp_path / name
        path.write_text(" kept secret\n", encoding="utf-8")
        assert Environment({f"{name}_FILE": str(path)}).text(name) == "kept secret"


def test_a_setting_and_its_file_at_once_are_refused(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="keep one"):
        Environment({"SECRET_KEY": "a", "SECRET_KEY_FILE": str(tmp_path)}).text("SECRET_KEY")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE"):
        Environment({"SECRET_KEY_FILE": str(path)}).text("SECRET_KEY")


def test_a_mistyped_name_is_answered_with_the_right_one():
    with pytest.raises(ImproperlyConfigured, match="did you mean NEWSREADER_PUBLIC"):
        Environment({"NEWSREADER_PUBLC": "true"}).check_names()


@pytest.mark.parametrize(
    "name",
    [
        "NEWSREADER_PORT",
        "NEWSREADER_SERVICE_HOST",
        "NEWSREADER_SERVICE_PORT_HTTP",
        "NEWSREADER_PORT_8000_TCP",
        "NEWSREADER_PORT_8000_TCP_ADDR",
        "NEWSREADER_WEB_SERVICE_PORT",
        "NEWSREADER_WEB_PORT_8000_TCP_PROTO",
    ],
)
def test_the_links_that_kubernetes_sets_are_let_pass(name):
    Environment({name: "x"}).check_names()


def test_names_of_others_are_let_pass():
    Environment({"PATH": "/bin", "NEWS": "x", "newsreader_x": "y"}).check_names()


@pytest.mark.parametrize(("raw", "meant"), [("TRUE", True), ("on", True), ("0", False), ("No", False), ("", False)])
def test_a_flag_has_several_spellings(raw, meant):
    assert Environment({"NEWSREADER_PUBLIC": raw}).flag("NEWSREADER_PUBLIC") is meant


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("NEWSREADER_PUBLIC", "perhaps", lambda env: env.flag("NEWSREADER_PUBLIC")),
        ("NEWSREADER_URL", "news.example", lambda env: env.base_address("NEWSREADER_URL")),
        ("NEWSREADER_URL", "https://news.example/path", lambda env: env.base_address("NEWSREADER_URL")),
        ("NEWSREADER_URL", "https://u:p@news.example", lambda env: env.base_address("NEWSREADER_URL")),
        ("NEWSREADER_URL", "https://news.example:99999", lambda env: env.base_address("NEWSREADER_URL")),
        ("NEWSREADER_URL", "https://[::1", lambda env: env.base_address("NEWSREADER_URL")),
        ("NEWSREADER_ALLOWED_NETWORKS", "10.0.0.1/8", lambda env: env.networks("NEWSREADER_ALLOWED_NETWORKS")),
        ("NEWSREADER_ALLOWED_NETWORKS", "home", lambda env: env.networks("NEWSREADER_ALLOWED_NETWORKS")),
        ("NEWSREADER_TIME_ZONE", "Mars/Olympus", lambda env: env.time_zone("NEWSREADER_TIME_ZONE", "UTC")),
        ("NEWSREADER_TIME_ZONE", "../etc/passwd", lambda env: env.time_zone("NEWSREADER_TIME_ZONE", "UTC")),
        ("NEWSREADER_TIME_ZONE", "Europe", lambda env: env.time_zone("NEWSREADER_TIME_ZONE", "UTC")),
        ("NEWSREADER_LANGUAGE", "tlh", lambda env: env.choice("NEWSREADER_LANGUAGE", ["en", "zh-hans"], "en")),
    ],
)
def test_nonsense_is_refused_by_name(name, value, read):
    with pytest.raises(ImproperlyConfigured, match=name):
        read(Environment({name: value}))


def test_networks_are_read():
    env = Environment({"NEWSREADER_ALLOWED_NETWORKS": "127.0.0.0/8, fd00::/8,"})
    assert env.networks("NEWSREADER_ALLOWED_NETWORKS") == (ip_network("127.0.0.0/8"), ip_network("fd00::/8"))


def test_the_public_address_loses_its_slash():
    assert Environment({"NEWSREADER_URL": "https://news.example/"}).base_address("NEWSREADER_URL") == (
        "https://news.example"
    )


def test_the_data_folder_follows_the_users_data_home(monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    assert default_data_folder() == Path("/somewhere/newsreader")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/alice")
    assert default_data_folder() == Path("/home/alice/.local/share/newsreader")


def test_many_who_need_the_secret_at_once_get_the_same(tmp_path):
    path, barrier = tmp_path / "secret_key", threading.Barrier(16)

    def ask(_number):
        barrier.wait()
        return kept_secret(path)

    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(ask, range(16)))
    assert len(secrets) == 1
    assert len(secrets.pop()) > 50
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("raw", ["https://news example", "https://exa<mple", "https://", "ftp://x", "https://x/path"])
def test_an_address_that_is_none_is_refused(raw):
    with pytest.raises(ImproperlyConfigured, match="NEWSREADER_URL"):
        Environment({"NEWSREADER_URL": raw}).base_address("NEWSREADER_URL")


@pytest.mark.parametrize("raw", ["http://x/", ",", "a b", "news.example/"])
def test_hosts_that_are_none_are_refused(raw):
    with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS"):
        Environment({"ALLOWED_HOSTS": raw}).hosts("ALLOWED_HOSTS")


def test_hosts_are_names_stars_and_addresses():
    raw = "news.example, .news.example,*,[::1],127.0.0.1"
    hosts = Environment({"ALLOWED_HOSTS": raw}).hosts("ALLOWED_HOSTS")
    assert hosts == ("news.example", ".news.example", "*", "[::1]", "127.0.0.1")


@pytest.mark.parametrize(
    "raw",
    ["redis://127.0.0.1:1/abc", "http://127.0.0.1", "localhost", "redis://h:abc/0", "redis://h:70000/0", "redis://[x"],
)
def test_a_redis_address_that_is_none_is_refused(raw):
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        Environment({"REDIS_URL": raw}).redis_address("REDIS_URL")


def test_no_part_of_a_password_is_shown():
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment({"REDIS_URL": "redis://:hunter2/with-a-slash@127.0.0.1:6379/0"}).redis_address("REDIS_URL")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "raw", ["hub.example", "http://[x", "http://hub.example:abc/", "ftp://hub.example/", "http:///"]
)
def test_an_address_of_a_page_that_is_none_is_refused(raw):
    with pytest.raises(ImproperlyConfigured, match="NEWSREADER_WEBSUB_HUB"):
        Environment({"NEWSREADER_WEBSUB_HUB": raw}).web_address("NEWSREADER_WEBSUB_HUB")


@pytest.mark.parametrize(
    "raw", ["0", "-5", "1.5", "soon", "10081", "٣", "9" * 50, "0" * 9 + "10081", "0" * 9 + "15" * 10]
)
def test_minutes_that_are_none_are_refused(raw):
    env = Environment({"NEWSREADER_SHORTEST_INTERVAL": raw})
    with pytest.raises(ImproperlyConfigured, match="from 1 to 10080"):
        env.minutes("NEWSREADER_SHORTEST_INTERVAL")


@pytest.mark.parametrize(
    ("shortest", "longest", "minutes"),
    [("", "", (None, 360)), ("15", "", (15, 360)), ("600", "", (600, 600)), ("", "60", (None, 60)), ("5", "5", (5, 5))],
)
def test_the_limits_of_intervals_are_minutes(shortest, longest, minutes):
    env = Environment({"NEWSREADER_SHORTEST_INTERVAL": shortest, "NEWSREADER_LONGEST_INTERVAL": longest})
    limits = env.intervals("NEWSREADER_SHORTEST_INTERVAL", "NEWSREADER_LONGEST_INTERVAL")
    assert limits.shortest == (minutes[0] and timedelta(minutes=minutes[0]))
    assert limits.longest == timedelta(minutes=minutes[1])


@pytest.mark.parametrize(("shortest", "longest"), [("", "59"), ("90", "89")])
def test_limits_that_cross_are_refused(shortest, longest):
    env = Environment({"NEWSREADER_SHORTEST_INTERVAL": shortest, "NEWSREADER_LONGEST_INTERVAL": longest})
    with pytest.raises(ImproperlyConfigured, match="LONGEST_INTERVAL is shorter"):
        env.intervals("NEWSREADER_SHORTEST_INTERVAL", "NEWSREADER_LONGEST_INTERVAL")


@pytest.mark.parametrize("raw", ["-1", "1.5", "many", "36501", "٣", "9" * 50, "0" * 9 + "36501", "1" * 5000])
def test_a_number_that_is_none_is_refused(raw):
    with pytest.raises(ImproperlyConfigured, match="a whole number up to 36500"):
        Environment({"NEWSREADER_APP_DAYS": raw}).number("NEWSREADER_APP_DAYS", 30, most=36_500)


def test_a_number_is_read_or_the_usual_one():
    assert Environment({"NEWSREADER_APP_DAYS": "7"}).number("NEWSREADER_APP_DAYS", 30, most=36_500) == 7
    assert Environment({}).number("NEWSREADER_APP_DAYS", 30, most=36_500) == 30


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("", MailServer()),
        ("smtp://mail.example", MailServer("smtp", "mail.example", 587)),
        (
            "smtps://ann%40x.example:p%2Fs@mail.example",
            MailServer("smtps", "mail.example", 465, "ann@x.example", "p/s"),
        ),
        ("smtp+plain://127.0.0.1:1025/", MailServer("smtp+plain", "127.0.0.1", 1025)),
    ],
)
def test_a_mail_server_is_read(raw, meant):
    assert Environment({"EMAIL_URL": raw}).mail_server("EMAIL_URL") == meant


@pytest.mark.parametrize(
    "raw", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example/x", "smtp://mail.example?tls=1",
            "smtp://ann:secret@mail.example:0", "smtp://ann:secret@mail.example:x"]
)  # fmt: skip
def test_a_mail_server_that_is_none_is_refused_without_its_password(raw):
    with pytest.raises(ImproperlyConfigured, match=r"^EMAIL_URL: use smtp://user") as refused:
        Environment({"EMAIL_URL": raw}).mail_server("EMAIL_URL")
    assert "secret" not in str(refused.value)


def test_an_address_of_mail_that_is_none_is_refused():
    assert Environment({"EMAIL_FROM": "news@mail.example"}).mail_address("EMAIL_FROM") == "news@mail.example"
    with pytest.raises(ImproperlyConfigured, match="EMAIL_FROM"):
        Environment({"EMAIL_FROM": "news"}).mail_address("EMAIL_FROM")
