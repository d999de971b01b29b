"""A pytest plugin, named in pyproject.toml: tests never touch the data of whoever runs them.

It is loaded before pytest-django reads the settings, which a conftest is not.
"""

import atexit
import os
import shutil
import tempfile

if "NEWSREADER_DATA" not in os.environ:
    folder = tempfile.mkdtemp(prefix="newsreader-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["NEWSREADER_DATA"] = folder
