// A picture that could not be fetched because too many others are (503) is asked for again, a little later each time.
const TRIES = 6;
const FIRST_WAIT = 1000; // milliseconds
const tries = new WeakMap();

function askAgain(image) {
  const tried = tries.get(image) ?? 0;
  if (tried === TRIES) return;
  tries.set(image, tried + 1);
  const wait = FIRST_WAIT * 1.6 ** tried * (0.75 + Math.random() / 2); // not all at once
  setTimeout(() => { image.src = image.src; }, wait);
}

document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement) askAgain(event.target);
}, true);
for (const image of document.images) {
  if (image.complete && image.currentSrc && !image.naturalWidth) askAgain(image); // failed before this script came
}
