// Shows the notices that this site sends to the browser, also while none of its pages is open. It keeps and fetches nothing.
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
