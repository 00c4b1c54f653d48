"""After an interview, through the real server: results, second dates, ratings, one's own data."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from tests.line.live import ORGANISER
from tests.web.support import Meeting, Person, Server

_HOUR_MS = 3_600_000


def soon(hours: int = 24) -> int:
    return int(time.time() * 1000) // _HOUR_MS * _HOUR_MS + hours * _HOUR_MS


async def met(server: Server, outcome: str = "second_interview") -> Meeting:
    """An interview that is over."""
    meeting = await server.meeting()
    await meeting.talk()
    await meeting.recruiter.do("finish", ticket_id=meeting.ticket_id, outcome=outcome)
    await meeting.sees("done")
    return meeting


async def shows(meeting: Meeting, field: str, value: Any) -> None:
    """Wait until the person's page shows something of the turn."""
    page = meeting.candidate
    await page.until(lambda: page.cell("me", meeting.key).get(field) == value)


def path(meeting: Meeting, name: str = "after") -> str:
    return f"{meeting.server.fair_url}/tickets/{meeting.ticket_id}/{name}"


# --- the result ---------------------------------------------------------------------------------


async def test_a_result_is_seen_when_it_is_published_and_never_before(server: Server) -> None:
    meeting = await met(server, "pending")
    ticket = {"ticket_id": meeting.ticket_id}
    refused = await meeting.recruiter.refused("publish_result", published=True, **ticket)
    assert refused == "outcome_pending"
    await meeting.recruiter.do("record_outcome", outcome="hired", **ticket)
    await meeting.candidate.do("ping")
    assert meeting.candidate.cell("me", meeting.key)["result"] is None
    assert "hired" not in json.dumps(meeting.candidate.frames)
    await meeting.recruiter.do("publish_result", published=True, **ticket)
    await shows(meeting, "result", "hired")
    await meeting.recruiter.do("record_outcome", outcome="not_suitable", reason="wage", **ticket)
    await shows(meeting, "result", "not_suitable")
    assert "wage" not in json.dumps(meeting.candidate.frames)  # why is for the statistics
    await meeting.recruiter.do("publish_result", published=False, **ticket)
    await shows(meeting, "result", None)


# --- the second interview -----------------------------------------------------------------------


async def test_a_date_is_offered_accepted_moved_and_cancelled(server: Server) -> None:
    meeting = await met(server)
    ticket = {"ticket_id": meeting.ticket_id}
    await meeting.recruiter.do(
        "offer_second_interview", starts_at=soon(), minutes=45, place="Cổng 2, KCN", **ticket
    )
    offered = {"state": "offered", "starts_at": soon(), "sequence": 0}
    await shows(meeting, "second_interview", offered)
    seen = (await server.get(path(meeting), token=meeting.person.token)).json
    assert (seen["second_interview"]["place"], seen["rating"]) == ("Cổng 2, KCN", None)
    await meeting.candidate.do("answer_second_interview", accept=True, sequence=0, **ticket)
    await shows(meeting, "second_interview", {**offered, "state": "accepted"})

    await meeting.recruiter.do(
        "offer_second_interview", starts_at=soon(48), online=True, place="", **ticket
    )
    await shows(
        meeting, "second_interview", {"state": "offered", "starts_at": soon(48), "sequence": 1}
    )
    late = {"accept": True, "sequence": 0}
    code = await meeting.candidate.refused("answer_second_interview", **late, **ticket)
    assert code == "no_second_interview"
    await meeting.recruiter.do("cancel_second_interview", **ticket)
    await shows(
        meeting, "second_interview", {"state": "cancelled", "starts_at": soon(48), "sequence": 2}
    )


