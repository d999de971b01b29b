// Shows how pages are to look.
const ATTRIBUTES = { theme: "theme", typeface: "typeface", text_size: "size", text_width: "width", line_height: "leading" };

export function show(look) {
  const root = document.documentElement;
  for (const [name, attribute] of Object.entries(ATTRIBUTES)) root.dataset[attribute] = look[name];
  if (look.font) root.style.setProperty("--own-font", `"${look.font}"`);
  else root.style.removeProperty("--own-font");
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
    meta.removeAttribute("media");
    meta.content = getComputedStyle(root).backgroundColor;
  }
}
