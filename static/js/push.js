// Notices in this browser: it asks its push service for an address, and the form takes that along.
const form = document.querySelector("form[data-push]");
const trouble = form.querySelector("[role=alert]");
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("denied");
  const registration = await navigator.serviceWorker.register(form.dataset.worker);
  await navigator.serviceWorker.ready;
  const key = bytes(form.dataset.push);
  const former = await registration.pushManager.getSubscription();
  const isOurs = former?.options.applicationServerKey && String(new Uint8Array(former.options.applicationServerKey)) === String(key);
  if (former && !isOurs) await former.unsubscribe();
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  for (const [name, value] of Object.entries({ address: endpoint, ...keys })) form.elements[name].value = value;
}

// In a window without TLS, or a browser without push, there is nothing to press.
if (window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window) form.hidden = false;
form.addEventListener("submit", async (event) => {
  if (form.elements.address.value) return;
  event.preventDefault();
  trouble.hidden = true;
  try {
    await subscribe();
    form.requestSubmit();
  } catch {
    trouble.hidden = false;
  }
});
