"""Ways to an interview without a camera, over real sockets: the number and its consent."""

from __future__ import annotations

import io
from typing import Any

import segno

from fairserver.domain.states import Role
from fairserver.ledger import Channel, Purpose
from tests.web.support import Meeting, Server


async def number_at_the_booth(meeting: Meeting) -> str | None:
    """The telephone number as the recruiter reads it now."""
    server = meeting.server
    path = f"{server.fair_url}/tickets/{meeting.ticket_id}/person"
    reply = await server.get(path, token=meeting.recruiter_person.token)
    assert reply.status == 200, reply.body
    phone: str | None = reply.json["phone"]
    return phone


def way_at_the_booth(meeting: Meeting) -> Any:
    """The way as the recruiter's page holds it."""
    return meeting.recruiter.cell("booth", meeting.key)["way"]


async def test_the_number_is_the_recruiters_from_the_answer_to_the_end_of_the_call(
    server: Server,
) -> None:
    meeting = await server.meeting()
    assert await meeting.candidate.refused("choose_way", way="phone") == "phone_not_agreed"
    assert await number_at_the_booth(meeting) is None
    await meeting.candidate.do("choose_way", way="phone", agree=True)
    await meeting.recruiter.until(lambda: way_at_the_booth(meeting) == "phone")
    assert await number_at_the_booth(meeting) is None, "the call is not answered yet"
    await meeting.candidate.do("accept", ticket_id=meeting.ticket_id)
    await meeting.sees("connecting")
    assert await number_at_the_booth(meeting) == "+84912345678"
    await meeting.recruiter.do("start", ticket_id=meeting.ticket_id)
    await meeting.sees("interviewing")
    assert await number_at_the_booth(meeting) == "+84912345678"
    people = server.node.ledger.people
    await meeting.candidate.do("choose_way", way="audio")
    assert await number_at_the_booth(meeting) is None
    said = await people.consents(meeting.person.candidate_id)
    calls = [(row.given, row.channel) for row in said if row.purpose is Purpose.PHONE_CALL]
    assert calls == [(True, Channel.OWN_TAP), (False, Channel.OWN_TAP)]


async def test_who_came_without_a_number_gives_one_for_the_call(server: Server) -> None:
    person = await server.candidate(phone=None)
    socket = await server.socket(person, ["me"])
    answer = await socket.ask("choose_way", way="phone", agree=True)
    assert answer["detail"]["fields"][0]["problem"] == "needed"
    answer = await socket.ask("choose_way", way="phone", agree=True, phone="12")
    assert answer["detail"]["fields"][0]["problem"] == "not_a_mobile"
    assert socket.cell("me", "me")["way"] == "video"
    await socket.do("choose_way", way="phone", agree=True, phone="0987 654 321")
    await socket.until(lambda: socket.cell("me", "me")["way"] == "phone")
    assert (await server.node.ledger.people.get(person.candidate_id)).phone == "+84987654321"


async def test_an_organiser_reads_the_consent_aloud_and_says_so(server: Server) -> None:
    person = await server.candidate()
    organiser = await server.socket(await server.organiser(), ["control"])
    chosen = {"way": "phone", "agree": True, "candidate_id": person.candidate_id}
    await organiser.do("choose_way", **chosen)
    said = await server.node.ledger.people.consents(person.candidate_id)
    assert said[-1].purpose is Purpose.PHONE_CALL
    assert said[-1].channel is Channel.STAFF
    assert said[-1].recorded_by.startswith("staff:")


async def test_a_candidate_gets_the_own_link_again_as_text_and_as_a_code(server: Server) -> None:
    person = await server.candidate()
    reply = await server.get(f"{server.fair_url}/own_link", token=person.token)
    own = {"url": f"{server.base_url}{person.ticket_link}", "phone_end": "678"}
    assert reply.json == {**own, "code": person.code}
    code = await server.get(f"{server.fair_url}/own_link.svg", token=person.token)
    assert code.headers["Content-Type"] == "image/svg+xml"
    assert code.headers["Cache-Control"] == "no-store"
    drawn = io.BytesIO()
    segno.make_qr(reply.json["url"], error="m").save(
        drawn, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False
    )
    assert code.body == drawn.getvalue()
    for path in ("own_link", "own_link.svg"):
        for role in (Role.RECRUITER, Role.ORGANISER, Role.SUPPORT):
            other = await server.staff(role, "b1" if role is Role.RECRUITER else None)
            reply = await server.get(f"{server.fair_url}/{path}", token=other.token)
            assert (reply.status, reply.json["code"]) == (403, "not_permitted")
        assert (await server.get(f"{server.fair_url}/{path}")).status == 401
