// Feeds and categories of the tree are drawn to another place: with a mouse or a pen at once, with a finger after it
// has rested. The menu of each does the same for who draws nothing.
const tree = document.getElementById("tree");
const BEGUN = 6; // pixels: below that a hand only trembles
const RESTED = 450; // milliseconds
const EDGE = 40; // pixels from the edge of what scrolls

let drawn; // { kind, id, item, x, y, isMoving, timer }
let place; // { into, before, item, side }

const menuOf = (item) => item?.querySelector(":scope > .more")?.href.match(/\/(feeds|categories)\/(\d+)\/menu\//);

// What a row stands for; the shelf of feeds without a category is the category 0.
function thing(item) {
  if (!item?.closest(".shelves")) return null;
  const [, kind, id] = menuOf(item) ?? [null, "categories", "0"];
  return { kind, id, item };
}
const parentOf = (item) => thing(item.parentElement.closest("li"));
const idOf = (item) => thing(item)?.id ?? "";

function next(item, kind) {
  let other = item.nextElementSibling;
  if (other === drawn.item) other = other.nextElementSibling;
  const found = other && thing(other);
  return found && found.kind === kind && found.id !== "0" ? found.id : "";
}

// The place that a pointer means: between two of a kind, or inside a category.
function placeAt(x, y) {
  const under = document.elementFromPoint(x, y);
  if (under?.closest(".tree-head") && tree.contains(under)) return { into: "", before: "", item: under.closest(".tree-head"), side: "into" };
  const item = under?.closest(".shelves li");
  const other = thing(item);
  if (!other || drawn.item.contains(item)) return null;
  const { top, height } = item.querySelector(":scope > a, :scope > .shelf-name").getBoundingClientRect();
  const at = (y - top) / height;
  const into = parentOf(item)?.id ?? "";
  const beside = (side) => ({ into, before: side === "before" ? other.id : next(item, drawn.kind), item, side });
  if (other.kind === "feeds") return drawn.kind === "feeds" ? beside(at < 0.5 ? "before" : "after") : null;
  const inside = { into: other.id === "0" ? "" : other.id, before: "", item, side: "into" };
  if (drawn.kind === "feeds") return inside;
  if (other.id === "0") return null;
  return at < 0.3 ? beside("before") : at > 0.7 && !item.querySelector(":scope > ul") ? beside("after") : inside;
}

function mark(found) {
  place?.item.classList.remove("put-before", "put-after", "put-into");
  place = found;
  place?.item.classList.add(`put-${place.side}`);
}

function begin() {
  drawn.isMoving = true;
  drawn.item.classList.add("drawn");
  tree.classList.add("is-moving");
}

function end() {
  clearTimeout(drawn?.timer);
  drawn?.item.classList.remove("drawn");
  tree.classList.remove("is-moving");
  mark(null);
  drawn = null;
}

function put() {
  const name = drawn.kind === "feeds" ? "moved_feed" : "moved_category";
  const values = { [name]: drawn.id, into: place.into, before: place.before };
  const then = () => htmx.ajax("POST", tree.dataset.moves, { source: "#tree-form", target: "#tree-form", swap: "outerHTML", values });
  document.dispatchEvent(new CustomEvent("wants:htmx", { detail: then }));
}

tree.addEventListener("pointerdown", (event) => {
  if (!event.isPrimary || event.button) return;
  const item = event.target.closest(".shelves li");
  if (!item || !menuOf(item) || event.target.closest(".more, .twist")) return;
  drawn = { ...thing(item), x: event.clientX, y: event.clientY, isMoving: false };
  if (event.pointerType === "touch") drawn.timer = setTimeout(begin, RESTED);
});

document.addEventListener("pointermove", (event) => {
  if (!drawn) return;
  if (!drawn.isMoving) {
    if (Math.hypot(event.clientX - drawn.x, event.clientY - drawn.y) < BEGUN) return;
    if (event.pointerType === "touch") return end(); // that scrolls
    begin();
  }
  mark(placeAt(event.clientX, event.clientY));
  const box = tree.querySelector("form");
  const scrolled = box.scrollHeight > box.clientHeight ? box : tree;
  const { top, bottom } = scrolled.getBoundingClientRect();
  if (event.clientY < top + EDGE) scrolled.scrollBy(0, -12);
  else if (event.clientY > bottom - EDGE) scrolled.scrollBy(0, 12);
});

document.addEventListener("pointerup", () => {
  if (drawn?.isMoving) {
    if (place) put();
    // The hand that lets go follows no link.
    addEventListener("click", stop, { capture: true });
    setTimeout(() => removeEventListener("click", stop, { capture: true }), 50);
  }
  if (drawn) end();
});
document.addEventListener("pointercancel", () => drawn && end());
document.addEventListener("keydown", (event) => event.key === "Escape" && drawn && end());

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

// The browser's own ways to draw a link, to scroll under a finger that holds a row, and to open a menu for it.
tree.addEventListener("dragstart", (event) => event.preventDefault());
tree.addEventListener("touchmove", (event) => drawn?.isMoving && event.cancelable && event.preventDefault(), { passive: false });
tree.addEventListener("contextmenu", (event) => drawn?.timer && event.preventDefault());

tree.dataset.isMovable = "true";
