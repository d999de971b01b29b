// The numbers of the feeds beside a list, of the list's own filter and of the tab's title follow what is marked here and
// what comes in: the server counts, and its number wins.
import { isForBrowser, partAsDocument } from "./part.js";
import { keep, kept } from "./session.js";
import { countInTitle } from "./title.js";

const tree = document.getElementById("tree");
const SOON = 150; // milliseconds: several marks are counted together
const LATER = 300_000;
const AGAIN = 16_000; // labels and saved searches are counted no more often
let timer = 0;
let asked = 0;
let isDue = "due" in tree.dataset;

function count(wait = SOON) {
  clearTimeout(timer);
  timer = setTimeout(ask, wait);
}

async function ask() {
  const mine = ++asked;
  timer = 0;
  try {
    const answer = await fetch(tree.dataset.counts, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected || mine !== asked) return;
    const counts = await answer.json();
    show(counts);
    isDue = counts.due === true;
  } catch {
    // Without a network the numbers stay as they are.
  }
  if (!timer) count(isDue ? AGAIN : LATER); // else something was marked meanwhile
}

function show(counts) {
  for (const element of document.querySelectorAll("[data-n]")) {
    const text = counts[element.dataset.n] ?? "";
    if (element.textContent !== text) element.textContent = text;
  }
  if (!document.querySelector('[data-n="here"]')) return;
  countInTitle(tree.dataset.titled === "true" ? counts.here : "");
}

document.addEventListener("marked", () => count());
addEventListener("pageshow", (event) => event.persisted && count());
document.addEventListener("visibilitychange", () => document.hidden || count());
count(isDue ? SOON : LATER);

// The menu of a feed or a category: its page, shown beside its row.
const menu = document.getElementById("tree-menu");

async function open(link) {
  const page = await partAsDocument(link.href);
  menu.replaceChildren(...page.body.childNodes);
  for (const field of menu.querySelectorAll("[name=next]")) field.value = location.pathname + location.search;
  menu.showPopover();
  const { left, right, bottom } = link.getBoundingClientRect();
  const isRtl = document.documentElement.dir === "rtl";
  const { offsetWidth, offsetHeight } = menu;
  const start = isRtl ? left : Math.max(8, right - offsetWidth);
  menu.style.left = `${Math.min(start, innerWidth - offsetWidth - 8)}px`;
  menu.style.top = `${Math.max(8, Math.min(bottom, innerHeight - offsetHeight - 8))}px`;
  opener = link;
  menu.querySelector("button, a").focus();
}

let opener;
tree.addEventListener("click", (event) => {
  const link = event.target.closest(".more");
  if (!link || isForBrowser(event)) return;
  event.preventDefault();
  open(link).catch(() => location.assign(link.href));
});
menu?.addEventListener("toggle", ({ newState }) => newState === "closed" && menu.contains(document.activeElement) && opener?.focus());

// A long tree stays where it was scrolled to, on the next page and when its rows are made anew, with what is current in view.
const PLACE = "tree-place";
function scroller() {
  const form = tree.querySelector("form");
  return form.scrollHeight > form.clientHeight ? form : tree; // beside a list the form scrolls, as a sheet the whole of it
}
let place = 0; // where the browser stores nothing
const keptPlace = () => Number(kept(PLACE) ?? place);
const keepPlace = () => keep(PLACE, (place = scroller().scrollTop));
function putBack() {
  const box = scroller();
  box.scrollTop = keptPlace();
  const here = [...tree.querySelectorAll("[aria-current]")].at(-1)?.getBoundingClientRect();
  const { top } = box.getBoundingClientRect();
  const bottom = Math.min(top + box.clientHeight, innerHeight);
  if (here?.height && (here.top < top || here.bottom > bottom)) box.scrollTop += here.top - (top + bottom) / 2;
}
addEventListener("pagehide", keepPlace);
tree.addEventListener("beforetoggle", ({ target, newState }) => target === tree && newState === "closed" && keepPlace());
tree.addEventListener("toggle", ({ target, newState }) => target === tree && newState === "open" && putBack());
document.addEventListener("htmx:beforeSwap", ({ target }) => tree.contains(target) && keepPlace());
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (tree.contains(target)) scroller().scrollTop = keptPlace();
});
putBack();

for (const failed of ["htmx:sendError", "htmx:responseError"])
  document.addEventListener(failed, ({ target }) => {
    if (target !== document && !tree.contains(target)) return;
    document.dispatchEvent(new CustomEvent("marks:tell", { detail: tree.dataset.failed }));
  });

// Drawing feeds and categories to another place is there for who may: see tree-moves.js.
if (tree.dataset.moves) import(tree.dataset.movesScript);
