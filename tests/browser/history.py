"""The pages that a tab has been on."""

from __future__ import annotations

from playwright.sync_api import Page


def go_back(page: Page, steps: int) -> None:
    """Goes back in the tab's history. Not before this has been answered: a document that goes away while it is asked
    something answers with an error."""
    page.evaluate("(steps) => { setTimeout(() => history.go(-steps)) }", steps)
