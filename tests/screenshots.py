"""The pictures of the README, taken from the demo in a browser: `python -m tests.screenshots [FOLDER]`, by default into
docs/screenshots. The demo runs in a folder of its own that goes away. The machine needs fonts for Thai and Arabic, as Debian's
`fonts-noto-core` has them. Look at each before it is committed."""

from __future__ import annotations

import base64
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
            while page.locator(".row").count() < FULL or "127.0.0.1" in page.locator("#tree").inner_text():
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
        chinese = _article(wide, "zh")
        _choose(wide, chinese, "pronunciation", "pinyin")
        take(wide, chinese, "pinyin")
        _choose(wide, chinese, "pronunciation", "")
        horn = _article(wide, "en", "What the fog signal taught me")
        _choose(wide, horn, "theme", "sepia")
        wide.screenshot(path=folder / "look.png")
        _choose(wide, horn, "theme", "auto")
        _take_notes(phone, horn, folder / "notes-phone.png")
        _take_player(phone, horn, folder / "player-phone.png")
        articles = [horn, chinese, _article(wide, "ar")]
        _take_looks(wide, articles, folder / "looks.png")
        _take_looks(phone, articles, folder / "looks-phone.png")
        browser.close()


def _take_notes(page: Page, article: str, file: Path) -> None:
    page.goto(article)
    page.locator(".prose blockquote p").first.evaluate("(text) => getSelection().selectAllChildren(text)")
    page.locator(".keep-passage").click()
    page.wait_for_url("**#passage-*")
    page.keyboard.press("c")
    page.locator("#note-text").fill("Read this to the choir.")
    page.locator(".notes form [type=submit]").click()
    page.wait_for_url("**#note-*")
    page.locator("mark.passage").first.scroll_into_view_if_needed()
    page.screenshot(path=file)


def _take_player(page: Page, article: str, file: Path) -> None:
    """The small player, as it goes along to the list."""
    page.goto(article)
    page.locator(".prose audio").evaluate("(player) => player.play()")
    page.goto("/?show=unread")
    page.locator(".listening").wait_for()
    page.screenshot(path=file)


def _choose(page: Page, article: str, name: str, value: str) -> None:
    """In "Aa", which stays open."""
    page.goto(article)
    page.keyboard.press("z")
    with page.expect_response("**/account/look/"):
        page.locator(f'#look [name={name}][value="{value}"]').check(force=True)


def _take_looks(page: Page, articles: list[str], file: Path) -> None:
    """The articles side by side, light, dark and in sepia below each other."""
    pictures = []
    for theme in ("light", "dark", "sepia"):
        _choose(page, articles[0], "theme", theme)
        for article in articles:
            page.goto(article)
            page.wait_for_load_state("networkidle")
            pictures.append(base64.b64encode(page.screenshot()).decode())
    width = 640 if page.viewport_size == WIDE else 292
    sheet = page.context.browser.new_page(viewport={"width": 3 * width, "height": 100})
    images = "".join(f'<img width="{width}" src="data:image/png;base64,{each}">' for each in pictures)
    sheet.set_content(f"<body style='margin: 0; display: grid; grid-template-columns: 1fr 1fr 1fr'>{images}")
    sheet.screenshot(path=file, full_page=True)
    sheet.close()


def _article(page: Page, language: str, title: str = "") -> str:
    """The address of the newest article in that language, with that title."""
    page.goto(f'/?q=title:"{title}"' if title else "/")
    said = "" if title else f"[lang^={language}] "
    links = page.locator(f".row {said}a[href^='/articles/']", has_text=title)
    address = links.first.get_attribute("href") or "/"
    return address.partition("?")[0]


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
                process.communicate()  # reads what it says at its end


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/screenshots")
