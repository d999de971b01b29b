// Where there is room, the facets that htmx brings stand open.
document.addEventListener("htmx:afterSwap", (event) => {
  if (!event.target.matches(".facets") || !matchMedia("(width >= 52rem)").matches) return;
  for (const facet of event.target.querySelectorAll("details")) facet.open = true;
});
