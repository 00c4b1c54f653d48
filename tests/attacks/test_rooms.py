"""Who is in an interview's room is seen by everybody in it, and nobody else is."""

from __future__ import annotations

from typing import Any

from fairserver.domain.states import Role
from tests.attacks.test_repeats import heard
from tests.web.support import Meeting, Person, Server, Servers, Socket
from tests.web.test_devices import paired
from tests.web.test_guests import ask_in, talking


async def machine(meeting: Meeting, server: Server) -> Socket:
    """A machine of the same booth, which sees in the booth's view what everybody's peer is."""
    made = await paired(meeting.server, meeting.recruiter_person)
    reply = await server.post("/api/sessions", {"token": made["device_key"], "bearer": True})
    person = Person(reply.json["session_token"], reply.json["slot"], Role.RECRUITER)
    socket = await server.socket(person, ["booth"])
    await socket.until(lambda: socket.cell("booth", meeting.key).get("room"))
    return socket


async def refusals(spy: Socket, room: dict[str, Any], epoch: int) -> set[str]:
    """What the booth's people can try with the name of a page that is not theirs."""
    report = {**room, "epoch": epoch}
    return {
        await spy.refused("report_room", **report, state="connected"),
        await spy.refused("report_room", **report, state="left"),
        await spy.refused("enter_room", **room, after_epoch=0),
        await spy.refused("enter_room", **room),
        await spy.refused("signal", **report, kind="offer", sdp="v=0 forged"),
    }


async def test_nobody_of_the_booth_listens_unseen_by_the_name_of_a_colleagues_page(
    servers: Servers,
) -> None:
    here, there = await servers.start(), await servers.start()
    meeting = await talking(here)
    spy = await machine(meeting, there)
    room = {"ticket_id": meeting.ticket_id, "peer": "peer-desk"}
    seen = spy.cell("booth", meeting.key)["room"]
    assert seen["desk_peer"] == "peer-desk"
    assert await refusals(spy, room, seen["epoch"]) == {"not_your_room"}
    # Nor does somebody who is not in the room say yes for the desk.
    assert await spy.refused("ask_recording", **room) == "not_your_room"
    word = {"peer": "peer-candidate", "epoch": seen["epoch"], "kind": "talk", "text": "{}"}
    await meeting.candidate.do("signal", ticket_id=meeting.ticket_id, **word)
    await meeting.recruiter.until(lambda: heard(meeting.recruiter))
    assert heard(spy) == heard(meeting.candidate) == []
    # Taking over is seen by everybody, and one's own page comes back by its own name.
    await meeting.recruiter.do("report_room", **room, epoch=seen["epoch"], state="connected")
    await spy.do("enter_room", ticket_id=meeting.ticket_id, peer="peer-other")
    await meeting.candidate.until(
        lambda: meeting.candidate.cell("me", meeting.key)["room"]["desk_peer"] == "peer-other"
    )
    assert await meeting.recruiter.refused("enter_room", **{**room, "peer": "peer-other"}) == (
        "not_your_room"
    )


async def test_nobody_of_the_booth_listens_unseen_to_the_third_person(server: Server) -> None:
    meeting = await talking(server)
    leg = {"ticket_id": meeting.ticket_id, "leg": "desk_guest"}
    guest = await server.socket(await ask_in(meeting), ["guest"])
    await meeting.candidate.do("answer_guest", ticket_id=meeting.ticket_id, agree=True)
    await guest.do("enter_room", **leg, peer="peer-guest")
    desk = await meeting.recruiter.do("enter_room", **leg, peer="peer-desk-leg")
    spy = await machine(meeting, server)
    room = {**leg, "peer": "peer-desk-leg"}
    assert await refusals(spy, room, desk["epoch"]) == {"not_your_room"}
    await meeting.recruiter.do("report_room", **room, epoch=desk["epoch"], state="connected")


async def test_a_yes_to_one_person_or_booth_is_none_to_another_asked_meanwhile(
    server: Server,
) -> None:
    meeting = await talking(server)
    ticket = {"ticket_id": meeting.ticket_id}
    await ask_in(meeting, "Bà Lan")

    def asked() -> Any:
        return meeting.candidate.cell("me", meeting.key)["guest"]

    await meeting.candidate.until(asked)
    seen = asked()["guest_id"]
    await meeting.recruiter.do("remove_guest", **ticket)
    await ask_in(meeting, "Ông Nam")
    yes = {**ticket, "agree": True}
    assert await meeting.candidate.refused("answer_guest", **yes, guest_id=seen) == (
        "ticket_wrong_state"
    )
    await meeting.candidate.until(lambda: asked() and asked()["guest_id"] != seen)
    assert asked()["state"] == "invited"
    await meeting.candidate.do("answer_guest", **yes, guest_id=asked()["guest_id"])
    for booth_id in ("b2", "b3"):
        await meeting.recruiter.do("offer_hand_over", **ticket, to_booth_id=booth_id)
    shown = {**yes, "show_profile": True}
    assert await meeting.candidate.refused("answer_hand_over", **shown, to_booth_id="b2") == (
        "ticket_wrong_state"
    )
    said = await server.node.ledger.people.consents(meeting.person.candidate_id)
    assert {one.booth_id for one in said} == {None, "b1"}
    done = await meeting.candidate.do("answer_hand_over", **shown, to_booth_id="b3")
    assert done["to_booth_id"] == "b3"
