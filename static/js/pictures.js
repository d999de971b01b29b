// A picture that could not be fetched because too many others are (503) is asked for again, a little later each time.
// It looks like one that came: what comes with 503 is a drawing, for pages without scripts.
const TRIES = 8;
const FIRST_WAIT = 1000; // milliseconds
const tries = new WeakMap();

function askAgain(image) {
  const tried = tries.get(image) ?? 0;
  if (tried === TRIES || !image.currentSrc) return;
  tries.set(image, tried + 1);
  const wait = FIRST_WAIT * 1.6 ** tried * (0.75 + Math.random() / 2); // not all at once
  const address = new URL(image.currentSrc);
  address.searchParams.set("again", tried + 1); // else a browser shows the drawing that it has
  setTimeout(() => {
    image.removeAttribute("srcset"); // of its addresses this one fits
    image.src = address;
  }, wait);
}

// What did not come is shown as a drawing (articles/images/answers.py), in a list as nothing.
const DRAWINGS = ["320 180", "1 1"]; // pixels
const there = new WeakSet(); // pictures that are asked for once more to be sure
const seen = new WeakMap(); // the address that was looked at, by picture

function look(image) {
  if (seen.get(image) === image.currentSrc) return; // as complete, and then as loaded
  seen.set(image, image.currentSrc);
  const status = statusOf(image.currentSrc);
  if (!image.naturalWidth || status === 503) askAgain(image);
  else if (DRAWINGS.includes(`${image.naturalWidth} ${image.naturalHeight}`)) findOut(image, status);
}

// Undefined where the browser has no entry: it keeps 250 of a page, and some tell no status.
function statusOf(address) {
  const entries = performance.getEntriesByName(address).filter((entry) => entry.initiatorType === "img");
  return entries.at(-1)?.responseStatus || undefined;
}

async function findOut(image, status) {
  const address = image.currentSrc;
  const answer = await fetch(address, { method: "HEAD" }).catch(() => undefined);
  if (image.currentSrc !== address) return;
  if (!answer || answer.status === 503) askAgain(image);
  else if (answer.headers.has("X-Image-Missing")) nameMissing(image);
  else if (!status && !there.has(image)) {
    there.add(image); // its turn has come meanwhile; or it came, and is as large as the drawing
    askAgain(image);
  }
}

// A page that was made before anybody knew that a picture is missing gets its words and the link to where it was now, as
// articles/render.py writes them.
function nameMissing(image) {
  if (!image.matches(".prose img:not(.placeholder)")) return;
  const address = publishersAddress(image.currentSrc);
  const words = document.createElement("span");
  words.textContent = image.alt || new URL(address).hostname;
  image.classList.add("placeholder");
  image.alt = "";
  image.after(" ", words);
  const link = image.closest("a.enlarge");
  if (link) Object.assign(link, { className: "original", href: address, rel: "noopener noreferrer" });
}

// A signed address names its scheme unless that is https (articles/images/urls.py).
function publishersAddress(signed) {
  const encoded = new URL(signed).pathname.split("/").pop().replaceAll("-", "+").replaceAll("_", "/");
  const address = new TextDecoder().decode(Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)));
  return /^https?:\/\//i.test(address) ? address : `https://${address}`;
}

for (const happening of ["load", "error"]) {
  document.addEventListener(happening, (event) => {
    if (event.target instanceof HTMLImageElement) look(event.target);
  }, true);
}
for (const image of document.images) {
  if (image.complete && image.currentSrc) look(image); // before this script came
}
