"""Secrets of the record: how tokens and codes are made, and the hashes that are stored."""

from __future__ import annotations

import asyncio
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

_SCRYPT_COST = 2**12


def new_id(letter: str) -> str:
    """Make a random identifier: its kind's letter and 12 letters or digits (71 bits)."""
    return letter + "".join(secrets.choice(_BASE62) for _ in range(_ID_LETTERS))


def new_token() -> str:
    """Make a random token of 144 bits, safe in an address."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Hash a token for storing and looking up; a token is too long to be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Secrecy:
    """What is derived from the server's one secret, each purpose with a key of its own.

    Link tokens and codes are derived, not random: stored as hashes only, they can still be
    given again to the phone that repeats its registration.
    """

    def __init__(self, secret: bytes) -> None:
        """Take the server's secret; raises ``ValueError`` below 32 bytes."""
        if len(secret) < SECRET_BYTES:
            raise ValueError(f"the server's secret needs at least {SECRET_BYTES} bytes")
        self._secret = secret

    def link_token(self, fair_id: str, request_id: str) -> str:
        """Derive the token of a candidate's ticket link."""
        digest = self._derive("link", fair_id, request_id)[:_TOKEN_BYTES]
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def code(self, fair_id: str, request_id: str) -> str:
        """Derive the four digits with which a candidate comes back on any phone."""
        return f"{int.from_bytes(self._derive('code', fair_id, request_id)) % 10_000:04d}"

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

    async def hash_code(self, code: str) -> str:
        """Hash a code with a salt of its own.

        Ten thousand codes are quickly tried: the hash also needs the server's secret, which is
        not in the database.
        """
        salt = secrets.token_bytes(16)
        return f"{salt.hex()}${(await self._stretch(code, salt)).hex()}"

    async def code_matches(self, code: str, stored: str | None) -> bool:
        """Tell whether a code belongs to a stored hash; takes as long when there is none."""
        salt, _, wanted = (stored or f"{'0' * 32}$").partition("$")
        made = await self._stretch(code, bytes.fromhex(salt))
        return hmac.compare_digest(made.hex(), wanted)

    def pairing_hash(self, code: str) -> str:
        """Hash a device's pairing code; with the server's secret, for it is short."""
        return self._derive("pairing", code).hex()

    async def _stretch(self, code: str, salt: bytes) -> bytes:
        keyed = self._derive("code-hash", code)
        return await asyncio.to_thread(
            hashlib.scrypt, keyed, salt=salt, n=_SCRYPT_COST, r=8, p=1, dklen=32
        )

    def _derive(self, purpose: str, *parts: str) -> bytes:
        message = "\x00".join((purpose, *parts)).encode("utf-8", "replace")
        return hmac.digest(self._secret, message, "sha256")
