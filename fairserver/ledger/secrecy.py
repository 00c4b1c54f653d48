"""Secrets of the record: how tokens and codes are made, and the hashes that are stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import string

#: Letters of an identifier behind that of its kind.
_ID_LETTERS = 12
_BASE62 = string.digits + string.ascii_letters

#: Bytes that the server's secret must have at least.
SECRET_BYTES = 32

#: Bytes of a link's token: 144 bits, well over the 112 that may be stored as a plain hash.
_TOKEN_BYTES = 18

#: Digits of a candidate's code: 26.6 bits, over the 20 that ASVS 6.5.4 asks.
CODE_DIGITS = 8

#: How a kept ``request_id`` begins; no page's own may hold a full stop.
_KEPT = "kept."


def new_id(letter: str) -> str:
    """Make a random identifier: its kind's letter and 12 letters or digits (71 bits)."""
    return letter + "".join(secrets.choice(_BASE62) for _ in range(_ID_LETTERS))


def new_token() -> str:
    """Make a random token of 144 bits, safe in an address."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def unfindable_request() -> str:
    """Make what stands in the place of a kept ``request_id`` that no repeat shall find."""
    return f"{_KEPT}{new_token()}"


def token_hash(token: str) -> str:
    """Hash a token for storing and looking up; a token is too long to be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Secrecy:
    """What is derived from the server's one secret, each purpose with a key of its own.

    Link tokens and codes are derived from the person's id, not random: stored as a hash or not at
    all, they can still be given again. Nothing that a backup holds makes them without the secret.
    """

    def __init__(self, secret: bytes) -> None:
        """Take the server's secret; raises ``ValueError`` below 32 bytes."""
        if len(secret) < SECRET_BYTES:
            raise ValueError(f"the server's secret needs at least {SECRET_BYTES} bytes")
        self._secret = secret

    def link_token(self, candidate_id: str, version: int) -> str:
        """Derive the token of a candidate's ticket link."""
        return _text(self._derive("candidate link", candidate_id, str(version))[:_TOKEN_BYTES])

    def code(self, candidate_id: str, version: int) -> str:
        """Derive the digits with which a candidate comes back on any phone."""
        derived = int.from_bytes(self._derive("candidate code", candidate_id, str(version)))
        return f"{derived % 10**CODE_DIGITS:0{CODE_DIGITS}d}"

    def is_code(self, typed: str, candidate_id: str, version: int) -> bool:
        """Tell whether this is a candidate's code; takes as long when it is not."""
        right = self._derive("typed code", self.code(candidate_id, version))
        return hmac.compare_digest(right, self._derive("typed code", typed))

    def kept_request(self, fair_id: str, request_id: str) -> str:
        """Derive what is kept of the name of a registration: it finds the person, not back."""
        return _KEPT + _text(self._derive("request", fair_id, request_id))

    def mark(self, purpose: str, *parts: str) -> str:
        """Derive a name under which something is counted without being told: 128 bits."""
        return self._derive(f"mark {purpose}", *parts)[:16].hex()

    def guest(self, fair_id: str, errand: str) -> tuple[str, str]:
        """Derive the ``staff_id`` of a third person and the token of the link, from the errand.

        ``errand`` names the one command that asks for the person: its repeat finds the same.
        """
        number = int.from_bytes(self._derive("guest", fair_id, errand))
        letters = []
        for _ in range(_ID_LETTERS):
            number, letter = divmod(number, len(_BASE62))
            letters.append(_BASE62[letter])
        digest = self._derive("guest link", fair_id, errand)[:_TOKEN_BYTES]
        return "s" + "".join(letters), base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def proof(self, purpose: str, *parts: str) -> str:
        """Derive the proof that this server made an address with these parts."""
        return self._derive(f"proof {purpose}", *parts)[:_TOKEN_BYTES].hex()

    def proves(self, proof: str, purpose: str, *parts: str) -> bool:
        """Tell whether ``proof`` is that of these parts; takes as long when it is not."""
        return hmac.compare_digest(
            self.proof(purpose, *parts), proof.encode("ascii", "replace").decode()
        )

    def webhook_secret(self, webhook_id: str) -> bytes:
        """Derive the 32 bytes with which the messages of one webhook are signed."""
        return self._derive("webhook", webhook_id)

    def pairing_hash(self, code: str) -> str:
        """Hash a device's pairing code; with the server's secret, for it is short."""
        return self._derive("pairing", code).hex()

    def _derive(self, purpose: str, *parts: str) -> bytes:
        message = "\x00".join((purpose, *parts)).encode("utf-8", "replace")
        return hmac.digest(self._secret, message, "sha256")


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
