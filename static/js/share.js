// Copies an address. The clipboard is there over TLS only; at home, without it, what is selected can still be copied.
async function copy(element) {
  if (element.select) element.select();
  else getSelection().selectAllChildren(element);
  if (navigator.clipboard) await navigator.clipboard.writeText(element.value ?? element.textContent);
  else document.execCommand("copy");
}

async function copyFor(button) {
  const said = button.parentElement.querySelector("[data-copied]");
  try {
    await copy(document.getElementById(button.dataset.copies));
    said.textContent = said.dataset.copied;
  } catch {
    said.textContent = ""; // refused: the address is selected, and the keyboard copies it
  }
}

function showButtons() {
  for (const button of document.querySelectorAll("[data-copies]")) button.hidden = false;
  for (const button of document.querySelectorAll("[data-shares]")) button.hidden = !navigator.share;
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copies], [data-shares]");
  if (button?.dataset.copies) copyFor(button);
  // A phone has a sheet of its own for this; whoever closes it again refuses.
  else if (button) navigator.share({ title: button.dataset.title, url: button.dataset.shares }).catch(() => {});
});
document.addEventListener("article:shown", showButtons);
showButtons();
