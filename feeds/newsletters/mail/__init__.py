"""From a message's bytes (RFC 5322, MIME) to an entry as the parser of feeds gives one, and the newsletter that it is
of. Pure.

Called in `feeds.sandbox`. The structure is read by the standard library's older policy: the newer one parses every
header by a grammar, which takes fourteen times as long and fails on what spam has for addresses. Words in headers and
bodies are decoded by feeds.parse.charset, as documents are.
"""
