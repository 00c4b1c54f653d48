"""One message to one receiver: signed as Standard Webhooks has it, and never into this network.

https://www.standardwebhooks.com: the signature is HMAC-SHA256 over ``id.timestamp.body``.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable
from typing import NamedTuple

import aiohttp
from yarl import URL

from fairserver import __version__
from fairserver.notify.post import retry_after_s
from fairserver.notify.settings import WebhookSettings
from fairserver.notify.targets import EndpointRefused, PublicResolver, check_endpoint

#: Statuses whose ``Retry-After`` is heard.
_BUSY = frozenset({429, 503})
_GONE = 410


class Result(NamedTuple):
    """What came of one try; ``wait_s`` is how long the receiver wants to be left alone."""

    status: int | None = None
    problem: str = ""
    wait_s: float = 0.0

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has said that it has the message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing more at this address."""
        return self.status == _GONE


def secret_text(secret: bytes) -> str:
    """Write a secret as receivers' libraries take it."""
    return f"whsec_{base64.b64encode(secret).decode()}"


def sign(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign a message for the header ``webhook-signature``; ``timestamp`` in seconds."""
    digest = hmac.digest(secret, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


class Carrier:
    """Hands messages to receivers; follows no redirect and goes to no private address."""

    def __init__(self, settings: WebhookSettings, secret: Callable[[str], bytes]) -> None:
        self._own = settings.own_origins
        self._hosts = settings.hosts
        self._secret = secret
        own_hosts = frozenset(str(URL(one).host) for one in self._own)
        connector = aiohttp.TCPConnector(
            # Shares are kept before: in a connector's one queue messages would wait for each other.
            resolver=PublicResolver(own_hosts),
            limit=0,
        )
        self._http = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=settings.answer_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def send(self, webhook_id: str, message_id: str, url: str, body: str) -> Result:
        """Send one message once; never raises for what a receiver or a network does."""
        raw, now = body.encode(), int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Fairserver-Webhooks/{__version__}",
            "webhook-id": message_id,
            "webhook-timestamp": str(now),
            "webhook-signature": sign(self._secret(webhook_id), message_id, now, raw),
        }
        try:
            where = check_endpoint(url, self._own, self._hosts)
            async with self._http.post(
                where, data=raw, headers=headers, allow_redirects=False
            ) as answer:
                return _result(answer.status, answer.headers.get("Retry-After", ""))
        except EndpointRefused:
            return Result(problem="address")
        except TimeoutError:
            return Result(problem="timeout")
        except (aiohttp.ClientError, OSError):
            return Result(problem="connection")

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()


def _result(status: int, retry_after: str) -> Result:
    if 200 <= status < 300:
        return Result(status)
    wait_s = retry_after_s(retry_after) if status in _BUSY else 0.0
    return Result(status, "refused", wait_s)
