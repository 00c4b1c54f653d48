"""Which address a phone should take, of a computer that has many."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

import ifaddr
import pytest

from fairserver.tls import reach
from fairserver.tls.reach import Place, find_reach, local_name, url_host

Have = Callable[..., None]


@pytest.fixture
def have(monkeypatch: pytest.MonkeyPatch) -> Have:
    """Give this computer other interfaces: pairs of a name and an address."""

    def give(*pairs: tuple[str, str], out: str | None = None) -> None:
        def adapters() -> list[ifaddr.Adapter]:
            return [
                ifaddr.Adapter(name, name, [ifaddr.IP(ip_of(text), 24, name)])
                for name, text in (("lo", "127.0.0.1"), *pairs)
            ]

        way_out = ip_address(out) if out else None
        monkeypatch.setattr(ifaddr, "get_adapters", adapters)
        monkeypatch.setattr(reach, "_on_the_way_out", lambda: way_out)

    return give


def ip_of(text: str) -> str | tuple[str, int, int]:
    return (text, 0, 0) if ":" in text else text


def addresses(host: str = "0.0.0.0", wanted: str | None = None) -> list[str]:
    found = find_reach(host, ip_address(wanted) if wanted else None)
    return [str(place.address) for place in found.places]


def test_the_wireless_address_comes_before_the_cable_and_programs_networks_last(
    have: Have,
) -> None:
    have(
        ("docker0", "172.17.0.1"),
        ("eth0", "10.0.0.3"),
        ("wlan0", "192.168.1.5"),
        ("tailscale0", "100.64.1.1"),
    )
    assert addresses() == ["192.168.1.5", "10.0.0.3", "100.64.1.1", "172.17.0.1"]


def test_the_address_that_leads_out_comes_first_unless_another_is_wanted(have: Have) -> None:
    have(("eth0", "10.0.0.3"), ("wlan0", "192.168.1.5"), out="10.0.0.3")
    assert addresses() == ["10.0.0.3", "192.168.1.5"]
    assert addresses(wanted="192.168.1.5") == ["192.168.1.5", "10.0.0.3"]


def test_an_address_without_a_router_is_the_last_resort(have: Have) -> None:
    have(("wlan0", "169.254.7.7"), ("eth0", "10.0.0.3"))
    assert addresses() == ["10.0.0.3", "169.254.7.7"]


def test_public_addresses_are_kept_apart(have: Have) -> None:
    have(("eth0", "8.8.4.4"), ("wlan0", "192.168.1.5"), out="8.8.4.4")
    assert addresses() == ["192.168.1.5"]
    assert find_reach("0.0.0.0").public == (Place(ip_address("8.8.4.4"), "eth0"),)


def test_only_what_the_server_listens_on_counts(have: Have) -> None:
    have(("wlan0", "192.168.1.5"), ("wlan0", "fd00::5"), ("wlan0", "fe80::5"))
    assert addresses("0.0.0.0") == ["192.168.1.5"]
    assert addresses("::") == ["fd00::5"]
    assert addresses("192.168.1.5") == ["192.168.1.5"]
    assert addresses("127.0.0.1") == ["127.0.0.1"]
    assert addresses("192.168.1.6") == []


def test_without_a_network_there_is_no_address(have: Have) -> None:
    have()
    assert find_reach("0.0.0.0").places == ()


@pytest.mark.parametrize(
    ("host_name", "name"),
    [
        ("Hoas-MacBook.local", "hoas-macbook.local"),
        ("hall.example.vn", "hall.local"),
        ("Máy_chủ 1", "m-y-ch-1.local"),
        ("localhost", None),
        ("___", None),
    ],
)
def test_a_computers_name_becomes_one_for_multicast_dns(host_name: str, name: str | None) -> None:
    assert local_name(host_name) == name


def test_ipv6_stands_in_brackets_in_an_address() -> None:
    assert (url_host("fd00::5"), url_host("10.0.0.3")) == ("[fd00::5]", "10.0.0.3")