async def test_the_calendar_file_keeps_its_name_and_says_when_it_is_off(server: Server) -> None:
    meeting = await met(server)
    ticket = {"ticket_id": meeting.ticket_id}
    token = meeting.person.token
    calendar = path(meeting, "second-interview.ics")
    assert (await server.get(calendar, token=token)).status == 404
    await meeting.recruiter.do("offer_second_interview", starts_at=soon(), place="Cổng 2", **ticket)
    first = await server.get(f"{calendar}?language=en", token=token)
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Content-Disposition"].startswith("attachment")
    await meeting.recruiter.do("cancel_second_interview", **ticket)
    last = await server.get(calendar, token=token)

    def uid(reply: Any) -> str:
        return next(line for line in reply.body.decode().split("\r\n") if line[:4] == "UID:")

    assert uid(first) == uid(last)
    assert "METHOD:PUBLISH" in first.body.decode()
    assert "SUMMARY:Second interview" in first.body.decode()
    assert "METHOD:CANCEL" in last.body.decode()
    assert "Hoà" not in first.body.decode()


async def test_two_people_are_never_given_the_same_time(server: Server) -> None:
    first = await met(server)
    desk = {"desk_id": "b1-1"}
    others: list[str] = []
    for _ in range(2):
        _, page = await server.newcomer()
        ticket_id = (await page.do("join", booth_id="b1", show_profile=True))["ticket_id"]
        await first.recruiter.do("call_next", **desk)
        await page.until(
            lambda page=page, key=f"ticket/{ticket_id}": (
                page.cell("me", key).get("state") == "called"
            )
        )
        await page.do("accept", ticket_id=ticket_id)
        await first.recruiter.do("start", ticket_id=ticket_id)
        await first.recruiter.do("finish", ticket_id=ticket_id, outcome="second_interview")
        others.append(ticket_id)
    reply = await server.post(
        f"{server.fair_url}/slots",
        {"starts_at": [soon()], "minutes": 30, "place": "Cổng 2"},
        token=first.recruiter_person.token,
    )
    (slot,) = reply.json["slots"]
    colleague = await server.socket(await server.recruiter(), ["booth"])
    pages = [first.recruiter, colleague, first.recruiter]
    answers = await asyncio.gather(
        *(
            page.ask("offer_second_interview", ticket_id=ticket_id, slot_id=slot["slot_id"])
            for page, ticket_id in zip(pages, [first.ticket_id, *others], strict=True)
        )
    )
    assert sorted(answer.get("code", "ok") for answer in answers) == ["ok"] + ["slot_taken"] * 2


async def test_times_are_a_booths_own(server: Server) -> None:
    mine, others = await server.recruiter("b1"), await server.recruiter("b2")
    slots = f"{server.fair_url}/slots"
    body = {"starts_at": [soon(), soon(25)], "minutes": 30, "online": True}
    listed = (await server.post(slots, body, token=mine.token)).json["slots"]
    assert len(listed) == 2
    assert (await server.get(slots, token=others.token)).json == {"slots": []}
    one = f"{slots}/{listed[0]['slot_id']}"
    assert (await server.request("DELETE", one, token=others.token)).json["code"] == "slot_unknown"
    assert (await server.request("DELETE", one, token=mine.token)).status == 204
    wrong = await server.post(slots, {**body, "minutes": 0}, token=mine.token)
    assert (wrong.status, wrong.json["detail"]["field"]) == (400, "minutes")


# --- the rating ---------------------------------------------------------------------------------


async def test_advice_is_rated_counted_and_its_remark_stays_out_of_the_events(
    server: Server,
) -> None:
    meeting = await met(server)
    control = await server.socket(await server.organiser(), ["control"])
    ticket = {"ticket_id": meeting.ticket_id}
    await meeting.candidate.do("rate_advice", passed=True, remark="Rất dễ hiểu", **ticket)
    await meeting.candidate.do("rate_advice", passed=False, remark="Chưa rõ", **ticket)
    await shows(meeting, "advice_passed", False)
    await control.until(lambda: control.cell("control", "totals")["advice_not_passed"] == 1)
    assert control.cell("control", "totals")["advice_passed"] == 0
    own = (await server.get(path(meeting), token=meeting.person.token)).json["rating"]
    assert (own["passed"], own["remark"]) == (False, "Chưa rõ")
    seen = await server.get(path(meeting), token=meeting.recruiter_person.token)
    assert seen.json["rating"] is None
    assert "rõ" not in str(await server.live.dump())


