// Tells the server the reader's time zone, once. A choice made on the account page is such a cookie too, and stays.
if (!document.cookie.split("; ").some((cookie) => cookie.startsWith("timezone="))) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `timezone=${zone}; path=/; max-age=31536000; samesite=lax`;
}
