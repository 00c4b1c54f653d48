"""A push service of the tests' own: it believes nothing and opens what it is given.

It checks the VAPID claim (RFC 8292) and the headers (RFC 8030), and decrypts the message
(RFC 8291, RFC 8188) with the browser's private key. Nothing of it is the library's that the server
uses, so that both cannot be wrong in the same way.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_DAY_S = 24 * 3600
_AUTH = b"sixteen bytes of"


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    assert re.fullmatch(r"[A-Za-z0-9_-]*", text), f"no base64url without padding: {text}"
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


@dataclass
class Browser:
    """A browser that has subscribed: only it can open what is sent to it."""

    name: str
    origin: str
    #: The server's public key that it subscribed with.
    server_key: str
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = _AUTH
    #: The messages taken, as they were decrypted.
    messages: list[dict[str, Any]] = field(default_factory=list)
    #: Their headers, and when a try was not taken, those too.
    tries: list[dict[str, str]] = field(default_factory=list)
    #: Bytes of each body as it came over the line.
    bodies: list[bytes] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        return f"{self.origin}/push/{self.name}"

    @property
    def p256dh(self) -> str:
        return encode(_point(self.private.public_key()))

    @property
    def fields(self) -> dict[str, str]:
        """What it tells the server."""
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": encode(self.auth)}

    def open(self, body: bytes) -> bytes:
        """Decrypt a message of one record; raises when anything about it is wrong."""
        salt, size, id_length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, record = body[21 : 21 + id_length], body[21 + id_length :]
        assert id_length == 65
        assert 18 <= len(record) <= size
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.private.exchange(ec.ECDH(), key)
        info = b"WebPush: info\x00" + _point(self.private.public_key()) + sender
        secret = _hkdf(self.auth, shared, info, 32)
        content_key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\x00", 12)
        text = AESGCM(content_key).decrypt(nonce, record, None).rstrip(b"\x00")
        assert text.endswith(b"\x02"), "the last record ends with a 2"
        return text[:-1]


def check_claim(header: str, server_key: str, audience: str) -> dict[str, Any]:
    """Check a VAPID header in every point; give the claim."""
    found = re.fullmatch(r"vapid t=([^,]+),\s*k=(\S+)", header)
    assert found, f"no VAPID header: {header}"
    token, key = found.groups()
    assert key == server_key, "another key than the browser subscribed with"
    head, claim, signature = token.split(".")
    assert json.loads(decode(head)) == {"typ": "JWT", "alg": "ES256"}
    raw = decode(signature)
    assert len(raw) == 64
    signed = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(key))
    public.verify(signed, f"{head}.{claim}".encode(), ec.ECDSA(hashes.SHA256()))
    said: dict[str, Any] = json.loads(decode(claim))
    assert said["aud"] == audience
    assert time.time() < said["exp"] <= time.time() + _DAY_S
    assert re.match(r"mailto:\S+@\S+$|https://\S+$", said["sub"])
    return said


@dataclass
class Behaviour:
    """How the service treats one message."""

    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False


class PushService:
    """Runs on a port of the loopback."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.browsers: dict[str, Browser] = {}
        #: How the next messages are treated; after that they are taken.
        self.next: deque[Behaviour] = deque()
        #: What was wrong with messages, in words; a test that ends well has none.
        self.faults: list[str] = []
        self.news = asyncio.Event()
        self._port = port
        self._released = asyncio.Event()
        self._runner: web.AppRunner | None = None

    def subscribe(self, name: str, server_key: str) -> Browser:
        """Let a browser subscribe."""
        browser = self.browsers[name] = Browser(name, self.origin, server_key)
        return browser

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/push/{name}", self._take)
        app.router.add_get("/elsewhere", self._never)
        app.router.add_post("/elsewhere", self._never)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def stop(self) -> None:
        self._released.set()
        assert self._runner is not None
        await self._runner.cleanup()

    async def _never(self, request: web.Request) -> web.Response:
        self.faults.append(f"a redirect was followed to {request.path}")
        return web.Response(status=201)

    async def _take(self, request: web.Request) -> web.Response:
        browser = self.browsers.get(request.match_info["name"])
        if browser is None:
            return web.Response(status=404)
        body = await request.read()
        browser.tries.append(dict(request.headers))
        behaviour = self.next.popleft() if self.next else Behaviour()
        self._ring()
        if behaviour.hangs:
            await self._released.wait()
        if behaviour.status == 201:
            try:
                self._open(browser, dict(request.headers), body)
            except Exception as error:
                self.faults.append(repr(error))
                return web.Response(status=400)
        return web.Response(status=behaviour.status, headers=behaviour.headers)

    def _open(self, browser: Browser, headers: dict[str, str], body: bytes) -> None:
        parts = urlsplit(browser.endpoint)
        check_claim(
            headers["Authorization"], browser.server_key, f"{parts.scheme}://{parts.netloc}"
        )
        assert headers["Content-Encoding"] == "aes128gcm"
        assert 0 < int(headers["TTL"]) <= 60
        assert headers["Urgency"] == "high"
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers["Topic"])
        browser.messages.append(json.loads(browser.open(body)))
        browser.bodies.append(body)
        self._ring()

    def _ring(self) -> None:
        self.news.set()
        self.news = asyncio.Event()
