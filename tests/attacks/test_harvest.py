"""A booth that calls, reads and lets go: what it gets, what it costs people, who sees it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from fairserver import security
from tests.web.support import Meeting, Person, Server, Servers, Socket

#: So many people a desk may read ahead of talking with them.
READ_AHEAD = 10


async def booth_view(server: Server) -> tuple[Person, Socket]:
    recruiter = await server.recruiter("b2")
    desk = await server.socket(recruiter, ["booth"])
    return recruiter, desk


async def crowd(server: Server, count: int) -> list[str]:
    """Let people who show themselves stand in b2's line; gives their tickets."""
    tickets = []
    for _ in range(count):
        person, page = await server.newcomer()
        said = {"booth_id": "b2", "show_profile": True}
        tickets.append(str((await page.do("join", **said))["ticket_id"]))
        del person
    return tickets


async def read(server: Server, recruiter: Person, ticket_id: str) -> Any:
    path = f"{server.fair_url}/tickets/{ticket_id}/person"
    return (await server.get(path, token=recruiter.token)).json


async def next_one(server: Server, desk: Socket, ticket_id: str) -> None:
    """Have the called person answer; the recruiter begins at once, and not before."""
    key = f"ticket/{ticket_id}"
    await desk.until(lambda: desk.cell("booth", key).get("state") == "called")
    assert await desk.refused("start", ticket_id=ticket_id) == "ticket_wrong_state"
    await server.live.as_owner("accept", ticket_id)
    await desk.do("start", ticket_id=ticket_id)
    await desk.until(lambda: desk.cell("booth", key).get("state") == "interviewing")


async def let_go(desk: Socket, ticket_id: str) -> None:
    await desk.do("finish", ticket_id=ticket_id)
    await desk.do("call_next", desk_id="b2-1")


async def test_calling_reading_and_letting_go_ends_after_ten_names(servers: Servers) -> None:
    server, other = await servers.start(), await servers.start()
    await server.live.set_clock(int(time.time() * 1000))
    await server.open_fair()
    tickets = await crowd(server, READ_AHEAD + 3)
    control = await other.socket(await other.organiser(), ["control"])
    recruiter, desk = await booth_view(server)
    await desk.do("open_desk", desk_id="b2-1")
    got: list[Any] = []
    for ticket_id in tickets[:-1]:
        await next_one(server, desk, ticket_id)
        got.append(await read(server if len(got) % 2 else other, recruiter, ticket_id))
        await let_go(desk, ticket_id)
    assert [bool(one.get("full_name")) for one in got] == [True] * READ_AHEAD + [False] * 2
    assert got[-1]["code"] == "profiles_wait"

    # The files and the employer's own system get no more than the page did.
    listed = await server.get(f"{server.fair_url}/people-met", token=recruiter.token)
    named = [one for one in listed.json["people"] if one["person"]]
    assert (len(listed.json["people"]), len(named)) == (READ_AHEAD + 2, READ_AHEAD)
    made = await server.post(f"{server.fair_url}/keys", {"name": "ATS"}, token=recruiter.token)
    page = await server.get("/api/v1/people", token=made.json["token"])
    assert sum(one["person"] is not None for one in page.json["people"]) == READ_AHEAD

    # The control room sees a booth that reads and does not talk.
    await control.until(lambda: control.cell("control", "alarm/people_read/b2"))
    tile = control.cell("control", "booth/b2")
    assert (tile["called"], tile["read"], tile["talked"]) == (READ_AHEAD + 3, READ_AHEAD, 0)

    # Somebody who is talked with for a minute is named.
    await next_one(server, desk, tickets[-1])
    assert (await read(server, recruiter, tickets[-1]))["code"] == "profiles_wait"
    await server.live.pass_time(61)
    assert (await read(server, recruiter, tickets[-1]))["full_name"] == "Nguyễn Thị Hoà"
    await let_go(desk, tickets[-1])
    await control.until(lambda: control.cell("control", "booth/b2")["talked"] == 1)


async def test_honest_talks_leave_room_for_more(server: Server) -> None:
    await server.live.set_clock(int(time.time() * 1000))
    await server.open_fair()
    tickets = await crowd(server, READ_AHEAD + 2)
    recruiter, desk = await booth_view(server)
    await desk.do("open_desk", desk_id="b2-1")
    for ticket_id in tickets:
        await next_one(server, desk, ticket_id)
        assert (await read(server, recruiter, ticket_id)).get("full_name")
        await server.live.pass_time(61)
        await let_go(desk, ticket_id)


