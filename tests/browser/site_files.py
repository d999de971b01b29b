"""The static files of a site, without the compressed copies of each, which take most of the time to collect them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Page
from whitenoise.compress import Compressor

from newsreader.static_files import StaticFiles

AXE = "axe.js"  # among them: a browser compiles it once for all pages


class Uncompressed(StaticFiles):
    def create_compressor(self, **_: Any) -> Compressor:
        return Compressor(use_gzip=False, use_brotli=False)


def collect(folder: Path) -> None:
    """Makes the folder."""
    storage = {"BACKEND": f"{__name__}.{Uncompressed.__name__}"}
    with override_settings(STATIC_ROOT=folder, STORAGES={**settings.STORAGES, "staticfiles": storage}):
        call_command("collectstatic", interactive=False, verbosity=0)
    (folder / AXE).write_text(AXE_SCRIPT)


def add_axe(page: Page) -> None:
    """Gives the page `axe`, once."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(url=f"/static/{AXE}")
