// A mark or a star that could not be sent, without a network or to a server that failed, is kept in this browser and sent
// as soon as it can be, in order. It says what is to be, not what to change: whatever arrives twice has no second effect.
const LONGEST_REQUEST = 20_000; // milliseconds, as the waits
const FIRST_WAIT = 5_000;
const LONGEST_WAIT = 300_000;
const SHOWN_FOR = 6_000;
const NEVER = [400, 404, 405, 410]; // answers to what no other try would mend

const line = document.getElementById("kept");
const words = JSON.parse(line.dataset.words); // what a button does, by what it sends
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

// The last wish for an article is the one that counts.
function keep(path, body) {
  const isOther = (wish) => wish.path !== path || (!isToggle(path) && wish.body !== body);
  store([...wishes().filter(isOther), { id: `${Date.now()}-${Math.random()}`, path, body }]);
  if (isToggle(path)) remember(path, body);
  turn(path, body);
  say();
}

const isToggle = (path) => /\/\d+\/(read|star)\/$/.test(path);
const drop = (isGone) => store(wishes().filter((wish) => !isGone(wish)));

// Shows a button as the server would after the wish.
function turn(path, body) {
  const [, value] = body.split("=");
  for (const button of document.querySelectorAll(".toggle[formaction]")) {
    if (button.getAttribute("formaction") !== path || button.value !== value) continue;
    button.value = value === "1" ? "0" : "1";
    button.toggleAttribute(button.name === "star" ? "data-starred" : "data-unread");
    const action = words[`${button.name}=${button.value}`];
    const word = button.querySelector(".word");
    if (word) word.textContent = action;
    else button.ariaLabel = action;
    button.removeAttribute("title");
  }
}

function say() {
  const isWaiting = wishes().length > 0;
  const wasWaiting = !line.hidden;
  line.hidden = !isWaiting && !wasWaiting;
  const text = isWaiting ? line.dataset.kept : line.dataset.sent;
  // A screen reader tells what changes in a line that is there already.
  requestAnimationFrame(() => (line.textContent = line.hidden ? "" : text));
  clearTimeout(saying);
  if (!isWaiting) saying = setTimeout(hide, SHOWN_FOR);
}

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
    if (!(await isSettled(wish))) return;
    drop(({ id }) => id === wish.id);
    wait = FIRST_WAIT;
    document.dispatchEvent(new Event("marked"));
  }
}

async function isSettled({ path, body }) {
  const headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    "HX-Request": "true", // answered with a button alone
    "HX-Current-URL": location.href,
    "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "",
  };
  try {
    const answer = await fetch(path, { method: "POST", headers, body, signal: AbortSignal.timeout(LONGEST_REQUEST) });
    const asksToSignIn = answer.headers.has("HX-Redirect") || new URL(answer.url).pathname === line.dataset.signIn;
    return (answer.ok && !asksToSignIn) || NEVER.includes(answer.status);
  } catch {
    return false;
  }
}

// The wish that a request of htmx's carries; undefined where it is of something else.
function wishOf({ elt, requestConfig }) {
  if (!elt.matches?.(".toggle[formaction]")) return undefined;
  return [elt.getAttribute("formaction"), `${elt.name}=${requestConfig.parameters[elt.name]}`];
}

// While others wait, a new wish stands in line behind them.
document.addEventListener("htmx:beforeRequest", (event) => {
  const wish = wishOf(event.detail);
  if (!wish || !wishes().length) return;
  event.preventDefault();
  keep(...wish);
  send();
});
for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError", "htmx:beforeOnLoad"]) {
  document.addEventListener(failure, (event) => {
    const { xhr } = event.detail;
    if (failure === "htmx:beforeOnLoad" && !xhr.getResponseHeader("HX-Redirect")) return; // that asks to sign in
    if (failure === "htmx:responseError" && NEVER.includes(xhr.status)) return;
    const wish = wishOf(event.detail);
    if (!wish) return;
    keep(...wish);
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  });
}

