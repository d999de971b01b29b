import { isChanged } from "./fields.js";

// Where there is room, the facets that htmx brings stand open.
document.addEventListener("htmx:afterSwap", (event) => {
  const roomy = document.body.matches(".panes") ? "(52rem <= width < 64rem)" : "(width >= 52rem)";
  if (!event.target.matches(".facets") || !matchMedia(roomy).matches) return;
  for (const facet of event.target.querySelectorAll("details")) facet.open = true;
});

// Suggestions under the field: a combobox as the ARIA Authoring Practices have it. htmx brings the options.
const field = document.getElementById("search");
const list = document.getElementById("suggestions");
const options = () => [...list.children];
const chosen = () => list.querySelector("[aria-selected='true']");
field.setAttribute("role", "combobox");
field.setAttribute("aria-autocomplete", "list");
field.setAttribute("aria-controls", list.id);
show(false);

function show(isOpen) {
  list.hidden = !isOpen;
  field.setAttribute("aria-expanded", isOpen);
  if (!isOpen) select(null);
}

function select(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

function move(step) {
  const all = options();
  const next = all.indexOf(chosen()) + step;
  select(next < -1 ? all.at(-1) : (all[next] ?? null)); // before the first and after the last is the field itself
}

function take(option) {
  field.value = option.dataset.query;
  field.form.requestSubmit();
}

function ask(event) {
  const then = () => field.dispatchEvent(new Event("suggest"));
  if (!event.isComposing) document.dispatchEvent(new CustomEvent("wants:htmx", { detail: then }));
}

field.addEventListener("input", ask);
field.addEventListener("compositionend", ask);
field.addEventListener("blur", () => show(false));
field.addEventListener("keydown", (event) => {
  if (list.hidden || event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Enter" && chosen()) take(chosen());
  else if (event.key === "Escape") show(false);
  else return;
  event.preventDefault();
});
list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role='option']");
  if (option) take(option);
});
list.addEventListener("htmx:afterSwap", () => show(options().length > 0 && document.activeElement === field));
if (isChanged(field) && document.activeElement === field) ask({});
