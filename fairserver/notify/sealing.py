"""A message that only one browser can open: RFC 8291 (Web Push) on RFC 8188 (``aes128gcm``).

Of RFC 8188 only what a push may be: one record. The secrets come from ``cryptography``; what is
done here is the order in which they are derived and the few bytes in front.
"""

from __future__ import annotations

import base64
import binascii
import os
from typing import Final, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_POINT_BYTES = 65
_AUTH_BYTES = 16
_SALT_BYTES = 16
#: Bytes of a record at most, and of a whole message that every push service has to take.
_MOST_BYTES = 4096
#: Behind the text of the last record, and of the only one.
_LAST = b"\x02"
_HEADER_BYTES, _TAG_BYTES = _SALT_BYTES + 4 + 1 + _POINT_BYTES, 16
#: Bytes that one message can say.
MOST_SAID: Final = _MOST_BYTES - _HEADER_BYTES - len(_LAST) - _TAG_BYTES


class Keys(Protocol):
    """What only one browser can open a message with."""

    @property
    def p256dh(self) -> str:
        """The browser's public key, URL-safe base64."""

    @property
    def auth(self) -> str:
        """The browser's secret, URL-safe base64."""


def check_keys(p256dh: str, auth: str) -> None:
    """Make sure that a message can be encrypted for these keys; raises ``ValueError``."""
    _read_keys(p256dh, auth)


def seal(payload: bytes, keys: Keys) -> bytes:
    """Encrypt at most ``MOST_SAID`` bytes for one browser, with a key of this message's own.

    Raises ``ValueError`` for keys that are none, and for more.
    """
    return seal_with(
        payload, keys, ec.generate_private_key(ec.SECP256R1()), os.urandom(_SALT_BYTES)
    )


def seal_with(
    payload: bytes, keys: Keys, private: ec.EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """Encrypt as ``seal`` does, with a key and a salt that nothing else was encrypted with."""
    if len(payload) > MOST_SAID:
        raise ValueError(f"a message says at most {MOST_SAID} bytes")
    theirs, auth = _read_keys(keys.p256dh, keys.auth)
    ours = _point(private.public_key())
    info = b"WebPush: info\x00" + _point(theirs) + ours
    secret = _derive(auth, private.exchange(ec.ECDH(), theirs), info, 32)
    return encode_record(payload, secret, salt, ours)


def encode_record(payload: bytes, secret: bytes, salt: bytes, key_id: bytes) -> bytes:
    """Encrypt one record with a secret that the reader knows by ``key_id`` (RFC 8188, 2)."""
    key, nonce = content_keys(secret, salt)
    header = salt + _MOST_BYTES.to_bytes(4) + len(key_id).to_bytes(1) + key_id
    return header + AESGCM(key).encrypt(nonce, payload + _LAST, None)


def content_keys(secret: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Derive the key of a message and the nonce of its first record (RFC 8188, 2.2 and 2.3)."""
    return (
        _derive(salt, secret, b"Content-Encoding: aes128gcm\x00", 16),
        _derive(salt, secret, b"Content-Encoding: nonce\x00", 12),
    )


def _derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _read_keys(p256dh: str, auth: str) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    point, secret = _bytes(p256dh), _bytes(auth)
    if len(point) != _POINT_BYTES or len(secret) != _AUTH_BYTES:
        raise ValueError("a key has the wrong length")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point), secret


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
