"""Addresses of older documents where a feed doesn't link to them. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

NUMBER = "paged"  # WordPress: https://developer.wordpress.org/reference/classes/wp_query/#pagination-parameters
WORDPRESS = re.compile(rb"<generator[^<>]*>[^<>]*wordpress", re.IGNORECASE)
HEAD = 2**16  # bytes in which a document says what made it


def is_wordpress(body: bytes) -> bool:
    """True where a feed document says that WordPress made it, so that its pages can be asked for by number."""
    return bool(WORDPRESS.search(body, 0, HEAD))


def page(url: str, number: int) -> str:
    """The address of a feed's page of that number, from `url` or from the address of another of its pages."""
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != NUMBER]
    return urlunsplit(parts._replace(query=urlencode([*query, (NUMBER, str(number))])))


def next_page(url: str) -> str:
    """The address after that of a page. The feed's own address is page 1."""
    numbers = [value for name, value in parse_qsl(urlsplit(url).query) if name == NUMBER and value.isdecimal()]
    return page(url, int(numbers[-1][:9]) + 1 if numbers else 2)
