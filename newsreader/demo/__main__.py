"""The demo's publisher as a process: `python -m newsreader.demo PORT SINCE`."""

import sys
from contextlib import suppress

from newsreader.demo import Publisher
from newsreader.demo.server import serve

port, since = map(int, sys.argv[1:])
with suppress(KeyboardInterrupt):
    serve(Publisher(port, since))
