"""Demands of publishers on who asks for one feed: sign-in, headers, cookies, a proxy, certificates. Kept by staff,
encrypted where it is secret."""
