// Copies an address. The clipboard is there over TLS only; at home, without it, what is selected can still be copied.
async function copy(field) {
  field.select();
  if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
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
