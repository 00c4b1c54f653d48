"""What counts as one address: an IPv4 address, or the /64 that one IPv6 line is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from ipaddress import IPv6Address, IPv6Network, ip_address
from time import monotonic

from fairserver.settings import Network
from fairserver.web.limits.buckets import Buckets

_LINE_BITS = 64


def one_line(address: str) -> str:
    """Name the line that an address belongs to; what is no address stands for itself.

    A customer of IPv6 has a /64 at least and takes any address in it.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found, _LINE_BITS), strict=False))


def is_in(address: str, networks: Iterable[Network]) -> bool:
    """Say whether an address is in one of the networks; what is no address is in none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in networks)


class AddressBuckets:
    """One bucket for each line that is not one of the Centre's own."""

    def __init__(self, rate: float, burst: float, known: tuple[Network, ...]) -> None:
        self._buckets = Buckets(rate, burst)
        self._known = known

    def take(self, address: str) -> bool:
        """Take a token of an address; say whether there was one."""
        return is_in(address, self._known) or self._buckets.take(one_line(address))


class SlowLines:
    """Lines from which too much comes that never was: their tokens are looked up one by one.

    Nobody there is refused, and nobody elsewhere waits for what the record is asked in vain.
    """

    #: Seconds that a line stays slow after the last of it.
    stays_s = 60.0

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    def slow(self, line: str) -> None:
        """Make a line slow from now on for a while."""
        now = monotonic()
        if line not in self._until:  # forget the others that are over
            self._until = {one: until for one, until in self._until.items() if until > now}
            self._turns = {one: lock for one, lock in self._turns.items() if lock.locked()}
        self._until[line] = now + self.stays_s

    @asynccontextmanager
    async def turn(self, line: str) -> AsyncIterator[None]:
        """Wait for the line's turn; at once for a line that is not slow."""
        if self._until.get(line, 0.0) <= monotonic():
            yield
            return
        async with self._turns.setdefault(line, asyncio.Lock()):
            yield
