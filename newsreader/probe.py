"""`python -m newsreader.probe URL [NAME …]`: ends with 0 where URL answers 200, or where the named parts of its answer
are "ok"; else with 1 and the answer. For images, which hold no curl."""

import json
import sys
import urllib.error
import urllib.request

SECONDS = 5  # /readyz answers in three


def probe(url: str, names: list[str]) -> str:
    """The problem that the answer at `url` shows; empty for none."""
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as response:  # noqa: S310 - the operator's own address
            status, body = response.status, response.read(2**16)
    except urllib.error.HTTPError as error:
        with error:
            status, body = error.code, error.read(2**16)
    except OSError as error:
        return str(error)
    text: str = body.decode("utf-8", "replace").strip()
    if not names:
        return "" if status == 200 else text or str(status)
    try:
        told = json.loads(text)
        return "; ".join(f"{name} {told[name]}" for name in names if told[name] != "ok")
    except (ValueError, LookupError, TypeError):
        return text or str(status)


if __name__ == "__main__":
    problem = probe(sys.argv[1], sys.argv[2:])
    sys.exit(problem or 0)
