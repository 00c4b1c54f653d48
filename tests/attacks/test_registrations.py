"""Floods of registrations: slowed by address on all nodes together, and halls are not hurt."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from fairserver.ledger import guessing, sessions
from fairserver.settings import LimitSettings
from tests.web.support import Reply, Server, Servers, a_form

#: At once from one address: as many as come in two minutes at the rate of always.
BURST = 2 * LimitSettings().registrations_per_minute
#: Of the trial that found the hole: in 3.6 s.
FLOOD = 120


@pytest.fixture
async def nodes(servers: Servers) -> list[Server]:
    """Two nodes behind a proxy that names its clients, with the settings that nobody changed."""
    given = {"registrations_per_minute": LimitSettings().registrations_per_minute}
    limits = {**given, "known_addresses": ["198.51.100.0/24"]}
    return [await servers.start(trusted_proxies=["127.0.0.1"], limits=limits) for _ in range(2)]


async def register(server: Server, address: str, *, token: str = "", **changes: object) -> Reply:
    return await server.post(
        f"{server.fair_url}/candidates",
        a_form(**changes),
        token=token,
        headers={"X-Forwarded-For": address},
    )


async def flood(
    nodes: list[Server], many: int, address: Callable[[int], str], token: str = ""
) -> Counter[str]:
    told: Counter[str] = Counter()
    left = iter(range(many))

    async def go_on(server: Server) -> None:
        for index in left:
            reply = await register(server, address(index), token=token)
            told["taken in" if reply.status == 201 else reply.json["code"]] += 1

    await asyncio.gather(*(go_on(server) for server in nodes * 2))
    print(f"{many} registrations: {dict(told)}")
    return told


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(lambda _: "203.0.113.7", id="one address"),
        pytest.param(lambda index: f"2001:db8:7:7::{index:x}", id="one IPv6 network"),
    ],
)
async def test_one_address_is_slowed_and_nobody_else(
    nodes: list[Server], address: Callable[[int], str]
) -> None:
    told = await flood(nodes, FLOOD, address)
    # The machine may be slow: one more may come every two seconds.
    assert BURST <= told["taken in"] < FLOOD
    assert told["too_many_registrations"] == FLOOD - told["taken in"] > 0
    refused = await register(nodes[1], address(1))
    while refused.status == 201:
        refused = await register(nodes[1], address(1))
    assert (refused.status, refused.json["code"]) == (429, "too_many_registrations")
    assert 1 <= int(refused.headers["Retry-After"]) <= 2
    assert "giây" in refused.json["hint"]
    assert (await register(nodes[1], "203.0.113.8")).status == 201
    organiser = await nodes[0].organiser()
    control = await nodes[0].socket(organiser, ["control"])
    await control.until(lambda: control.cell("control", "alarm/registrations_flood/"))


async def test_a_hall_that_is_known_and_staff_who_are_signed_in_are_not_slowed(
    nodes: list[Server],
) -> None:
    hall = await flood(nodes, BURST + 5, lambda _: "198.51.100.9")
    assert hall == {"taken in": BURST + 5}
    organiser = await nodes[0].organiser()
    desk = await flood(nodes, BURST + 5, lambda _: "203.0.113.9", organiser.token)
    assert desk == {"taken in": BURST + 5}
    # A candidate's session makes no address known.
    person = await nodes[0].candidate()
    told = await flood(nodes, BURST + 15, lambda _: "203.0.113.10", person.token)
    assert told["too_many_registrations"] > 0


async def test_a_repeat_takes_nothing_and_a_wrong_form_neither(nodes: list[Server]) -> None:
    first = await register(nodes[0], "203.0.113.7", request_id="registration-of-a-flood")
    again = await asyncio.gather(
        *(register(node, "203.0.113.7", request_id="registration-of-a-flood") for node in nodes * 3)
    )
    assert {reply.json["candidate_id"] for reply in again} == {first.json["candidate_id"]}
    for _ in range(3):
        assert (await register(nodes[0], "203.0.113.7", sex="?")).status == 400
    ledger = nodes[1].node.ledger
    subject = ledger.tries.subject("address", "registration", "203.0.113.7")
    async with ledger._database.write() as connection:
        assert (await ledger.tries.held(connection, subject))[subject].tries == 1


async def test_a_fair_that_is_flooded_from_everywhere_refuses_nobody_and_says_so(
    nodes: list[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "FAIR_REGISTRATIONS", guessing.Budget(10, back_ms=60_000))
    told = await flood(nodes, 12, lambda index: f"203.0.113.{index}")
    assert told == {"taken in": 12}
    organiser = await nodes[0].organiser()
    control = await nodes[0].socket(organiser, ["control"])
    await control.until(lambda: control.cell("control", "alarm/registrations_flood/"))
    assert control.cell("control", "alarm/registrations_flood/")["count"] >= 11


async def test_who_signs_in_without_end_writes_no_record_without_end(
    nodes: list[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MOST_OF_ONE", 4)
    request_id = "registration-again-and-again"
    first = await nodes[0].candidate(request_id=request_id)
    newest = first
    for index in range(6):
        newest = await nodes[index % 2].candidate(request_id=request_id)
    links = {"token": first.ticket_link.partition("#t=")[2], "bearer": True}
    last = (await nodes[0].post("/api/sessions", links)).json["session_token"]
    kept = await nodes[0].node.ledger.own_data.sign_ins(first.candidate_id)
    assert len(kept) == 4
    assert [
        (await nodes[1].get("/api/session", token=token)).status
        for token in (first.token, newest.token, last)
    ] == [401, 200, 200]
