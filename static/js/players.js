// Sounds and films have a script of their own, which comes where there is one or where one goes along from page to page.
import { kept } from "./session.js";

function come() {
  if (kept("listening") !== null || document.querySelector("[data-hear]")) import("./listening.js");
}

addEventListener("pageshow", ({ persisted }) => persisted && come());
document.addEventListener("article:shown", come);
come();
