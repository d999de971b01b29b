"""The addresses of pictures that came in a message: they lead nowhere."""

from __future__ import annotations

# A name that leads nowhere (RFC 2606): what stands at such an address came in a message, and nobody is asked for it.
HOST = "mail.invalid"
PICTURES = f"https://{HOST}/"
