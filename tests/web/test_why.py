"""Why am I still waiting: the true hindrance in every state, overtakes, and who may ask."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import Role
from tests.line.live import ORGANISER
from tests.web.guidance_fair import caught_up, joined, stranger
from tests.web.support import PATIENT, Person, Server

Until = Callable[[Callable[[], object]], Awaitable[None]]


async def why(server: Server, person: Person, ticket_id: str) -> dict[str, Any]:
    """Ask why a ticket still waits."""
    await caught_up(server)
    path = f"{server.fair_url}/tickets/{ticket_id}/why"
    reply = await server.get(path, token=person.token)
    assert reply.status == 200, reply.body
    answer: dict[str, Any] = reply.json
    return answer


async def change_rules(server: Server, **changes: Any) -> None:
    """Change the fair's rules."""
    rules = FairSettings(**{**PATIENT, **changes})
    await server.live.do(
        "change_settings", ORGANISER, settings_json=json.dumps(rules_of(rules)), ends_at=None
    )


def rules_of(settings: FairSettings) -> dict[str, Any]:
    """Give the rules as plain values."""
    return {name: getattr(settings, name) for name in settings.__struct_fields__}


# --- what holds a ticket ------------------------------------------------------------------------


async def test_the_fair_the_booth_and_its_desks_are_named_before_the_person(
    server: Server,
) -> None:
    person, _, ticket_id = await joined(server, "b1")
    assert (await why(server, person, ticket_id))["now"] == "fair_not_open"
    await server.open_fair()
    assert (await why(server, person, ticket_id))["now"] == "no_recruiter"
    recruiter = await server.socket(await server.recruiter())
    await recruiter.do("pause_booth", booth_id="b1")
    assert (await why(server, person, ticket_id))["now"] == "booth_paused"
    await recruiter.do("open_desk", desk_id="b1-1")
    await recruiter.do("pause_desk", desk_id="b1-1")
    await recruiter.do("resume_booth", booth_id="b1")
    assert (await why(server, person, ticket_id))["now"] == "desks_paused"


async def test_somebody_busy_elsewhere_hears_where_and_since_when(server: Server) -> None:
    person, socket, ticket_id = await joined(server, "b1")
    await server.open_fair()
    await server.live.desk("open_desk", "b3-1")
    await socket.do("join", booth_id="b3")
    # Called to booth 3, so booth 1 may open and finds nobody.
    await server.live.desk("open_desk", "b1-1")
    answer = await why(server, person, ticket_id)
    assert (answer["now"], answer["busy_booth_id"]) == ("busy_elsewhere", "b3")
    called = server.node.fairs[server.fair_id].feed.projection.tickets["t2"]
    assert answer["busy_since"] == called.since


async def test_somebody_on_deck_elsewhere_is_told_so(server: Server) -> None:
    await change_rules(server, deck_moment_pct=0)
    _, _, first = await joined(server, "b1")
    await server.open_fair()
    await server.live.desk("open_desk", "b1-1")
    await server.live.talk(first)
    person, socket, on_deck = await joined(server, "b1")
    await caught_up(server)
    tickets = server.node.fairs[server.fair_id].feed.projection.tickets
    assert tickets[on_deck].state == "on_deck"
    await server.live.desk("open_desk", "b2-1")
    kept = (await socket.do("join", booth_id="b2"))["ticket_id"]
    answer = await why(server, person, kept)
    assert (answer["now"], answer["busy_booth_id"]) == ("on_deck_elsewhere", "b1")
    held = await why(server, person, on_deck)
    assert (held["state"], held["now"], held["on_deck"]) == ("on_deck", "", 1)


async def test_somebody_who_went_away_is_away(server: Server, until: Until) -> None:
    person, socket, ticket_id = await joined(server, "b1")
    await change_rules(server, presence_s=15)
    await server.open_fair()
    await server.live.do("pause_booth", ORGANISER, booth_id="b1")
    await server.live.desk("open_desk", "b1-1")
    await socket.close()
    await server.live.line.seen(server.fair_id, [person.candidate_id])
    projection = server.node.fairs[server.fair_id].feed.projection
    await server.live.set_clock(projection.at + 60_000)
    await server.live.fire()
    await until(lambda: not projection.candidates[person.candidate_id].present)
    await server.live.do("resume_booth", ORGANISER, booth_id="b1")
    assert (await why(server, person, ticket_id))["now"] == "away"


