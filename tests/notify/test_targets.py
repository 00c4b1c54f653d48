"""Where a push may go, and where never."""

from __future__ import annotations

import pytest

from fairserver.notify.addresses import is_public
from fairserver.notify.targets import (
    PUSH_SERVICES,
    EndpointRefused,
    PublicResolver,
    check_endpoint,
    is_host_pattern,
)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://web.push.apple.com/QGx",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://hk2p.notify.windows.com:443/w/?token=abc%3d",
    ],
)
def test_the_push_services_of_the_browsers_are_let_through(endpoint: str) -> None:
    assert check_endpoint(endpoint, hosts=PUSH_SERVICES).scheme == "https"


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://push.example.com/x",
        "https://fcm.googleapis.com.example.com/x",
        "https://evilfcm.googleapis.com/x",
        "https://push.apple.com/x",
        "https://xpush.apple.com/x",
        "https://example.com/fcm.googleapis.com",
        "https://storage.googleapis.com/x",
    ],
)
def test_a_public_host_that_nobody_allowed_is_refused(endpoint: str) -> None:
    with pytest.raises(EndpointRefused, match="not among the hosts"):
        check_endpoint(endpoint, hosts=PUSH_SERVICES)
    with pytest.raises(EndpointRefused, match="not among the hosts"):
        check_endpoint(endpoint, hosts=())


def test_a_host_is_allowed_by_its_name_by_all_below_one_or_by_being_public() -> None:
    url = "https://Hooks.ATS.example.vn./in"
    for pattern in ("hooks.ats.example.vn", "*.ats.example.vn", "*.example.vn", "*"):
        assert check_endpoint(url, hosts=(pattern,)).path == "/in"
    with pytest.raises(EndpointRefused, match="no public name"):
        check_endpoint("https://printer.local/x", hosts=("*",))


def test_what_may_stand_among_allowed_hosts_is_a_public_name() -> None:
    for good in ("ats.example.vn", "*.example.vn", "*"):
        assert is_host_pattern(good)
    for bad in (
        "",
        "*.",
        "**",
        "a.*.vn",
        "https://ats.example.vn",
        "ats.example.vn/x",
        "127.0.0.1",
    ):
        assert not is_host_pattern(bad)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "no address",
        "http://push.example.com/x",
        "https://push.example.com:8443/x",
        "https://user@push.example.com/x",
        "https://user:password@push.example.com/x",
        "https://push.example.com@127.0.0.1/x",
        "https://localhost/x",
        "https://push.localhost/x",
        "https://printer.local/x",
        "https://db.internal./x",
        "https://valkey/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f.0.0.0x1/x",
        "https://0177.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://169.254.169.254/latest",
        "ftp://push.example.com/x",
        "file:///etc/passwd",
        "https://push.example.com/\r\nHost: valkey",
        "https://push.example.com/" + "x" * 1000,
        "https://pu\u0441h.example.com/x",
    ],
)
def test_everything_else_is_refused(endpoint: str) -> None:
    with pytest.raises(EndpointRefused):
        check_endpoint(endpoint)


def test_a_push_service_of_ones_own_is_let_through_by_its_whole_origin() -> None:
    own = frozenset({"http://127.0.0.1:9000"})
    assert check_endpoint("http://127.0.0.1:9000/push/1", own).port == 9000
    for other in ("http://127.0.0.1:9001/x", "https://127.0.0.1:9000/x", "http://a@127.0.0.1:9000"):
        with pytest.raises(EndpointRefused):
            check_endpoint(other, own)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("142.250.1.1", True),
        ("2404:6800::1", True),
        ("64:ff9b::8efa:101", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::", False),
        ("64:ff9b::a00:1", False),
        ("2001:0:53aa:64c::1", False),
    ],
)
def test_only_the_open_internet_is_public(address: str, public: bool) -> None:
    assert is_public(address) is public


async def test_a_name_that_leads_home_is_refused_when_it_is_connected_to() -> None:
    resolver = PublicResolver()
    with pytest.raises(EndpointRefused):
        await resolver.resolve("localhost", 443)
    await resolver.close()
    own = PublicResolver(frozenset({"localhost"}))
    assert await own.resolve("localhost", 443)
    await own.close()
