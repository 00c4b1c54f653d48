"""One message to one phone: encrypted for it alone (RFC 8291) and given to its push service."""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

import aiohttp
from yarl import URL

from fairserver.notify.sealing import Keys, seal
from fairserver.notify.targets import EndpointRefused, PublicResolver, check_endpoint
from fairserver.notify.vapid import VapidKey

#: Seconds that a push service may take for one message.
ANSWER_S: Final = 5.0
#: Connections to all push services together, and to one of them.
_CONNECTIONS = 32
_PER_SERVICE = 16
#: What replaces what at the push service: everything is about the person's turn.
_TOPIC = "turn"


class Address(Keys, Protocol):
    """Where a browser takes pushes, and the keys that only it can open them with."""

    @property
    def endpoint(self) -> str:
        """The push service's address of this browser."""


class Fate(StrEnum):
    """What became of one message."""

    SENT = "sent"
    #: The subscription is no more.
    GONE = "gone"
    #: The push service will not have it, now or later.
    REFUSED = "refused"
    #: To be tried again.
    LATER = "later"


class Told(NamedTuple):
    """What a push service said; ``wait_s`` is how long it wants to be left alone."""

    fate: Fate
    status: int = 0
    wait_s: float = 0.0


class Post:
    """Hands messages to push services; follows no redirect and goes to no private address."""

    def __init__(self, key: VapidKey, own_services: frozenset[str], hosts: Sequence[str]) -> None:
        self._key = key
        self._own_services = own_services
        self._hosts = hosts
        own_hosts = frozenset(str(URL(one).host) for one in own_services)
        connector = aiohttp.TCPConnector(
            resolver=PublicResolver(own_hosts), limit=_CONNECTIONS, limit_per_host=_PER_SERVICE
        )
        self._http = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=ANSWER_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def send(self, payload: bytes, address: Address, ttl_s: int) -> Told:
        """Send one message that its service may keep for ``ttl_s`` seconds; never raises."""
        try:
            url = check_endpoint(address.endpoint, self._own_services, self._hosts)
            body = seal(payload, address)
        except (EndpointRefused, ValueError):
            return Told(Fate.GONE)
        headers = {
            "Authorization": self._key.authorization(str(url.origin())),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(ttl_s),
            "Urgency": "high",
            "Topic": _TOPIC,
        }
        try:
            async with self._http.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return _told(answer.status, answer.headers.get("Retry-After", ""))
        except EndpointRefused:
            return Told(Fate.GONE)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return Told(Fate.LATER)

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()


def _told(status: int, retry_after: str) -> Told:
    if 200 <= status < 300:
        return Told(Fate.SENT, status)
    if status in (404, 410):
        return Told(Fate.GONE, status)
    if status == 429 or status >= 500:
        return Told(Fate.LATER, status, retry_after_s(retry_after))
    return Told(Fate.REFUSED, status)


def retry_after_s(retry_after: str) -> float:
    """Read a ``Retry-After``, seconds or a date; what cannot be read asks for nothing."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        at = email.utils.parsedate_to_datetime(retry_after)
    except (TypeError, ValueError):
        return 0.0
    if at.tzinfo is None:
        at = at.replace(tzinfo=dt.UTC)
    return max(0.0, (at - dt.datetime.now(dt.UTC)).total_seconds())
