// A larger view of an article's pictures. Without this file their links lead to the larger picture itself.
const dialog = document.getElementById("lightbox");
const links = [...document.querySelectorAll(".prose a.enlarge")];
const [shown, caption] = [dialog?.querySelector("img"), dialog?.querySelector(".caption")];
let here = 0;

function show(place) {
  here = (place + links.length) % links.length;
  const small = links[here].querySelector("img");
  shown.src = links[here].href;
  shown.alt = small.alt;
  caption.textContent = links[here].closest("figure")?.querySelector("figcaption")?.textContent || small.title || small.alt;
  if (!dialog.open) dialog.showModal();
}

for (const [place, link] of links.entries()) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(place);
  });
}

if (links.length) {
  for (const button of dialog.querySelectorAll("[data-step]")) {
    button.hidden = links.length < 2;
    button.addEventListener("click", () => show(here + Number(button.dataset.step)));
  }
  shown.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => links[here].focus());
  // Esc closes any dialog. While this one is open its keys are no shortcuts of the page.
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, k: -1, ArrowRight: 1, j: 1 }[event.key];
    if (step && links.length > 1) show(here + step * (getComputedStyle(dialog).direction === "rtl" && event.key.startsWith("Arrow") ? -1 : 1));
    event.stopPropagation();
  });
}
