"""Interviews over real sockets: entering, signalling, being lost, finishing; on two nodes too."""

from __future__ import annotations

from functools import partial
from typing import Any

from fairserver.domain.states import Role, RoomSide
from tests.web.support import Meeting, Server, Servers, Socket


async def signal(socket: Socket, meeting: Meeting, peer: str, **changes: Any) -> str:
    """Send an offer; gives ``ok`` or the code."""
    fields = {"epoch": 2, "kind": "offer", "sdp": "v=0", **changes}
    answer = await socket.ask("signal", ticket_id=meeting.ticket_id, peer=peer, **fields)
    return str(answer.get("code", "ok"))


def heard(socket: Socket) -> list[dict[str, Any]]:
    """The signals that a client has got."""
    return [frame for frame in socket.frames if frame["type"] == "signal"]


async def test_entering_gives_an_epoch_and_the_servers_to_connect_through(server: Server) -> None:
    meeting = await server.meeting()
    await meeting.candidate.do("accept", ticket_id=meeting.ticket_id)
    result = await meeting.candidate.do(
        "enter_room", ticket_id=meeting.ticket_id, peer="peer-candidate"
    )
    assert result == {"epoch": 1, "ice_servers": [{"urls": ["stun:127.0.0.1:3478"]}]}


async def test_the_interview_begins_when_both_ends_are_connected(server: Server) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    room = meeting.candidate.cell("me", meeting.key)["room"]
    assert room == meeting.recruiter.cell("booth", meeting.key)["room"]
    assert room["candidate_state"] == room["desk_state"] == "connected"
    assert room["talking_since"] is not None


async def test_words_pass_between_the_two_at_the_desk_and_are_kept_nowhere(server: Server) -> None:
    meeting = await server.meeting()
    await meeting.enter()
    words = {"kind": "talk", "text": '{"kind":"chat","id":"c1","text":"Riêng hai người"}'}
    assert await signal(meeting.candidate, meeting, "peer-candidate", **words) == "ok"
    await meeting.recruiter.until(lambda: heard(meeting.recruiter))
    assert heard(meeting.recruiter)[-1]["text"] == words["text"]
    raw = await server.live.store.xrange(f"{{{server.fair_id}}}:events")
    assert "Riêng".encode() not in b"".join(entry[1][b"e"] for entry in raw)
    too_long = {"kind": "talk", "text": "x" * 2_001}
    assert await signal(meeting.candidate, meeting, "peer-candidate", **too_long) == "malformed"


async def test_before_the_call_is_answered_nobody_can_write_to_the_other(server: Server) -> None:
    meeting = await server.meeting()
    await meeting.candidate.do("enter_room", ticket_id=meeting.ticket_id, peer="peer-candidate")
    words = {"kind": "talk", "text": "{}"}
    code = await signal(meeting.candidate, meeting, "peer-candidate", **words)
    assert code == "ticket_wrong_state"


async def test_signals_reach_the_other_end_only(server: Server) -> None:
    meeting = await server.meeting()
    _, stranger = await server.newcomer()
    await meeting.enter()
    assert await signal(meeting.recruiter, meeting, "peer-desk") == "ok"
    await meeting.candidate.until(lambda: heard(meeting.candidate))
    (got,) = heard(meeting.candidate)
    assert got == {
        "type": "signal",
        "ticket_id": meeting.ticket_id,
        "peer": "peer-desk",
        "epoch": 2,
        "kind": "offer",
        "sdp": "v=0",
    }
    candidate = {"kind": "candidate", "sdp": "candidate:1", "sdp_mid": "0", "sdp_m_line_index": 0}
    assert await signal(meeting.candidate, meeting, "peer-candidate", **candidate) == "ok"
    await meeting.recruiter.until(lambda: heard(meeting.recruiter))
    assert heard(meeting.recruiter)[0]["sdp_m_line_index"] == 0
    await stranger.do("ping")
    assert heard(stranger) == []
    assert len(heard(meeting.candidate)) == 1


