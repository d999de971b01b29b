// Articles opened beside their list, where the screen is wide, or in their row, as the reader chose. The links of the rows
// lead to the articles' own pages: where this does not run, where a list is narrow, and where an answer does not come.
import { isForBrowser, OPENS, partAsDocument } from "./part.js";
import { nameInTitle, titleWithoutCount } from "./title.js";

const list = document.querySelector("[data-opens]");
const pane = document.getElementById("reading");
const wide = matchMedia("(width >= 64rem)");
const openedFirst = pane?.querySelector(".opened");
const empty = pane && !openedFirst ? [...pane.cloneNode(true).childNodes] : [];
const listAddress = pane?.dataset.list;
const nameOfList = openedFirst ? titleWithoutCount().replace(`${openedFirst.dataset.name} · `, "") : titleWithoutCount();
let asked = new AbortController();
let isPassing = false; // on the way through the list by keys: the focus stays in it

const isInRow = () => list?.dataset.opens === "row";
const isHere = () => Boolean(list) && (isInRow() || wide.matches);
const linkOf = (row) => row.querySelector(OPENS);
const idIn = (path) => /\/articles\/(\d+)\/$/.exec(path)?.[1];
const rowOf = (id) => document.getElementById(`article-${id}`);
const openRow = () => document.querySelector(`.row ${OPENS}[aria-current]`)?.closest(".row");

function addressOf(link) {
  const address = new URL(link.href);
  address.searchParams.set("in", isInRow() ? "row" : "pane");
  return address;
}

async function open(address, { pushes = true, focuses = false } = {}) {
  asked.abort();
  asked = new AbortController();
  try {
    const page = await partAsDocument(address, { signal: asked.signal });
    show(page.querySelector(".opened"), rowOf(idIn(address.pathname)), focuses);
    if (pushes && !isInRow()) history.pushState({}, "", address);
  } catch (error) {
    if (error.name === "AbortError") return;
    address.searchParams.delete("in");
    location.assign(address);
  }
}

function show(opened, row, focuses) {
  clear();
  if (isInRow()) {
    row.append(opened);
  } else {
    pane.replaceChildren(opened);
    pane.scrollTop = 0;
    nameInTitle(`${opened.dataset.name} · ${nameOfList}`);
    document.body.classList.add("reads");
  }
  window.htmx?.process(opened);
  tell(opened);
  point(row);
  row?.scrollIntoView({ block: isInRow() ? "start" : "nearest" });
  if (focuses) focusOn(isInRow() ? opened : opened.querySelector("h1"));
  if (opened.dataset.read) document.dispatchEvent(new CustomEvent("article:opened", { detail: opened.dataset.read }));
}

// For the other scripts, whose parts of an article have come with it.
function tell(opened) {
  opened.classList.toggle("row-article", isInRow());
  document.dispatchEvent(new Event("article:shown"));
}

function focusOn(element) {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

function point(row) {
  if (row) linkOf(row).ariaCurrent = "true";
}

function clear() {
  document.dispatchEvent(new Event("article:left"));
  for (const link of document.querySelectorAll(`.row ${OPENS}[aria-current]`)) link.removeAttribute("aria-current");
  document.querySelector(".row-article")?.remove();
}

// The page of the list that the row is on: rows may have come to the list since.
function addressOfList(row) {
  const address = new URL(listAddress, location);
  if (!row) return address;
  if (document.querySelector("[data-on]")) address.search = linkOf(row).search;
  if (address.searchParams.has("show") || document.querySelector("[data-keeps-rows]")) address.searchParams.set("at", row.id.split("-")[1]);
  address.hash = row.id;
  return address;
}

function close({ pushes = true } = {}) {
  const row = openRow();
  asked.abort();
  clear();
  if (!isInRow()) {
    pane.replaceChildren(...empty.map((node) => node.cloneNode(true)));
    document.body.classList.remove("reads");
    nameInTitle(nameOfList);
    if (pushes) history.pushState({}, "", addressOfList(row));
  }
  if (row) linkOf(row).focus();
}

// Whatever presses a row's link, a finger or a key, opens the row.
document.addEventListener("click", (event) => {
  if (isForBrowser(event) || !isHere()) return;
  const link = event.target.closest("a");
  const row = link?.matches(`.row ${OPENS}`) && link.closest(".row");
  if (row) {
    event.preventDefault();
    if (isInRow() && row === openRow()) close();
    else open(addressOf(link), { focuses: !isPassing });
  } else if (link?.matches('#reading [data-key="u"]') && empty.length) {
    event.preventDefault();
    close();
  } else if (pane && link?.matches('.ways-on [data-key="h"]')) {
    link.search = whereFrom(link);
  } else if (link?.matches("#reading .step")) {
    event.preventDefault();
    if (rowOf(idIn(link.pathname))) open(addressOf(link));
    else location.assign(addressOf(link)); // on another page of the list
  }
});

// With a note of its reader an article comes anew.
document.addEventListener("htmx:load", ({ target }) => {
  if (!target.matches(".opened")) return;
  document.dispatchEvent(new Event("article:left"));
  tell(target);
  if (!target.contains(document.activeElement)) focusOn(target.querySelector("#notes-title")); // who writes already goes on
});

// The next unread article comes beside its list, too, and behind the one that is open.
function whereFrom(link) {
  const query = new URLSearchParams(link.search);
  query.set("in", "pane");
  const open = openRow();
  if (open) query.set("after", open.id.split("-")[1]);
  return query.toString();
}

function pass(row) {
  isPassing = true;
  linkOf(row).click();
  isPassing = false;
}
document.addEventListener("row:reached", ({ target }) => isHere() && target !== openRow() && pass(target));

// Space: down through the article, then on to the next row that is unread.
document.addEventListener("reading:down", (event) => {
  const row = openRow();
  if (!row || !isHere()) return;
  if (isInRow()) {
    if (row.getBoundingClientRect().bottom > innerHeight + 2) return; // the browser's own way down
  } else if (pane.scrollTop + pane.clientHeight < pane.scrollHeight - 2) {
    pane.scrollBy({ top: 0.9 * pane.clientHeight });
    return event.preventDefault();
  }
  const rows = [...document.querySelectorAll(".row")];
  const next = rows.slice(rows.indexOf(row) + 1).find((other) => other.querySelector(":scope > [name=read]"));
  event.detail.isAtEnd = !next;
  if (!next) return;
  event.preventDefault();
  linkOf(next).focus();
  pass(next);
});

addEventListener("popstate", () => {
  if (!isHere() || isInRow()) return;
  const id = idIn(location.pathname);
  if (id && rowOf(id) !== openRow()) open(new URL(location), { pushes: false });
  else if (!id && pane.querySelector(".opened")) close({ pushes: false });
});

// An address that was made beside a list is opened where there is no room for it.
const id = pane && idIn(location.pathname);
if (id && !wide.matches) {
  const address = new URL(location);
  address.searchParams.delete("in");
  location.replace(address);
} else if (id && rowOf(id)) {
  point(rowOf(id));
  rowOf(id).scrollIntoView({ block: "nearest" });
}
