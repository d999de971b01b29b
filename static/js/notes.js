// A passage that is selected in an article can be highlighted: it is sent by its own words, with a few before and after.
const CONTEXT = 64;
const LONGEST = 5_000;
const AFTER_A_TAP = 600; // milliseconds: a tap on the button takes the selection away before it presses

const prose = document.querySelector(".prose");
const form = document.getElementById("passage");
const button = form?.querySelector("button");
let timer = 0;

function chosen() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const inside = prose.contains(range.startContainer) && prose.contains(range.endContainer);
  const words = inside ? selection.toString().trim() : "";
  return words && words.length <= LONGEST ? { range, words } : null;
}

function around(range) {
  const before = document.createRange();
  before.selectNodeContents(prose);
  const after = before.cloneRange();
  before.setEnd(range.startContainer, range.startOffset);
  after.setStart(range.endContainer, range.endOffset);
  return { before: before.toString().trim().slice(-CONTEXT), after: after.toString().trim().slice(0, CONTEXT) };
}

function offer() {
  clearTimeout(timer);
  const found = chosen();
  if (!found) {
    timer = setTimeout(() => (button.hidden = true), AFTER_A_TAP);
    return;
  }
  const values = { passage: found.words, ...around(found.range) };
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  button.hidden = false;
}

if (form && prose) {
  document.addEventListener("selectionchange", offer);
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  const details = document.querySelector(".notes details");
  details.addEventListener("toggle", () => details.open && details.querySelector("textarea").focus());
}
