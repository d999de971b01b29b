// How pages look, as this browser's cookies say it: a page that comes back from the past of the tab was made before the
// last choice.
import { show } from "./shown-look.js";

const USUAL = { theme: "auto", typeface: "serif", text_size: "3", text_width: "medium", line_height: "medium", font: "" };

function kept() {
  const cookies = document.cookie.split("; ").map((cookie) => cookie.split("="));
  const known = cookies.filter(([name]) => Object.hasOwn(USUAL, name));
  return { ...USUAL, ...Object.fromEntries(known.map(([name, value]) => [name, decodeURIComponent(value)])) };
}

addEventListener("pageshow", (event) => event.persisted && show(kept()));
