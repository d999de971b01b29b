"""The embedded broker, and a worker that takes its messages from it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import Celery
from kombu import Connection, Queue

from newsreader import beat, broker, waiting
from newsreader.beat import app as beat_app
from newsreader.celery import app
from newsreader.processes import end_with_parent
from tests.newsreader.conftest import ROOT, redis_number
from tests.servers import redis_server, servants_folder


@pytest.fixture
def connect(tmp_path: Path):
    broker.register()
    broker.Transport.global_state.clear()  # kombu remembers bindings per process, and each test has its own folder
    (tmp_path / "messages").mkdir()
    options = {
        "data_folder_in": str(tmp_path / "messages"),
        "data_folder_out": str(tmp_path / "messages"),
        "control_folder": str(tmp_path / "exchanges"),
    }
    return lambda: Connection("files://localhost", transport_options=options)


def put(connect, *bodies):
    with connect() as connection, connection.SimpleQueue("bell") as queue:
        for body in bodies:
            queue.put(body)


def take_all(connect) -> list[object]:
    taken: list[object] = []
    with connect() as connection, connection.SimpleQueue("bell") as queue:
        while True:
            try:
                message = queue.get(block=False)
            except queue.Empty:
                return taken
            taken.append(message.payload)
            message.ack()


def test_messages_come_out_in_order_and_leave_nothing(connect, tmp_path):
    put(connect, *range(20))
    assert take_all(connect) == list(range(20))
    assert list((tmp_path / "messages").iterdir()) == []


def test_many_who_put_and_take_at_once_share_every_message_once(connect, tmp_path):
    put(connect)  # the queue is there before many use it, as a worker declares it when it starts
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: put(connect, *range(number * 25, number * 25 + 25)), range(8)))
        taken = [body for bodies in pool.map(lambda _: take_all(connect), range(8)) for body in bodies]
    # What a taker had fetched ahead it puts back when it ends, maybe after all others found nothing more.
    assert Counter([*taken, *take_all(connect)]) == Counter(range(200))
    assert list((tmp_path / "messages").iterdir()) == []


def test_an_unreadable_message_is_dropped_and_the_next_is_read(connect, tmp_path, caplog):
    (tmp_path / "messages" / "00000000000000000001_x.bell.msg").write_bytes(b"half a mess")
    put(connect, "whole")
    assert take_all(connect) == ["whole"]
    assert "unreadable" in caplog.text


GOOD = {"body": "", "content-type": None, "content-encoding": None, "headers": {}, "properties": {}}
PROPERTIES = {"delivery_tag": "x", "delivery_info": {}, "body_encoding": "base64"}


@pytest.mark.parametrize(
    "message",
    [
        {"a": 1}, [], 5, None, "x", {"properties": []}, GOOD, GOOD | {"properties": {"delivery_tag": "x"}, "headers": []},
        GOOD | {"properties": PROPERTIES, "body": "no base64"}, GOOD | {"properties": PROPERTIES, "headers": "x"},
        GOOD | {"properties": PROPERTIES, "headers": {"task": []}}, GOOD | {"properties": PROPERTIES, "headers": {"task": "x"}},
        GOOD | {"properties": PROPERTIES, "headers": {"compression": "x"}, "body": 5},
    ],
)  # fmt: skip
def test_json_that_is_no_message_is_dropped_and_the_next_is_read(connect, tmp_path, caplog, message):
    (tmp_path / "messages" / "00000000000000000001_x.bell.msg").write_text(json.dumps(message))
    put(connect, "whole")
    assert take_all(connect) == ["whole"]
    assert len([record for record in caplog.records if "unreadable" in record.message]) == 1


def test_a_message_that_is_still_being_written_is_not_seen(connect, tmp_path):
    (tmp_path / "messages" / ".00000000000000000001_x.bell.msg.77").write_bytes(b"")
    assert take_all(connect) == []


def test_queues_are_bound_by_many_at_once_without_loss(connect):
    def bind(number):
        with connect() as connection, connection.channel() as channel:
            Queue(f"queue-{number}", routing_key=f"queue-{number}", exchange="bells")(channel).declare()
            return connection

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(bind, range(16)))
    with connect() as connection, connection.channel() as channel:
        assert {row.queue for row in channel.get_table("bells")} == {f"queue-{number}" for number in range(16)}


# --- what waits while no worker runs ------------------------------------------------------------------------------


@pytest.fixture(params=["folder", "redis"])
def queue(request, settings, tmp_path):
    """How many messages wait, in each of the brokers; and their sender."""
    if request.param == "redis":
        import redis

        settings.REDIS_URL = redis_number(5, request.getfixturevalue("real_servers"))
        sender = Celery("sender", broker=settings.REDIS_URL, set_as_current=False)
        sender.conf.task_default_queue = "newsreader"
        with redis.Redis.from_url(settings.REDIS_URL) as client, sender:
            client.flushdb()
            yield sender, lambda: client.llen("newsreader")
            client.flushdb()
        return
    settings.REDIS_URL, settings.BROKER_DIR = "", tmp_path
    (tmp_path / "messages").mkdir()
    broker.register()
    broker.Transport.global_state.clear()
    sender = Celery("sender", broker="files://localhost", set_as_current=False)
    sender.conf.task_default_queue = "newsreader"
    sender.conf.broker_transport_options = {
        "data_folder_in": str(tmp_path / "messages"), "data_folder_out": str(tmp_path / "messages"),
        "control_folder": str(tmp_path / "exchanges"),
    }  # fmt: skip
    with sender:
        yield sender, lambda: len(list((tmp_path / "messages").iterdir()))


def test_what_has_expired_is_taken_out_and_the_rest_stays(queue):
    sender, waiting_now = queue
    far = datetime.now(UTC) + timedelta(days=400)  # of a clock that was ahead
    for expires in (-1, 60, None, far, -1, 900, -1):
        sender.send_task("articles.tasks.tick", expires=expires)
    assert waiting_now() == 7
    assert waiting.drop_expired() == 4
    assert waiting_now() == 3
    assert waiting.drop_expired() == 0


def test_a_flood_of_old_messages_is_gone_at_once(queue, monkeypatch, caplog):
    sender, waiting_now = queue
    monkeypatch.setattr(waiting, "AT_ONCE", 20)
    sender.send_task("articles.tasks.tick", expires=900)
    for _ in range(99):
        sender.send_task("articles.tasks.tick", expires=-1)
    assert waiting.drop_expired() == 99
    assert waiting_now() == 1
    assert "did no worker run?" in caplog.text


def test_one_message_of_a_kind_waits_at_most(queue, monkeypatch):
    """Beat alone, for a day: whatever it sends is over before it sends the next."""
    sender, waiting_now = queue
    seconds, start = [0.0], datetime.now(UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, zone=None):
            return start + timedelta(seconds=seconds[0])

    monkeypatch.setattr(beat, "monotonic", lambda: seconds[0])
    monkeypatch.setattr(waiting, "datetime", Clock)
    sender.conf.beat_schedule = {name: entry | {"options": {}} for name, entry in beat_app.conf.beat_schedule.items()}
    scheduler = beat.Intervals(sender)

    def send(entry, **kwargs):
        expires = start + timedelta(seconds=seconds[0] + beat_app.conf.beat_schedule[entry.name]["options"]["expires"])
        sender.send_task(entry.task, expires=expires)

    monkeypatch.setattr(scheduler, "apply_async", send)
    monkeypatch.setattr(beat.Intervals, "producer", None)
    most = 0
    while seconds[0] < 7200:
        seconds[0] += max(1.0, scheduler.tick())
        most = max(most, waiting_now())
    assert most <= len(beat_app.conf.beat_schedule)


def test_a_broker_that_is_away_keeps_nobody_from_starting(settings, tmp_path):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert waiting.drop_expired() == 0
    settings.REDIS_URL, settings.BROKER_DIR = "", tmp_path / "gone"
    assert waiting.drop_expired() == 0


def test_everything_that_is_sent_is_over_before_the_next():
    for entry in beat_app.conf.beat_schedule.values():
        assert entry["options"]["expires"] < min(entry["schedule"], waiting.LONGEST.total_seconds())


def test_a_worker_starts_at_a_redis_that_is_full(used_environment):
    import redis

    with (
        servants_folder() as folder,
        redis_server(folder) as (address, _),  # its own: nothing else can be stored where one is full
        redis.Redis.from_url(address) as client,
    ):
        environment = dict(used_environment) | {"REDIS_URL": address}
        subprocess.run([sys.executable, "-c", SEND], cwd=ROOT, env=environment, check=True)
        message = client.rpop("newsreader")
        client.rpush("newsreader", *[message] * 4000)
        client.config_set("maxmemory", str(client.info("memory")["used_memory"] - 2_000_000))
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            client.set("x", "x")
        with worker(environment):
            wait_for(lambda: client.llen("newsreader") == 0)


def test_beat_knows_only_tasks_that_there_are():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in beat_app.conf.beat_schedule.values()} <= set(app.tasks)


def test_no_tick_outlives_the_next():
    tick = beat_app.conf.beat_schedule["tick"]
    assert tick["options"]["expires"] < tick["schedule"]


def test_only_json_is_accepted():
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_ignore_result


def test_beat_loads_neither_djangos_apps_nor_our_models():
    code = "import newsreader.beat, sys; print([name for name in sys.modules if name.endswith('.models')])"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@contextmanager
def worker(environment):
    command = ["worker", "--pool=threads", "--concurrency=2", "--without-gossip", "--without-mingle"]
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "newsreader", "--quiet", *command, "--without-heartbeat"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=end_with_parent,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


SEND = """
from newsreader.celery import app
for number in range(5):
    app.send_task("articles.tasks.tick", expires=-1)
app.send_task("articles.tasks.tick")
"""


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("kind", ["embedded", "redis"])
def test_a_worker_empties_the_queue_and_drops_expired_ticks(used_environment, real_servers, kind):
    environment = dict(used_environment)
    if kind == "redis":
        environment["REDIS_URL"] = redis_number(7, real_servers)
    subprocess.run([sys.executable, "-c", SEND], cwd=ROOT, env=environment, check=True)
    messages = Path(environment["NEWSREADER_DATA"]) / "broker" / "messages"

    def left() -> int:
        if kind == "embedded":
            return len(list(messages.iterdir()))
        import redis

        with redis.Redis.from_url(environment["REDIS_URL"]) as client:
            return int(client.llen("newsreader"))

    assert left() == 6
    with worker(environment):
        wait_for(lambda: left() == 0)
    assert left() == 0
