"""The transitions move tickets and desks along the tables of ``domain/states.py``, every pair."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import TICKET_MOVES, DeskState, TicketState
from fairserver.events.projection import Projection
from fairserver.line.line import Actor
from fairserver.protocol.errors import Code, Refused
from tests.line.checker import Checker
from tests.line.live import CANDIDATE_PEER, DESK_PEER, ORGANISER, LiveFair, recruiter
from tests.line.situations import DESKS, SHOWN, TICKETS

NO_DECK = msgspec.json.encode(FairSettings(deck_per_desk=0)).decode()
C1, B1 = Actor.candidate("c1"), recruiter("b1")

#: Everything that can be tried on c1's ticket at b1: transition, who, what else.
TRIES: list[tuple[str, Actor, dict[str, Any]]] = [
    ("leave", C1, {}),
    ("accept", C1, {}),
    ("more_time", C1, {}),
    ("mark_missed", ORGANISER, {}),
    ("start", B1, {}),
    ("finish", B1, {"outcome": "hired"}),
    ("record_outcome", B1, {"outcome": "shortlisted"}),
    ("publish_result", B1, {"published": True}),
    ("note_second_interview", B1, {"state": "offered", "starts_at": 1, "sequence": 0}),
    ("rate_advice", C1, {"passed": True}),
    ("record_answers", C1, {"side": "candidate", "answered": 1}),
    ("record_answers", B1, {"side": "desk", "answered": 1}),
    ("show_profile", C1, {"candidate_id": "c1", "booth_id": "b1", "shown": True}),
    ("read_profiles", B1, {"ticket_ids": ["t1"]}),
    ("change_profile", C1, {"candidate_id": "c1", "withdrawn": True}),
    ("enter_room", C1, {"peer": CANDIDATE_PEER}),
    ("enter_room", B1, {"peer": DESK_PEER}),
    ("report_room", C1, {"peer": CANDIDATE_PEER, "state": "lost"}),
    ("report_room", B1, {"peer": DESK_PEER, "state": "connected"}),
    ("ready", C1, {}),
    ("not_now", C1, {}),
    ("choose_way", C1, {"candidate_id": "c1", "way": "phone"}),
    ("offer_hand_over", B1, {"to_booth_id": "b3"}),
    ("answer_hand_over", C1, {"agree": True}),
    ("answer_hand_over", C1, {"agree": False}),
    ("invite_guest", B1, {"guest_id": "s-guest", "role": "listener"}),
    ("answer_guest", C1, {"agree": True}),
    ("answer_guest", C1, {"agree": False}),
    ("remove_guest", B1, {}),
    ("enter_leg", C1, {"leg": "guest_candidate", "peer": CANDIDATE_PEER}),
    ("report_leg", B1, {"leg": "desk_guest", "peer": "peer-desk_guest", "state": "lost"}),
    ("ask_recording", B1, {"peer": DESK_PEER, **SHOWN}),
    ("answer_recording", C1, {"recording_id": "r1", "agree": False, **SHOWN}),
    ("withdraw_recording", B1, {}),
    ("recall", ORGANISER, {}),
    ("call_next", B1, {"desk_id": "b1-1"}),
    ("close_desk", B1, {"desk_id": "b1-1"}),
    ("pause_booth", B1, {"booth_id": "b1"}),
    ("change_settings", ORGANISER, {"settings_json": NO_DECK}),
    ("close_fair", ORGANISER, {}),
    ("open_fair", ORGANISER, {}),
]

REACHABLE = {(was, now) for was, moves in TICKET_MOVES.items() for now in moves}


async def moves_of(fair: LiveFair, ticket_id: str) -> list[tuple[TicketState, TicketState]]:
    """The states that a ticket went through, event by event."""
    projection, states = Projection(fair.fair_id), []
    for event in await fair.events():
        projection.apply(event)
        if ticket_id in projection.tickets:
            states.append(projection.tickets[ticket_id].state)
    return [(was, now) for was, now in pairwise(states) if was is not now]


async def test_every_transition_in_every_state_moves_a_ticket_along_the_table_or_is_refused(
    store: Redis, fair_id: str
) -> None:
    seen: set[tuple[TicketState, TicketState]] = set()
    for number, (situation, make) in enumerate(TICKETS.items()):
        for at, (name, actor, args) in enumerate([*TRIES, ("fire_due", ORGANISER, {})]):
            fair = LiveFair(store, f"{fair_id}-{number}-{at}")
            await fair.load()
            ticket_id = await make(fair)
            before = await fair.dump()
            try:
                if name == "fire_due":
                    await fair.wait(40)
                    await fair.seen("c1")
                    await fair.wait(3600)
                else:
                    await fair.do(name, actor, ticket_id=ticket_id, **args)
            except Refused:
                assert await fair.dump() == before, f"{name} refused while {situation}"
                continue
            seen |= set(await moves_of(fair, ticket_id))
            await Checker(fair).check()
    assert seen == REACHABLE


#: From each desk state, what each command leads to: a state, or the code of the refusal.
DESK_TABLE: dict[str, dict[str, str]] = {
    "closed": {
        "open_desk": "ready",
        "call_next": "desk_wrong_state",
        "pause_desk": "desk_wrong_state",
        "close_desk": "closed",
    },
    "ready": {
        "open_desk": "ready",
        "call_next": "ready",
        "pause_desk": "paused",
        "close_desk": "closed",
    },
    "calling": dict.fromkeys(["open_desk", "call_next", "pause_desk", "close_desk"], "desk_busy"),
    "connecting": dict.fromkeys(
        ["open_desk", "call_next", "pause_desk", "close_desk"], "desk_busy"
    ),
    "interviewing": dict.fromkeys(
        ["open_desk", "call_next", "pause_desk", "close_desk"], "desk_busy"
    ),
    "wrap_up": {
        "open_desk": "desk_wrong_state",
        "call_next": "ready",
        "pause_desk": "paused",
        "close_desk": "closed",
    },
    "paused": {
        "open_desk": "ready",
        "call_next": "ready",
        "pause_desk": "paused",
        "close_desk": "closed",
    },
}


def test_the_table_of_desks_names_every_state() -> None:
    assert set(DESK_TABLE) == set(DeskState) == set(DESKS)


@pytest.mark.parametrize("state", DESK_TABLE)
async def test_every_command_in_every_desk_state_does_what_the_table_says(
    store: Redis, fair_id: str, state: str
) -> None:
    for name, right in DESK_TABLE[state].items():
        fair = LiveFair(store, f"{fair_id}-{name.replace('_', '-')}")
        await fair.load()
        await DESKS[state](fair)
        assert await fair.desk_state("b1-1") == state
        if right in set(Code):
            detail = await fair.refused(Code(right), name, B1, desk_id="b1-1")
            assert detail == {"state": state}
        else:
            seq = await fair.seq()
            await fair.desk(name, "b1-1")
            assert await fair.desk_state("b1-1") == right
            assert (await fair.seq() > seq) == (right != state)
        await Checker(fair).check()


@pytest.mark.parametrize("state", ["preparing", "open", "paused", "closed"])
async def test_every_command_in_every_state_of_the_fair(
    store: Redis, fair_id: str, state: str
) -> None:
    table = {
        "open_fair": {"preparing": "open", "paused": "open"},
        "pause_fair": {"open": "paused"},
        "close_fair": {"preparing": "closed", "open": "closed", "paused": "closed"},
    }
    steps = {
        "preparing": [],
        "open": ["open_fair"],
        "paused": ["open_fair", "pause_fair"],
        "closed": ["close_fair"],
    }
    for name, leads_to in table.items():
        fair = LiveFair(store, f"{fair_id}-{name.replace('_', '-')}")
        await fair.load()
        for step in steps[state]:
            await fair.do(step, ORGANISER)
        if state in leads_to:
            await fair.do(name, ORGANISER)
            assert (await fair.fold()).state == leads_to[state]
        else:
            detail = await fair.refused(Code.FAIR_WRONG_STATE, name, ORGANISER)
            assert detail == {"state": state}


async def test_a_closed_fair_takes_nobody_in(fair: LiveFair) -> None:
    await fair.do("close_fair", ORGANISER)
    with suppress(Refused):
        await fair.candidate("c1")
    assert await fair.record("candidate", "c1") == {}
