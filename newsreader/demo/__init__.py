"""`up --demo`: a small publisher on loopback and a data folder of its own, so that the whole thing is seen alive."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

NOT_IN_A_DEMO = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "NEWSREADER_URL", "NEWSREADER_TRUSTED_PROXIES")
LOOPBACK = "127.0.0.0/8"


def environment(variables: Mapping[str, str], data_folder: Path) -> dict[str, str]:
    """`variables` for a demo: beside the real data folder, with its own database and broker, so that it can't touch
    a real archive; and for this run only loopback may be fetched from."""
    replaced = (*NOT_IN_A_DEMO, "NEWSREADER_DATA", "NEWSREADER_ALLOWED_NETWORKS")
    dropped = {*replaced, *(f"{name}_FILE" for name in replaced)}
    kept = {name: value for name, value in variables.items() if name not in dropped}
    folder = data_folder.with_name(f"{data_folder.name}-demo")
    return {**kept, "NEWSREADER_DATA": str(folder), "NEWSREADER_ALLOWED_NETWORKS": LOOPBACK}


def port_of(data_folder: Path, wanted: int) -> int:
    """The publisher's port: `wanted`, else that of the last time where it is free, else a free one. It is kept, as
    the feeds' addresses name it."""
    kept = data_folder / "demo-port"
    last = int(kept.read_text()) if kept.exists() else 0
    port = wanted or (last if last and _is_free(last) else _free_port())
    kept.write_text(str(port))
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def subscribe_to(port: int) -> None:
    """Subscribe to every feed that the publisher serves on `port`."""