async def test_a_room_that_is_not_ones_own_takes_no_signals_and_no_reports(server: Server) -> None:
    meeting = await server.meeting()
    await meeting.enter()
    _, stranger = await server.newcomer()
    assert await signal(stranger, meeting, "peer-candidate") == "not_your_room"
    assert await signal(meeting.candidate, meeting, "peer-other-tab") == "not_your_room"
    for kind, fields in (
        ("enter_room", {}),
        ("report_room", {"epoch": 2, "state": "lost"}),
    ):
        code = await stranger.refused(
            kind, ticket_id=meeting.ticket_id, peer="peer-stranger", **fields
        )
        assert code == "ticket_unknown"


async def test_reports_of_an_old_epoch_and_of_a_page_taken_over_are_refused(
    server: Server,
) -> None:
    meeting = await server.meeting()
    await meeting.enter()
    report = {"ticket_id": meeting.ticket_id, "state": "connected"}
    code = await meeting.candidate.refused("report_room", peer="peer-candidate", epoch=1, **report)
    assert code == "old_epoch"
    second_tab = await server.socket(meeting.person, ["me"])
    await second_tab.do("enter_room", ticket_id=meeting.ticket_id, peer="peer-second-tab")
    code = await meeting.candidate.refused("report_room", peer="peer-candidate", epoch=3, **report)
    assert code == "not_your_room"


async def test_who_goes_out_while_the_room_is_made_anew_is_out_of_the_new_one(
    server: Server,
) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    entered = await meeting.recruiter.do(
        "enter_room", ticket_id=meeting.ticket_id, peer="peer-desk", after_epoch=2
    )
    await meeting.candidate.do(
        "report_room",
        ticket_id=meeting.ticket_id,
        peer="peer-candidate",
        epoch=entered["epoch"] - 1,
        state="left",
    )
    await meeting.recruiter.until(
        lambda: meeting.recruiter.cell("booth", meeting.key)["room"]["candidate_state"] == "left"
    )


async def test_a_closed_socket_is_a_lost_end_and_the_interview_goes_on(server: Server) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    await meeting.candidate.close()

    def room() -> dict[str, Any]:
        found: dict[str, Any] = meeting.recruiter.cell("booth", meeting.key)["room"]
        return found

    await meeting.recruiter.until(lambda: room()["candidate_state"] == "lost")
    assert room()["talking_since"] is None
    assert meeting.recruiter.cell("booth", meeting.key)["state"] == "interviewing"
    back = await server.socket(meeting.person, ["me"])
    entered = await back.do(
        "enter_room", ticket_id=meeting.ticket_id, peer="peer-after-reload", after_epoch=2
    )
    assert entered["epoch"] == 3


async def test_an_old_sockets_end_does_not_lose_a_page_that_has_come_back_with_a_new_one(
    server: Server,
) -> None:
    """A phone that changes its network: the new socket is there before the old one is noticed."""
    meeting = await server.meeting()
    epoch = await meeting.talk()
    again = await server.socket(meeting.person, ["me"])
    await again.do(
        "report_room",
        ticket_id=meeting.ticket_id,
        peer="peer-candidate",
        epoch=epoch,
        state="connected",
    )
    await meeting.candidate.close()
    while len(server.node.connections) > 2:
        await again.do("ping")
    await again.do("ping")
    assert "room_lost" not in await server.live.news(0)
    assert await signal(meeting.recruiter, meeting, "peer-desk") == "ok"
    await again.until(lambda: heard(again))


async def test_finishing_closes_the_room(server: Server) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    result = await meeting.recruiter.do("finish", ticket_id=meeting.ticket_id, outcome="hired")
    assert result["talk_ms"] >= 0
    await meeting.sees("done")
    assert meeting.candidate.cell("me", meeting.key)["room"] is None
    assert meeting.recruiter.cell("booth", meeting.key)["outcome"] == "hired"
    code = await meeting.candidate.refused(
        "enter_room", ticket_id=meeting.ticket_id, peer="peer-candidate"
    )
    assert code == "ticket_wrong_state"


async def test_a_note_goes_to_the_ledger_and_into_no_event(server: Server) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    await meeting.recruiter.do("finish", ticket_id=meeting.ticket_id)
    for _ in range(2):
        await meeting.recruiter.ask(
            "record_outcome",
            command_id="once",
            ticket_id=meeting.ticket_id,
            outcome="shortlisted",
            note="GHI CHÚ RIÊNG",
        )
    notes = await server.node.ledger.notes.of_ticket(server.fair_id, meeting.ticket_id)
    assert [note.text for note in notes] == ["GHI CHÚ RIÊNG"]
    raw = await server.live.store.xrange(f"{{{server.fair_id}}}:events")
    assert b"GHI" not in b"".join(entry[1][b"e"] for entry in raw)


