"""The open internet, held against IANA's registries of special-purpose addresses."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest

from fairserver.notify.addresses import denied_peers, is_public
from tests.conftest import ROOT


def _blocks(text: str) -> list[str]:
    return text.split()


#: Every block of the two registries (IPv4, IPv6) as IANA lists them.
REGISTRIES = _blocks("""
0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12
192.0.0.0/24 192.0.0.0/29 192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32
192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.88.99.2/32 192.168.0.0/16
192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 255.255.255.255/32
::1/128 ::/128 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23
2001::/32 2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48
2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20
5f00::/16 fc00::/7 fe80::/10
""")
#: What other documents close: multicast, site-local (RFC 3879), IPv4-compatible (RFC 4291), SIIT
#: (RFC 2765), and IPv6 that nobody has been given.
OTHERS = _blocks("""
224.0.0.0/4 ff00::/8 fec0::/10 ::/96 ::ffff:0:0:0/96 200::/7 400::/6 1000::/4 4000::/3 6000::/3
8000::/3 a000::/3 c000::/3 e000::/4 f000::/5 f800::/6
""")
#: Forms in which an IPv6 address holds an IPv4 address: mapped, compatible, SIIT, translated,
#: translated locally, 6to4, Teredo (inverted, at the end), ISATAP.
WRAPS = {
    "mapped": lambda four: (0xFFFF << 32) | four,
    "compatible": lambda four: four,
    "SIIT": lambda four: (0xFFFF << 48) | four,
    "NAT64": lambda four: (0x64FF9B << 96) | four,
    "local NAT64": lambda four: (0x64FF9B0001 << 80) | four,
    "6to4": lambda four: (0x2002 << 112) | (four << 80) | 1,
    "Teredo": lambda four: (0x20010000 << 96) | (four ^ 0xFFFFFFFF),
    "ISATAP": lambda four: (0x24046800 << 96) | (0x5EFE << 32) | four,
    "ISATAP, unique": lambda four: (0x24046800 << 96) | (0x02005EFE << 32) | four,
}
PRIVATE = ("127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0")


@pytest.mark.parametrize("block", REGISTRIES + OTHERS)
def test_no_address_of_a_special_block_is_public(block: str) -> None:
    network = ip_network(block)
    first, last = network.network_address, network.broadcast_address
    middle = ip_address((int(first) + int(last)) // 2)
    mapped_public = block in ("::ffff:0:0/96", "64:ff9b::/96")
    looked_at = (first, last) if mapped_public else (first, middle, last)
    assert not any(is_public(str(address)) for address in looked_at)


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("inner", PRIVATE)
def test_a_private_address_is_not_public_whatever_it_is_wrapped_in(wrap: str, inner: str) -> None:
    assert not is_public(str(IPv6Address(WRAPS[wrap](int(IPv4Address(inner))))))


@pytest.mark.parametrize("address", ["::ffff:142.250.1.1", "64:ff9b::142.250.1.1"])
def test_what_leads_to_the_open_internet_by_ipv4_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "142.250.1.1", "2404:6800::1", "2a00:1450::1"])
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_the_sample_of_coturn_denies_the_same_blocks() -> None:
    lines = (ROOT / "config" / "coturn.conf").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("denied-peer-ip=")] == [*denied_peers()]


@pytest.mark.parametrize("block", REGISTRIES + OTHERS)
def test_a_relay_reaches_into_no_special_block(block: str) -> None:
    network = ip_network(block)
    ranges = [line.removeprefix("denied-peer-ip=").split("-") for line in denied_peers()]
    bounds = [tuple(map(ip_address, both)) for both in ranges]
    assert any(
        low.version == network.version
        and low <= network.network_address  # type: ignore[operator]
        and network.broadcast_address <= high  # type: ignore[operator]
        for low, high in bounds
    )
