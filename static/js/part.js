// A part of a page that a script puts into the page that stands: asked for with the headers of htmx, so that the server
// answers with the part alone and, where the session has ended, with the way to sign in.

// The answer. Where it is none for this page it throws: `signIn` is then the address to go to, if there is one.
export async function part(address, { headers, ...options } = {}) {
  const ours = { "HX-Request": "true", "HX-Current-URL": location.href };
  if (options.method === "POST") ours["X-CSRFToken"] = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const answer = await fetch(address, { ...options, headers: { ...ours, ...headers } });
  const signIn = answer.headers.get("HX-Redirect");
  if (answer.ok && !answer.redirected && !signIn) return answer;
  throw Object.assign(new Error(`no part of a page: ${answer.status}`), { signIn });
}

export async function partAsDocument(address, options) {
  const answer = await part(address, options);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// A part that is alike for all (newsreader/page_parts.py).
export const still = (name) => partAsDocument(new URL(`../../${name}/`, import.meta.url));

// What opens an article: the link of its row, or of a row that stands for a day of a feed.
export const OPENS = ":is(.row-text > :is(h2, h3), .row-low) > a";

// With such a key a press is the browser's: it opens a tab or a window, or saves.
export const isForBrowser = ({ ctrlKey, metaKey, shiftKey, altKey }) => ctrlKey || metaKey || shiftKey || altKey;
