"""`up --demo`: a small publisher on loopback and a data folder of its own, so that the whole thing is seen alive."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

NOT_IN_A_DEMO = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "NEWSREADER_URL", "NEWSREADER_TRUSTED_PROXIES")
LOOPBACK = "127.0.0.0/8"


@dataclass(frozen=True, slots=True)
class Publisher:
    """The port at which the demo's feeds are served, and the moment since when (seconds since 1970): their dates
    count from it, so that what was published once keeps its date. `mail_port`: that of its mailbox."""

    port: int
    since: int
    mail_port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def environment(variables: Mapping[str, str], data_folder: Path) -> dict[str, str]:
    """`variables` for a demo: beside the real data folder, with its own database and broker, so that it can't touch
    a real archive; and for this run only loopback may be fetched from."""
    replaced = (*NOT_IN_A_DEMO, "NEWSREADER_DATA", "NEWSREADER_ALLOWED_NETWORKS")
    dropped = {*replaced, *(f"{name}_FILE" for name in replaced)}
    kept = {name: value for name, value in variables.items() if name not in dropped}
    folder = data_folder.with_name(f"{data_folder.name}-demo")
    return {**kept, "NEWSREADER_DATA": str(folder), "NEWSREADER_ALLOWED_NETWORKS": LOOPBACK}


def publisher_of(data_folder: Path, port: int = 0) -> Publisher:
    """The publisher that `data_folder` keeps; made on the first call. It moves to `port` where one is given, and to
    a free one where its own is taken."""
    kept = data_folder / "demo-publisher.json"
    last = Publisher(**json.loads(kept.read_text())) if kept.exists() else Publisher(0, int(time.time()))
    now = Publisher(port or _free(last.port), last.since, _free(last.mail_port))
    kept.write_text(json.dumps(asdict(now)))
    return now


def _free(port: int) -> int:
    return port if _is_free(port) else _free_port()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return port != 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
