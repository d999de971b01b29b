// Keyboard shortcuts over links and buttons that work without them: an element says with data-key which key presses
// it. In a list the key means the row that has the focus. Typing, and keys that the browser knows, stay alone.
const dialog = document.getElementById("shortcuts");
const rows = () => [...document.querySelectorAll("[data-row]")];
const currentRow = () => document.activeElement?.closest("[data-row]");

function move(step) {
  const all = rows();
  const here = all.indexOf(currentRow());
  const link = all[here < 0 ? 0 : here + step]?.querySelector("a");
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
}

function press(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const row = currentRow();
  (row ? row.querySelector(selector) : document.querySelector(`${selector}:not([data-row] *)`))?.click();
}

function search(event) {
  const field = document.querySelector('[data-key="/"]');
  if (!field) return;
  event.preventDefault(); // the sign itself is not typed
  field.select();
  field.focus();
}

const isTyping = (element) => element.isContentEditable || element.matches?.("input, textarea, select, audio, video");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (isTyping(event.target) || dialog.open) return;
  if (event.key === "?") dialog.showModal();
  else if (event.key === "/") search(event);
  else if (rows().length && (event.key === "j" || event.key === "k")) move(event.key === "j" ? 1 : -1);
  else if (/^[jklmnopsuv]$/.test(event.key)) press(event.key);
});

for (const button of document.querySelectorAll('[data-key="?"]')) {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}
