// A passage that is selected in an article can be highlighted: it is sent by its own words, with a few before and after.
const CONTEXT = 64;
const LONGEST = 5_000;
const AFTER_A_TAP = 600; // milliseconds: a tap on the button takes the selection away before it presses

let last; // what was selected last
let isAsked = false;
let timer = 0;

const button = () => document.querySelector("#passage button");

function proseAround(node) {
  return (node instanceof Element ? node : node.parentElement).closest(".prose");
}

function chosen() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const words = proseAround(range.commonAncestorContainer) ? selection.toString().trim() : "";
  return words && words.length <= LONGEST ? { range: range.cloneRange(), words } : null;
}

function offer() {
  isAsked = false;
  clearTimeout(timer);
  const shown = button();
  if (!shown) return;
  const found = chosen();
  if (found) {
    last = found;
    shown.hidden = false;
  } else {
    timer = setTimeout(() => (shown.hidden = true), AFTER_A_TAP);
  }
}

// The text of a range without the pronunciation above its characters.
function textOf(range) {
  const copy = range.cloneContents();
  for (const reading of copy.querySelectorAll("rt, rp")) reading.remove();
  return copy.textContent.trim();
}

function fillIn(fields, { range, words }) {
  const before = document.createRange();
  before.selectNodeContents(proseAround(range.commonAncestorContainer));
  const after = before.cloneRange();
  before.setEnd(range.startContainer, range.startOffset);
  after.setStart(range.endContainer, range.endOffset);
  fields.passage.value = words;
  fields.before.value = textOf(before).slice(-CONTEXT);
  fields.after.value = textOf(after).slice(0, CONTEXT);
}

// While somebody selects, this happens at every letter: once a frame is enough.
function offerSoon() {
  if (!isAsked) requestAnimationFrame(offer);
  isAsked = true;
}

document.addEventListener("selectionchange", offerSoon);
document.addEventListener("submit", ({ target }) => target.id === "passage" && fillIn(target.elements, last), { capture: true });
document.addEventListener("pointerdown", (event) => event.target.closest("#passage button") && event.preventDefault());
document.addEventListener("toggle", ({ target }) => {
  if (target.matches(".notes details") && target.open) target.querySelector("textarea").focus();
}, { capture: true });
offerSoon(); // what was selected before this came
