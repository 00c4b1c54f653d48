"""A command id that was used once opens nothing else, and its repeat does nothing more."""

from __future__ import annotations

import time
from typing import Any

import msgspec
from sqlalchemy import text

from fairserver.settings import IceSettings
from tests.web.support import Meeting, Server, Servers, Socket

#: Dates that may be offered, ms.
_SOON = (int(time.time()) + 7 * 24 * 3600) * 1000
_LATER = _SOON + 600_000
_OFFER = {"epoch": 2, "kind": "offer", "sdp": "v=0 forged"}


def heard(socket: Socket) -> list[dict[str, Any]]:
    """The signals that a client has got."""
    return [frame for frame in socket.frames if frame["type"] == "signal"]


async def notes(server: Server) -> list[str]:
    """Every note of the record."""
    async with server.node.ledger.people._database.read() as connection:
        return list(await connection.scalars(text("SELECT text FROM notes")))


async def test_a_visitor_does_not_get_into_an_interview_by_an_id_that_was_used(
    servers: Servers,
) -> None:
    here, there = await servers.start(), await servers.start()
    meeting = await here.meeting()
    _, visitor = await there.newcomer()
    await visitor.do("join", command_id="k1", booth_id="b2")
    epoch = await meeting.talk()
    room = {"ticket_id": meeting.ticket_id, "peer": "peer-candidate"}
    report = {**room, "epoch": epoch, "state": "connected"}
    assert await visitor.refused("report_room", command_id="k1", **report) == "id_reused"
    assert await visitor.refused("enter_room", command_id="k1", **room) == "id_reused"
    assert await visitor.refused("signal", command_id="k1", **room, **_OFFER) == "not_your_room"
    own = {"ticket_id": meeting.ticket_id, "peer": "peer-desk", "epoch": epoch}
    await meeting.recruiter.do("signal", kind="offer", sdp="v=0", **own)
    await meeting.recruiter.do("signal", kind="talk", text="{}", **own)
    await meeting.candidate.until(lambda: len(heard(meeting.candidate)) == 2)
    assert heard(visitor) == []
    assert heard(meeting.recruiter) == []


async def test_a_note_cannot_be_planted_on_another_booths_turn(server: Server) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    await meeting.recruiter.do("finish", ticket_id=meeting.ticket_id)
    outsider = await server.socket(await server.recruiter("b2"), ["booth"])
    await outsider.ask("open_desk", command_id="k1", desk_id="b2-1")
    planted = {"ticket_id": meeting.ticket_id, "outcome": "hired", "note": "gian lận"}
    assert await outsider.refused("record_outcome", command_id="k1", **planted) == "id_reused"
    own = {**planted, "note": "của mình"}
    await meeting.recruiter.do("record_outcome", command_id="k2", **own)
    other = {**own, "note": "chữ khác"}
    assert (
        await meeting.recruiter.refused("record_outcome", command_id="k2", **other) == "id_reused"
    )
    await meeting.recruiter.do("record_outcome", command_id="k2", **own)
    assert await notes(server) == ["của mình"]


async def test_a_repeat_writes_no_note_about_somebody_who_was_erased(server: Server) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    await meeting.recruiter.do("finish", ticket_id=meeting.ticket_id)
    said = {"ticket_id": meeting.ticket_id, "outcome": "hired", "note": "gọi lại thứ hai"}
    await meeting.recruiter.do("record_outcome", command_id="k1", **said)
    reply = await server.request(
        "DELETE",
        f"{server.fair_url}/my-data",
        {"number": meeting.person.number},
        token=meeting.person.token,
    )
    assert reply.status == 204, reply.body
    projection = server.node.fairs[server.fair_id].feed.projection
    await meeting.recruiter.until(lambda: projection.candidates[meeting.person.candidate_id].erased)
    await meeting.recruiter.ask("record_outcome", command_id="k1", **said)
    assert await notes(server) == []


