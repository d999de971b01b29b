"""axe-core on a page of the site: a file among its static files, which a browser compiles once for all pages."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

FILE = "axe.js"


def write_axe(static_root: Path) -> None:
    (static_root / FILE).write_text(AXE_SCRIPT)


def add_axe(page: Page) -> None:
    """Gives the page `axe`, once."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(url=f"/static/{FILE}")
