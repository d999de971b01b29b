// The buttons "read" and "star" of articles: a press shows at once and is sent, one after the other. What could not be sent,
// without a network or to a server that failed, is kept in this browser and sent as soon as it can be. It says what is to
// be, not what to change: whatever arrives twice has no second effect.
import { keep, kept } from "./session.js";

const LONGEST_REQUEST = 20_000; // milliseconds, as the waits
const FIRST_WAIT = 5_000;
const LONGEST_WAIT = 300_000;
const SHOWN_FOR = 6_000;
const NEVER = [400, 404, 405, 410]; // answers to what no other try would mend
const OPPOSITE = { read: "unread", unread: "read", star: "unstar", unstar: "star" }; // of actions, which buttons are named for

const line = document.getElementById("kept");
const said = document.getElementById("said");
const name = `marks:${line.dataset.reader}`;
let unstored = []; // where the browser stores nothing
let isSending = false;
let isAskedAgain = false; // while a request is on its way that may have begun without a network
let wait = FIRST_WAIT;
let timer = 0;
let saying = 0;

function wishes() {
  try {
    const stored = JSON.parse(localStorage.getItem(name) ?? "[]");
    return [...(Array.isArray(stored) ? stored : []), ...unstored];
  } catch {
    return unstored;
  }
}

function store(all) {
  unstored = [];
  try {
    if (all.length) localStorage.setItem(name, JSON.stringify(all));
    else localStorage.removeItem(name);
  } catch {
    unstored = all;
  }
}

// What a body says of one article, "read" or "star" before its id; undefined where it is of many.
const subject = (body) => /^(?:un)?((?:read|star)=\d+)$/.exec(body)?.[1];
const drop = (isGone) => store(wishes().filter((wish) => !isGone(wish)));

// The last wish for an article is the one that counts.
function want(path, body) {
  const isOther = (wish) => wish.body !== body && (!subject(body) || subject(wish.body) !== subject(body));
  store([...wishes().filter(isOther), { id: `${Date.now()}-${Math.random()}`, path, body }]);
  if (!subject(body)) return;
  remember(subject(body), body);
  turn(body);
}

// Shows the buttons of an article as the server would after the action.
function turn(body) {
  const [action, id] = body.split("=");
  for (const button of document.querySelectorAll(`button[name="${action}"][value="${id}"]`)) {
    button.name = OPPOSITE[action];
    const word = button.querySelector(".word");
    if (word) word.textContent = wordOf(button);
    else button.setAttribute("aria-labelledby", `${button.name} t${id}`);
    button.removeAttribute("title");
  }
}

function turnBack(body) {
  const [action, id] = body.split("=");
  if (subject(body)) turn(`${OPPOSITE[action]}=${id}`);
  return true;
}

const wordOf = (button) => document.getElementById(button.name).textContent;

// Of what is on its way nobody hears; of what has failed once.
function say() {
  const isWaiting = wishes().some(({ hasFailed }) => hasFailed);
  const wasWaiting = !line.hidden;
  line.hidden = !isWaiting && !wasWaiting;
  write(isWaiting ? line.dataset.kept : line.dataset.sent);
  if (!isWaiting) saying = setTimeout(hide, SHOWN_FOR);
}

// A screen reader tells what changes in a line that is there already.
function write(text) {
  requestAnimationFrame(() => (line.textContent = line.hidden ? "" : text));
  clearTimeout(saying);
}

// Says something else there for a while.
document.addEventListener("marks:tell", ({ detail: text }) => {
  line.hidden = false;
  write(text);
  saying = setTimeout(() => (hide(), say()), SHOWN_FOR);
});

function hide() {
  line.hidden = true;
  line.textContent = "";
}

async function send() {
  clearTimeout(timer);
  if (isSending) isAskedAgain = true;
  if (isSending || !wishes().length) return;
  isSending = true;
  isAskedAgain = false;
  try {
    // Of several windows one sends, where the browser can tell them apart.
    if (navigator.locks) await navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && sendAll());
    else await sendAll();
  } finally {
    isSending = false;
  }
  say();
  if (!wishes().length) return;
  if (isAskedAgain) return send();
  timer = setTimeout(send, wait);
  wait = Math.min(2 * wait, LONGEST_WAIT);
}

