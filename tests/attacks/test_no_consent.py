"""Who ticked only the first box is a number: at every address, on every socket, in every file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import pytest

from fairserver.domain.states import Role
from fairserver.web.contract import CONTRACTS
from fairserver.web.openapi import api_routes
from tests.web.support import Meeting, Person, Server, Socket, a_form

#: What the person of these tests says of themselves: nothing of it is in the fair's plan.
ANSWERS = {
    "full_name": "Quách Thị Khuyên",
    "phone": "0987 012 345",
    "birth_year": 1973,
    "sex": "nu",
    "commune": "Xã Quỳnh Lưu",
    "wish": "Hàn tàu biển",
}
#: By which each answer is found in whatever is read.
TRACES = {
    "full_name": re.compile("Khuyên|Khuyen"),
    "phone": re.compile("987.?012.?345"),
    "birth_year": re.compile(r"(?<!\d)1973(?!\d)"),
    "sex": re.compile(r'"sex": ?"nu"|,Nữ,'),
    "commune": re.compile("Quỳnh Lưu"),
    "wish": re.compile("Hàn tàu biển"),
}

Said = Callable[[Server, Meeting], Awaitable[None]]


async def nothing(_: Server, __: Meeting) -> None:
    """Nothing more is said after joining."""


def choose(given: bool, purpose: str = "show_profile", **more: str) -> Said:
    """Give or take back a consent in *my data*."""

    async def say(server: Server, meeting: Meeting) -> None:
        choice = {"purpose": purpose, "given": given, **more}
        path = f"{server.fair_url}/my-data/consents"
        reply = await server.post(path, choice, token=meeting.person.token)
        assert reply.status == 200, reply.body

    return say


async def erase(server: Server, meeting: Meeting) -> None:
    body = {"number": meeting.person.number}
    path = f"{server.fair_url}/my-data"
    reply = await server.request("DELETE", path, body, token=meeting.person.token)
    assert reply.status == 204, reply.body


ONLY_FIRST = {"take_part": True}
EVERY_BOX = {**ONLY_FIRST, "show_profile": True, "keep_profile": True, "statistics": True}

#: Boxes of the form, the answer on joining, and what is said after the interview.
HIDDEN: dict[str, tuple[dict[str, bool], bool | None, Said]] = {
    "the first box only": (ONLY_FIRST, None, nothing),
    "every box, not asked": (EVERY_BOX, None, nothing),
    "every box, and no to this booth": (EVERY_BOX, False, nothing),
    "a yes to another booth": (ONLY_FIRST, False, choose(True, booth_id="b2")),
    "taken back from this booth": (EVERY_BOX, True, choose(False, booth_id="b1")),
    "taken back from all": (EVERY_BOX, True, choose(False)),
    "takes part no more": (EVERY_BOX, True, choose(False, "take_part")),
    "erased": (EVERY_BOX, True, erase),
}


async def meet(
    server: Server, boxes: dict[str, bool], shown: bool | None
) -> tuple[Meeting, dict[str, str], list[Socket]]:
    """Call a person to b1 while everybody else at the fair watches; give their tokens too."""
    consents = {**dict.fromkeys(a_form()["consents"], False), **boxes}
    person = await server.candidate(**ANSWERS, consents=consents)
    page = await server.socket(person, ["me", "hall"])
    await page.until(lambda: page.cell("me", "me").get("present"))
    recruiter = await server.recruiter()
    desk = await server.socket(recruiter, ["booth", "hall"])
    staff = {"organiser": await server.organiser(), "support": await server.staff(Role.SUPPORT)}
    watching = [desk, *[await server.socket(one, ["control", "hall"]) for one in staff.values()]]
    others = {
        "stranger": await server.candidate(sex="nam"),
        "next booth": await server.recruiter("b2"),
    }
    watching.append(await server.socket(others["stranger"], ["me", "hall"]))
    watching.append(await server.socket(others["next booth"], ["booth", "hall"]))
    await server.open_fair()
    said = {} if shown is None else {"show_profile": shown}
    ticket_id = (await page.do("join", booth_id="b1", **said))["ticket_id"]
    await desk.do("open_desk", desk_id="b1-1")
    meeting = Meeting(server, ticket_id, person, page, recruiter, desk)
    await meeting.sees("called")
    tokens = {name: one.token for name, one in {**staff, **others}.items()}
    tokens["recruiter"] = recruiter.token
    made = await server.post(f"{server.fair_url}/keys", {"name": "ATS"}, token=recruiter.token)
    tokens["key"] = made.json["token"]
    return meeting, tokens, watching


def addresses(meeting: Meeting) -> Iterable[str]:
    """Every address that is read by ``GET``, about this fair and this turn."""
    named = {"fair_id": meeting.server.fair_id, "ticket_id": meeting.ticket_id}
    for route in api_routes():
        if route.method == "GET" and route.handler in CONTRACTS:
            yield re.sub(r"\{(\w+)[^}]*\}", lambda found: named.get(found[1], "x1"), route.path)


async def files(server: Server, recruiter: Person) -> AsyncIterator[bytes]:
    """The list of people met in each of its forms."""
    links = f"{server.fair_url}/people-met/links"
    for form in ("csv", "xlsx"):
        link = await server.post(links, {"form": form}, token=recruiter.token)
        body = (await server.get(link.json["path"], token=recruiter.token)).body
        if form == "xlsx":
            book = zipfile.ZipFile(io.BytesIO(body))
            body = b"".join(book.read(name) for name in book.namelist())
        yield body


async def everything(
    meeting: Meeting, tokens: dict[str, str], watching: list[Socket]
) -> dict[str, str]:
    """Read all that anybody but the person may read now, by where it was read."""
    server = meeting.server
    found: dict[str, str] = {}
    for name, token in tokens.items():
        for address in addresses(meeting):
            reply = await server.get(address, token=token)
            found[f"{name} {address}"] = reply.body.decode(errors="replace")
    async for body in files(server, meeting.recruiter_person):
        found[f"file of {len(found)}"] = body.decode(errors="replace")
    for socket in watching:
        found[f"socket {id(socket)}"] = repr(socket.frames).replace("'", '"')
    feed = server.node.fairs[server.fair_id].feed
    events = await server.live.store.xrange(f"{{{server.fair_id}}}:events")
    assert len(events) <= feed.projection.seq
    found["events"] = repr(events)
    return found


def traces(found: dict[str, str]) -> set[tuple[str, str]]:
    """Name which answers were found, and where."""
    return {
        (answer, where)
        for where, text in found.items()
        for answer, pattern in TRACES.items()
        if pattern.search(text)
    }


async def finish(meeting: Meeting) -> None:
    ticket = {"ticket_id": meeting.ticket_id}
    await meeting.recruiter.do("finish", outcome="shortlisted", **ticket)
    await meeting.sees("done")


@pytest.mark.parametrize("name", HIDDEN)
async def test_nobody_reads_anything_of_who_gave_no_consent(server: Server, name: str) -> None:
    boxes, shown, say = HIDDEN[name]
    meeting, tokens, watching = await meet(server, boxes, shown)
    stages: dict[str, dict[str, str]] = {}
    if not shown:
        stages["called"] = await everything(meeting, tokens, watching)
    await meeting.talk()
    if not shown:
        stages["interviewing"] = await everything(meeting, tokens, watching)
    await finish(meeting)
    await say(server, meeting)
    seq = await server.live.seq()
    await server.node.fairs[server.fair_id].feed.reached(seq)
    stages["done"] = await everything(meeting, tokens, watching)
    for stage, found in stages.items():
        assert traces(found) == set(), f"{name}, {stage}"


async def test_the_search_finds_whom_a_booth_may_read_and_only_at_that_booth(
    server: Server,
) -> None:
    """The tests above would see a name if there were one."""
    meeting, tokens, watching = await meet(server, EVERY_BOX, True)
    assert {answer for answer, _ in traces(await everything(meeting, tokens, watching))} == {"wish"}
    await meeting.talk()
    await finish(meeting)
    found = traces(await everything(meeting, tokens, watching))
    assert {answer for answer, _ in found} == set(TRACES)
    readers = {where.split(" /")[0] for _, where in found}
    assert {one for one in readers if not one.startswith("file")} == {"recruiter", "key"}


async def test_a_hand_over_asks_again(server: Server) -> None:
    meeting, *_ = await meet(server, EVERY_BOX, True)
    await meeting.talk()
    await meeting.recruiter.do("offer_hand_over", ticket_id=meeting.ticket_id, to_booth_id="b2")
    await meeting.candidate.until(
        lambda: meeting.candidate.cell("me", meeting.key).get("hand_over_to") == "b2"
    )
    agreed = {"ticket_id": meeting.ticket_id, "agree": True}
    done = await meeting.candidate.do("answer_hand_over", **agreed)
    other = await server.recruiter("b2")
    desk = await server.socket(other, ["booth"])
    await desk.do("open_desk", desk_id="b2-1")
    key = f"ticket/{done['to_ticket_id']}"
    await desk.until(lambda: desk.cell("booth", key).get("state") == "called")
    await meeting.candidate.do("accept", ticket_id=done["to_ticket_id"])
    await desk.until(lambda: desk.cell("booth", key).get("state") == "connecting")
    path = f"{server.fair_url}/tickets/{done['to_ticket_id']}/person"
    assert (await server.get(path, token=other.token)).json["code"] == "profile_hidden"
    assert desk.cell("booth", key)["shown"] is False
    await choose(True, booth_id="b2")(server, meeting)
    await desk.until(lambda: desk.cell("booth", key)["shown"])
    assert (await server.get(path, token=other.token)).json["full_name"] == ANSWERS["full_name"]


async def test_a_stale_repeat_does_not_give_back_what_was_taken_back(server: Server) -> None:
    person, page = await server.newcomer()
    join = {"booth_id": "b1", "show_profile": True}
    first = await page.ask("join", command_id="k1", **join)
    meeting = Meeting(server, first["result"]["ticket_id"], person, page, person, page)
    await choose(False, booth_id="b1")(server, meeting)
    again = await page.ask("join", command_id="k1", **join)
    assert again["result"] == first["result"]
    may = await server.node.ledger.people.shown_to("b1", [person.candidate_id])
    assert not may[person.candidate_id].profile


async def test_a_refused_join_says_nothing_of_a_booth(server: Server) -> None:
    person, page = await server.newcomer()
    assert await page.refused("join", booth_id="b9", show_profile=True) == "booth_unknown"
    await page.do("join", booth_id="b1", show_profile=False)
    assert await page.refused("join", booth_id="b1", show_profile=True) == "already_in_line"
    may = await server.node.ledger.people.shown_to("b1", [person.candidate_id])
    assert not may[person.candidate_id].profile


async def test_staff_take_down_what_somebody_without_a_phone_says(server: Server) -> None:
    person = await server.candidate(phone=None)
    organiser = await server.socket(await server.organiser(), ["control"])
    joined = {"booth_id": "b1", "candidate_id": person.candidate_id, "show_profile": True}
    await organiser.do("join", **joined)
    said: list[Any] = await server.node.ledger.people.consents(person.candidate_id)
    last = said[-1]
    assert (last.booth_id, last.given, last.channel) == ("b1", True, "staff")
    assert last.recorded_by.startswith("staff:")
