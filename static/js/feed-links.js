// The browser can be asked to open web+feed: links here: it asks its reader in turn.
const offer = document.getElementById("feed-links");
offer.hidden = !navigator.registerProtocolHandler;
offer.querySelector("button").addEventListener("click", () => navigator.registerProtocolHandler("web+feed", offer.dataset.address));
