"""A line of people that are not there: a program registers, joins, accepts, and nobody comes."""

from __future__ import annotations

import time

from tests.web.support import PATIENT, Server, Servers, Socket

_ACCEPT_S = 40
NOBODIES = 12


async def answer_and_never_come(server: Server, sockets: list[Socket]) -> None:
    """Let the program accept what it is called to, and take a new turn when one has ended."""
    for socket in sockets:
        await socket.do("ping")
        cells = socket.views["me"].cells
        turns = [cell for key, cell in cells.items() if key.startswith("ticket/")]
        for turn in turns:
            if turn["state"] == "called":
                await socket.ask("accept", ticket_id=turn["ticket_id"])
        if all(turn["state"] == "no_show" for turn in turns):
            candidate_id = socket.cell("me", "me")["candidate_id"]
            await socket.ask("join", candidate_id=candidate_id, booth_id="b1")


async def test_whoever_is_there_comes_before_twelve_who_never_come(servers: Servers) -> None:
    server = await servers.start(rules={**PATIENT, "accept_online_s": _ACCEPT_S})
    await server.live.set_clock(time.time_ns() // 1_000_000)
    await server.open_fair()
    nobodies = []
    for _ in range(NOBODIES):
        person, socket = await server.newcomer()
        await socket.do("join", candidate_id=person.candidate_id, booth_id="b1")
        nobodies.append(socket)
    desk = await server.socket(await server.recruiter(), ["booth"])
    for desk_id in ("b1-1", "b1-2"):
        await desk.do("open_desk", desk_id=desk_id)

    ids = [socket.cell("me", "me")["candidate_id"] for socket in nobodies]
    all_stand_back = False
    for _ in range(40):
        await answer_and_never_come(server, nobodies)
        await server.live.wait(_ACCEPT_S + 1)
        found = [await server.live.record("candidate", one) for one in ids]
        if all_stand_back := all(one.get("stands_back") == "1" for one in found):
            break
    assert all_stand_back
    for socket in nobodies:
        await socket.until(lambda socket=socket: socket.cell("me", "me")["stands_back"])

    # Whoever is there comes before all of them, after half the time that a desk waits for others.
    person, socket = await server.newcomer()
    turn = (await socket.do("join", candidate_id=person.candidate_id, booth_id="b1"))["ticket_id"]
    assert (await server.live.line_of("b1"))[0] == turn
    await answer_and_never_come(server, nobodies)
    await server.live.wait(_ACCEPT_S / 2 + 1)
    at_desks = {await server.live.at_desk(desk_id) for desk_id in ("b1-1", "b1-2")}
    assert turn in at_desks
