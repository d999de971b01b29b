"""`python -m newsreader.probe URL`: ends with 0 where URL answers 200. For images, which hold no curl."""

import sys
import urllib.request

if __name__ == "__main__":
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=4) as response:  # noqa: S310 - the operator's own address
            sys.exit(response.status != 200)
    except OSError as error:
        sys.exit(str(error))
