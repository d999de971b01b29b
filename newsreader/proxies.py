"""Believes X-Forwarded-* headers, but only from the proxies that the operator named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")


def within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """True where `address` lies in one of `networks`. What is no address lies nowhere."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip in network for network in networks)


def client_address(peer: str, forwarded_for: str, networks: Sequence[IPv4Network | IPv6Network]) -> str:
    """The client's address: walking back from `peer` through the proxies that are ours, the first that is none of them.
    Everything left of that address is the client's own claim."""
    address = peer
    for claim in reversed(forwarded_for.split(",")):
        if not within(address, networks):
            break
        try:
            address = str(ip_address(claim.strip()))
        except ValueError:
            break
    return address


class TrustedProxyMiddleware:
    """Sets REMOTE_ADDR, scheme and host as the trusted proxy tells them; takes the headers of anybody else away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = {name: request.META.pop(name, "") for name in FORWARDED}
        peer = request.META.get("REMOTE_ADDR", "")
        if within(peer, settings.TRUSTED_PROXIES):
            request.META["REMOTE_ADDR"] = client_address(peer, told["HTTP_X_FORWARDED_FOR"], settings.TRUSTED_PROXIES)
            proto = told["HTTP_X_FORWARDED_PROTO"].split(",")[-1].strip().lower()
            if proto in {"http", "https"}:
                request.META["wsgi.url_scheme"] = proto
            host = told["HTTP_X_FORWARDED_HOST"].split(",")[-1].strip()
            if host:
                request.META["HTTP_HOST"] = host
        return self.get_response(request)