# --- my data ------------------------------------------------------------------------------------


async def my_data(server: Server, person: Person) -> Any:
    return (await server.get(f"{server.fair_url}/my-data", token=person.token)).json


async def test_a_person_sees_everything_but_what_is_not_published_yet(server: Server) -> None:
    meeting = await met(server, "pending")
    person, ticket = meeting.person, {"ticket_id": meeting.ticket_id}
    note = {"note": "Tay nghề tốt"}
    await meeting.recruiter.do("record_outcome", outcome="hired", **note, **ticket)
    found = await my_data(server, person)
    assert found["person"]["full_name"] == "Nguyễn Thị Hoà"
    assert found["standing"]["take_part"] is True
    assert len(found["consents"]) == 6
    (turn,) = found["turns"]
    assert (turn["result"], turn["result_held_back"]) == (None, True)
    assert (found["notes"], found["notes_held_back"]) == ([], 1)
    assert len(found["sign_ins"]) == 1
    await meeting.recruiter.do("publish_result", published=True, **ticket)
    found = await my_data(server, person)
    assert found["turns"][0]["result"] == "hired"
    assert [one["text"] for one in found["notes"]] == ["Tay nghề tốt"]
    assert "staff_id" not in json.dumps(found)
    file = await server.get(f"{server.fair_url}/my-data/file", token=person.token)
    assert json.loads(file.body) == found
    assert file.headers["Content-Disposition"].startswith("attachment")


async def test_notes_are_shown_when_the_fair_has_ended(server: Server) -> None:
    meeting = await met(server)
    await meeting.recruiter.do(
        "record_outcome", outcome="hired", note="Ghi lại", ticket_id=meeting.ticket_id
    )
    await server.node.line.run(server.fair_id, "close_fair", ORGANISER)
    await meeting.candidate.until(
        lambda: meeting.candidate.cell("me", "fair").get("state") == "closed"
    )
    found = await my_data(server, meeting.person)
    assert [one["text"] for one in found["notes"]] == ["Ghi lại"]
    assert found["turns"][0]["result"] is None


async def test_a_correction_is_read_anew_by_the_booth(server: Server) -> None:
    meeting = await met(server)
    found = (await my_data(server, meeting.person))["person"]
    names = ("phone", "birth_year", "sex", "commune", "wish")
    answers = {"full_name": "Trần Thị Đẹp", **{name: found[name] for name in names}}
    mine = f"{server.fair_url}/my-data"
    reply = await server.request("PUT", mine, answers, token=meeting.person.token)
    assert (reply.status, reply.json["person"]["full_name"]) == (200, "Trần Thị Đẹp")
    page = meeting.recruiter
    await page.until(lambda: page.cell("booth", meeting.key)["profile"] == 2)
    seen = await server.get(path(meeting, "person"), token=meeting.recruiter_person.token)
    assert seen.json["full_name"] == "Trần Thị Đẹp"
    wrong = {**answers, "birth_year": 1700}
    reply = await server.request("PUT", mine, wrong, token=meeting.person.token)
    assert (reply.status, reply.json["detail"]["field"]) == (400, "birth_year")


async def choose(server: Server, person: Person, purpose: str, *, given: bool, **more: str) -> Any:
    body = {"purpose": purpose, "given": given, **more}
    return await server.post(f"{server.fair_url}/my-data/consents", body, token=person.token)


async def test_taking_back_what_booths_may_see_hides_the_name_at_once(server: Server) -> None:
    meeting = await met(server)
    seen = {"token": meeting.recruiter_person.token}
    reply = await choose(server, meeting.person, "show_profile", given=False)
    assert reply.json["standing"]["show_profile"] is False
    page = meeting.recruiter
    await page.until(lambda: page.cell("booth", meeting.key)["profile"] == 2)
    hidden = await server.get(path(meeting, "person"), **seen)
    assert (hidden.status, hidden.json["code"]) == (403, "profile_hidden")
    assert "Hoà" not in hidden.body.decode()
    await choose(server, meeting.person, "show_profile", given=True)
    assert (await server.get(path(meeting, "person"), **seen)).status == 403
    await choose(server, meeting.person, "show_profile", given=True, booth_id="b1")
    assert (await server.get(path(meeting, "person"), **seen)).status == 200


