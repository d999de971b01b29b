// The place in a list. Who opens an article leaves its row in the address of the list, so that Back leads to the row as
// the article's own link does; the row in the address gets the focus, and j and k go on from there.
import { isForBrowser, OPENS } from "./part.js";

document.addEventListener("click", (event) => {
  if (isForBrowser(event)) return;
  const row = event.target.closest(OPENS)?.closest(".row, .row-low");
  if (!row || document.querySelector("#reading .opened")) return; // then the address is that of an article
  const address = new URL(location);
  address.hash = row.id;
  if (row.matches(".row-low")) return history.replaceState(history.state, "", address);
  // Of a list that goes on at its end, the page that the row is on. It begins with other rows than the list: Back leads to
  // the row, not to as many pixels below the top.
  if (document.querySelector("[data-on]")) {
    address.search = event.target.closest("a").search;
    history.scrollRestoration = "manual";
  }
  // What is read leaves a list of what is unread: the server keeps the row for who comes back.
  if (address.searchParams.has("show") || document.querySelector("[data-keeps-rows]")) address.searchParams.set("at", row.id.split("-")[1]);
  history.replaceState(history.state, "", address);
});

// The browser gives the focus to a row that takes it, before this runs or after; Back gives it to nothing.
const focusLink = (row) => row.querySelector(OPENS)?.focus({ preventScroll: true });
document.addEventListener("focusin", (event) => event.target.matches(".row") && focusLink(event.target));

function goToRow() {
  const here = location.hash.startsWith("#article-") && document.getElementById(location.hash.slice(1));
  if (!here) return;
  here.tabIndex = -1;
  focusLink(here);
  here.scrollIntoView({ block: "nearest" });
}

goToRow();
addEventListener("pageshow", (event) => event.persisted && goToRow());
