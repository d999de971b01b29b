"""Turns to make pages: one at a time, unless one takes long."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from newsreader.page_turns import PageTurnMiddleware, Turn

LONG, SHORT = 60.0, 0.001


@pytest.fixture
def threads():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def held(turn, threads):
    """A thread has the turn until the event is set."""
    begun, end = Event(), Event()

    def hold():
        with turn.taken():
            begun.set()
            assert end.wait(LONG)

    done = threads.submit(hold)
    assert begun.wait(LONG)
    return done, end


def test_pages_are_made_one_after_the_other(threads):
    turn, order = Turn(LONG), list[str]()
    begun, asked, end = Event(), [Event() for _ in range(3)], Event()

    def first():
        with turn.taken():
            begun.set()
            assert end.wait(LONG)
            order.append("first")

    def other(number):
        asked[number].set()
        with turn.taken():
            order.append(f"begins {number}")
            order.append(f"ends {number}")

    pages = [threads.submit(first)]
    assert begun.wait(LONG)
    pages += [threads.submit(other, number) for number in range(3)]
    for event in asked:
        assert event.wait(LONG)
    end.set()
    for page in pages:
        page.result(LONG)
    assert order[0] == "first"
    assert [order[at].split()[1] for at in (1, 3, 5)] == [order[at].split()[1] for at in (2, 4, 6)]


def test_who_takes_long_holds_up_nobody_twice(threads):
    turn = Turn(SHORT)
    slow, end_slow = held(turn, threads)
    second, end_second = held(turn, threads)  # waits, and takes the turn from the slow one
    end_slow.set()
    slow.result(LONG)
    assert turn.is_taken  # by the second: the slow one had none to give back
    end_second.set()
    second.result(LONG)
    assert not turn.is_taken


def test_a_page_that_fails_gives_its_turn_back():
    def fail(request):
        raise RuntimeError

    pages = PageTurnMiddleware(fail)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            pages(RequestFactory().get("/"))
    assert not pages.turn.is_taken


def test_an_answer_is_given_on():
    answer = HttpResponse(b"page")
    assert PageTurnMiddleware(lambda request: answer)(RequestFactory().get("/")) is answer