async def test_who_takes_part_no_more_leaves_the_lines_and_can_come_again(server: Server) -> None:
    person, page = await server.newcomer()
    ticket_id = (await page.do("join", booth_id="b1", show_profile=True))["ticket_id"]
    assert (await choose(server, person, "take_part", given=False)).status == 200
    await page.until(lambda: page.cell("me", f"ticket/{ticket_id}").get("state") == "left")
    assert await page.refused("join", booth_id="b2") == "consent_needed"
    await choose(server, person, "take_part", given=True)
    await page.do("join", booth_id="b2")


async def test_nobody_withdraws_in_the_middle_of_an_interview(server: Server) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    reply = await choose(server, meeting.person, "take_part", given=False)
    assert (reply.status, reply.json["code"]) == (409, "in_interview")
    assert (await my_data(server, meeting.person))["standing"]["take_part"] is True
    erased = await erase(server, meeting.person)
    assert (erased.status, erased.json["code"]) == (409, "in_interview")
    assert (await my_data(server, meeting.person))["person"]["full_name"] == "Nguyễn Thị Hoà"


async def erase(server: Server, person: Person, number: int | None = None) -> Any:
    body = {"number": person.number if number is None else number}
    return await server.request("DELETE", f"{server.fair_url}/my-data", body, token=person.token)


async def test_an_erased_person_is_gone_from_every_page_and_signed_out(server: Server) -> None:
    meeting = await met(server)
    ticket = {"ticket_id": meeting.ticket_id}
    await meeting.recruiter.do("offer_second_interview", starts_at=soon(), place="Cổng 2", **ticket)
    second = (await meeting.candidate.do("join", booth_id="b2"))["ticket_id"]
    assert (await erase(server, meeting.person, 999)).json["code"] == "field_wrong"
    assert (await erase(server, meeting.person)).status == 204
    assert await meeting.candidate.close_code() == 4401
    assert (await server.get("/api/session", token=meeting.person.token)).status == 401
    by_code = {
        "fair_id": server.fair_id,
        "number": meeting.person.number,
        "code": meeting.person.code,
    }
    assert (await server.post("/api/sessions", by_code)).status == 401
    link = meeting.person.ticket_link.partition("#t=")[2]
    assert (await server.post("/api/sessions", {"token": link})).status == 401
    seen = await server.get(path(meeting, "person"), token=meeting.recruiter_person.token)
    assert seen.json["code"] == "profile_hidden"
    page = meeting.recruiter
    await page.until(
        lambda: (
            (page.cell("booth", meeting.key).get("second_interview") or {}).get("state")
            == "cancelled"
        )
    )
    assert (await server.live.record("ticket", second))["state"] == "left"
    code = await page.refused("offer_second_interview", starts_at=soon(), place="Cổng", **ticket)
    assert code == "profile_hidden"


# --- who may ------------------------------------------------------------------------------------


async def test_a_foreign_page_can_neither_change_nor_erase_anybody(server: Server) -> None:
    person = await server.candidate()
    cookie = {"Cookie": f"fs_{person.slot}={person.token}", "Origin": "https://evil.example"}
    for method, address in (
        ("PUT", "/my-data"),
        ("POST", "/my-data/consents"),
        ("DELETE", "/my-data"),
    ):
        reply = await server.request(
            method, f"{server.fair_url}{address}?slot={person.slot}", {}, headers=cookie
        )
        assert (reply.status, reply.json["code"]) == (403, "not_permitted")


async def test_ones_own_data_is_asked_for_so_many_times_a_second_only(server: Server) -> None:
    person = await server.candidate()
    mine = f"{server.fair_url}/my-data"
    replies = [await server.get(mine, token=person.token) for _ in range(40)]
    codes = [reply.status for reply in replies]
    assert codes[:20] == [200] * 20
    assert 429 in codes
