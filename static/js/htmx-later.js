// htmx comes when something on the page needs it: at once where that acts by itself, else with the first press of a form
// of its. Scripts ask for it by the event "wants:htmx", whose detail is what to do then.
import { isChanged } from "./fields.js";

let coming = null;

async function load() {
  // Between DOMContentLoaded and load it would not see that the page is ready.
  if (document.readyState !== "complete") await new Promise((loaded) => addEventListener("load", loaded, { once: true }));
  const script = document.createElement("script");
  script.src = document.querySelector('meta[name="htmx-config"]').dataset.script;
  await new Promise((loaded, failed) => {
    script.addEventListener("load", loaded);
    script.addEventListener("error", failed);
    document.head.append(script);
  });
  for (const form of document.querySelectorAll('form[hx-trigger^="input"]'))
    if ([...form.elements].some(isChanged)) form.dispatchEvent(new Event("input"));
}

function bring() {
  coming ??= load();
  coming.catch(() => (coming = null)); // without a network, until it is wanted again
  return coming;
}

// As htmx says it of what it could not send.
const fail = () => document.dispatchEvent(new Event("htmx:sendError"));
document.addEventListener("wants:htmx", ({ detail: then }) => bring().then(then, fail));
document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (window.htmx || !target.matches("[hx-post]")) return;
  event.preventDefault();
  event.stopPropagation();
  // By a press of the button anew, of which htmx takes what is sent.
  bring().then(() => (submitter ? submitter.click() : target.requestSubmit()), fail);
}, { capture: true });
if (document.querySelector("[hx-trigger]:not(#search)")) bring();
