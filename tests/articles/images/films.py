"""Publishers of sounds and films, well-behaved and otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.publisher import Exchange, Handler


def with_ranges(body: bytes, media_type: str = "audio/mpeg") -> Handler:
    """Answers one range as HTTP says, and everything else with the whole."""

    def answer(exchange: Exchange) -> None:
        found = re.fullmatch(r"bytes=(\d*)-(\d*)", exchange.request.headers.get("range", ""))
        if not found:
            exchange.send(head(200, {"Content-Type": media_type, "Content-Length": len(body)}) + body)
            return
        first = int(found[1]) if found[1] else max(0, len(body) - int(found[2]))
        last = min(int(found[2]), len(body) - 1) if found[1] and found[2] else len(body) - 1
        if first > last:
            exchange.send(head(416, {"Content-Range": f"bytes */{len(body)}", "Content-Length": 0}))
            return
        told = {"Content-Range": f"bytes {first}-{last}/{len(body)}", "Content-Length": last - first + 1}
        exchange.send(head(206, {"Content-Type": media_type, **told}) + body[first : last + 1])

    return answer


def head(status: int, headers: Mapping[str, object]) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
