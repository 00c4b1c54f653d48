"""A booth's line as the control room reads it: by numbers, with what holds each ticket."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fairserver.domain.states import Role
from tests.web.guidance_fair import caught_up, joined
from tests.web.support import Person, Server


async def line(server: Server, person: Person, query: str = "") -> dict[str, Any]:
    """Read the line of booth 1."""
    await caught_up(server)
    path = f"{server.fair_url}/booths/b1/line{query}"
    reply = await server.get(path, token=person.token)
    assert reply.status == 200, reply.body
    answer: dict[str, Any] = reply.json
    return answer


async def test_the_line_is_in_order_with_what_holds_each_ticket(server: Server) -> None:
    _, _, talking = await joined(server, "b1")
    await server.open_fair()
    await server.live.desk("open_desk", "b1-1")
    await server.live.talk(talking)
    first, _, first_ticket = await joined(server, "b1")
    second, _, second_ticket = await joined(server, "b1")
    answer = await line(server, await server.organiser())
    assert (answer["booth_id"], answer["waiting"]) == ("b1", 2)
    at_desk, next_one, after = answer["tickets"]
    assert (at_desk["state"], at_desk["position"], at_desk["now"]) == ("interviewing", 0, "")
    assert (next_one["ticket_id"], next_one["number"]) == (first_ticket, first.number)
    assert (next_one["position"], next_one["now"], next_one["lane"]) == (1, "next", "ordinary")
    assert (after["ticket_id"], after["number"]) == (second_ticket, second.number)
    assert (after["position"], after["now"]) == (2, "people_ahead")


async def test_a_move_by_the_organiser_shows(server: Server) -> None:
    tickets = [(await joined(server, "b1"))[2] for _ in range(3)]
    person = await server.organiser()
    socket = await server.socket(person)
    await socket.do("move_ticket", ticket_id=tickets[2], before_ticket_id=tickets[0])
    shown = (await line(server, person))["tickets"]
    assert [t["ticket_id"] for t in shown] == [tickets[2], tickets[0], tickets[1]]
    assert [t["moved"] for t in shown] == [True, False, False]


async def test_one_number_can_be_asked_for(server: Server) -> None:
    await joined(server, "b1")
    second, _, ticket_id = await joined(server, "b1")
    organiser = await server.organiser()
    answer = await line(server, organiser, f"?number={second.number}")
    assert [t["ticket_id"] for t in answer["tickets"]] == [ticket_id]
    assert answer["waiting"] == 2
    assert (await line(server, organiser, "?number=99999"))["tickets"] == []


async def test_who_went_can_be_recalled_until_standing_in_the_line_again(server: Server) -> None:
    person, socket, ticket_id = await joined(server, "b1")
    organiser = await server.organiser()
    assert (await line(server, organiser))["gone"] == []
    await socket.do("leave", ticket_id=ticket_id)
    (gone,) = (await line(server, organiser))["gone"]
    assert (gone["ticket_id"], gone["number"], gone["state"]) == (ticket_id, person.number, "left")
    staff = await server.socket(organiser)
    again = (await staff.do("recall", ticket_id=ticket_id))["ticket_id"]
    answer = await line(server, organiser)
    assert answer["gone"] == []
    assert [(t["ticket_id"], t["lane"]) for t in answer["tickets"]] == [(again, "recall")]


async def test_only_the_control_room_reads_it(server: Server) -> None:
    person, _, _ = await joined(server, "b1")
    await caught_up(server)
    path = f"{server.fair_url}/booths/b1/line"
    for reader in (await server.organiser(), await server.staff(Role.SUPPORT)):
        reply = await server.get(path, token=reader.token)
        assert reply.status == 200, reader.role
        assert person.candidate_id not in json.dumps(reply.json)
        assert reply.headers["Cache-Control"] == "no-store"
    for reader in (person, await server.recruiter("b1"), await server.recruiter("b2")):
        reply = await server.get(path, token=reader.token)
        assert (reply.status, reply.json["code"]) == (403, "not_permitted"), reader.role
    assert (await server.get(path)).json["code"] == "not_signed_in"


@pytest.mark.parametrize("number", ["one", "-1", "1.5", "٣", "1" * 10])
async def test_what_is_no_number_is_named(server: Server, number: str) -> None:
    organiser = await server.organiser()
    path = f"{server.fair_url}/booths/b1/line?number={number}"
    reply = await server.get(path, token=organiser.token)
    assert (reply.status, reply.json["code"]) == (400, "field_wrong")
    assert reply.json["detail"]["field"] == "number"


async def test_a_booth_that_is_none_is_unknown(server: Server) -> None:
    organiser = await server.organiser()
    reply = await server.get(f"{server.fair_url}/booths/b9/line", token=organiser.token)
    assert (reply.status, reply.json["code"]) == (404, "booth_unknown")
