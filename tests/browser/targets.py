"""The targets of a page that are lower than a finger needs."""

from __future__ import annotations

from playwright.sync_api import Page

# Each target that is met by less than 44 px from top to bottom, whatever else lies over it; menus and sheets are opened
# one after the other. Links in a line of running text may be as high as the line (WCAG 2.5.8), and so is a publisher's text.
LOW = r"""() => {
  const TARGETS = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  const isInline = (node) => node.nodeType !== 1 || getComputedStyle(node).display === "inline";
  const says = (node) => node.nodeType === 3 ? /[\p{L}\p{N}]/u.test(node.data)
    : node.nodeType === 1 && !node.matches(TARGETS) && [...node.childNodes].some(says);
  const beside = (node, way) => {
    for (let next = node[way]; next && isInline(next); next = next[way]) if (says(next)) return true;
    return false;
  };
  const isInText = (node) => {
    if (node.closest(".prose")) return true;
    for (; isInline(node); node = node.parentElement)
      if (beside(node, "previousSibling") || beside(node, "nextSibling")) return true;
    return false;
  };
  const height = (target) => {
    target.scrollIntoView({ block: "center", inline: "nearest" });
    const box = [...target.getClientRects()].find((part) => part.width);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const isMet = (at) => target.contains(document.elementFromPoint(x, at));
    let [up, down] = [0, 0];
    while (up < 44 && isMet(y - up)) up++;
    while (down < 44 && isMet(y + down)) down++;
    return up + down - 1;
  };
  const isSeen = (target) => target.checkVisibility({ visibilityProperty: true }) && getComputedStyle(target).clipPath === "none"
    && target.getBoundingClientRect().width > 1 && target.getBoundingClientRect().bottom + scrollY > 0;
  const low = (part) => [...part.querySelectorAll(TARGETS)]
    .map((each) => each.matches("[type=checkbox], [type=radio]") && each.labels[0] || each)
    .filter((each) => isSeen(each) && !isInText(each) && height(each) < 43)
    .map((each) => `${height(each)} ${each.cloneNode().outerHTML.slice(0, 120)} ${each.textContent.trim().slice(0, 40)}`);
  document.querySelectorAll("details:not(.menu)").forEach((each) => { each.open = true });
  const found = low(document);
  for (const menu of document.querySelectorAll("details.menu")) {
    menu.open = true;
    found.push(...low(menu));
    menu.open = false;
  }
  for (const sheet of document.querySelectorAll("[popover]")) {
    sheet.showPopover();
    found.push(...low(sheet));
    sheet.hidePopover();
  }
  return found;
}"""


def low_targets(page: Page) -> list[str]:
    """The height in pixels, the start and the text of each."""
    low: list[str] = page.evaluate(LOW)
    return low
