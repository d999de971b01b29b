"""A pytest plugin, named in pyproject.toml: tests never touch the data of whoever runs them, nor of another worker.

It is loaded before pytest-django reads the settings, which a conftest is not.
"""

import atexit
import os
import re
import shutil
import tempfile

if "NEWSREADER_DATA" not in os.environ:
    folder = tempfile.mkdtemp(prefix="newsreader-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["NEWSREADER_DATA"] = folder

# Ten of Redis's databases are a worker's own: who empties a cache empties it for nobody else.
first = 10 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
for name in {"REDIS_URL", "TESTS_REDIS_URL"} & os.environ.keys():
    os.environ[name] = re.sub(r"/\d+$", f"/{first}", os.environ[name])
