"""Which addresses of a description the echo uses and shows: the requester's, and the way there.

An offer is a stranger's. Whatever addresses it names, packets go to the address from which the
request came and nowhere else: otherwise the server could be sent against any host, its own network
first. What the requester's network makes of it is found by the packets that come (peer-reflexive
candidates), also through a relay: those need no address of the offer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

_Address = IPv4Address | IPv6Address

#: Ports of services; a browser's sockets have none of them.
_FIRST_PORT = 1024
#: Addresses of a browser that are tried at most.
MOST_CANDIDATES = 20
#: Where one tries when an offer names nothing usable: the answer has to come from there anyway.
_ANY_PORT = 65_535
#: One network for two private addresses: a hall's.
_HALL = {4: 24, 6: 64}
_NOWHERE = {"IP4": "0.0.0.0", "IP6": "::"}  # noqa: S104 - written, not bound


class Ways(NamedTuple):
    """Between whom a test runs: the requester's address, and the one of ours that it came to."""

    client: str
    reached: str


def usable_offer(sdp: str, ways: Ways) -> str:
    """Keep of an offer's addresses those of the requester.

    A name that only the browser's own network resolves stands for the requester's address and is
    not looked up. Of others nothing is used, nor with ``tcp``, which aiortc does not speak, nor
    ports of services.
    """
    client = _read(ways.client)
    if client is None:
        raise ValueError("the requester has no address")
    lines: list[str] = []
    kept = 0
    for line in sdp.splitlines():
        if not line.startswith("a=candidate:"):
            lines.append(_without_address(line))
            continue
        port = _port_at(line, client)
        if port is not None and kept < MOST_CANDIDATES:
            lines.append(_candidate(client, port, kept))
            kept += 1
    if not kept:
        lines = list(_with_a_way(lines, client))
    return "\r\n".join(lines) + "\r\n"


def shown_answer(sdp: str, ways: Ways) -> str:
    """Leave in the echo's answer the addresses by which this requester can reach it."""
    lines = []
    for line in sdp.splitlines():
        if line.startswith("a=candidate:"):
            if not _is_shown(line, ways):
                continue
            line = re.sub(r" raddr \S+ rport \d+", "", line)
        lines.append(_without_address(line))
    return "\r\n".join(lines) + "\r\n"


def _port_at(line: str, client: _Address) -> int | None:
    """Read the port of a candidate that is the requester's; None for any other."""
    fields = line.split()
    if len(fields) < 8 or fields[2].lower() != "udp" or not fields[5].isdecimal():
        return None
    is_own = fields[4].lower().endswith(".local") or _read(fields[4]) == client
    port = int(fields[5])
    return port if is_own and _FIRST_PORT <= port <= _ANY_PORT else None


def _candidate(client: _Address, port: int, number: int) -> str:
    """Write a candidate anew: of what the offer says only the port is taken."""
    return f"a=candidate:{number + 1} 1 udp {2_113_937_151 - number} {client} {port} typ host"


def _with_a_way(lines: list[str], client: _Address) -> Iterator[str]:
    """Name the requester once in every part: an agent without any address gives up at once."""
    for line in lines:
        yield line
        if line.startswith("m="):
            yield _candidate(client, _ANY_PORT, 0)


def _without_address(line: str) -> str:
    """Leave the default address out of a connection line, and of its older sister."""
    found = re.fullmatch(r"(c=|a=rtcp:\d+ )IN (IP[46]) \S+", line.strip())
    return f"{found[1]}IN {found[2]} {_NOWHERE[found[2]]}" if found else line


def _is_shown(line: str, ways: Ways) -> bool:
    fields = line.split()
    address = _read(fields[4]) if len(fields) > 7 else None
    if address is None:
        return False
    client, reached = _read(ways.client), _read(ways.reached)
    return address == reached or address.is_global or _are_near(address, client)


def _are_near(address: _Address, client: _Address | None) -> bool:
    """Whether a private address of ours is in the requester's own network, or on its computer."""
    if client is None or client.is_global:
        return False
    if client.is_loopback:
        return True
    network = ip_network(f"{client}/{_HALL[client.version]}", strict=False)
    return address in network


def _read(text: str) -> _Address | None:
    """Read an address; of IPv4 within IPv6 the inner one, so that one host has one spelling."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
