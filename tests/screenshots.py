"""The pictures of the README, taken from the demo in a browser: `python -m tests.screenshots [FOLDER]`, by default into
docs/screenshots. The demo runs in a folder of its own that goes away. Look at each before it is committed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from newsreader.env import KNOWN

ROOT = Path(__file__).parent.parent
FULL = 30  # rows
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}
NAME, PASSWORD = "ann", "a password of one demo"


def main(folder: Path) -> None:
    with _demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

        def page_of(viewport: dict[str, int], scheme: str, language: str) -> Page:
            context = browser.new_context(
                base_url=address, viewport=viewport, color_scheme=scheme, locale=language, has_touch=viewport is PHONE
            )
            page = context.new_page()
            page.goto("/sign-in/")
            page.fill("[name=username]", NAME)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url("/")
            # The first polls are on their way: feeds without a name are called by their host.
            while page.locator(".rows > li").count() < FULL or "127.0.0.1" in page.locator("#tree").inner_text():
                page.reload()
            return page

        def take(page: Page, path: str, file: str) -> None:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{file}.png")

        wide, phone = page_of(WIDE, "light", "en"), page_of(PHONE, "dark", "zh-TW")
        take(wide, "/?show=unread", "list")
        take(wide, "/?q=rain OR 雨", "search")
        take(wide, _article(wide, "ja"), "article")
        take(phone, "/", "list-phone")
        take(phone, _article(phone, "zh"), "article-phone")
        take(wide, _article(wide, "th"), "thai")
        take(wide, _article(wide, "ar"), "arabic")
        for page, theme, file in ((phone, "black", "look-phone"), (wide, "sepia", "look")):
            page.goto(_article(page, "en"))
            page.keyboard.press("z")
            page.locator(f"#look [value={theme}]").check(force=True)
            page.screenshot(path=folder / f"{file}.png")
        browser.close()


def _article(page: Page, language: str) -> str:
    """The address of the newest article in that language."""
    page.goto("/")
    return page.locator(f".rows [lang^={language}] a[href^='/articles/']").first.get_attribute("href") or "/"


@contextmanager
def _demo() -> Iterator[str]:
    """A running demo's address."""
    with tempfile.TemporaryDirectory() as folder:
        ours = {*KNOWN, *(f"{name}_FILE" for name in KNOWN)}
        environment = {name: value for name, value in os.environ.items() if name not in ours} | {
            "NEWSREADER_DATA": f"{folder}/data",
            "NEWSREADER_ADMIN_USER": NAME,
            "NEWSREADER_ADMIN_PASSWORD": PASSWORD,
        }
        command = [sys.executable, "manage.py", "up", "--demo", "--port", "0"]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                yield next(line.split()[1] for line in process.stdout if line.startswith("Open "))
            finally:
                process.terminate()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/screenshots")
