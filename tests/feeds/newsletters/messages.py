"""Messages for tests: a few words say what is in them."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime

from tests.documents import FIRST_DAY

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def letter(number: int = 1, *, html: str = "", text: str = "The text.", pictures: dict[str, bytes] | None = None,
           **headers: str) -> EmailMessage:  # fmt: skip
    """Message `number` of a newsletter. Headers by their names, with _ for -; an empty one is left out."""
    message = EmailMessage()
    usual = {
        "Subject": f"Letter {number}",
        "From": "The Harbour Post <post@harbour.example>",
        "To": "ann@reader.example",
        "Date": format_datetime(FIRST_DAY.replace(day=number)),
        "Message_ID": f"<{number}@harbour.example>",
        "List_Id": "<weekly.harbour.example>",
        "List_Unsubscribe": "<mailto:off@harbour.example>, <https://harbour.example/off?u=1>",
    }
    message.set_content(text)
    for name, value in (usual | headers).items():
        if value:
            message[name.replace("_", "-")] = value
    if html:
        message.add_alternative(html, subtype="html")
    for cid, data in (pictures or {}).items():
        message.get_payload()[-1].add_related(data, "image", "png", cid=f"<{cid}>")
    return message


def raw(head: str, body: bytes = b"The text.\r\n", *, kind: str = "text/plain") -> bytes:
    """A message as it is sent, of headers of one's own."""
    lines = [f"Content-Type: {kind}", *head.strip().split("\n")]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body
