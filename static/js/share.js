// Copies an address. The clipboard is there over TLS only; at home, without it, what is selected can still be copied.
async function copy(element) {
  if (element.select) element.select();
  else getSelection().selectAllChildren(element);
  if (navigator.clipboard) await navigator.clipboard.writeText(element.value ?? element.textContent);
  else document.execCommand("copy");
}

for (const button of document.querySelectorAll("[data-copies]")) {
  const said = button.parentElement.querySelector("[data-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await copy(document.getElementById(button.dataset.copies));
      said.textContent = said.dataset.copied;
    } catch {
      said.textContent = ""; // refused: the address is selected, and the keyboard copies it
    }
  });
}

// A phone has a sheet of its own for this.
for (const button of document.querySelectorAll("[data-shares]")) {
  button.hidden = !navigator.share;
  button.addEventListener("click", () => {
    navigator.share({ title: button.dataset.title, url: button.dataset.shares }).catch(() => {}); // closed again
  });
}
