// Shows the notices that this site sends to the browser, also while none of its pages is open. It keeps nothing, and
// fetches nothing but where the browser's push service gives it another address, which this site is told.
self.addEventListener("push", (event) => {
  const told = event.data.json();
  const options = { body: told.body, tag: told.tag, icon: "/favicon.ico", data: { url: told.url } };
  event.waitUntil(self.registration.showNotification(told.title, options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data.url, self.location.origin);
  if (address.origin === self.location.origin) event.waitUntil(self.clients.openWindow(address.href));
});

// The former subscription is what this site knows the browser by. A browser that does not tell it is added again by its reader.
async function renew(former, made) {
  if (!former) return;
  const address = new URL("account/notices/browser/renewed/", self.registration.scope);
  const options = { userVisibleOnly: true, applicationServerKey: former.options?.applicationServerKey };
  options.applicationServerKey ??= (await (await fetch(address)).json()).key;
  const { endpoint, keys } = (made ?? (await self.registration.pushManager.subscribe(options))).toJSON();
  const body = new URLSearchParams({ former: former.endpoint, address: endpoint, ...keys });
  const { ok } = await fetch(address, { method: "POST", body });
  if (!ok) throw new Error("not told");
}

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event.oldSubscription, event.newSubscription)));