async def test_two_ends_on_two_nodes_signal_each_other_and_see_the_same(servers: Servers) -> None:
    one = await servers.start()
    two = await servers.start()
    person, candidate = await one.newcomer()
    recruiter_person = await two.staff(Role.RECRUITER, "b1")
    recruiter = await two.socket(recruiter_person, ["booth"])
    await one.open_fair()
    ticket_id = (await candidate.do("join", booth_id="b1"))["ticket_id"]
    await recruiter.do("open_desk", desk_id="b1-1")
    meeting = Meeting(one, ticket_id, person, candidate, recruiter_person, recruiter)
    await meeting.sees("called")
    await meeting.talk()
    assert await signal(recruiter, meeting, "peer-desk") == "ok"
    await candidate.until(lambda: heard(candidate))
    assert await signal(candidate, meeting, "peer-candidate", kind="answer") == "ok"
    await recruiter.until(lambda: heard(recruiter))
    assert heard(recruiter)[0]["kind"] == "answer"


async def test_a_client_moves_to_another_node_and_resumes_from_where_it_was(
    servers: Servers,
) -> None:
    one = await servers.start()
    two = await servers.start()
    person, first = await one.newcomer()
    await first.do("join", booth_id="b1")
    await first.until(lambda: first.cell("me", "ticket/t1"))
    held = first.views["me"].seq
    await one.node.stop()
    await first.close_code()
    second = await two.socket(person, None)
    second.views["me"] = first.views["me"]
    await second.do("hello", views={"me": held})
    await two.open_fair()
    await second.until(lambda: second.cell("me", "fair").get("state") == "open")
    assert second.cell("me", "ticket/t1")["state"] == "waiting"


async def test_a_node_that_goes_down_gives_no_room_up(servers: Servers) -> None:
    server = await servers.start()
    meeting = await server.meeting()
    await meeting.talk()
    await server.node.stop()
    await meeting.candidate.close_code()
    await meeting.recruiter.close_code()
    assert "room_lost" not in await server.live.news(0)


async def test_a_page_that_came_back_by_another_node_is_not_lost_with_its_old_socket(
    servers: Servers,
) -> None:
    one = await servers.start()
    two = await servers.start()
    meeting = await one.meeting()
    epoch = await meeting.talk()
    again = await two.socket(meeting.person, ["me"])
    said = {"ticket_id": meeting.ticket_id, "peer": "peer-candidate", "epoch": epoch}
    await again.do("report_room", **said, state="connected")
    await meeting.candidate.close()
    while len(one.node.connections) > 1:
        await meeting.recruiter.do("ping")
    await meeting.recruiter.do("ping")
    assert "room_lost" not in await one.live.news(0)

    await again.close()
    cell = partial(meeting.recruiter.cell, "booth", meeting.key)
    await meeting.recruiter.until(lambda: cell()["room"]["candidate_state"] == "lost")


async def test_a_booths_page_that_stays_all_day_lets_go_of_the_rooms_of_people_long_gone(
    server: Server,
) -> None:
    meeting = await server.meeting()
    await meeting.talk()
    await meeting.recruiter.do("finish", ticket_id=meeting.ticket_id, outcome="hired")
    await meeting.sees("done")
    _, second = await server.newcomer()
    ticket_id = (await second.do("join", booth_id="b1"))["ticket_id"]
    await meeting.recruiter.do("call_next", desk_id="b1-1")
    cell = partial(meeting.recruiter.cell, "booth", f"ticket/{ticket_id}")
    await meeting.recruiter.until(lambda: cell().get("state") in ("called", "on_deck"))
    await meeting.recruiter.do("enter_room", ticket_id=ticket_id, peer="peer-desk")
    rooms = [
        {ticket for ticket, _ in one.ends}
        for one in server.node.connections
        if one.side is RoomSide.DESK
    ]
    assert rooms == [{ticket_id}]
