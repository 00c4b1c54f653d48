"""The STUN and TURN servers that two ends of an interview connect through."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from fairserver.protocol.answers import IceServer


class IcePlan:
    """Makes ``iceServers`` for one end at a time.

    ``turn_secret`` is coturn's ``static-auth-secret``; ``turn_ttl_s`` is how long one user name
    works, in seconds. With neither list set, ends connect directly (one hall, one machine).
    """

    def __init__(
        self,
        stun_urls: Sequence[str] = (),
        turn_urls: Sequence[str] = (),
        turn_secret: bytes = b"",
        turn_ttl_s: int = 600,
    ) -> None:
        self._stun_urls = list(stun_urls)
        self._turn_urls = list(turn_urls)
        self._turn_secret = turn_secret
        self._turn_ttl_s = turn_ttl_s

    def servers_for(self, user: str, now_s: float, ttl_s: int | None = None) -> list[IceServer]:
        """Give the servers for one end: a TURN user of its own, valid from ``now_s`` (Unix).

        ``user`` is chosen by nobody outside: the relay counts by it what one may hold there.
        ``ttl_s`` makes it valid for a shorter time than the plan's.
        """
        servers = [IceServer(urls=self._stun_urls)] if self._stun_urls else []
        if self._turn_urls:
            # coturn's REST scheme: the name carries the end of validity, the password its HMAC.
            ttl = self._turn_ttl_s if ttl_s is None else min(ttl_s, self._turn_ttl_s)
            username = f"{int(now_s) + ttl}:{user}"
            digest = hmac.new(self._turn_secret, username.encode(), hashlib.sha1).digest()
            credential = base64.b64encode(digest).decode()
            servers.append(
                IceServer(urls=self._turn_urls, username=username, credential=credential)
            )
        return servers
