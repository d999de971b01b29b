"""The reason why a poll failed, in the reader's language.

A reason is stored as the English sentence that a log and a terminal show. A page finds the form of the sentence among
FORMS again and translates that, so that also what was stored long ago is shown in the language of whoever looks. What
has no form here stays English.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import get_language, gettext, gettext_noop

FORMS = (
    gettext_noop("redirected to %(url)s: %(reason)s"),
    gettext_noop("%(host)s redirects to where no reader can follow: %(reason)s"),
    gettext_noop("%(host)s redirects to %(other)s: through a proxy no other host is asked"),
    gettext_noop("the proxy %(host)s refuses: %(why)s"),
    gettext_noop("The secrets of this feed were encrypted under another key of the site: enter them again."),
    gettext_noop("%(host)s redirects in a circle, to %(url)s again"),
    gettext_noop("%(host)s redirects once more after %(times)s times"),
    gettext_noop("%(url)s is not an http or https address"),
    gettext_noop("%(url)s is not a valid web address"),
    gettext_noop("the address at %(host)s has a user name or password in it: leave it out"),
    gettext_noop("the name %(host)s can't be found: %(why)s"),
    gettext_noop("the name %(host)s leads to no address"),
    gettext_noop("%(host)s leads to %(address)s, which is %(kind)s address; %(advice)s"),
    gettext_noop("%(address)s is %(kind)s address; %(advice)s"),
    gettext_noop("allow it with NEWSREADER_ALLOWED_NETWORKS if you trust it"),
    gettext_noop("a loopback"),
    gettext_noop("a private"),
    gettext_noop("a link-local"),
    gettext_noop("a multicast"),
    gettext_noop("an unspecified"),
    gettext_noop("a carrier-grade NAT"),
    gettext_noop("a local NAT64"),
    gettext_noop("a Teredo"),
    gettext_noop("a documentation"),
    gettext_noop("a benchmarking"),
    gettext_noop("a reserved"),
    gettext_noop("no time was left to connect to %(host)s"),
    gettext_noop("%(host)s (port %(port)s) did not accept a connection in time"),
    gettext_noop("no connection to %(host)s (port %(port)s): %(why)s"),
    gettext_noop("%(host)s didn't answer in time"),
    gettext_noop("the certificate of %(host)s can't be trusted: %(why)s"),
    gettext_noop("no secure connection to %(host)s: %(why)s"),
    gettext_noop("the body that %(host)s sent is cut short or not encoded as it says"),
    gettext_noop("%(host)s broke off, or doesn't speak HTTP (%(why)s)"),
    gettext_noop("%(host)s broke the connection off: %(why)s"),
    gettext_noop("%(host)s sent more than %(size)s MiB, the limit"),
    gettext_noop("the answer doesn't end: more was sent than any feed needs"),
    gettext_noop(
        "%(host)s answered %(status)s: %(wall)s takes the reader for a bot;"
        " the publisher would have to let feed readers in"
    ),
    gettext_noop("%(host)s answered %(status)s with an empty body"),
    gettext_noop("%(host)s answered %(status)s, though it was not asked whether anything had changed"),
    gettext_noop("%(host)s answered %(status)s: a redirect to nowhere"),
    gettext_noop("%(host)s answered %(status)s: it asks for a password"),
    gettext_noop("%(host)s answered %(status)s: it refuses access"),
    gettext_noop("%(host)s answered %(status)s: there is no feed at this address"),
    gettext_noop("%(host)s answered %(status)s: it has nothing that a feed reader accepts"),
    gettext_noop("%(host)s answered %(status)s: its publisher says that the feed is no more"),
    gettext_noop("%(host)s answered %(status)s: it is asked too often"),
    gettext_noop("%(host)s answered %(status)s: the law forbids it"),
    gettext_noop("%(host)s answered %(status)s: it is overloaded or being worked on"),
    gettext_noop("%(host)s answered %(status)s: the fault is on the server's side"),
    gettext_noop("%(host)s answered %(status)s"),
    gettext_noop("%(host)s refuses the name or the password: %(said)s"),
    gettext_noop("%(host)s takes only Latin letters in names and passwords."),
    gettext_noop("%(host)s refuses a command: %(said)s"),
    gettext_noop("%(host)s broke off, or doesn't speak IMAP: %(said)s"),
    gettext_noop("There is no folder “%(name)s” that can be read: %(said)s"),
    gettext_noop("The password of this mailbox was encrypted under another key of the site: enter it again."),
    gettext_noop("Newsreader failed on this mailbox: %(why)s"),
    gettext_noop("The document is empty."),
    gettext_noop("This is a web page titled “%(title)s”, not a feed."),
    gettext_noop("This is a web page, not a feed."),
    gettext_noop("This is an OPML list of feeds, not a feed: import it as OPML."),
    gettext_noop("This is an XML document (<%(name)s>), not a feed."),
    gettext_noop("This is text that starts with “%(start)s”, not a feed."),
    gettext_noop("This is JSON, but not a JSON Feed."),
    gettext_noop("This is a list of sitemaps: one of them may be that of the site's news."),
    gettext_noop("This is a sitemap that tells no titles: only one of news can be read as a feed."),
    gettext_noop("There is nothing on this page where its items were marked."),
    gettext_noop("The items that were marked on this page have neither title nor link nor text."),
    gettext_noop("“%(text)s” is no CSS selector."),
    gettext_noop("“%(text)s” is no XPath expression."),
    gettext_noop("This looks like JSON, but can't be read: %(why)s."),
    gettext_noop("This is compressed data that unfolds to more than 20 MiB."),
    gettext_noop("This is %(what)s, not a feed."),
    gettext_noop("a PDF document"),
    gettext_noop("a picture"),
    gettext_noop("a picture or sound"),
    gettext_noop("a ZIP archive"),
    gettext_noop("compressed data"),
    gettext_noop("a sound file"),
    gettext_noop("a film or other binary file"),
    gettext_noop("Newsreader failed on this feed: %(why)s"),
    gettext_noop("This takes too long to read: given up after %(seconds)s seconds."),
    gettext_noop("This takes more memory to read than is allowed."),
    gettext_noop("What read this was ended from outside."),
    gettext_noop("What reads this crashes on it."),
    gettext_noop(
        "This is still the document that took too much to read: it is tried again when it changes, or after a day."
    ),
    gettext_noop("The secrets of this channel were encrypted under another key of the site: add it anew."),
    gettext_noop("Newsreader failed on this channel: %(why)s"),
    gettext_noop("The mail server has taken it."),
    gettext_noop("The mail server refuses the name or the password that this site has for it."),
    gettext_noop("The mail server did not answer in time."),
    gettext_noop("The certificate of the mail server is not trusted: %(why)s"),
    gettext_noop("The mail server offers no STARTTLS."),
    gettext_noop("The mail server can't be reached: %(why)s"),
    gettext_noop("The mail server answered %(status)s: %(said)s"),
    gettext_noop("%(host)s answered %(status)s: a redirect, which is not followed. Give the address that it leads to."),
    gettext_noop("%(host)s answered %(status)s: nothing is configured for this key"),
    gettext_noop("%(host)s answered %(status)s: %(said)s"),
)
# What the operating system, the resolver and OpenSSL say.
SYSTEM = (
    gettext_noop("Connection refused"),
    gettext_noop("Connection reset by peer"),
    gettext_noop("Connection timed out"),
    gettext_noop("Connection aborted"),
    gettext_noop("Software caused connection abort"),
    gettext_noop("Broken pipe"),
    gettext_noop("Network is unreachable"),
    gettext_noop("Network is down"),
    gettext_noop("No route to host"),
    gettext_noop("Host is down"),
    gettext_noop("Address family not supported by protocol"),
    gettext_noop("Cannot assign requested address"),
    gettext_noop("Too many open files"),
    gettext_noop("Permission denied"),
    gettext_noop("Operation not permitted"),
    gettext_noop("Name or service not known"),
    gettext_noop("nodename nor servname provided, or not known"),
    gettext_noop("Temporary failure in name resolution"),
    gettext_noop("Non-recoverable failure in name resolution"),
    gettext_noop("No address associated with hostname"),
    gettext_noop("certificate has expired"),
    gettext_noop("certificate is not yet valid"),
    gettext_noop("self-signed certificate"),
    gettext_noop("self-signed certificate in certificate chain"),
    gettext_noop("unable to get local issuer certificate"),
    gettext_noop("Hostname mismatch, certificate is not valid for '%(name)s'."),
    gettext_noop("IP address mismatch, certificate is not valid for '%(name)s'."),
)
# RFC 9110, section 15, and what servers add to it.
PHRASES = (
    gettext_noop("Bad Request"),
    gettext_noop("Unauthorized"),
    gettext_noop("Payment Required"),
    gettext_noop("Forbidden"),
    gettext_noop("Not Found"),
    gettext_noop("Method Not Allowed"),
    gettext_noop("Not Acceptable"),
    gettext_noop("Request Timeout"),
    gettext_noop("Conflict"),
    gettext_noop("Gone"),
    gettext_noop("Precondition Failed"),
    gettext_noop("I'm a Teapot"),
    gettext_noop("Too Many Requests"),
    gettext_noop("Unavailable For Legal Reasons"),
    gettext_noop("Internal Server Error"),
    gettext_noop("Not Implemented"),
    gettext_noop("Bad Gateway"),
    gettext_noop("Service Unavailable"),
    gettext_noop("Gateway Timeout"),
    gettext_noop("No Content"),
    gettext_noop("Not Modified"),
)
# How reasons were worded that may be stored still.
FORMER = {
    "%(url)s is no http or https address": "%(url)s is not an http or https address",
    "%(url)s is no address that can be fetched": "%(url)s is not a valid web address",
    "%(host)s (port %(port)s) took no connection in time": (
        "%(host)s (port %(port)s) did not accept a connection in time"
    ),
}
NESTED = frozenset({"reason", "what", "kind", "advice", "store"})  # places that hold another form
PLACE = re.compile(r"%\((\w+)\)s")
# What a place may hold where not everything: so that there is one way to divide a sentence, however long it is.
HELD = {"status": r"\d+(?: \([^()]*\))?"} | dict.fromkeys(("host", "address", "port", "times", "size"), r"\S*?")


def translated(reason: str, forms: tuple[str, ...] = FORMS) -> str:
    """`reason` in the language of now, if it has one of `forms`."""
    if not reason or (get_language() or "en").startswith("en"):
        return reason
    for form, pattern in _patterns(forms):
        if match := pattern.fullmatch(reason):
            return gettext(FORMER.get(form, form)) % {
                name: _in_place(name, text, forms) for name, text in match.groupdict().items()
            }
    return reason


def sentence(text: str) -> str:
    """A reason with a capital at its start, unless that is a host's name, and a full stop, if it has none."""
    first, last = text.partition(" ")[0], text[-1:]
    begun = text[:1].upper() + text[1:] if first.isalpha() else text
    return begun + _full_stop() if last.isalnum() or last in tuple(")）”」’") else begun


def _full_stop() -> str:
    return "。" if (get_language() or "").startswith("zh") else "."


def _in_place(name: str, text: str, forms: tuple[str, ...]) -> str:
    """The text in a place of a form, translated where it is a text of somebody's and no name or number."""
    if name in NESTED:
        return translated(text, forms)
    if name == "why":
        return translated(text, SYSTEM)
    number, _space, phrase = text.partition(" ")
    if name == "status" and (words := phrase.strip("()")) in PHRASES:
        return gettext("%(number)s (%(phrase)s)") % {"number": number, "phrase": gettext(words)}
    return text


@cache
def _patterns(forms: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    former = tuple(FORMER) if forms is FORMS else ()
    return tuple((form, _pattern(form)) for form in (*forms, *former))


def _pattern(form: str) -> re.Pattern[str]:
    parts = PLACE.split(form)  # texts and names of places in turn
    text = "".join(
        f"(?P<{part}>{HELD.get(part, '.*?')})" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )
    return re.compile(text, re.DOTALL)
