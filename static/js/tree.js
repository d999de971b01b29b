// The numbers of the feeds beside a list, of the list's own filter and of the tab's title follow what is marked here and
// what comes in: the server counts, and its number wins.
const tree = document.getElementById("tree");
const SOON = 150; // milliseconds: several marks are counted together
const LATER = 300_000;
let timer = 0;
let asked = 0;

function count(wait = SOON) {
  clearTimeout(timer);
  timer = setTimeout(ask, wait);
}

async function ask() {
  const mine = ++asked;
  try {
    const answer = await fetch(tree.dataset.counts, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected || mine !== asked) return;
    show(await answer.json());
  } catch {
    // Without a network the numbers stay as they are.
  }
  count(LATER);
}

function show(counts) {
  for (const element of document.querySelectorAll("[data-n]")) {
    const text = counts[element.dataset.n] ?? "";
    if (element.textContent !== text) element.textContent = text;
  }
  if (!document.querySelector('[data-n="here"]')) return;
  const name = document.title.replace(/^\(\d+\+?\) /, "");
  const here = tree.dataset.titled === "true" && counts.here;
  document.title = here ? `(${here}) ${name}` : name;
}

// The button itself is replaced by then.
document.addEventListener("htmx:afterRequest", ({ detail: { successful, requestConfig } }) => {
  if (successful && requestConfig.elt.matches(".toggle[formaction]")) count();
});
document.addEventListener("marked", () => count());
addEventListener("pageshow", (event) => event.persisted && count());
document.addEventListener("visibilitychange", () => document.hidden || count());
count(LATER);