async def test_a_second_interview_is_changed_by_no_id_of_something_else(server: Server) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    await meeting.recruiter.do("finish", ticket_id=meeting.ticket_id)
    first = {"ticket_id": meeting.ticket_id, "starts_at": _SOON, "place": "Cổng chính"}
    assert await meeting.recruiter.do("offer_second_interview", command_id="k1", **first) == {
        "sequence": 0
    }
    for other in ({**first, "starts_at": _LATER}, {**first, "place": "Chỗ khác"}):
        code = await meeting.recruiter.refused("offer_second_interview", command_id="k1", **other)
        assert code == "id_reused"
    cancel = {"ticket_id": meeting.ticket_id}
    assert (
        await meeting.recruiter.refused("cancel_second_interview", command_id="k1", **cancel)
        == "id_reused"
    )
    held = await server.node.ledger.second_interviews.of_ticket(server.fair_id, meeting.ticket_id)
    assert held is not None
    assert (held.starts_at, held.place, held.sequence) == (_SOON, "Cổng chính", 0)
    # The repeat of an offer that was changed since brings the old date back neither.
    await meeting.recruiter.do("offer_second_interview", **{**first, "starts_at": _LATER})
    await meeting.recruiter.do("offer_second_interview", command_id="k1", **first)
    held = await server.node.ledger.second_interviews.of_ticket(server.fair_id, meeting.ticket_id)
    assert held is not None
    assert held.starts_at == _LATER


async def test_no_way_into_the_relay_is_given_after_the_interview(servers: Servers) -> None:
    secret = servers._folder / "turn"
    secret.write_text("a secret of the relay of 32 bytes or more")
    secret.chmod(0o600)
    relay = IceSettings(turn=["turn:127.0.0.1:3478"], turn_secret_file=str(secret))
    server = await servers.start(ice=relay)
    meeting = await server.meeting()
    await meeting.candidate.do("accept", ticket_id=meeting.ticket_id)
    room = {"ticket_id": meeting.ticket_id, "peer": "peer-candidate"}
    first = await meeting.candidate.do("enter_room", command_id="k1", **room)
    # The relay counts by the person and the interview, whatever name a peer gives itself.
    own = f":{meeting.person.candidate_id}-{meeting.ticket_id}-main"
    assert first["ice_servers"][-1]["username"].endswith(own)
    again = await meeting.candidate.do("enter_room", command_id="k1", **room)
    assert again["epoch"] == first["epoch"]
    other = {**room, "peer": "peer-of-mine-too"}
    assert await meeting.candidate.refused("enter_room", command_id="k1", **other) == "id_reused"
    second = await meeting.candidate.do("enter_room", **other)
    assert second["ice_servers"][-1]["username"].endswith(own)
    assert await meeting.candidate.refused("enter_room", command_id="k1", **room) == "not_your_room"
    report = {**other, "epoch": 2, "state": "lost"}
    await meeting.candidate.do("report_room", command_id="k2", **report)
    await meeting.candidate.do("leave", ticket_id=meeting.ticket_id)
    for kind, command_id, fields in (("enter_room", "k1", room), ("report_room", "k2", report)):
        code = await meeting.candidate.refused(kind, command_id=command_id, **fields)
        assert code == "ticket_wrong_state"


async def test_the_repeat_of_an_invitation_gives_the_same_link_while_it_is_of_use(
    server: Server,
) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    asked = {"ticket_id": meeting.ticket_id, "role": "interpreter", "name": "Bà Lan"}
    first = await meeting.recruiter.do("invite_guest", command_id="k1", **asked)
    again = await meeting.recruiter.do("invite_guest", command_id="k1", **asked)
    assert first == again
    assert first["link"]
    other = {**asked, "name": "Ông Nam"}
    assert await meeting.recruiter.refused("invite_guest", command_id="k1", **other) == "id_reused"
    guests = [
        member
        for member in await server.node.ledger.staff.of_fair(server.fair_id)
        if member.role == "guest"
    ]
    assert len(guests) == 1
    await meeting.recruiter.do("remove_guest", ticket_id=meeting.ticket_id)
    await meeting.recruiter.until(
        lambda: (
            server.node.fairs[server.fair_id].feed.projection.tickets[meeting.ticket_id].guest
            is None
        )
    )
    assert await meeting.recruiter.refused("invite_guest", command_id="k1", **asked) == (
        "guest_unknown"
    )


