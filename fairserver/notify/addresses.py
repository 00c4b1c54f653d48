"""Which IP addresses are of the open internet: what IANA says of each block, and what is wrapped.

The blocks are those of the IANA registries of special-purpose addresses (IPv4 and IPv6, RFC 6890
and its updates) with what the registries leave to others: multicast, and IPv6 outside 2000::/3,
of which nothing is given to anybody. A block whose registry entry is "globally reachable" for the
sake of one protocol (anycast of AS112, TURN, AMT) is closed here too: no service that we call
lives there. ``config/coturn.conf`` denies the same blocks; ``denied_peers`` writes its lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network

#: Of IPv4, what is not the open internet, in the order of addresses.
CLOSED_IPV4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private use
        "100.64.0.0/10",  # shared by carriers
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link local
        "172.16.0.0/12",  # private use
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays, deprecated
        "192.168.0.0/16",  # private use
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
#: All of IPv6 that IANA gives to anybody.
GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
#: Of global unicast, what is not the open internet, in the order of addresses.
CLOSED_IPV6: Final = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo, benchmarking, ORCHID among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, deprecated: holds an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
#: Blocks that hold an IPv4 address in their last 32 bits and lead to it. Of the other forms that
#: hold one (IPv4-compatible, SIIT, 64:ff9b:1::/48, 6to4, Teredo) nothing leads to the open
#: internet today, so these are closed whatever they hold.
_WRAPPED: Final = (
    IPv6Network("::ffff:0:0/96"),  # IPv4-mapped: one socket for both kinds
    IPv6Network("64:ff9b::/96"),  # as IPv6-only networks write IPv4 (RFC 6052)
)
#: Interface ids of ISATAP, whose last 32 bits are the IPv4 address that a packet goes to.
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})
_LAST_32_BITS: Final = 0xFFFF_FFFF


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the open internet, whatever it is wrapped in.

    Raises ``ValueError`` for what is no address.
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return not _is_in(found, CLOSED_IPV4)
    inner = _inner(found)
    if inner is not None and _is_in(inner, CLOSED_IPV4):
        return False
    if _is_in(found, _WRAPPED):
        return True
    return found in GLOBAL_UNICAST and not _is_in(found, CLOSED_IPV6)


def denied_peers() -> Iterator[str]:
    """Give the lines of coturn's configuration that keep relays out of every closed block."""
    below, above = int(GLOBAL_UNICAST.network_address), int(GLOBAL_UNICAST.broadcast_address)
    yield from (_line(block[0], block[-1]) for block in CLOSED_IPV4)
    yield _line(IPv6Address(0), IPv6Address(below - 1))
    yield from (_line(block[0], block[-1]) for block in CLOSED_IPV6)
    yield _line(IPv6Address(above + 1), IPv6Address(2**128 - 1))


def _line(first: _Address, last: _Address) -> str:
    return f"denied-peer-ip={first}-{last}"


def _is_in(address: _Address, networks: tuple[_Network, ...]) -> bool:
    return any(address in network for network in networks)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Give the IPv4 address to which an IPv6 address leads, if it is such a one."""
    is_isatap = int(address) >> 32 & _LAST_32_BITS in _ISATAP
    if is_isatap or _is_in(address, _WRAPPED):
        return IPv4Address(int(address) & _LAST_32_BITS)
    return None
