"""The targets of a page that are smaller than a finger needs."""

from __future__ import annotations

from playwright.sync_api import Page

# Each target that is met by less than 44 px from top to bottom or from side to side, whatever else lies over it; menus and sheets are opened
# one after the other. Links in a line of running text may be as high as the line (WCAG 2.5.8), and so is a publisher's text.
SMALL = r"""() => {
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
  const size = (target) => {
    target.scrollIntoView({ block: "center", inline: "nearest" });
    const box = [...target.getClientRects()].find((part) => part.width);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const far = (right, down, most) => {
      let steps = 0;
      while (steps < most && target.contains(document.elementFromPoint(x + right * steps, y + down * steps))) steps++;
      return steps;
    };
    const side = (right, down) => {
      const back = far(-right, -down, 44);
      return back + far(right, down, 45 - back) - 1;
    };
    return [side(1, 0), side(0, 1)];
  };
  const isSeen = (target) => target.checkVisibility({ visibilityProperty: true }) && getComputedStyle(target).clipPath === "none"
    && target.getBoundingClientRect().width > 1 && target.getBoundingClientRect().bottom + scrollY > 0;
  const small = (part) => [...part.querySelectorAll(TARGETS)]
    .map((each) => each.matches("[type=checkbox], [type=radio]") && each.labels[0] || each)
    .filter((each) => isSeen(each) && !isInText(each))
    .map((each) => [each, size(each)])
    .filter(([, sides]) => Math.min(...sides) < 43)
    .map(([each, sides]) => `${sides.join(" x ")} ${each.cloneNode().outerHTML.slice(0, 120)} ${each.textContent.trim().slice(0, 40)}`);
  document.querySelectorAll("details:not(.menu)").forEach((each) => { each.open = true });
  const found = small(document);
  for (const menu of document.querySelectorAll("details.menu")) {
    menu.open = true;
    found.push(...small(menu));
    menu.open = false;
  }
  for (const sheet of document.querySelectorAll("[popover]")) {
    sheet.showPopover();
    found.push(...small(sheet));
    sheet.hidePopover();
  }
  return found;
}"""


def small_targets(page: Page) -> list[str]:
    """The width and height in pixels, the start and the text of each."""
    small: list[str] = page.evaluate(SMALL)
    return small
