"""From which address a request came, also behind reverse proxies."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

from aiohttp import web

from fairserver.settings import Network
from fairserver.web.keys import PROXIES

_Address = IPv4Address | IPv6Address


def client_address(request: web.Request) -> str:
    """Give the address of the client that sent a request; what limits by address asks here."""
    forwarded = request.headers.getall("X-Forwarded-For", ())
    return first_untrusted(request.remote or "", forwarded, request.app[PROXIES])


def first_untrusted(peer: str, forwarded: Iterable[str], proxies: tuple[Network, ...]) -> str:
    """Give the nearest address that is no proxy of ours, from the peer backwards.

    Every proxy adds at the right whom it heard from, so a hop counts only while all to its right
    are ``proxies``; what a client wrote there itself stands further left. A hop that is no
    address ends the way back: the proxy that passed it on stands for its client.
    """
    address = _read(peer)
    if address is None:
        return peer
    hops = [hop for header in forwarded for hop in header.split(",")]
    while hops and any(address in network for network in proxies):
        before = _read(hops.pop())
        if before is None:
            break
        address = before
    return str(address)


def _read(hop: str) -> _Address | None:
    """Read one hop: an address, one in brackets, or one with a port."""
    hop = hop.strip()
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    try:
        address = ip_address(hop)
    except ValueError:
        return None
    # One machine, one spelling: a socket that takes both kinds shows IPv4 as ::ffff:a.b.c.d.
    return getattr(address, "ipv4_mapped", None) or address
