"""Where a secret may be sent."""

from __future__ import annotations

import pytest

from booth_client.address import is_secure
from booth_client.pairing import NotSecure, pair


@pytest.mark.parametrize(
    "address",
    [
        "https://fair.example.vn",
        "https://10.0.0.5:8443/",
        "http://localhost:8080",
        "http://[::1]:1",
    ],
)
def test_by_tls_or_on_this_computer_it_stays_between_the_two(address: str) -> None:
    assert is_secure(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://fair.example.vn",
        "http://192.168.1.5:8080",
        "http://localhost.example.vn",
        "http://127.0.0.1@fair.example.vn",
        "ftp://localhost",
        "https://",
        "fair.example.vn",
        "",
    ],
)
async def test_no_code_is_sent_in_the_clear_over_a_network(address: str) -> None:
    assert not is_secure(address)
    with pytest.raises(NotSecure):
        await pair(address, "ABCD-EFGH")
