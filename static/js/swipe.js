// On a touch screen: a row drawn to the right presses its button "read", to the left its star. Up and down the page
// scrolls as ever (touch-action in list.css). The buttons are there for who draws nothing.
const FAR = 72; // pixels that are meant
const BEGUN = 12; // below that a finger only trembles

let row = null;
let from = { x: 0, y: 0 };
let by = 0;
let isDrawn = false;

const buttonFor = (distance) => row.querySelector(`:scope > [name$=${distance > 0 ? "read" : "star"}]`);

document.addEventListener("pointerdown", (event) => {
  row = event.pointerType === "touch" && event.isPrimary && !event.target.closest(".row-article") ? event.target.closest(".row") : null;
  from = { x: event.clientX, y: event.clientY };
  by = 0;
  isDrawn = false;
});

document.addEventListener("pointermove", (event) => {
  if (!row || event.pointerType !== "touch") return;
  by = event.clientX - from.x;
  if (!isDrawn && Math.abs(event.clientY - from.y) > Math.abs(by)) return end(); // that scrolls
  const button = Math.abs(by) > BEGUN && buttonFor(by);
  if (!button) return;
  isDrawn = true;
  row.classList.add("drawn");
  row.classList.toggle("far", Math.abs(by) >= FAR);
  row.dataset.side = by > 0 ? "read" : "star";
  row.dataset.word = document.getElementById(button.name).textContent;
  row.style.setProperty("--drawn", `${by}px`);
});

document.addEventListener("pointerup", () => {
  if (row && isDrawn) {
    if (Math.abs(by) >= FAR) buttonFor(by)?.click();
    // The finger that lets go presses nothing.
    addEventListener("click", stop, { capture: true });
    setTimeout(() => removeEventListener("click", stop, { capture: true }), 50);
  }
  end();
});
document.addEventListener("pointercancel", end);

function stop(event) {
  if (!event.isTrusted) return;
  event.preventDefault();
  event.stopPropagation();
}

function end() {
  row?.classList.remove("drawn", "far");
  row?.style.removeProperty("--drawn");
  row = null;
}
