"""The server's own key for push services (VAPID, RFC 8292): its file, and what is signed with it.

A browser's subscription belongs to one key: nodes that share a store share the file too, or each
serves only the phones that subscribed at it.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from py_vapid import Vapid02

from fairserver.tls.files import keep_first

#: Seconds that a signed claim is good for; push services take up to a day.
CLAIM_S: Final = 12 * 3600
#: Seconds before its end from which on a claim is made anew.
_RENEW_S = 3600
#: Push services whose claims are kept at the same time; there are about five in the world.
_MOST_CLAIMS = 64
#: Of a file's mode: what everybody may.
_EVERYBODY = 0o007
#: A scalar shorter than this was not drawn at random.
_LEAST_BITS = 128


class KeyUnfit(Exception):
    """The key cannot be used: ``problem`` says why, ``right`` what would be right."""

    def __init__(self, problem: str, right: str) -> None:
        super().__init__(f"{problem}; {right}")
        self.problem = problem
        self.right = right


class VapidKey:
    """One P-256 key, and the claims signed with it."""

    def __init__(
        self,
        private: ec.EllipticCurvePrivateKey,
        contact: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the key and the ``mailto:`` or ``https:`` address of who answers for it."""
        self._vapid = Vapid02(private)
        self._contact = contact
        self._clock = clock
        self._claims: dict[str, tuple[float, str]] = {}
        raw = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        #: What a browser subscribes with: 65 bytes in URL-safe base64 without padding.
        self.public = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        #: A short name of the key, for telling subscriptions of different keys apart.
        self.key_id = hashlib.sha256(raw).hexdigest()[:16]

    def authorization(self, origin: str) -> str:
        """Give the ``Authorization`` header for a push service such as ``https://push.example``."""
        now = self._clock()
        renew_at, header = self._claims.get(origin, (0.0, ""))
        if now >= renew_at:
            claims = {"aud": origin, "sub": self._contact, "exp": int(now) + CLAIM_S}
            header = str(self._vapid.sign(claims)["Authorization"])
            if len(self._claims) >= _MOST_CLAIMS:
                self._claims.clear()
            self._claims[origin] = (now + CLAIM_S - _RENEW_S, header)
        return header


def open_key(path: Path, contact: str, *, make: bool) -> VapidKey:
    """Read the key's file; with ``make`` a missing one is made first, for the owner only.

    Raises ``KeyUnfit`` when it is missing, no P-256 key, weak, or readable by everybody.
    """
    if make and not path.exists():
        keep_first(path, _new_key())
    right = "make one: (umask 077; openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256)"
    try:
        pem, mode = path.read_bytes(), path.stat().st_mode
    except OSError as error:
        raise KeyUnfit(f"cannot be read ({error.strerror})", right) from None
    if mode & _EVERYBODY:
        raise KeyUnfit(f"can be read by everybody ({mode & 0o777:04o})", "chmod 600 it")
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise KeyUnfit("is no private key in PEM without a password", right) from None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise KeyUnfit("is no key of the curve P-256", right)
    if private.private_numbers().private_value.bit_length() < _LEAST_BITS:
        raise KeyUnfit("is weak", right)
    return VapidKey(private, contact)


def _new_key() -> bytes:
    private = ec.generate_private_key(ec.SECP256R1())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
