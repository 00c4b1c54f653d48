"""Limits by address count people, not proxies, and nobody can pass for somebody else."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from fairserver.web.address import first_untrusted
from tests.web.support import Server, Servers, a_form

OURS = [ip_network(net) for net in ("127.0.0.1/32", "10.0.0.0/8", "2001:db8:1::/48")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        pytest.param("203.0.113.9", ["198.51.100.1"], "203.0.113.9", id="a stranger's word"),
        pytest.param("10.0.0.1", [], "10.0.0.1", id="a proxy that says nothing"),
        pytest.param("10.0.0.1", ["198.51.100.1"], "198.51.100.1", id="one proxy"),
        pytest.param("10.0.0.1", ["198.51.100.1, 10.0.0.2"], "198.51.100.1", id="two proxies"),
        pytest.param("10.0.0.1", ["198.51.100.1", "10.0.0.2"], "198.51.100.1", id="two headers"),
        pytest.param("10.0.0.1", ["1.1.1.1, 198.51.100.1, 10.0.0.2"], "198.51.100.1", id="spoofed"),
        pytest.param("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3", id="proxies only"),
        pytest.param("10.0.0.1", ["1.1.1.1, unknown"], "10.0.0.1", id="no address"),
        pytest.param("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1", id="with a port"),
        pytest.param("2001:db8:1::1", ["2001:db8:2::7"], "2001:db8:2::7", id="IPv6"),
        pytest.param("2001:db8:1::1", ["[2001:DB8:2:0::7]:443"], "2001:db8:2::7", id="in brackets"),
        pytest.param("2001:db8:9::1", ["2001:db8:2::7"], "2001:db8:9::1", id="an IPv6 stranger"),
        pytest.param("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1", id="IPv4 in IPv6"),
        pytest.param("", ["198.51.100.1"], "", id="no peer"),
    ],
)
def test_the_client_is_the_nearest_hop_that_is_no_proxy_of_ours(
    peer: str, forwarded: list[str], found: str
) -> None:
    assert first_untrusted(peer, forwarded, OURS) == found


async def _register(server: Server, address: str) -> int:
    reply = await server.post(
        f"{server.fair_url}/candidates", a_form(), headers={"X-Forwarded-For": address}
    )
    return reply.status


async def _until_too_fast(server: Server, address: str) -> None:
    while await _register(server, address) != 429:
        pass


async def test_behind_a_trusted_proxy_every_address_has_its_own_limit(servers: Servers) -> None:
    server = await servers.start(
        limits={"registrations_per_second": 1}, trusted_proxies=["127.0.0.1"]
    )
    await _until_too_fast(server, "198.51.100.1")
    assert await _register(server, "198.51.100.2") == 201


async def test_without_a_trusted_proxy_another_name_for_oneself_does_not_help(
    servers: Servers,
) -> None:
    server = await servers.start(limits={"registrations_per_second": 1})
    await _until_too_fast(server, "198.51.100.1")
    assert await _register(server, "198.51.100.2") == 429
