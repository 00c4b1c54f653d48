"""Questions asked beforehand and their answers, over the real socket and HTTP."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.line.live import ORGANISER
from tests.web.support import Meeting, Reply, Server, Servers
from tests.web.test_after import my_data, path
from tests.web.test_people_met import link_of, listed

NIGHT = {"question_id": "night", "kind": "yes_no", "text": {"vi": "Làm ca đêm được không?"}}
YEARS = {"question_id": "years", "text": {"vi": "Đã may bao lâu?", "en": "How long?"}}


async def asks(server: Server, *questions: dict[str, Any], booth_id: str = "b1") -> Reply:
    """Let a booth ask these questions."""
    token = (await server.recruiter(booth_id)).token
    body = {"questions": list(questions)}
    return await server.request("PUT", f"{server.fair_url}/booth", body, token=token)


async def asked_meeting(server: Server) -> Meeting:
    """A call at b1, which asks two questions."""
    assert (await asks(server, NIGHT, YEARS)).status == 200
    return await server.meeting()


async def answer(meeting: Meeting, **answers: str) -> dict[str, Any]:
    said = {"ticket_id": meeting.ticket_id, "answers": answers}
    return await meeting.candidate.do("record_answers", **said)


async def test_a_person_answers_while_waiting_and_the_booth_reads_it_when_it_calls(
    server: Server,
) -> None:
    await asks(server, NIGHT, YEARS)
    person, page = await server.newcomer()
    ticket_id = (await page.do("join", booth_id="b1", show_profile=True))["ticket_id"]
    key, address = f"ticket/{ticket_id}", f"{server.fair_url}/tickets/{ticket_id}/answers"
    await page.until(lambda: page.cell("me", key).get("questions") == 2)
    said = {"ticket_id": ticket_id, "answers": {"years": "Hai năm"}}
    assert await page.do("record_answers", **said) == {"answered": 1}
    await page.until(lambda: page.cell("me", key)["answered"] == 1)
    own = (await server.get(address, token=person.token)).json
    assert [one["answer"] for one in own["answers"]] == ["Hai năm"]
    recruiter = await server.recruiter()
    early = await server.get(address, token=recruiter.token)
    assert early.json["code"] == "ticket_unknown"
    await server.open_fair()
    desk = await server.socket(recruiter, ["booth"])
    await desk.do("open_desk", desk_id="b1-1")
    await desk.until(lambda: desk.cell("booth", key).get("state") == "called")
    read = (await server.get(address, token=recruiter.token)).json
    assert [one["question_id"] for one in read["questions"]] == ["night", "years"]
    assert [one["answer"] for one in read["answers"]] == ["Hai năm"]
    other = await server.get(address, token=(await server.recruiter("b2")).token)
    assert other.json["code"] == "ticket_unknown"
    assert "Hai năm" not in str(await server.live.dump())


async def test_who_hides_the_profile_hides_the_answers(server: Server) -> None:
    meeting = await asked_meeting(server)
    await answer(meeting, years="Hai năm")
    choice = {"purpose": "show_profile", "given": False}
    mine = f"{server.fair_url}/my-data/consents"
    assert (await server.post(mine, choice, token=meeting.person.token)).status == 200
    reply = await server.get(path(meeting, "answers"), token=meeting.recruiter_person.token)
    assert (reply.status, reply.json["code"]) == (403, "profile_hidden")


async def test_answers_are_seen_and_deleted_in_my_data(server: Server) -> None:
    meeting = await asked_meeting(server)
    await answer(meeting, years="Hai năm", night="no")
    found = await my_data(server, meeting.person)
    assert {one["question_id"]: one["answer"] for one in found["answers"]} == {
        "years": "Hai năm",
        "night": "no",
    }
    token = meeting.person.token
    assert (await server.request("DELETE", path(meeting, "answers"), token=token)).status == 204
    assert (await my_data(server, meeting.person))["answers"] == []
    page = meeting.candidate
    await page.until(lambda: page.cell("me", meeting.key)["answered"] == 0)


async def test_a_wrong_answer_is_refused_by_the_name_of_its_question(server: Server) -> None:
    meeting = await asked_meeting(server)
    said = {"ticket_id": meeting.ticket_id, "answers": {"night": "perhaps"}}
    refused = await meeting.candidate.ask("record_answers", **said)
    assert (refused["code"], refused["detail"]["field"]) == ("field_wrong", "night")
    too_long = {"ticket_id": meeting.ticket_id, "answers": {"years": "a" * 501}}
    assert await meeting.candidate.refused("record_answers", **too_long) == "malformed"


async def test_only_at_a_delegated_booth_the_desk_writes_answers_down(server: Server) -> None:
    meeting = await asked_meeting(server)
    said = {"ticket_id": meeting.ticket_id, "answers": {"years": "Hai năm", "night": "yes"}}
    assert await meeting.recruiter.refused("record_answers", **said) == "not_delegated"
    change = {"booth_id": "b1", "mode": "delegated"}
    await server.node.line.run(server.fair_id, "change_booth", ORGANISER, **change)
    page = meeting.recruiter
    await page.until(lambda: page.cell("booth", "booth")["mode"] == "delegated")
    assert await page.refused("record_answers", **said) == "ticket_wrong_state"
    await answer(meeting, years="Một năm")
    await meeting.talk()
    await page.do("record_answers", **said)
    await page.until(lambda: page.cell("booth", meeting.key)["answers"] == 2)
    ticket = {"ticket_id": meeting.ticket_id}
    await page.do("finish", **ticket)
    await page.do("record_outcome", outcome="shortlisted", note="Nên gặp", **ticket)
    (person,) = await listed(meeting)
    assert (person["outcome"], person["notes"]) == ("shortlisted", ["Nên gặp"])
    assert {(one["side"], one["answer"]) for one in person["answers"]} == {
        ("candidate", "Một năm"),
        ("desk", "Hai năm"),
        ("desk", "yes"),
    }
    file = await server.get(await link_of(meeting), token=meeting.recruiter_person.token)
    head, row = csv.reader(io.StringIO(file.body.decode("utf-8-sig")))
    cell = dict(zip(head, row, strict=True))["Answers to the booth’s questions"]
    assert sorted(cell.splitlines()) == [
        "Làm ca đêm được không? – Yes",
        "Đã may bao lâu? – Hai năm",
    ]


async def test_corrections_reach_every_node_and_outlive_a_restart(servers: Servers) -> None:
    first, second = await servers.start(), await servers.start()
    assert (await asks(first, NIGHT)).json["questions"][0]["question_id"] == "night"
    page = await second.socket(await second.recruiter(), ["booth"])
    await page.until(lambda: page.cell("booth", "booth").get("plan") == 1)
    third = await servers.start()
    for server in (first, third):
        plan = (await server.get(server.fair_url)).json
        assert [one["question_id"] for one in plan["booths"][0]["questions"]] == ["night"]
    while not second.node.fairs[second.fair_id].plan.booth("b1").questions:
        await page.do("ping")
    control = await asks(first, NIGHT, {**NIGHT, "question_id": "night"})
    assert (control.status, control.json["code"]) == (400, "field_wrong")
    assert control.json["detail"]["field"] == "questions[1].question_id"


async def test_a_recruiter_takes_a_colleague_on_for_the_own_booth_only(server: Server) -> None:
    recruiter = await server.recruiter()
    address = f"{server.fair_url}/colleagues"
    reply = await server.post(address, {"name": " Anh  Bình "}, token=recruiter.token)
    assert (reply.status, reply.json["display_name"]) == (201, "Anh Bình")
    token = reply.json["link"].partition("#t=")[2]
    signed_in = (await server.post("/api/sessions", {"token": token})).json
    assert (signed_in["role"], signed_in["booth_id"]) == ("recruiter", "b1")
    colleagues = (await server.get(address, token=recruiter.token)).json["colleagues"]
    assert [one["display_name"] for one in colleagues] == ["Anh Bình"]
    nameless = await server.post(address, {"name": " "}, token=recruiter.token)
    assert (nameless.status, nameless.json["detail"]["field"]) == (400, "name")


async def test_a_colleague_of_the_same_booth_reads_the_hand_over_note_and_no_other_booth(
    server: Server,
) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    offer = {"ticket_id": meeting.ticket_id, "to_booth_id": "b1", "note": "Hỏi thêm về máy"}
    await meeting.recruiter.do("offer_hand_over", **offer)
    before = await server.get(path(meeting, "earlier"), token=meeting.recruiter_person.token)
    assert before.json == {"interviews": []}
    desk = await server.socket(await server.recruiter(), ["booth"])
    await desk.do("open_desk", desk_id="b1-2")
    await meeting.candidate.do("answer_hand_over", ticket_id=meeting.ticket_id, agree=True)
    await desk.until(lambda: desk.cell("booth", "desk/b1-2").get("ticket_id"))
    second = desk.cell("booth", "desk/b1-2")["ticket_id"]
    address = f"{server.fair_url}/tickets/{second}/earlier"
    read = await server.get(address, token=meeting.recruiter_person.token)
    (one,) = read.json["interviews"]
    assert (one["state"], one["notes"]) == ("handed_over", ["Hỏi thêm về máy"])
    other = await server.get(address, token=(await server.recruiter("b2")).token)
    assert other.json["code"] == "ticket_unknown"
    assert "Hỏi thêm" not in str(await server.live.dump())
    choice = {"purpose": "show_profile", "given": False}
    mine = f"{server.fair_url}/my-data/consents"
    assert (await server.post(mine, choice, token=meeting.person.token)).status == 200
    hidden = await server.get(address, token=meeting.recruiter_person.token)
    assert hidden.json["code"] == "profile_hidden"
