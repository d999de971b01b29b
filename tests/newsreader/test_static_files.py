"""Static files as a site in production has them."""

from __future__ import annotations

import json
import re


def test_modules_import_each_other_by_the_names_that_pages_load(prepared_folder):
    folder = prepared_folder / "static"
    names = set(json.loads((folder / "staticfiles.json").read_text())["paths"].values())
    modules = {name: (folder / name).read_text() for name in names if re.fullmatch(r"js/[\w-]+\.[0-9a-f]+\.js", name)}
    imported = [name for text in modules.values() for name in re.findall(r'^import .* from "\./(.*)";$', text, re.M)]
    assert imported
    assert {f"js/{name}" for name in imported} <= names
