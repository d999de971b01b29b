// "Aa": how articles look, shown while it is chosen, and kept a moment later.
import { isChanged } from "./fields.js";
import { part } from "./part.js";
import { show } from "./shown-look.js";

const SOON = 400; // milliseconds: a slider passes by many values
const FONT = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_ .+()-]{0,59}$/u; // as newsreader/look.py takes it
const form = document.querySelector("#look form");
const said = form?.querySelector(".look-said");
let timer = 0;

function chosen() {
  const look = Object.fromEntries(new FormData(form));
  return { ...look, font: FONT.test(look.font) ? look.font : "" };
}

async function keep() {
  clearTimeout(timer);
  timer = 0;
  const body = new FormData(form);
  body.set("font", chosen().font);
  try {
    await part(form.action, { method: "POST", body, keepalive: true });
    said.textContent = "";
  } catch {
    said.textContent = form.dataset.failed;
  }
}

// Shows and keeps what the fields of these names have.
async function take(names) {
  show(chosen());
  clearTimeout(timer);
  if (names.includes("script") || names.includes("pronunciation")) {
    await keep();
    if (!said.textContent) location.reload(); // the server writes the text
    return;
  }
  timer = setTimeout(keep, SOON);
}

// Chinese can be set in other characters; the list's form does not know which article is open.
function offerForLanguage() {
  const language = document.querySelector(".opened article")?.lang ?? "";
  for (const choice of form.querySelectorAll("[data-language]")) choice.hidden = !language.startsWith(choice.dataset.language);
}

if (form) {
  form.querySelector("[type=submit]").hidden = true;
  form.addEventListener("input", ({ target }) => take([target.name]));
  form.addEventListener("submit", (event) => {
    event.preventDefault(); // Enter in the field of the font's name
    keep();
  });
  addEventListener("pagehide", () => timer && keep());
  document.addEventListener("article:shown", offerForLanguage);
  offerForLanguage();
  const changed = [...form.elements].filter(isChanged);
  if (changed.length) take(changed.map(({ name }) => name));
}
