"""From an address to what its host answered, within limits of time and size, and never from a private network. Pure.

`fetch.fetch` asks for a feed and returns Fetched, Unchanged, Gone or Failed; `Client` asks for anything else.
"""

from feeds.http.client import Client, HttpResponse
from feeds.http.policy import FetchPolicy, HttpError, Problem

__all__ = ["Client", "FetchPolicy", "HttpError", "HttpResponse", "Problem"]
