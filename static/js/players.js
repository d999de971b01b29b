// Sounds and films have a script of their own, which comes where there is one or where one goes along from page to page.
function come() {
  let isOnTheWay = false;
  try {
    isOnTheWay = sessionStorage.getItem("listening") !== null;
  } catch {
    // Where the browser stores nothing, nothing goes along.
  }
  if (isOnTheWay || document.querySelector("[data-hear]")) import("./listening.js");
}

addEventListener("pageshow", ({ persisted }) => persisted && come());
document.addEventListener("article:shown", come);
come();
