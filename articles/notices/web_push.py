"""Web Push: a message that only the browser that asked for it can read (RFC 8291), sent to the service that its browser
named (RFC 8030) under this site's own key (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from articles.notices.answer import Answer, posted
from articles.notices.message import Message, cut
from articles.notices.models import Channel, VapidKey
from feeds.access import sealed
from feeds.http import Client

if TYPE_CHECKING:  # loaded only where something is sent
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

AT_ONCE = 200
POINT, AUTH, SALT = 65, 16, 16  # bytes: an uncompressed point of P-256; the secret of a subscription
RECORD = 4096  # bytes of the one record (RFC 8291, 4)
LONGEST_PAYLOAD = RECORD - SALT - 4 - 1 - POINT - 16 - 1  # what the record's header, its tag and its end leave
LONGEST_TITLE, LONGEST_TEXT = 200, 1500
KEPT = 24 * 3600  # seconds for which the service keeps what it can't deliver: older news is no news
TOKEN = 12 * 3600  # seconds for which a token is good; a day at most (RFC 8292, 2)
GONE = frozenset({404, 410})  # the browser has left (RFC 8030, 7.3)


def send(client: Client, secrets: Mapping[str, str], message: Message, *, site: str) -> Answer:
    """The outcome of a message. Raises AnotherKey."""
    browser, auth = unpacked(secrets["p256dh"]), unpacked(secrets["auth"])
    body = encrypted(_payload(message), browser, auth)
    headers = {
        "Authorization": authorization(secrets["address"], site),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT),
        "Topic": message.id.hex,  # what waits at the service still is replaced by the same again
        "Urgency": "normal",
    }
    known = {**secrets, "path": urlsplit(secrets["address"]).path}
    answer = posted(client, secrets["address"], body, headers, secrets=known)
    return replace(answer, is_gone=answer.status in GONE)


def _payload(message: Message) -> bytes:
    """The JSON that `static/js/notices-worker.js` shows."""
    told = {
        "title": cut(message.title, LONGEST_TITLE),
        "body": message.text(LONGEST_TEXT),
        "url": message.page,
        "tag": str(message.id),  # so that what comes twice is shown once
    }
    payload = json.dumps(told, ensure_ascii=False).encode()
    if len(payload) > LONGEST_PAYLOAD:  # of characters that JSON writes as several
        payload = json.dumps({**told, "body": ""}, ensure_ascii=False).encode()
    return payload


# --- what the message is encrypted with -------------------------------------------------------------------------------


def encrypted(
    payload: bytes,
    browser: bytes,
    auth: bytes,
    *,
    salt: bytes | None = None,
    own: EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of one record that holds `payload`, for the browser with this point and secret. `salt` and `own` are
    made for this message; a test gives them. Raises ValueError for what is no point, and for what is too long."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(SALT)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser)
    ours = point_of(own)
    shared = own.exchange(ec.ECDH(), theirs)
    key = _derived(auth, shared, b"WebPush: info\0" + browser + ours, 32)
    content_key = _derived(salt, key, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(salt, key, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    body = header + AESGCM(content_key).encrypt(nonce, payload + b"\x02", None)
    if len(body) > RECORD:
        raise ValueError("too long for one record")
    return body


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def point_of(key: EllipticCurvePrivateKey) -> bytes:
    """Its public point, uncompressed."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_subscription(browser: str, auth: str) -> bool:
    """True where these are the point and the secret of a subscription, as browsers give them."""
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(browser))
        return len(unpacked(browser)) == POINT and len(unpacked(auth)) == AUTH
    except ValueError:
        return False


def packed(raw: bytes) -> str:
    """In base64 for addresses, without its padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """Raises ValueError."""
    return base64.urlsafe_b64decode(text.encode("ascii", "replace") + b"=" * (-len(text) % 4))


# --- who it is from ---------------------------------------------------------------------------------------------------


def public_key() -> str:
    """The point of the site's key, as browsers want it."""
    return packed(point_of(_site_key()))


def _site_key() -> EllipticCurvePrivateKey:
    """The key of this site, made when it is first wanted, and anew where the site has another secret than it had: then
    no channel can be read any more either."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    fresh = ec.generate_private_key(ec.SECP256R1())
    row, _is_new = VapidKey.objects.get_or_create(pk=1, defaults={"secrets": _sealed(fresh)})
    try:
        key = load_der_private_key(unpacked(sealed.opened(row.secrets)["private"]), None)
    except sealed.AnotherKey:
        VapidKey.objects.filter(pk=1, secrets=row.secrets).update(secrets=_sealed(fresh))
        return _site_key()
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def renew_site_key() -> None:
    """Have the site's key be encrypted under the secret that the site has now."""
    for row in VapidKey.objects.filter(pk=1):
        VapidKey.objects.filter(pk=1, secrets=row.secrets).update(secrets=sealed.renewed(row.secrets))


def _sealed(key: EllipticCurvePrivateKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return sealed.seal({"private": packed(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))})


def authorization(endpoint: str, site: str) -> str:
    """The header that says who sends (RFC 8292, 3): a token for the origin of `endpoint`, signed with ES256."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    key, parts = _site_key(), urlsplit(endpoint)
    claims: dict[str, Any] = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(time.time()) + TOKEN}
    if settings.DEFAULT_FROM_EMAIL:
        claims["sub"] = f"mailto:{settings.DEFAULT_FROM_EMAIL}"
    elif site.startswith("https://"):
        claims["sub"] = site
    signed = b".".join(packed(json.dumps(part).encode()).encode() for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256())))
    signature = packed(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed.decode()}.{signature}, k={packed(point_of(key))}"


def is_same(channel: Channel, endpoint: str) -> bool:
    """True where the channel sends to this subscription."""
    try:
        return channel.kind == Channel.Kind.PUSH and sealed.opened(channel.secrets).get("address") == endpoint
    except sealed.AnotherKey:
        return False