async def test_the_name_comes_with_the_person_not_with_the_call(server: Server) -> None:
    meeting = await server.meeting()
    seen = await read(server, meeting.recruiter_person, meeting.ticket_id)
    assert {name for name, value in seen.items() if value is not None} == {"wish"}
    await meeting.candidate.do("accept", ticket_id=meeting.ticket_id)
    await meeting.sees("connecting")
    seen = await read(server, meeting.recruiter_person, meeting.ticket_id)
    assert seen["full_name"] == "Nguyễn Thị Hoà"


async def test_nobody_is_marked_as_missed_at_once(server: Server) -> None:
    await server.live.set_clock(int(time.time() * 1000))
    meeting = await server.meeting()
    ticket = {"ticket_id": meeting.ticket_id}
    refused = await meeting.recruiter.ask("mark_missed", **ticket)
    assert (refused["code"], refused["detail"]["seconds"]) == ("missed_too_early", 30)
    await server.live.pass_time(29)
    assert await meeting.recruiter.refused("mark_missed", **ticket) == "missed_too_early"
    await server.live.pass_time(1)
    await meeting.recruiter.do("mark_missed", **ticket)
    assert (await server.live.record("ticket", meeting.ticket_id))["misses"] == "1"
    feed = server.node.fairs[server.fair_id].feed
    await feed.reached(await server.live.seq())
    assert feed.projection.booths["b1"].missed_by_hand == 1


async def test_whom_a_desk_lets_go_after_an_answer_loses_nothing(server: Server) -> None:
    await server.live.set_clock(int(time.time() * 1000))
    meeting = await server.meeting()
    before = await server.live.record("ticket", meeting.ticket_id)
    await meeting.candidate.do("accept", ticket_id=meeting.ticket_id)
    assert await meeting.recruiter.refused("mark_missed", ticket_id=meeting.ticket_id)
    await server.live.pass_time(31)
    await meeting.recruiter.do("mark_missed", ticket_id=meeting.ticket_id)
    after = await server.live.record("ticket", meeting.ticket_id)
    assert (after["state"], after["misses"], after["order"]) == ("waiting", "0", before["order"])


async def test_a_reading_is_written_down_once_and_everybody_concerned_sees_it(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "_flood", security._Flood())  # of the tests before
    meeting = await server.meeting()
    await meeting.talk()
    for _ in range(3):
        await read(server, meeting.recruiter_person, meeting.ticket_id)
    organiser = await server.organiser()
    log = await server.get(f"{server.fair_url}/disclosures", token=organiser.token)
    (row,) = log.json["disclosures"]
    assert (row["booth_id"], row["form"], row["people"]) == ("b1", "page", 1)
    assert row["fields"] == ["full_name", "birth_year", "sex", "commune", "wish"]
    mine = await server.get(f"{server.fair_url}/my-data", token=meeting.person.token)
    (own,) = mine.json["disclosures"]
    assert (own["booth_id"], own["form"], own["at"]) == ("b1", "page", row["at"])
    kept = server.node.settings.security_log.read_text()
    (deed,) = [json.loads(line) for line in kept.splitlines() if '"person_read"' in line]
    assert (deed["who"], deed["of"]) == (row["by"], f"candidate:{meeting.person.candidate_id}")
    assert "Ho" not in kept


async def test_answers_notes_and_lists_are_readings_too(server: Server) -> None:
    meeting: Meeting = await server.meeting()
    await meeting.talk()
    ticket = {"ticket_id": meeting.ticket_id}
    await meeting.recruiter.do("finish", **ticket)
    await meeting.recruiter.do("record_outcome", outcome="hired", note="Khéo tay", **ticket)
    await meeting.sees("done")
    for _ in range(2):
        await server.get(f"{server.fair_url}/people-met", token=meeting.recruiter_person.token)
    mine = await server.get(f"{server.fair_url}/my-data", token=meeting.person.token)
    (own,) = mine.json["disclosures"]
    assert own["fields"] == ["full_name", "birth_year", "sex", "commune", "wish", "phone", "note"]
