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

// What did not come is shown as a drawing (articles/images/answers.py). A page that was made before anybody knew gets
// the picture's words and the link to where it was now, as articles/render.py writes them.
const DRAWING = { width: 320, height: 180 };

function look(image) {
  const status = performance.getEntriesByName(image.currentSrc).at(-1)?.responseStatus;
  if (!image.naturalWidth || status === 503) askAgain(image);
  else nameMissing(image);
}

async function nameMissing(image) {
  if (image.naturalWidth !== DRAWING.width || image.naturalHeight !== DRAWING.height) return;
  if (!image.matches(".prose img:not(.placeholder)")) return;
  const answer = await fetch(image.currentSrc, { method: "HEAD" });
  if (answer.status === 503) askAgain(image);
  if (!answer.headers.has("X-Image-Missing")) return;
  const address = publishersAddress(image.currentSrc);
  const words = document.createElement("span");
  words.textContent = image.alt || new URL(address).hostname;
  image.classList.add("placeholder");
  image.alt = "";
  image.after(" ", words);
  const link = image.closest("a.enlarge");
  if (link) Object.assign(link, { className: "original", href: address, rel: "noopener noreferrer" });
}

function publishersAddress(signed) {
  const encoded = new URL(signed).pathname.split("/").pop().replaceAll("-", "+").replaceAll("_", "/");
  return new TextDecoder().decode(Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)));
}

for (const happening of ["load", "error"]) {
  document.addEventListener(happening, (event) => {
    if (event.target instanceof HTMLImageElement) look(event.target);
  }, true);
}
for (const image of document.images) {
  if (image.complete && image.currentSrc) look(image); // before this script came
}
