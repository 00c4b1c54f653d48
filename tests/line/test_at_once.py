"""Many clients in the same moment: repeats, races, and a pause that holds from its answer on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BUSY_TICKET, BoothMode
from fairserver.line.line import Actor, Line
from fairserver.line.store import open_store
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.events import BoothPlan, FairStateChanged, TicketCalled
from tests.conftest import TestValkey
from tests.line import situations as s
from tests.line.live import BOOTHS, ORGANISER, LiveFair, recruiter


@pytest.fixture
async def clients(valkey: TestValkey) -> AsyncIterator[list[Line]]:
    """Lines of six nodes, each with connections of its own."""
    stores = [open_store(valkey.address) for _ in range(6)]
    yield [Line(store) for store in stores]
    for store in stores:
        await store.aclose()


async def test_a_repeated_command_gives_the_first_answer_and_does_nothing(fair: LiveFair) -> None:
    await fair.candidate("c1")
    actor = Actor.candidate("c1")
    ask = {"candidate_id": "c1", "booth_id": "b1"}
    first = await fair.do("join", actor, command_id="k1", **ask)
    before = await fair.dump()
    again = await fair.do("join", actor, command_id="k1", **ask)
    assert again.repeated
    assert again == msgspec.structs.replace(first, repeated=True)
    assert await fair.dump() == before


async def test_a_repeat_gives_the_first_answer_even_when_the_world_has_moved_on(
    fair: LiveFair,
) -> None:
    ticket_id = await s.called(fair)
    actor = Actor.candidate("c1")
    first = await fair.do("accept", actor, command_id="k1", ticket_id=ticket_id)
    await fair.as_booth("finish", ticket_id, outcome="pending")
    again = await fair.do("accept", actor, command_id="k1", ticket_id=ticket_id)
    assert again == msgspec.structs.replace(first, repeated=True)


async def test_a_refusal_is_repeated_too(fair: LiveFair) -> None:
    ticket_id = await s.waiting(fair)
    actor = Actor.candidate("c1")
    for _ in range(2):
        with pytest.raises(Refused) as caught:
            await fair.do("accept", actor, command_id="k1", ticket_id=ticket_id)
        assert caught.value.code == Code.TICKET_WRONG_STATE
        assert caught.value.detail == {"state": "waiting"}
        if not (await fair.fold()).desks["b1-1"].is_working:
            await fair.open("b1-1")  # now it could be accepted, with another id


async def test_ids_of_different_clients_do_not_meet(fair: LiveFair) -> None:
    tickets = set()
    for candidate_id in ("c1", "c2"):
        await fair.candidate(candidate_id)
        answer = await fair.do(
            "join",
            Actor.candidate(candidate_id),
            command_id="k1",
            candidate_id=candidate_id,
            booth_id="b1",
        )
        tickets.add(answer.result["ticket_id"])
    assert len(tickets) == 2


async def test_a_command_sent_by_many_nodes_at_once_is_carried_out_once(
    fair: LiveFair, clients: list[Line]
) -> None:
    await fair.candidate("c1")
    ask = {"candidate_id": "c1", "booth_id": "b1"}
    answers = await asyncio.gather(
        *(
            line.run(fair.fair_id, "join", Actor.candidate("c1"), "k1", **ask)
            for line in clients * 4
        )
    )
    assert len({answer.result["ticket_id"] for answer in answers}) == 1
    assert (await fair.news(0)).count("ticket_issued") == 1


async def test_a_person_wanted_by_many_booths_at_once_is_called_by_one(
    fair: LiveFair, clients: list[Line]
) -> None:
    booths = [
        BoothPlan(booth_id=f"b{n}", mode=BoothMode.ONLINE, minutes=5, desks=[f"b{n}-1"])
        for n in range(1, 10)
    ]
    await fair.load(FairSettings(join_limit=9), booths)
    await fair.open()
    await fair.candidate("c1")
    for booth in booths:
        await fair.join("c1", booth.booth_id)
    await asyncio.gather(
        *(
            clients[n % 6].run(fair.fair_id, "open_desk", recruiter(b.booth_id), desk_id=b.desks[0])
            for n, b in enumerate(booths)
        )
    )
    tickets = (await fair.fold()).tickets.values()
    assert sum(ticket.state in BUSY_TICKET for ticket in tickets) == 1


async def test_desks_that_ask_at_once_never_get_the_same_person(
    fair: LiveFair, clients: list[Line]
) -> None:
    desks = [f"b1-{number}" for number in range(1, 21)]
    await fair.load(
        booths=[BoothPlan(booth_id="b1", mode=BoothMode.ONLINE, minutes=5, desks=desks)]
    )
    for number in range(15):
        await fair.come(f"c{number}", "b1")
    await fair.open()
    await asyncio.gather(
        *(
            clients[n % 6].run(fair.fair_id, "open_desk", recruiter("b1"), desk_id=desk_id)
            for n, desk_id in enumerate(desks)
        )
    )
    at_desks = [await fair.at_desk(desk_id) for desk_id in desks]
    called = [ticket_id for ticket_id in at_desks if ticket_id]
    assert len(called) == len(set(called)) == 15


async def test_accept_and_the_deadline_in_the_same_moment_have_one_winner(
    fair: LiveFair, clients: list[Line]
) -> None:
    ticket_id = await s.called(fair)
    await fair.pass_time(60)
    accept = clients[0].run(fair.fair_id, "accept", Actor.candidate("c1"), ticket_id=ticket_id)
    results = await asyncio.gather(
        *(line.fire_due(fair.fair_id) for line in clients[1:]), accept, return_exceptions=True
    )
    accepted = not isinstance(results[-1], BaseException)
    state = await fair.ticket_state(ticket_id)
    assert state == ("connecting" if accepted else "waiting")
    if not accepted:
        assert isinstance(results[-1], Refused)
        assert results[-1].code == Code.CALL_EXPIRED


async def test_after_the_answer_to_a_pause_nobody_is_called_until_the_fair_goes_on(
    fair: LiveFair, clients: list[Line]
) -> None:
    await fair.open("b1-1", "b1-2", "b2-1", "b3-1")
    for number in range(40):
        await fair.candidate(f"c{number}")

    async def join(number: int) -> None:
        actor = Actor.candidate(f"c{number}")
        ask = {"candidate_id": f"c{number}", "booth_id": BOOTHS[number % 3].booth_id}
        answer = await clients[number % 6].run(fair.fair_id, "join", actor, **ask)
        await clients[(number + 1) % 6].run(
            fair.fair_id, "leave", actor, ticket_id=answer.result["ticket_id"]
        )

    async def pause() -> int:
        return (await clients[0].run(fair.fair_id, "pause_fair", ORGANISER)).seq

    *_, paused = await asyncio.gather(*map(join, range(40)), pause())
    for number in range(40, 50):
        await fair.come(f"c{number}", "b1")
    await fair.wait(300)
    after = await fair.events(paused)
    assert not any(isinstance(event, TicketCalled) for event in after)
    await fair.do("open_fair", ORGANISER)
    going_on = await fair.events(paused + len(after))
    assert isinstance(going_on[0], FairStateChanged)
    await fair.seen(*[f"c{number}" for number in range(40, 50)])
    assert any(isinstance(event, TicketCalled) for event in await fair.events(paused))
