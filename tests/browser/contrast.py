"""The texts of a page whose contrast axe has to look at: of those that are alike in all that decides on it, one."""

from __future__ import annotations

from playwright.sync_api import Page

# Alike: the same colors, size and weight, below elements of the same names, classes, attributes and backgrounds, in the
# same media. Only what is seen counts, as axe does not look at the rest.
FRESH = """(seen) => {
  const known = new Set(seen.split(" ")), above = new Map([[null, ""]]), fresh = [], keys = [];
  const hash = (...parts) => {
    let [one, two] = [7, 11];
    for (const text of parts.join()) {
      const code = text.codePointAt(0);
      one = Math.imul(one ^ code, 2654435761);
      two = Math.imul(two ^ code, 1597334677);
    }
    return `${one >>> 0}.${two >>> 0}`;
  };
  const attributes = (each) => each.getAttributeNames().filter((name) => !["href", "id", "style"].includes(name));
  const around = (each) => {
    if (!above.has(each)) {
      const { backgroundColor, backgroundImage, opacity, filter, position } = getComputedStyle(each);
      above.set(each, hash(around(each.parentElement), each.localName, each.className, attributes(each), backgroundColor,
        backgroundImage, opacity, filter, position));
    }
    return above.get(each);
  };
  const hasText = (each) => each.matches("input, select, textarea")
    || [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  for (const each of document.body.querySelectorAll("*")) {
    if (!hasText(each) || !each.checkVisibility({ visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(each);
    const key = hash(around(each), color, fontSize, fontWeight, textShadow);
    if (known.has(key)) continue;
    known.add(key);
    keys.push(key);
    fresh.push(each);
  }
  window.fresh = fresh;
  return keys;
}"""


def fresh_texts(page: Page, seen: set[str]) -> bool:
    """True where there are some that are not alike to any of `seen`, which they are added to; the page knows them as
    `fresh`, one of each."""
    fresh = page.evaluate(FRESH, " ".join(seen))
    seen.update(fresh)
    return bool(fresh)
