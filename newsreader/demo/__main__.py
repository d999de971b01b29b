"""The demo's publisher as a process: `python -m newsreader.demo PORT SINCE MAIL_PORT CERTIFICATE`."""

import sys
from contextlib import suppress
from pathlib import Path

from newsreader.demo import Publisher
from newsreader.demo.server import serve

with suppress(KeyboardInterrupt):
    serve(Publisher(*map(int, sys.argv[1:4])), Path(sys.argv[4]))
