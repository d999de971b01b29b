// How pages look, as this browser's cookies say it: a page that comes back from the past of the tab was made before the
// last choice.
const ATTRIBUTES = { theme: "theme", typeface: "typeface", text_size: "size", text_width: "width", line_height: "leading" };
const USUAL = { theme: "auto", typeface: "serif", text_size: "3", text_width: "medium", line_height: "medium", font: "" };
const root = document.documentElement;

export function show(look) {
  for (const [name, attribute] of Object.entries(ATTRIBUTES)) root.dataset[attribute] = look[name];
  if (look.font) root.style.setProperty("--own-font", `"${look.font}"`);
  else root.style.removeProperty("--own-font");
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
    meta.removeAttribute("media");
    meta.content = getComputedStyle(root).backgroundColor;
  }
}

function kept() {
  const cookies = document.cookie.split("; ").map((cookie) => cookie.split("="));
  const known = cookies.filter(([name]) => Object.hasOwn(USUAL, name));
  return { ...USUAL, ...Object.fromEntries(known.map(([name, value]) => [name, decodeURIComponent(value)])) };
}

addEventListener("pageshow", (event) => event.persisted && show(kept()));
