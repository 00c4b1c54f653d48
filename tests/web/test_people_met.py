"""The list of people met, over HTTP: consents, the link of a file, the log."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from fairserver.domain.states import Role
from tests.web.support import Meeting, Server, a_form
from tests.web.test_after import met, soon


async def link_of(meeting: Meeting, form: str = "csv") -> str:
    """Ask for the address of a file as the recruiter who met the person."""
    reply = await meeting.server.post(
        f"{meeting.server.fair_url}/people-met/links",
        {"form": form, "language": "en"},
        token=meeting.recruiter_person.token,
    )
    assert reply.status == 201, reply.body
    return str(reply.json["path"])


async def listed(meeting: Meeting) -> list[dict[str, Any]]:
    token = meeting.recruiter_person.token
    reply = await meeting.server.get(f"{meeting.server.fair_url}/people-met", token=token)
    assert reply.status == 200, reply.body
    people: list[dict[str, Any]] = reply.json["people"]
    return people


async def test_the_list_holds_person_outcome_notes_and_second_interview(server: Server) -> None:
    meeting = await met(server)
    ticket = {"ticket_id": meeting.ticket_id}
    await meeting.recruiter.do(
        "record_outcome", outcome="second_interview", note="Hẹn thử máy", **ticket
    )
    await meeting.recruiter.do("offer_second_interview", starts_at=soon(), place="Cổng 2", **ticket)
    (person,) = await listed(meeting)
    assert person["number"] == meeting.person.number
    assert person["person"]["full_name"] == "Nguyễn Thị Hoà"
    assert person["notes"] == ["Hẹn thử máy"]
    assert person["second_interview"]["place"] == "Cổng 2"


async def test_a_file_is_downloaded_and_each_time_is_logged(server: Server) -> None:
    meeting = await met(server)
    token = meeting.recruiter_person.token
    for form in ("csv", "xlsx"):
        reply = await server.get(await link_of(meeting, form), token=token)
        assert reply.status == 200, reply.body
        assert reply.headers["Content-Disposition"] == f'attachment; filename="people-met.{form}"'
        assert reply.headers["Cache-Control"] == "no-store"
        if form == "csv":
            rows = list(csv.reader(io.StringIO(reply.body.decode("utf-8-sig"))))
            assert rows[1][1] == "Nguyễn Thị Hoà"
        else:
            assert reply.body.startswith(b"PK")
    organiser = (await server.organiser()).token
    for who in (token, organiser):
        log = (await server.get(f"{server.fair_url}/disclosures", token=who)).json["disclosures"]
        assert [(row["form"], row["people"], row["booth_id"]) for row in log] == [
            ("xlsx", 1, "b1"),
            ("csv", 1, "b1"),
        ]
        assert "full_name" in log[0]["fields"]
        assert log[0]["by"].startswith("staff:s")
    other = (await server.recruiter("b2")).token
    log = (await server.get(f"{server.fair_url}/disclosures", token=other)).json
    assert log == {"disclosures": []}


async def test_the_address_of_a_file_is_of_one_sign_in_one_file_and_a_few_minutes(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = await met(server)
    path, token = await link_of(meeting), meeting.recruiter_person.token
    assert meeting.person.candidate_id not in path
    colleague = (await server.recruiter()).token
    wrong = {
        (path, colleague),
        (path.replace("form=csv", "form=xlsx"), token),
        (path.replace("until=", "until=1"), token),
        (path.replace("proof=", "proof=%C3%A4"), token),
    }
    for address, who in wrong:
        reply = await server.get(address, token=who)
        assert (reply.status, reply.json["code"]) == (410, "download_over")
    assert (await server.get(f"{server.fair_url}/people-met/file", token=token)).status == 400
    monkeypatch.setattr("fairserver.web.people_met._now", lambda: soon(9000))
    assert (await server.get(path, token=token)).json["code"] == "download_over"
    log = await server.get(f"{server.fair_url}/disclosures", token=token)
    assert log.json == {"disclosures": []}


async def test_who_did_not_agree_or_took_it_back_is_a_number_only(server: Server) -> None:
    meeting = await met(server)
    ticket = {"ticket_id": meeting.ticket_id}
    await meeting.recruiter.do("record_outcome", outcome="hired", note="Chị Hoà", **ticket)
    choice = {"purpose": "show_profile", "given": False}
    mine = f"{server.fair_url}/my-data/consents"
    assert (await server.post(mine, choice, token=meeting.person.token)).status == 200
    (person,) = await listed(meeting)
    assert (person["person"], person["notes"], person["outcome"]) == (None, [], "hired")
    reply = await server.get(await link_of(meeting), token=meeting.recruiter_person.token)
    assert "Hoà" not in reply.body.decode()


async def test_who_was_never_shown_stays_a_number_beside_the_own_note(
    server: Server,
) -> None:
    consents = {**a_form()["consents"], "show_profile": False}
    person = await server.candidate(consents=consents)
    page = await server.socket(person, ("me",))
    await page.until(lambda: page.cell("me", "me").get("present"))
    await server.open_fair()
    recruiter_person = await server.recruiter()
    recruiter = await server.socket(recruiter_person, ["booth"])
    await recruiter.do("open_desk", desk_id="b1-1")
    ticket = {"ticket_id": (await page.do("join", booth_id="b1"))["ticket_id"]}
    meeting = Meeting(server, ticket["ticket_id"], person, page, recruiter_person, recruiter)
    await meeting.sees("called")
    await page.do("accept", **ticket)
    await recruiter.do("start", **ticket)
    await recruiter.do("finish", **ticket)
    await recruiter.do("record_outcome", outcome="shortlisted", note="Biết may", **ticket)
    await meeting.sees("done")
    (found,) = await listed(meeting)
    assert (found["person"], found["notes"]) == (None, ["Biết may"])


async def test_who_was_erased_leaves_number_and_outcome(server: Server) -> None:
    meeting = await met(server, "hired")
    mine = f"{server.fair_url}/my-data"
    asked = {"number": meeting.person.number}
    reply = await server.request("DELETE", mine, asked, token=meeting.person.token)
    assert reply.status == 204
    (person,) = await listed(meeting)
    assert (person["person"], person["outcome"]) == (None, "hired")


async def test_a_colleague_of_another_booth_sees_nobody_of_this_one(server: Server) -> None:
    await met(server)
    token = (await server.staff(Role.RECRUITER, "b2")).token
    reply = await server.get(f"{server.fair_url}/people-met", token=token)
    assert reply.json == {"people": []}