async def test_who_sends_is_stamped_and_what_is_forged_is_dropped(servers: Servers) -> None:
    here, there = await servers.start(), await servers.start()
    meeting = await here.meeting()
    epoch = await meeting.talk()
    second = await there.socket(meeting.person, ["me"])
    room = {"ticket_id": meeting.ticket_id}
    forged = [
        {"peer": "peer-desk", "epoch": epoch, "kind": "answer"},
        {"peer": "peer-candidate", "epoch": epoch + 1, "kind": "answer"},
        {"peer": "peer-candidate", "epoch": epoch - 1, "kind": "candidate"},
        {"peer": "peer-candidate", "epoch": epoch, "kind": "offer"},
        {"peer": "peer-candidate", "epoch": epoch, "kind": "answer", "leg": "desk_guest"},
    ]
    codes = [
        await meeting.candidate.refused("signal", sdp="v=0", **room, **fields) for fields in forged
    ]
    assert codes == ["not_your_room", "old_epoch", "old_epoch", "not_your_room", "not_your_room"]
    # The same person's other page is not in the room before it enters; then the first is out.
    own = {**room, "peer": "peer-candidate", "epoch": epoch, "kind": "answer", "sdp": "v=0"}
    assert await second.refused("signal", **own) == "not_your_room"
    await second.do("enter_room", **room, peer="peer-second")
    await meeting.candidate.until(
        lambda: meeting.candidate.cell("me", meeting.key)["room"]["epoch"] == epoch + 1
    )
    assert await meeting.candidate.refused("signal", **{**own, "epoch": epoch + 1}) == (
        "not_your_room"
    )
    await meeting.recruiter.until(
        lambda: meeting.recruiter.cell("booth", meeting.key)["room"]["epoch"] == epoch + 1
    )
    offer = {"peer": "peer-desk", "epoch": epoch + 1, "kind": "offer", "sdp": "v=0 new"}
    await meeting.recruiter.do("signal", **room, **offer)
    await second.until(lambda: heard(second))
    words = {"peer": "peer-second", "epoch": epoch, "kind": "talk", "text": "{}"}
    await second.do("signal", **room, **words)
    await meeting.recruiter.until(lambda: heard(meeting.recruiter))
    (got,) = heard(meeting.recruiter)
    assert (got["peer"], got["epoch"]) == ("peer-second", epoch + 1)
    assert heard(meeting.candidate) == []


async def test_nobody_signals_when_the_interview_is_over(server: Server) -> None:
    meeting = await server.meeting()
    epoch = await meeting.talk()
    await meeting.recruiter.do("finish", ticket_id=meeting.ticket_id)
    await meeting.sees("done")
    for socket, peer, kind in (
        (meeting.candidate, "peer-candidate", "answer"),
        (meeting.recruiter, "peer-desk", "offer"),
    ):
        own = {"ticket_id": meeting.ticket_id, "peer": peer, "epoch": epoch}
        assert await socket.refused("signal", kind=kind, sdp="v=0", **own) == "not_your_room"
        assert await socket.refused("signal", kind="talk", text="{}", **own) == "not_your_room"
    assert heard(meeting.candidate) == heard(meeting.recruiter) == []


async def guest_in(meeting: Meeting, name: str) -> Socket:
    """Bring a third person from outside into a running interview."""
    server = meeting.server
    asked = {"ticket_id": meeting.ticket_id, "role": "interpreter", "name": name}
    link = (await meeting.recruiter.do("invite_guest", **asked))["link"]
    await meeting.candidate.do("answer_guest", ticket_id=meeting.ticket_id, agree=True)
    reply = await server.post("/api/sessions", {"token": link.partition("#t=")[2], "bearer": True})
    token = msgspec.json.decode(reply.body)["session_token"]
    ws = await server.http.ws_connect(
        f"{server.base_url}/ws/{server.fair_id}", headers={"Authorization": f"Bearer {token}"}
    )
    socket = Socket(ws)
    server.sockets.append(socket)
    await socket.do("hello", views={"guest": None})
    return socket


async def test_a_third_person_who_is_out_hears_and_says_nothing_to_the_next(
    server: Server,
) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    leg = {"ticket_id": meeting.ticket_id, "leg": "desk_guest"}
    first = await guest_in(meeting, "Bà Lan")
    await first.do("enter_room", peer="peer-first", **leg)
    await meeting.recruiter.do("remove_guest", ticket_id=meeting.ticket_id)
    second = await guest_in(meeting, "Ông Nam")
    await second.do("enter_room", peer="peer-second-guest", **leg)
    entered = await meeting.recruiter.do("enter_room", peer="peer-desk-leg", **leg)
    offer = {"peer": "peer-desk-leg", "epoch": entered["epoch"], "kind": "offer", "sdp": "v=0"}
    await meeting.recruiter.do("signal", **leg, **offer)
    await second.until(lambda: heard(second))
    own = {**leg, "peer": "peer-first", "epoch": entered["epoch"], "kind": "answer", "sdp": "v=0"}
    if first.ws.close_code is None:
        assert await first.refused("signal", **own) == "not_your_room"
    assert heard(first) == []
    assert heard(meeting.recruiter) == []
