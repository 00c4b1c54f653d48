"""Where messages may go: to hosts that are allowed by name, never to an address of this network.

A browser or an employer's own system names the endpoint, so anybody could name any: without these
walls the server could be made to knock at its own neighbours.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

from fairserver.notify.addresses import is_public

#: The longest endpoint seen is half of this.
ENDPOINT_CHARS: Final = 1000

#: Among allowed hosts: whatever is public.
ANYWHERE: Final = "*"
#: The push services of the browsers: of Chrome and those built of it, Firefox, Edge, and Safari.
PUSH_SERVICES: Final = (
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
    "*.push.apple.com",
)

#: Names with a dot, and a last part that no reader takes for a number.
_NAME = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{1,62}")
#: Names that are by agreement of this network only.
_HOME = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "test", "arpa")


class EndpointRefused(Exception):
    """Nothing is sent to this endpoint."""


def is_host_pattern(text: str) -> bool:
    """Say whether this may stand among allowed hosts: a public name, ``*.`` and one, or ``*``."""
    return text == ANYWHERE or bool(_NAME.fullmatch(text.removeprefix("*.")))


def check_endpoint(
    endpoint: str, own_services: frozenset[str] = frozenset(), hosts: Sequence[str] = (ANYWHERE,)
) -> URL:
    """Read an endpoint; raises ``EndpointRefused`` when it may not be one.

    ``own_services`` are origins such as ``http://127.0.0.1:9000`` that are let through as they
    are: a service of the organiser's own. All others must be public and among ``hosts``: names,
    ``*.example.vn`` for every name below one, ``*`` for all.
    """
    if len(endpoint) > ENDPOINT_CHARS or not re.fullmatch(r"[\x21-\x7e]+", endpoint):
        raise EndpointRefused("no address")
    try:
        url = URL(endpoint)
        origin = str(url.origin())
    except ValueError:
        raise EndpointRefused("no address") from None
    if origin in own_services and not url.user:
        return url
    if url.scheme != "https" or url.explicit_port not in (None, 443) or url.user or url.password:
        raise EndpointRefused("not https on its own port")
    host = (url.raw_host or "").rstrip(".")
    if not _NAME.fullmatch(host) or host.rpartition(".")[2] in _HOME:
        raise EndpointRefused("no public name")
    if not any(_is_meant(host, pattern) for pattern in hosts):
        raise EndpointRefused("not among the hosts that this server may write to")
    return url


def _is_meant(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return pattern in (ANYWHERE, host)


class PublicResolver(AbstractResolver):
    """Finds the addresses of a name, and only public ones.

    It is asked at every connection: a name that was public when the phone subscribed may have
    become one of ours since.
    """

    def __init__(self, own_hosts: frozenset[str] = frozenset()) -> None:
        """Take the hosts of the organiser's own push services, which may be anywhere."""
        self._inner = DefaultResolver()
        self._own_hosts = own_hosts

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the addresses; raises ``OSError``, ``EndpointRefused`` when all are private."""
        found = await self._inner.resolve(host, port, family)
        if host in self._own_hosts:
            return found
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise EndpointRefused("only private addresses")
        return public

    async def close(self) -> None:
        """Let go of what the inner resolver holds."""
        await self._inner.close()
