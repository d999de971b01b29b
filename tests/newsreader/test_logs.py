"""What a log line does not tell, whatever it is made of."""

from __future__ import annotations

import logging

import pytest

from newsreader.logs import WithoutSecrets

KEY = "k7Fq_kS-3m9d"


def line(message: str, *arguments: object, error: Exception | None = None) -> str:
    """The line as the site's handler writes it."""
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, arguments, None)
    if error is not None:
        record.exc_info = (type(error), error, None)
    assert WithoutSecrets().filter(record)
    return logging.Formatter().format(record)


@pytest.mark.parametrize(
    "folder",
    ["/outputs/7/", "/websub/", "/notices/stop/", "/notices/confirm/", "https://news.example/websub/", "/WebSub/"],
)
@pytest.mark.parametrize("rest", ["", "/", "/rss.xml", "/?hub.mode=denied", " more"])
def test_no_secret_of_an_address_is_told(folder, rest):
    path = f"{folder}{KEY}{rest}"
    texts = [
        line("Not Found: %s", path),
        line(f"Not Found: {path}"),
        line("%(path)s", {"path": path}),
        line("%s", OSError(path)),
        line("broken", error=ValueError(path)),
        line("%s", [path]),
    ]
    assert not [text for text in texts if KEY in text]
    assert all(f"{folder}…" in text for text in texts)


def test_other_lines_stay_as_they_are():
    assert line("Not Found: %s", "/articles/7/websub") == "Not Found: /articles/7/websub"
    assert line("%s%% of /outputs/", 5) == "5% of /outputs/"


def test_a_line_that_does_not_fit_its_arguments_breaks_nothing():
    record = logging.LogRecord("a", logging.INFO, "", 0, "%d", ("x",), None)
    assert WithoutSecrets().filter(record)


def test_no_logger_of_djangos_writes_past_the_filter():
    for name in ("django", "django.server", "django.request"):
        assert not [handler for handler in logging.getLogger(name).handlers if type(handler) is logging.StreamHandler]
