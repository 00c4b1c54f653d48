"""Whatever an offer names, packets go to the requester's address only; answers show one way in."""

from __future__ import annotations

import pytest

from fairserver.rooms.echo_sdp import MOST_CANDIDATES, Ways, shown_answer, usable_offer

PHONE, SERVER = "203.0.113.9", "198.51.100.2"
WAYS = Ways(PHONE, SERVER)

#: Addresses that a stranger would have the server send to.
FOREIGN = [
    *("127.0.0.1", "10.0.0.5", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1"),
    *(
        "224.0.0.251",
        "255.255.255.255",
        "0.0.0.0",
        "198.51.100.2",
        "8.8.8.8",
        "0x7f.1",
        "2130706433",
    ),
    *(
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "fd00:ec2::254",
        "::ffff:10.0.0.5",
        "::10.0.0.5",
    ),
    *(
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "metadata.internal",
        "localhost",
        "evil.example",
        "0177.0.0.1",
    ),
    *("", "203.0.113.9.evil.example", "203.0.113.9,10.0.0.1", "[203.0.113.9]", "203.0.113.90"),
]


def candidate(address: str, port: int | str = 50_000, kind: str = "host", by: str = "udp") -> str:
    """One line of an offer."""
    return f"a=candidate:1 1 {by} 2113937151 {address} {port} typ {kind}"


def offer(*candidates: str) -> str:
    """An offer of one picture."""
    head = [
        "v=0",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "c=IN IP4 10.0.0.5",
        "a=rtcp:9 IN IP4 10.0.0.5",
    ]
    return "\r\n".join([*head, *candidates, "a=end-of-candidates"]) + "\r\n"


def tried(sdp: str) -> list[tuple[str, int]]:
    """The addresses that an agent would send to."""
    lines = [line.split() for line in sdp.splitlines() if line.startswith("a=candidate:")]
    return [(fields[4], int(fields[5])) for fields in lines]


@pytest.mark.parametrize("address", FOREIGN)
def test_a_foreign_address_is_cut_out(address: str) -> None:
    own = candidate(PHONE, 51_000, "srflx raddr 10.0.0.5 rport 50000")
    kept = usable_offer(offer(candidate(address), own), WAYS)
    assert tried(kept) == [(PHONE, 51_000)]
    assert "10.0.0.5" not in kept
    alone = usable_offer(offer(candidate(address)), WAYS)
    assert {where for where, _ in tried(alone)} == {PHONE}


def test_a_hidden_name_stands_for_the_requester_and_is_not_looked_up() -> None:
    kept = usable_offer(offer(candidate("0f1e-22.local")), WAYS)
    assert tried(kept) == [(PHONE, 50_000)]
    assert ".local" not in kept


@pytest.mark.parametrize(
    "port", [0, 9, 22, 53, 80, 443, 1023, 65_536, 99_999, "-1", "x", "5e4", ""]
)
def test_ports_of_services_are_refused(port: int | str) -> None:
    assert tried(usable_offer(offer(candidate(PHONE, port)), WAYS)) == [(PHONE, 65_535)]


def test_tcp_and_lines_that_are_none_are_left_out() -> None:
    bad = [
        candidate(PHONE, by="tcp"),
        "a=candidate:",
        "a=candidate:1 1 udp",
        "a=candidate:" + "x " * 9,
    ]
    assert tried(usable_offer(offer(*bad), WAYS)) == [(PHONE, 65_535)]


def test_few_are_kept_of_many() -> None:
    many = [candidate(PHONE, 50_000 + number) for number in range(MOST_CANDIDATES + 5)]
    assert len(tried(usable_offer(offer(*many), WAYS))) == MOST_CANDIDATES


def test_one_host_has_one_spelling() -> None:
    kept = usable_offer(offer(candidate(f"::ffff:{PHONE}")), WAYS)
    assert tried(kept) == [(PHONE, 50_000)]
    six = Ways("2001:db8::7", "2001:db8::1")
    assert tried(usable_offer(offer(candidate("2001:db8:0:0::7")), six)) == [
        ("2001:db8::7", 50_000)
    ]


def test_without_an_address_nobody_is_tried() -> None:
    with pytest.raises(ValueError, match="no address"):
        usable_offer(offer(candidate(PHONE)), Ways("", ""))


OWN = [candidate(one) for one in (SERVER, "10.1.2.3", "172.17.0.1", "192.168.1.5", "fd00::5")]
RELAYED = candidate("9.9.9.9", 50_001, "relay raddr 10.1.2.3 rport 50000")


@pytest.mark.parametrize(
    ("ways", "shown"),
    [
        (WAYS, {SERVER, "9.9.9.9"}),
        (Ways(PHONE, "10.1.2.3"), {"10.1.2.3", "9.9.9.9"}),
        (Ways("192.168.1.77", "127.0.0.1"), {"192.168.1.5", "9.9.9.9"}),
        (Ways("192.168.2.77", "192.168.1.5"), {"192.168.1.5", "9.9.9.9"}),
        (Ways("fd00::9", "fd00::5"), {"fd00::5", "9.9.9.9"}),
    ],
)
def test_an_answer_shows_the_way_by_which_the_requester_came(ways: Ways, shown: set[str]) -> None:
    told = shown_answer(offer(*OWN, RELAYED), ways)
    assert {where for where, _ in tried(told)} == shown
    assert "raddr" not in told
    assert "IN IP4 10.0.0.5" not in told


def test_on_this_computer_every_way_is_shown() -> None:
    told = shown_answer(offer(*OWN), Ways("127.0.0.1", "127.0.0.1"))
    assert len(tried(told)) == len(OWN)
