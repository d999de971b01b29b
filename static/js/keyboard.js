// Keyboard shortcuts over links and buttons that work without them: an element says with data-key which key presses
// it. In a list the key means the row that has the focus. Typing, and keys that the browser knows, stay alone.
import { OPENS, part, still } from "./part.js";
import { keep, kept } from "./session.js";

const SEQUENCE = 1_500; // milliseconds between the two keys of one that begins with g

// Rows of articles, and those that stand for a day of a feed.
const ROW = ".row, .row-low";
const rows = () => [...document.querySelectorAll(ROW)];
// The row that has the focus, or whose article is open beside the list.
const currentRow = () =>
  document.activeElement?.closest(ROW) ?? document.querySelector(`.row ${OPENS}[aria-current]`)?.closest(".row");

// What a reader has changed: "x=s" where x is to do what s does.
const changed = new Map((document.documentElement.dataset.keys ?? "").split(" ").filter(Boolean).map((pair) => pair.split("=")));
const moved = new Set(changed.values());
const meant = (key) => changed.get(key) ?? (moved.has(key) ? "" : key);

// The dialog that tells of all keys, and has the links of those that begin with g: it comes when one of them is pressed.
let coming = null;
const dialog = () => document.getElementById("shortcuts");

async function bring() {
  const came = (await still("shortcuts")).getElementById("shortcuts");
  for (const label of came.querySelectorAll("dt:not(.sequence) kbd, kbd:first-child")) {
    const [own] = [...changed].find(([, usual]) => usual === label.textContent) ?? [];
    if (own) label.textContent = own;
    else if (changed.has(label.textContent)) label.textContent = "–"; // the key does something else now
  }
  document.body.append(document.adoptNode(came));
}

// Without a network nothing comes, until it is asked for again.
const withDialog = (then) => {
  coming ??= bring();
  return coming.then(then, () => (coming = null));
};

function focusRow(row) {
  const link = row.querySelector("a");
  link.focus();
  link.scrollIntoView({ block: "nearest" });
}

// Who wants articles beside the list, or in their rows, has them opened by j and k on the way (reading.js).
function reach(row) {
  focusRow(row);
  if (row.matches(".row")) row.dispatchEvent(new Event("row:reached", { bubbles: true }));
}

function move(step, go = reach) {
  const all = rows();
  if (!all.length) return press(step > 0 ? "j" : "k");
  const here = all.indexOf(currentRow());
  const row = all[here < 0 ? 0 : here + step];
  if (row) go(row);
  else turnPage(step);
}

// At a list's end the next page comes, and the focus is on the row that follows.
const entered = "row-on-next-page";
function turnPage(step) {
  const link = document.querySelector(`.pages [rel=${step > 0 ? "next" : "prev"}]`);
  if (!link) return false;
  keep(entered, step > 0 ? "0" : "-1");
  link.click();
  return true;
}
const place = kept(entered);
keep(entered, null);
document.addEventListener("row:first", ({ target }) => {
  const isOnTheWay = kept(entered);
  keep(entered, null);
  if (isOnTheWay) reach(target);
  else focusRow(target);
});
if (place && rows().length) document.addEventListener("DOMContentLoaded", () => reach(rows().at(Number(place))));

// What a key presses: in the row first, and in no other row.
const LABELS = ".row-facts > [aria-labelledby]";
const IN_ROW = { m: ":scope > [name$=read]", s: ":scope > [name$=star]", o: OPENS, l: LABELS };
function meantBy(key) {
  const selector = `[data-key="${CSS.escape(key)}"]:not([hidden])`;
  return currentRow()?.querySelector(`${IN_ROW[key] ?? selector}, ${selector}`) ?? document.querySelector(`${selector}:not(.row *, .row-low *)`);
}

function press(key) {
  const found = meantBy(key);
  found?.click();
  return Boolean(found);
}

function search(event) {
  const field = document.querySelector('[data-key="/"]');
  if (!field) return;
  event.preventDefault(); // the sign itself is not typed
  field.select();
  field.focus();
}

// In a new tab; behind this one as far as the browser lets a page open one there.
function openOriginal({ behind }) {
  const row = currentRow();
  if (row?.matches(".row-low")) return; // of no article
  const address = row
    ? `${new URL(row.querySelector(OPENS).href).pathname}original/`
    : document.querySelector('a[data-key="v"]')?.href;
  if (!address) return;
  const link = Object.assign(document.createElement("a"), { href: address, target: "_blank", rel: "noopener noreferrer" });
  link.dispatchEvent(new MouseEvent("click", { ctrlKey: behind, metaKey: behind, cancelable: true }));
  row?.querySelector(":scope > [name=read]")?.click(); // what one opens is read
}

// The browser pages down by itself; at the end there is something better to do.
function page(event) {
  if (event.shiftKey || event.target.closest("a, button, summary")?.matches("button, summary")) return;
  const asked = new CustomEvent("reading:down", { cancelable: true, detail: { isAtEnd: false } });
  if (!document.dispatchEvent(asked)) return event.preventDefault();
  if (!asked.detail.isAtEnd && innerHeight + scrollY < document.documentElement.scrollHeight - 2) return;
  event.preventDefault();
  if (!rows().length || !turnPage(1)) press("h");
}

const ACTIONS = {
  "?": () => withDialog(() => dialog().showModal()),
  "/": search,
  " ": page,
  j: () => move(1),
  k: () => move(-1),
  n: () => press("n") || move(1, focusRow),
  p: () => press("p") || move(-1, focusRow),
  v: () => openOriginal({ behind: false }),
  b: () => openOriginal({ behind: true }),
  e: () => press("e") && meantBy("e").focus(), // which brings it into view
  r: () => location.reload(),
};

// A digit puts the label with that key on the article of the row, or of the page; pressed again it takes it off. Beside
// its list an article shows its labels twice.
async function turnLabel(key) {
  const link = meantBy("l");
  if (!link) return;
  const answer = await part(`${link.pathname}turn/`, { method: "POST", body: new URLSearchParams({ key }) });
  if (answer.status !== 200) return; // no label has the key
  const chips = await answer.text();
  const places = [...document.querySelectorAll(`[data-key="l"], ${LABELS}`)].filter(({ pathname }) => pathname === link.pathname);
  for (const place of places) {
    for (const chip of place.parentElement.querySelectorAll(".chip")) chip.remove();
    place.insertAdjacentHTML("beforebegin", chips);
  }
  const said = document.getElementById("said");
  if (said) said.textContent = [...link.parentElement.querySelectorAll(".chip")].map((chip) => chip.textContent).join(", ");
  document.dispatchEvent(new Event("marked"));
}

const isTyping = (element) => element.isContentEditable || element.matches?.("input, textarea, select, audio, video");
let first = "";
let since = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (isTyping(event.target) || dialog()?.open || event.key.length > 1) return;
  const isSecond = first && event.timeStamp - since < SEQUENCE;
  const key = isSecond ? `${first} ${event.key}` : meant(event.key);
  first = key === "g" ? key : "";
  since = event.timeStamp;
  if (key === "g") withDialog(() => {});
  else if (isSecond && !dialog()) withDialog(() => press(key));
  else if (Object.hasOwn(ACTIONS, key)) ACTIONS[key](event);
  else if (/^[1-9]$/.test(key)) turnLabel(key).catch(({ signIn }) => signIn && location.assign(signIn)); // without a network nothing changes
  else if (key) press(key);
});

for (const button of document.querySelectorAll('[data-key="?"]')) {
  button.hidden = false;
  button.addEventListener("click", ACTIONS["?"]);
}
