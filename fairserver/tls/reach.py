"""Where this computer can be reached in its own network; nothing is sent to find out."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, NamedTuple

import ifaddr

Address = IPv4Address | IPv6Address

#: Networks that no public host can have (RFC 6890): private, shared, link-local, loopback, and
#: those of laboratories and examples. The local authority can vouch for addresses in these only.
LOCAL_NETWORKS: Final = tuple(
    ip_network(text)
    for text in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
        *("169.254.0.0/16", "127.0.0.0/8"),
        *("192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)
#: Listening here means: on every address of that kind.
_EVERY: Final = {"0.0.0.0": 4, "::": 6}  # noqa: S104 - compared, not bound
#: Interfaces behind which programs of this computer are, and no phones.
_VIRTUAL: Final = re.compile(
    r"docker|br-|veth|virbr|vmnet|vboxnet|bridge|tun|tap|utun|wg|tailscale|zt|llw|awdl"
)
_WIRELESS: Final = re.compile(r"wl|wifi|ath")
#: An address that is nobody's: asked only by which interface the way to it would lead.
_AWAY: Final = "198.18.0.1"


class Place(NamedTuple):
    """One address of this computer, and the interface that has it."""

    address: Address
    interface: str

    def __str__(self) -> str:
        return f"{self.address} ({self.interface})"


class Reach(NamedTuple):
    """Where others in the network find this computer."""

    #: The one that a phone takes most likely stands first.
    places: tuple[Place, ...]
    #: Public addresses: the local authority does not vouch for them.
    public: tuple[Place, ...]
    #: ``name.local``, as phones and laptops find it by multicast DNS; None without a name.
    name: str | None

    @property
    def hosts(self) -> tuple[str, ...]:
        """What may stand in the address of a page: addresses, then the name."""
        found = [str(place.address) for place in self.places]
        return (*found, self.name) if self.name else tuple(found)


def find_reach(host: str, wanted: Address | None = None) -> Reach:
    """Find where a server that listens on ``host`` is reached; ``wanted`` comes first if it is one.

    The loopback counts only when ``host`` is one of its addresses.
    """
    listening = _EVERY.get(host)
    if listening is None:
        found = [place for place in _places(loopback=True) if str(place.address) == host]
    else:
        found = [place for place in _places() if place.address.version == listening]
    first = wanted or _on_the_way_out()
    found.sort(key=lambda place: _rank(place, first))
    return Reach(
        places=tuple(place for place in found if is_local(place.address)),
        public=tuple(place for place in found if not is_local(place.address)),
        name=local_name(),
    )


def is_local(address: Address) -> bool:
    """Say whether an address is one that no public host can have."""
    return any(address in network for network in LOCAL_NETWORKS)


def local_name(host_name: str | None = None) -> str | None:
    """Give this computer's name for multicast DNS (RFC 6762), or None when it has none."""
    first = (host_name or socket.gethostname()).partition(".")[0].lower()
    name = re.sub(r"[^a-z0-9-]+", "-", first).strip("-")
    return f"{name[:63]}.local" if name and name != "localhost" else None


def url_host(host: str) -> str:
    """Write a host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def _places(*, loopback: bool = False) -> Iterable[Place]:
    for adapter in ifaddr.get_adapters():
        for found in adapter.ips:
            text = found.ip if isinstance(found.ip, str) else found.ip[0]
            address = ip_address(text)
            # A link-local IPv6 address needs the phone's own name of its interface after it.
            useless = address.is_loopback or (address.version == 6 and address.is_link_local)
            if loopback or not useless:
                yield Place(address, str(adapter.nice_name))


def _rank(place: Place, first: Address | None) -> tuple[bool, bool, bool, bool, int]:
    return (
        place.address != first,
        place.address.is_link_local,
        bool(_VIRTUAL.match(place.interface)),
        not _WIRELESS.match(place.interface),
        int(place.address),
    )


def _on_the_way_out() -> Address | None:
    """Find the address that this computer would speak from to others.

    Connecting a datagram socket asks the table of routes and sends nothing.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect((_AWAY, 9))
        return ip_address(probe.getsockname()[0])
    return None
