"""The client and the robots against the real server: web, live line, events and ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from booth_client import (
    CommandError,
    ConnectionEnded,
    FairClient,
    SignInError,
    open_session,
)
from booth_client.robots.behaviour import Behaviour, CandidateBehaviour, Delay, RecruiterBehaviour
from booth_client.robots.crowd import Crowd, CrowdPlan
from booth_client.robots.roster import StaffDesks, load_roster
from fairserver.domain.states import DeskState, Role
from fairserver.protocol.commands import Accept, CallNext, Join, OpenDesk, PauseDesk
from fairserver.protocol.views import BoothTicketCell, DeskCell, OwnTicketCell, TotalsCell
from tests.booth_client.real import FAIR_ID, PATIENCE_S, RealServer

# A server that stops cuts requests short, and aiosqlite complains of a connection that was
# just being opened for one; the process would end here.
pytestmark = pytest.mark.filterwarnings("ignore:.*deleted before being closed:ResourceWarning")

#: A hundred times faster than people, restless, and nobody misses a call.
HASTY = Behaviour(
    time_factor=0.01,
    candidate=CandidateBehaviour(
        arrive_over_s=20,
        miss_call=0,
        interviews=(1, 2),
        whim=Delay(40, 10, 90),
        stay=Delay(3000, 3000, 3000),
    ),
    recruiter=RecruiterBehaviour(pause_for=Delay(20, 20, 20)),
)


async def test_a_recruiters_program_calls_a_candidates_program(server: RealServer) -> None:
    booth = await server.client(await server.invite(Role.RECRUITER, "b1"), "booth")
    phone = await server.candidate("Nguyễn Thị Lan")
    async with booth, phone:
        await booth.send(OpenDesk(id=booth.new_id(), desk_id="b1-1"))
        await phone.send(Join(id=phone.new_id(), booth_id="b1"))
        ticket = await phone.wait_for(called_ticket, PATIENCE_S)
        await phone.send(Accept(id=phone.new_id(), ticket_id=ticket.ticket_id))
        await booth.wait_for(desk_is("b1-1", DeskState.CONNECTING), PATIENCE_S)
        seen = booth.find("booth", f"ticket/{ticket.ticket_id}", BoothTicketCell)
        assert seen is not None
        assert seen.number == 1
        assert booth.unreadable == phone.unreadable == 0


async def test_a_repeated_command_gets_its_first_answer(server: RealServer) -> None:
    phone = await server.candidate("Trần Văn An")
    async with phone:
        first = await phone.send(Join(id="same", booth_id="b1"))
        assert await phone.send(Join(id="same", booth_id="b1")) == first
        with pytest.raises(CommandError) as refused:
            await phone.send(Join(id="other", booth_id="b1"))
        assert refused.value.code == "already_in_line"


async def test_who_is_not_known_is_not_let_in(server: RealServer) -> None:
    with pytest.raises(SignInError) as refused:
        await open_session(server.url, "not-a-token")
    assert refused.value.code == "link_unknown"
    with pytest.raises(ConnectionEnded) as ended:
        async with FairClient(server.url, FAIR_ID, "not-a-session"):
            pass
    assert ended.value.close_code == 4401
    with pytest.raises(ConnectionEnded) as ended:
        async with FairClient(server.url, "no-such-fair", "not-a-session"):
            pass
    assert ended.value.close_code == 404


async def test_a_command_waits_for_a_server_that_restarts(server: RealServer) -> None:
    booth = await server.client(await server.invite(Role.RECRUITER, "b1"), "booth")
    async with booth:
        await booth.send(OpenDesk(id=booth.new_id(), desk_id="b1-1"))
        await server.stop()
        await booth.wait_for(lambda client: not client.connected, PATIENCE_S)
        pausing = asyncio.create_task(booth.send(PauseDesk(id="pause", desk_id="b1-1")))
        await server.start()
        await asyncio.wait_for(pausing, PATIENCE_S)
        await booth.wait_for(desk_is("b1-1", DeskState.PAUSED), PATIENCE_S)
        await booth.send(CallNext(id="next", desk_id="b1-1"), PATIENCE_S)


async def test_robots_keep_a_fair_busy_and_every_view_agrees(
    server: RealServer, tmp_path: Path, until: Callable[[Callable[[], object]], Awaitable[None]]
) -> None:
    crowd = Crowd(await crowd_plan(server, roster=tmp_path / "roster.json"))
    stop = asyncio.Event()
    watching = await server.client(await server.invite(Role.RECRUITER, "b1"), "booth")
    async with watching:
        playing = asyncio.create_task(crowd.run(stop))
        await until(lambda: crowd.tally.finished >= 15 and crowd.tally.cuts >= 5)
        stop.set()
        await asyncio.wait_for(playing, PATIENCE_S)
        fresh = await server.client(await server.invite(Role.RECRUITER, "b1"), "booth")
        async with fresh:
            await until(lambda: dict(watching.cells("booth")) == dict(fresh.cells("booth")))
    assert crowd.tally.failed == 0
    assert crowd.tally.present == crowd.tally.desks == 0
    control = await server.client(await server.invite(Role.ORGANISER, None), "control")
    async with control:
        totals = control.find("control", "totals", TotalsCell)
        assert totals is not None
        # A robot may be stopped between what it asked for and the answer.
        # An interview that ends in a hand-over was held too; a colleague's robot counts it.
        ended = crowd.tally.finished + crowd.tally.handed_over
        assert abs(totals.interviews - ended) <= 2
        assert 0 <= totals.registered - crowd.tally.registered <= crowd.plan.candidates


async def test_robots_survive_a_restart_of_the_server_and_of_their_own(
    server: RealServer, tmp_path: Path, until: Callable[[Callable[[], object]], Awaitable[None]]
) -> None:
    roster = tmp_path / "roster.json"
    plan = await crowd_plan(server, roster=roster)
    first = await play_until(Crowd(plan), until, server, restart=True)
    assert first.tally.failed == 0
    kept = len(load_roster(roster, FAIR_ID).seats)
    assert kept > 0
    second = await play_until(Crowd(plan), until, server, restart=False)
    assert second.tally.failed == 0
    assert not second.tally.refused["not_signed_in"]


async def test_robots_leave_excluded_booths_alone(
    server: RealServer, until: Callable[[Callable[[], object]], Awaitable[None]]
) -> None:
    crowd = Crowd(await crowd_plan(server, excluded=frozenset({"b1"})))
    stop = asyncio.Event()
    playing = asyncio.create_task(crowd.run(stop))
    await until(lambda: crowd.tally.finished >= 3)
    stop.set()
    await playing
    fair = server.node.fairs[FAIR_ID].feed.projection
    assert {ticket.booth_id for ticket in fair.tickets.values()} == {"b2"}
    assert fair.desks["b1-1"].state is DeskState.CLOSED


async def crowd_plan(
    server: RealServer, *, excluded: frozenset[str] = frozenset(), roster: Path | None = None
) -> CrowdPlan:
    """Return a plan with six candidates and recruiters at both booths of the small fair."""
    staff = [
        StaffDesks(
            token=await server.invite(Role.RECRUITER, booth_id),
            booth_id=booth_id,
            desk_ids=[f"{booth_id}-1"],
        )
        for booth_id in ("b1", "b2")
    ]
    return CrowdPlan(
        base_url=server.url,
        fair_id=FAIR_ID,
        candidates=6,
        staff=staff,
        excluded=excluded,
        behaviour=HASTY,
        roster=roster,
    )


async def play_until(
    crowd: Crowd,
    until: Callable[[Callable[[], object]], Awaitable[None]],
    server: RealServer,
    *,
    restart: bool,
) -> Crowd:
    """Let a crowd play for some interviews, the server restarting in the middle if asked."""
    stop = asyncio.Event()
    playing = asyncio.create_task(crowd.run(stop))
    await until(lambda: crowd.tally.finished >= 3)
    if restart:
        await server.stop()
        await server.start()
    done = crowd.tally.finished
    await until(lambda: crowd.tally.finished >= done + 3)
    stop.set()
    await playing
    return crowd


def called_ticket(client: FairClient) -> OwnTicketCell | None:
    """Return the ticket that is called."""
    tickets = client.cells_of("me", OwnTicketCell)
    return next((ticket for ticket in tickets if ticket.state == "called"), None)


def desk_is(desk_id: str, state: DeskState) -> Callable[[FairClient], bool]:
    """Return the question whether a desk is in a state."""

    def check(client: FairClient) -> bool:
        desk = client.find("booth", f"desk/{desk_id}", DeskCell)
        return desk is not None and desk.state is state

    return check
