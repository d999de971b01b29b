"""The way through a proxy: an HTTP proxy's CONNECT (RFC 9110, 9.3.6) or SOCKS 5 (RFC 1928 and 1929), which resolves
the host's name itself, as Tor wants it."""

from __future__ import annotations

import socket
import struct
from urllib.parse import SplitResult, unquote, urlsplit

from feeds.http.access import basic
from feeds.http.policy import HttpError, Problem

PORTS = {"http": 8080, "socks5": 1080, "socks5h": 1080}
LONGEST_HEAD = 16_384  # bytes of what an HTTP proxy answers to CONNECT
REFUSED = {
    1: "general failure", 2: "not allowed by its rules", 3: "network unreachable", 4: "host unreachable",
    5: "connection refused", 6: "time expired", 7: "command not supported", 8: "address type not supported",
}  # fmt: skip


def parts_of(proxy: str) -> SplitResult:
    """The parts of a proxy's address. Raises ValueError for what is none."""
    parts = urlsplit(proxy)
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise ValueError("a proxy is http://host:port or socks5://host:port")
    _ = parts.port
    return parts


def place_of(parts: SplitResult) -> tuple[str, int]:
    """Host and port of a proxy."""
    return str(parts.hostname), parts.port or PORTS[parts.scheme]


def go_through(sock: socket.socket, parts: SplitResult, host: str, port: int) -> None:
    """Have the proxy at the other end of `sock` connect to `host`. Raises HttpError and OSError."""
    if parts.scheme == "http":
        _connect(sock, parts, host, port)
    else:
        _socks(sock, parts, host, port)


def _refusal(parts: SplitResult, why: str) -> HttpError:
    return HttpError(Problem.CONNECT, f"the proxy {parts.hostname} refuses: {why}", is_unreached=True)


def _connect(sock: socket.socket, parts: SplitResult, host: str, port: int) -> None:
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}"]
    if parts.username is not None:
        lines.append(f"Proxy-Authorization: {basic(unquote(parts.username), unquote(parts.password or ''))}")
    sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1", "replace"))
    head = bytearray()
    while not head.endswith(b"\r\n\r\n"):
        if len(head) >= LONGEST_HEAD:
            raise _refusal(parts, "it answers nothing that is HTTP")
        head += _received(sock, 1, parts)  # not one byte of what comes after it
    status = head.split(b"\r\n", 1)[0].split(b" ")
    if len(status) < 2 or not status[1].startswith(b"2"):
        said = status[1].decode("latin-1", "replace")[:20] if len(status) > 1 else "nothing"
        raise _refusal(parts, f"it answered {said}")


def _socks(sock: socket.socket, parts: SplitResult, host: str, port: int) -> None:
    methods = b"\x00\x02" if parts.username is not None else b"\x00"
    sock.sendall(bytes([5, len(methods)]) + methods)
    version, method = _received(sock, 2, parts)
    if version != 5 or method not in methods:
        raise _refusal(parts, "it wants another way to sign in")
    if method == 2:
        name, password = (unquote(each or "").encode()[:255] for each in (parts.username, parts.password))
        sock.sendall(bytes([1, len(name)]) + name + bytes([len(password)]) + password)
        if _received(sock, 2, parts)[1] != 0:
            raise _refusal(parts, "name or password are wrong")
    name = host.encode("ascii", "replace")[:255]
    sock.sendall(bytes([5, 1, 0, 3, len(name)]) + name + struct.pack(">H", port))
    _version, answer, _reserved, kind = _received(sock, 4, parts)
    if answer != 0:
        raise _refusal(parts, REFUSED.get(answer, "no reason given"))
    length = {1: 4, 4: 16}.get(kind) or _received(sock, 1, parts)[0]
    _received(sock, length + 2, parts)


def _received(sock: socket.socket, size: int, parts: SplitResult) -> bytes:
    """So many bytes, in the time that the socket has: recv_into alone keeps to it."""
    data, came = bytearray(size), 0
    while came < size:
        count = sock.recv_into(memoryview(data)[came:])
        if not count:
            raise _refusal(parts, "it broke off")
        came += count
    return bytes(data)
