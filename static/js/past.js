// For who wants it: a row that was on the screen and has gone out of it over its top is read. Sent a few at a time, by the
// queue that all marks go through (marks.js).
const PAUSE = 1_500; // milliseconds without another
const MOST = 50; // in one request

const list = document.querySelector("[data-past]");
const gone = new Set();
const seen = new WeakSet();
let timer = 0;

function look(entries) {
  for (const { target, isIntersecting, boundingClientRect, rootBounds } of entries) {
    if (isIntersecting) seen.add(target);
    else if (seen.has(target) && boundingClientRect.bottom <= (rootBounds?.top ?? 0) && target.querySelector(":scope > [name=read]")) gone.add(target);
    else gone.delete(target);
  }
  clearTimeout(timer);
  if (gone.size >= MOST) send();
  else if (gone.size) timer = setTimeout(send, PAUSE);
}

function send() {
  clearTimeout(timer);
  if (!gone.size) return;
  const articles = [...gone].map((row) => row.id.split("-")[1]).join(".");
  const body = new URLSearchParams({ extent: "page", articles }).toString();
  document.dispatchEvent(new CustomEvent("marks:wish", { detail: { path: list.dataset.past, body, rows: [...gone] } }));
  gone.clear();
}

if (list) {
  const observer = new IntersectionObserver(look);
  const observe = (rows) => rows.forEach((row) => observer.observe(row));
  observe(document.querySelectorAll(".row"));
  document.addEventListener("rows:added", ({ detail: rows }) => observe(rows));
  addEventListener("pagehide", send);
}
