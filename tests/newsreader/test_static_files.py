"""Static files as a site in production has them."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings

from newsreader.whole_files import whole_script, whole_sheet

SOURCE = settings.BASE_DIR / "static"
# The scripts that a page can have beside each other.
OF_A_PAGE = ["reader", "keyboard", "list-reader", "past", "next-page", "article-page", "reading", "matches"]
# Modules that are nothing else: a page may have them twice.
FUNCTIONS = {"fields.js", "part.js", "session.js", "title.js", "shown-look.js"}


@pytest.fixture
def collected(prepared_folder):
    folder: Path = prepared_folder / "static"
    return folder, json.loads((folder / "staticfiles.json").read_text())["paths"]


def test_scripts_and_sheets_hold_what_they_import_and_have_small_copies(collected):
    folder, names = collected
    ours = {name: folder / at for name, at in names.items() if re.match(r"(js|css)/", name)}
    assert not [name for name, path in ours.items() if re.search(r"^@?import ", path.read_text(), re.M)]
    reader, page = ours["js/reader.js"], ours["js/list-reader.js"].read_text()
    assert "const { isForBrowser, partAsDocument } = $part;" in page
    assert page.count("const $part = ") == 1
    assert "font-family" in ours["css/every-page.css"].read_text()
    for path in (reader, folder / names["django_htmx/htmx-2.min.js"]):
        small, usual = (path.with_name(path.name + suffix).read_bytes() for suffix in (".br", ".gz"))
        assert brotli.decompress(small) == gzip.decompress(usual) == path.read_bytes()
        assert len(small) < len(usual)


def test_what_is_loaded_later_is_named_by_its_hash(collected):
    folder, names = collected
    later = [
        name
        for at in names.values()
        if at.startswith("js/")
        for name in re.findall(r'import\("\./(.*)"\)', (folder / at).read_text())
    ]
    assert {f"js/{name}" for name in later} <= set(names.values())


def test_a_page_runs_each_module_once():
    """But those that are functions alone."""
    imported = [name for script in OF_A_PAGE for name in _imports(f"{script}.js")]
    twice = {name for name in imported if imported.count(name) > 1}
    assert twice <= FUNCTIONS
    for name in FUNCTIONS:
        statements = re.findall(r"^(?! |//|[})]|$).*", (SOURCE / "js" / name).read_text(), re.M)
        assert all(re.match(r"(export )?(async )?(const|function) ", line) for line in statements)


def _imports(name: str) -> set[str]:
    found = re.findall(r'^import .*"\./(.*)";$', (SOURCE / "js" / name).read_text(), re.M)
    return set(found).union(*map(_imports, found))


def test_a_module_keeps_its_names_to_itself():
    files = {
        "page.js": '// All.\nimport "./one.js";\nimport { two, three } from "./two.js";\n\nconst here = two();\n',
        "one.js": 'import { two } from "./two.js";\nconst here = "// no comment";\n  two(here);\n',
        "two.js": "let here = 2;\nexport const two = () => here;\nexport async function three() {\n  here = 3;\n}\n",
    }
    assert whole_script("page.js", files.__getitem__) == (
        "const $two = (() => {\nlet here = 2;\nconst two = () => here;\nasync function three() {\nhere = 3;\n}\n"
        'return { two, three };\n})();\nconst $one = (() => {\nconst { two } = $two;\nconst here = "// no comment";\n'
        "two(here);\nreturn {  };\n})();\nconst { two, three } = $two;\nconst here = two();\n"
    )


def test_a_sheet_has_others_in_their_places():
    files = {
        "page.css": '/* All. */\n@import "one.css";\n\np {\n  margin: 0;\n}\n',
        "one.css": "a { b: c } /* **\n */\n",
    }
    assert whole_sheet("page.css", files.__getitem__) == "a { b: c }\np {\nmargin: 0;\n}\n"
