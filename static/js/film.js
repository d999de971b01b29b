// A film is played where its button stands. Without this file the button leads to a page with the player.
import { isForBrowser } from "./part.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("a.film");
  if (!button || isForBrowser(event)) return;
  event.preventDefault();
  const frame = document.createElement("iframe");
  frame.className = "film-frame";
  frame.src = `${button.href}&in=article`;
  frame.title = button.querySelector("strong").textContent;
  frame.allow = "autoplay *; fullscreen *; picture-in-picture *; encrypted-media *";
  button.replaceWith(frame);
  frame.focus();
});
