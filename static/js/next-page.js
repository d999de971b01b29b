// At its end a list goes on with its next page, for who chose so. After MOST rows the link there leads on as ever: a page
// that never ends slows the browser, and has no foot.
import { isForBrowser, partAsDocument } from "./part.js";

const MOST = 500;
const AHEAD = 800; // pixels above the list's end at which it is asked for

const list = document.querySelector("[data-on]");
const end = document.querySelector(".pages");
const pages = []; // the rows that appended pages begin with, and the pages' addresses
let coming = null;
let isAsked = false;

const nextLink = () => end?.querySelector("[rel=next]");
const dateOf = (day) => day.querySelector("h2").lastChild.data; // without its name: "Today" may be yesterday by now
const mayGoOn = () => list && nextLink() && list.querySelectorAll(".row").length < MOST;

// The rows that came; none where the answer was no page.
async function bring() {
  try {
    const page = await partAsDocument(nextLink().href);
    return append(page.querySelector(".more"));
  } catch {
    return [];
  }
}

function append(more) {
  for (const row of more.querySelectorAll(".row")) if (document.getElementById(row.id)) row.remove();
  const rows = [...more.querySelectorAll(".row")];
  const [first] = more.querySelectorAll(".day");
  const last = [...list.querySelectorAll(".day")].at(-1);
  if (first && last && dateOf(first) === dateOf(last)) {
    last.querySelector("ol").append(...first.querySelector("ol").children);
    first.remove();
  }
  list.append(...more.querySelectorAll(".day"));
  const next = more.querySelector(".pages [rel=next]");
  if (next) nextLink().replaceWith(next);
  else nextLink().remove();
  const shown = document.querySelector("#mark [name=articles]");
  if (shown) shown.value += `.${more.dataset.shown}`;
  if (rows.length) pages.push({ first: rows[0], address: more.dataset.address });
  document.dispatchEvent(new CustomEvent("rows:added", { detail: rows }));
  return rows;
}

function goOn() {
  coming ??= bring().then((rows) => {
    coming = null;
    observer.unobserve(end); // and, unless it failed, tell again whether the end is in sight
    if (rows.length && mayGoOn()) observer.observe(end);
    return rows;
  });
  return coming;
}

const observer = new IntersectionObserver(
  (told) => told.at(-1).isIntersecting && mayGoOn() && goOn(), // a busy browser tells of several frames at once
  { rootMargin: `0px 0px ${AHEAD}px` },
);
if (mayGoOn()) observer.observe(end);

// Pressed, by a finger or by j at the end, the link leads to the first of the rows that come, and where none come to its page.
end?.addEventListener("click", async (event) => {
  const link = event.target.closest("[rel=next]");
  if (!link || !mayGoOn() || isForBrowser(event)) return;
  event.preventDefault();
  const [first] = await goOn();
  if (!first) return location.assign(link.href);
  if (!first.contains(document.activeElement)) first.dispatchEvent(new Event("row:first", { bubbles: true }));
});

// The address is that of the page whose rows are in view, so that loading again begins with it.
const start = list && location.pathname + location.search;
let shown = start;
addEventListener("scroll", () => {
  if (isAsked || !pages.length) return;
  isAsked = true;
  requestAnimationFrame(() => {
    isAsked = false;
    if (document.querySelector("#reading .opened")) return; // then it is that of an article
    const here = pages.findLast(({ first }) => first.getBoundingClientRect().top < innerHeight / 2)?.address ?? start;
    if (here !== shown) history.replaceState(history.state, "", here);
    shown = here;
  });
}, { passive: true });
