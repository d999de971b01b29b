// A larger view of an article's pictures. Without this file their links lead to the larger picture itself.
import { isForBrowser } from "./part.js";

const dialog = document.getElementById("lightbox");
const [shown, caption] = [dialog?.querySelector("img"), dialog?.querySelector(".caption")];
let here = null;

const links = () => [...document.querySelectorAll(".prose a.enlarge")];

function show(link) {
  here = link;
  const small = link.querySelector("img");
  shown.src = link.href;
  shown.alt = small.alt;
  caption.textContent = link.closest("figure")?.querySelector("figcaption")?.textContent || small.title || small.alt;
  for (const button of dialog.querySelectorAll("[data-step]")) button.hidden = links().length < 2;
  if (!dialog.open) dialog.showModal();
}

function step(places) {
  const all = links();
  show(all.at((all.indexOf(here) + places) % all.length));
}

if (dialog) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".prose a.enlarge");
    if (!link || isForBrowser(event)) return;
    event.preventDefault();
    show(link);
  });
  for (const button of dialog.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  shown.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => here.focus());
  // Esc closes any dialog. While this one is open its keys are no shortcuts of the page.
  dialog.addEventListener("keydown", (event) => {
    const places = { ArrowLeft: -1, k: -1, ArrowRight: 1, j: 1 }[event.key];
    const isMirrored = getComputedStyle(dialog).direction === "rtl" && event.key.startsWith("Arrow");
    if (places && links().length > 1) step(isMirrored ? -places : places);
    event.stopPropagation();
  });
}
