// A list that comes back out of the browser's memory does not know what was read since.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