async function sendAll() {
  for (let [wish] = wishes(); wish; [wish] = wishes()) {
    if (!(await isSettled(wish))) return store(wishes().map((each) => ({ ...each, hasFailed: true })));
    drop(({ id }) => id === wish.id);
    wait = FIRST_WAIT;
    document.dispatchEvent(new Event("marked"));
  }
}

async function isSettled({ path, body, hasFailed }) {
  const headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    "HX-Request": "true", // answered with what is said alone
    "HX-Current-URL": location.href,
    "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "",
  };
  try {
    const answer = await fetch(path, { method: "POST", headers, body, keepalive: true, signal: AbortSignal.timeout(LONGEST_REQUEST) });
    const signIn = answer.headers.get("HX-Redirect");
    if (signIn && !hasFailed) location.assign(signIn);
    if (NEVER.includes(answer.status)) return turnBack(body);
    if (!answer.ok || signIn || new URL(answer.url).pathname === line.dataset.signIn) return false;
    if (subject(body)) said.innerHTML = await answer.text();
    return true;
  } catch {
    return false;
  }
}

const pathOf = (form) => new URL(form.action).pathname;

// Every form that sends; one without a network leads to no page.
document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (OPPOSITE[submitter?.name]) {
    event.preventDefault();
    want(pathOf(target), `${submitter.name}=${submitter.value}`);
    send();
  } else if (!navigator.onLine && target.matches(".mark-all")) {
    event.preventDefault();
    const fields = new FormData(target, submitter);
    fields.delete("csrfmiddlewaretoken");
    want(pathOf(target), new URLSearchParams(fields).toString());
    send();
    turnRows(rowsOf(fields.get("extent")));
  } else if (target.method === "post") {
    remember("all", String(Date.now()));
  }
});

// A sign says in words what it does to who points at it.
document.addEventListener("pointerover", ({ target }) => {
  const button = target.closest(".row > button");
  if (button) button.title = wordOf(button);
});

const turnRows = (rows) => rows.forEach((row) => turn(`read=${row.id.split("-")[1]}`));

// The rows of this page that the button means.
function rowsOf(extent) {
  const rows = [...document.querySelectorAll(".row")];
  const [side, at] = extent.split("-");
  const place = rows.findIndex((row) => row.id === `article-${at}`);
  if (side === "above") return rows.slice(0, place);
  if (side === "below") return rows.slice(place + 1);
  if (side !== "older") return rows;
  const since = Date.now() - Number(at) * 86_400_000;
  return rows.filter((row) => Date.parse(row.querySelector("time").dateTime) < since);
}

document.addEventListener("marks:wish", ({ detail: { path, body, rows } }) => {
  want(path, body);
  turnRows(rows);
  send();
});

addEventListener("online", () => {
  wait = FIRST_WAIT;
  send();
});
document.addEventListener("visibilitychange", () => document.hidden || send());

// Back shows a page as it was left. What this window did since is remembered, by article, and done to its buttons; after
// what changes whole lists, or signs out, the page is asked for anew.
const done = `done:${line.dataset.reader}`;
const MOST_REMEMBERED = 300;

const remembered = () => kept(done) ?? {};

function remember(key, value) {
  const { [key]: _before, ...others } = remembered();
  const all = Object.entries({ ...others, [key]: value }).slice(-MOST_REMEMBERED);
  keep(done, Object.fromEntries(all));
}

addEventListener("pageshow", (event) => {
  const [{ type, transferSize } = {}] = performance.getEntriesByType("navigation");
  const { all = 0, ...others } = remembered();
  // Out of the browser's files a page may be of any age.
  if (event.persisted ? Number(all) > performance.timeOrigin : type === "back_forward" && !transferSize) {
    location.reload();
  } else if (event.persisted) {
    for (const body of Object.values(others)) turn(body);
  }
});

// An article that is open is read, whatever was wished before.
function open(id) {
  const body = `read=${id}`;
  remember(body, body);
  drop((wish) => subject(wish.body) === body);
  turn(body);
}
document.addEventListener("article:opened", ({ detail: id }) => {
  open(id);
  document.dispatchEvent(new Event("marked"));
});
const opened = document.querySelector(".toggle[name=unread]");
if (opened) open(opened.value);
const turnAll = () => wishes().forEach(({ body }) => subject(body) && turn(body));
turnAll();
document.addEventListener("rows:added", turnAll);
say();
send();