async def test_a_missed_call_rests_then_people_are_ahead_then_one_is_next(
    server: Server,
) -> None:
    await change_rules(server, missed_rest_s=600)
    person, _, ticket_id = await joined(server, "b1")
    await server.open_fair()
    await server.live.desk("open_desk", "b1-1")
    await server.live.miss(ticket_id)
    answer = await why(server, person, ticket_id)
    assert answer["now"] == "resting"
    _, _, talking = await joined(server, "b1")
    await server.live.talk(talking)
    next_person, _, next_ticket = await joined(server, "b1")
    last_person, _, last_ticket = await joined(server, "b1")
    assert (await why(server, next_person, next_ticket))["ahead"] == 1  # the one who rests
    answer = await why(server, last_person, last_ticket)
    assert (answer["now"], answer["ahead"]) == ("people_ahead", 2)


async def test_the_first_who_could_be_called_is_next(server: Server) -> None:
    _, _, talking = await joined(server, "b1")
    await server.open_fair()
    await server.live.desk("open_desk", "b1-1")
    await server.live.talk(talking)
    person, _, ticket_id = await joined(server, "b1")
    answer = await why(server, person, ticket_id)
    assert (answer["now"], answer["ahead"], answer["number"]) == ("next", 0, person.number)


async def test_who_was_called_before_is_told_by_category_only(server: Server) -> None:
    held, socket, kept = await joined(server, "b1")
    await server.open_fair()
    await server.live.desk("open_desk", "b3-1")
    await socket.do("join", booth_id="b3")
    other, _, _ = await joined(server, "b1")
    await server.live.desk("open_desk", "b1-1")
    answer = await why(server, held, kept)
    assert answer["overtaken"] == {"busy_elsewhere": 1}
    assert other.candidate_id not in json.dumps(answer)
    assert set(answer) == {
        "ticket_id", "booth_id", "number", "state", "issued_at", "now", "busy_booth_id",
        "busy_since", "ahead", "on_deck", "overtaken",
    }  # fmt: skip


async def test_a_turn_that_is_over_is_held_by_nothing(server: Server) -> None:
    person, socket, ticket_id = await joined(server, "b1")
    await socket.do("leave", ticket_id=ticket_id)
    answer = await why(server, person, ticket_id)
    assert (answer["state"], answer["now"], answer["ahead"]) == ("left", "", 0)


# --- who may ask --------------------------------------------------------------------------------


async def test_only_its_owner_its_booth_and_the_control_room_may_ask(server: Server) -> None:
    owner, _, ticket_id = await joined(server, "b1")
    await caught_up(server)
    path = f"{server.fair_url}/tickets/{ticket_id}/why"
    may = [owner, await server.recruiter("b1"), await server.organiser()]
    may.append(await server.staff(Role.SUPPORT))
    for person in may:
        assert (await server.get(path, token=person.token)).status == 200, person.role
    for person in (await server.candidate(), await server.recruiter("b2")):
        reply = await server.get(path, token=person.token)
        assert (reply.status, reply.json["code"]) == (404, "ticket_unknown"), person.role
    assert (await server.get(path)).json["code"] == "not_signed_in"
    reply = await server.get(path, token=await stranger(server))  # of another fair
    assert (reply.status, reply.json["code"]) == (403, "not_permitted")


@pytest.mark.parametrize("ticket_id", ["t999", "nothing", "t1%00", "%20"])
async def test_a_ticket_that_is_none_is_unknown(server: Server, ticket_id: str) -> None:
    organiser = await server.organiser()
    path = f"{server.fair_url}/tickets/{ticket_id}/why"
    reply = await server.get(path, token=organiser.token)
    assert (reply.status, reply.json["code"]) == (404, "ticket_unknown")