// A sign says in words what it does to who points at it.
document.addEventListener("pointerover", ({ target }) => {
  const button = target.closest(".toggle.sign");
  if (button) button.title = button.ariaLabel;
});

// Many are marked by a form, which leads to another page; without a network to none.
document.addEventListener("submit", (event) => {
  if (navigator.onLine || !event.target.matches(".mark-all")) return;
  event.preventDefault();
  const fields = new FormData(event.target, event.submitter);
  fields.delete("csrfmiddlewaretoken");
  keep(new URL(event.target.action).pathname, new URLSearchParams(fields).toString());
  for (const row of rowsOf(fields.get("extent"))) {
    const button = row.querySelector(".toggle[data-unread]");
    if (button) turn(button.getAttribute("formaction"), "read=1");
  }
});

// The rows of this page that the button means.
function rowsOf(extent) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const [side, at] = extent.split("-");
  const place = rows.findIndex((row) => row.id === `article-${at}`);
  if (side === "above") return rows.slice(0, place);
  if (side === "below") return rows.slice(place + 1);
  if (side !== "older") return rows;
  const since = Date.now() - Number(at) * 86_400_000;
  return rows.filter((row) => Date.parse(row.querySelector("time").dateTime) < since);
}

// What is marked in passing says nothing as long as it can be sent.
document.addEventListener("marks:wish", ({ detail: { path, body, rows } }) => {
  store([...wishes(), { id: `${Date.now()}-${Math.random()}`, path, body }]);
  for (const row of rows) {
    const button = row.querySelector(".toggle[data-unread]");
    if (button) turn(button.getAttribute("formaction"), "read=1");
  }
  send();
});

addEventListener("online", () => {
  wait = FIRST_WAIT;
  send();
});
document.addEventListener("visibilitychange", () => document.hidden || send());

// Back shows a page as it was left. What this window did since is remembered, by address, and done to its buttons; after
// what changes whole lists, or signs out, the page is asked for anew.
const done = `done:${line.dataset.reader}`;
const MOST_REMEMBERED = 300;

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(done) ?? "{}");
  } catch {
    return {};
  }
}

function remember(path, body) {
  const { [path]: _before, ...others } = remembered();
  const all = Object.entries({ ...others, [path]: body }).slice(-MOST_REMEMBERED);
  try {
    sessionStorage.setItem(done, JSON.stringify(Object.fromEntries(all)));
  } catch {
    // then Back shows it as it was
  }
}

document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig, shouldSwap } }) => {
  const wish = wishOf({ elt: requestConfig.elt, requestConfig });
  if (!wish || !shouldSwap) return;
  remember(...wish);
  turn(...wish); // of two buttons for one article, in its row and beside the list, htmx changes the one that was pressed
});
document.addEventListener("submit", ({ target }) => {
  if (target.method === "post") remember("all", String(Date.now()));
});
addEventListener("pageshow", (event) => {
  const [{ type, transferSize } = {}] = performance.getEntriesByType("navigation");
  const { all = 0, ...others } = remembered();
  // Out of the browser's files a page may be of any age.
  if (event.persisted ? Number(all) > performance.timeOrigin : type === "back_forward" && !transferSize) {
    location.reload();
  } else if (event.persisted) {
    for (const wish of Object.entries(others)) turn(...wish);
  }
});

// An article that is open is read, whatever was wished before.
document.addEventListener("article:opened", ({ detail: path }) => {
  remember(path, "read=1");
  drop((wish) => wish.path === path);
  turn(path, "read=1");
  document.dispatchEvent(new Event("marked"));
});
const button = document.querySelector(".read-toggle.words");
const opened = button?.getAttribute("formaction");
if (button && !("unread" in button.dataset)) remember(opened, "read=1");
drop(({ path }) => path === opened);
const turnAll = () => wishes().forEach(({ path, body }) => turn(path, body));
turnAll();
document.addEventListener("rows:added", turnAll);
say();
send();
