"""A third person in the interview, over real sockets: asked by the desk, agreed to by the
candidate, connected with each of the two, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from fairserver.domain.states import Role
from tests.web.support import Meeting, Person, Server, Servers, Socket


async def talking(server: Server) -> Meeting:
    """Bring two people into an interview."""
    meeting = await server.meeting()
    await meeting.talk()
    return meeting


async def ask_in(meeting: Meeting, name: str = "Bà Lan") -> Person:
    """Ask an interpreter in by a link, and sign in with it."""
    asked = await meeting.recruiter.do(
        "invite_guest", ticket_id=meeting.ticket_id, role="interpreter", name=name
    )
    token = asked["link"].partition("#t=")[2]
    reply = await meeting.server.post("/api/sessions", {"token": token, "bearer": True})
    assert reply.status == 200, reply.body
    assert reply.json["role"] == "guest"
    return Person(reply.json["session_token"], reply.json["slot"], Role.GUEST, link=token)


async def enter(socket: Socket, meeting: Meeting, leg: str, peer: str) -> dict[str, Any]:
    """Come in at one end of a connection."""
    return await socket.do("enter_room", ticket_id=meeting.ticket_id, leg=leg, peer=peer)


def heard(socket: Socket) -> list[tuple[str, str]]:
    """From whom a client has got signals, and by which connection."""
    signals = [frame for frame in socket.frames if frame["type"] == "signal"]
    return [(frame["peer"], frame.get("leg", "main")) for frame in signals]


async def test_the_candidate_is_told_who_comes_before_anybody_is_let_in(server: Server) -> None:
    meeting = await talking(server)
    guest = await server.socket(await ask_in(meeting), ["guest"])
    key, own = meeting.key, f"guest/{meeting.ticket_id}"
    await meeting.candidate.until(lambda: meeting.candidate.cell("me", key).get("guest"))
    assert meeting.candidate.cell("me", key)["guest"]["role"] == "interpreter"
    path = f"{server.fair_url}/tickets/{meeting.ticket_id}/guest"
    told = await server.get(path, token=meeting.person.token)
    assert told.json == {"role": "interpreter", "display_name": "Bà Lan"}
    entering = {"ticket_id": meeting.ticket_id, "leg": "guest_candidate", "peer": "peer-guest"}
    assert await guest.refused("enter_room", **entering) == "ticket_wrong_state"
    await meeting.candidate.do("answer_guest", ticket_id=meeting.ticket_id, agree=True)
    await guest.until(lambda: guest.cell("guest", own).get("state") == "agreed")
    await guest.do("enter_room", **entering)
    await meeting.recruiter.until(lambda: meeting.recruiter.cell("booth", key)["guest"]["joined"])


async def test_signals_pass_between_the_two_ends_of_each_connection_only(server: Server) -> None:
    meeting = await talking(server)
    guest = await server.socket(await ask_in(meeting), ["guest"])
    await meeting.candidate.do("answer_guest", ticket_id=meeting.ticket_id, agree=True)
    ends = {
        "desk_guest": (meeting.recruiter, guest),
        "guest_candidate": (guest, meeting.candidate),
    }
    for leg, (offering, answering) in ends.items():
        await enter(offering, meeting, leg, f"peer-{leg}-1")
        result = await enter(answering, meeting, leg, f"peer-{leg}-2")
        assert result["epoch"] == 2
        offer = {"ticket_id": meeting.ticket_id, "leg": leg, "epoch": 2, "sdp": "v=0"}
        await offering.do("signal", peer=f"peer-{leg}-1", kind="offer", **offer)
        await answering.do("signal", peer=f"peer-{leg}-2", kind="answer", **offer)
    assert heard(meeting.recruiter) == [("peer-desk_guest-2", "desk_guest")]
    assert heard(meeting.candidate) == [("peer-guest_candidate-1", "guest_candidate")]
    assert sorted(heard(guest)) == [
        ("peer-desk_guest-1", "desk_guest"),
        ("peer-guest_candidate-2", "guest_candidate"),
    ]


async def test_a_colleague_of_the_booth_is_asked_by_name_and_comes_from_the_own_page(
    server: Server,
) -> None:
    meeting = await talking(server)
    colleague, stranger = await server.recruiter(), await server.recruiter("b2")
    page = await server.socket(colleague, ["booth", "guest"])
    listed = await server.get(f"{server.fair_url}/colleagues", token=meeting.recruiter_person.token)
    (found,) = listed.json["colleagues"]
    ask = {"ticket_id": meeting.ticket_id, "role": "listener"}
    others = (await server.node.ledger.staff.by_token(stranger.link)).staff_id  # type: ignore[union-attr]
    for nobody in (others, "sNobody"):
        code = await meeting.recruiter.refused("invite_guest", staff_id=nobody, **ask)
        assert code == "guest_unknown"
    await meeting.recruiter.do("invite_guest", staff_id=found["staff_id"], **ask)
    await page.until(lambda: page.cell("guest", f"guest/{meeting.ticket_id}"))
    assert await meeting.recruiter.refused("invite_guest", name="Ai đó", **ask) == "room_full"
    await meeting.candidate.do("answer_guest", ticket_id=meeting.ticket_id, agree=True)
    await enter(page, meeting, "guest_candidate", "peer-colleague")
    await enter(meeting.candidate, meeting, "guest_candidate", "peer-candidate-2")
    await page.do("signal", ticket_id=meeting.ticket_id, leg="guest_candidate",
                  peer="peer-colleague", epoch=2, kind="offer", sdp="v=0")  # fmt: skip
    await meeting.candidate.until(lambda: heard(meeting.candidate))


async def test_a_link_works_once_and_not_for_long(server: Server) -> None:
    meeting = await talking(server)
    person = await ask_in(meeting)
    again = await server.post("/api/sessions", {"token": person.link, "bearer": True})
    assert again.json["code"] == "link_used"
    assert "một lần" in again.json["hint"]
    await meeting.recruiter.do("remove_guest", ticket_id=meeting.ticket_id)
    asked = await meeting.recruiter.do(
        "invite_guest", ticket_id=meeting.ticket_id, role="interpreter", name="Ông Sáu"
    )
    database = server.node.ledger._database
    later = database.now() + 61 * 60_000
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(database), "now", lambda _: later)
        token = asked["link"].partition("#t=")[2]
        late = await server.post("/api/sessions", {"token": token, "bearer": True})
    assert late.json["code"] == "link_expired"


async def test_who_is_let_go_or_declined_hears_nothing_more(server: Server) -> None:
    meeting = await talking(server)
    guest = await server.socket(await ask_in(meeting), ["guest"])
    own = f"guest/{meeting.ticket_id}"
    await meeting.candidate.do("answer_guest", ticket_id=meeting.ticket_id, agree=True)
    await enter(guest, meeting, "guest_candidate", "peer-guest")
    await enter(meeting.candidate, meeting, "guest_candidate", "peer-candidate-2")
    await meeting.candidate.do("answer_guest", ticket_id=meeting.ticket_id, agree=False)
    await guest.until(lambda: not guest.cell("guest", own))
    late = {"ticket_id": meeting.ticket_id, "leg": "guest_candidate", "peer": "peer-candidate-2"}
    code = await meeting.candidate.refused("signal", epoch=2, kind="offer", sdp="v=0", **late)
    assert code == "not_your_room"
    entering = {"ticket_id": meeting.ticket_id, "leg": "desk_guest", "peer": "peer-guest"}
    assert await guest.refused("enter_room", **entering) == "ticket_unknown"
    path = f"{server.fair_url}/tickets/{meeting.ticket_id}/guest"
    assert (await server.get(path, token=meeting.recruiter_person.token)).json["code"] == (
        "guest_unknown"
    )


async def test_a_closed_page_of_the_guest_is_a_lost_end_and_comes_back(server: Server) -> None:
    meeting = await talking(server)
    person = await ask_in(meeting)
    guest = await server.socket(person, ["guest"])
    await meeting.candidate.do("answer_guest", ticket_id=meeting.ticket_id, agree=True)
    await enter(meeting.recruiter, meeting, "desk_guest", "peer-desk-2")
    await enter(guest, meeting, "desk_guest", "peer-guest")
    await guest.close()

    def leg() -> dict[str, Any]:
        found: dict[str, Any] = meeting.recruiter.cell("booth", meeting.key)["guest"]["leg"]
        return found

    await meeting.recruiter.until(lambda: leg()["answering_state"] == "lost")
    back = await server.socket(person, ["guest"])
    await enter(back, meeting, "desk_guest", "peer-guest-again")
    await meeting.recruiter.until(lambda: leg()["answering_peer"] == "peer-guest-again")
    assert leg()["epoch"] == 3
    assert meeting.recruiter.cell("booth", meeting.key)["state"] == "interviewing"


async def test_signals_reach_a_guest_on_another_node(servers: Servers) -> None:
    server, other = await servers.start(), await servers.start()
    meeting = await talking(server)
    guest = await other.socket(await ask_in(meeting), ["guest"])
    await meeting.candidate.do("answer_guest", ticket_id=meeting.ticket_id, agree=True)
    own = f"guest/{meeting.ticket_id}"
    await guest.until(lambda: guest.cell("guest", own).get("state") == "agreed")
    await enter(guest, meeting, "desk_guest", "peer-guest")
    await enter(meeting.recruiter, meeting, "desk_guest", "peer-desk-2")
    offer = {"ticket_id": meeting.ticket_id, "leg": "desk_guest", "epoch": 2, "sdp": "v=0"}
    await meeting.recruiter.do("signal", peer="peer-desk-2", kind="offer", **offer)
    await guest.until(lambda: heard(guest) == [("peer-desk-2", "desk_guest")])
