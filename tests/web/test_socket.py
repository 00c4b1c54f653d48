"""The socket: hello first, resuming, one answer per command, closing."""

from __future__ import annotations

import msgspec
import pytest
from aiohttp import WSCloseCode
from msgspec import structs

from fairserver.domain.states import Role
from fairserver.protocol.answers import CloseCode
from tests.web.support import Server, Servers


async def test_hello_comes_first(server: Server) -> None:
    socket = await server.socket(await server.candidate(), None)
    assert await socket.refused("ping") == "hello_first"
    assert await socket.refused("join", booth_id="b1") == "hello_first"
    await socket.do("hello", views={})
    await socket.do("ping")


async def test_hello_is_answered_before_the_views_come(server: Server) -> None:
    person = await server.candidate()
    socket = await server.socket(person, ["me", "hall"])
    kinds = [frame["type"] for frame in socket.frames]
    assert kinds == ["ok", "store", "snapshot", "snapshot"]
    result = socket.frames[0]["result"]
    assert result["fair_id"] == server.fair_id
    assert result["role"] == "candidate"
    assert result["heartbeat_s"] > 0
    assert socket.cell("me", "me")["number"] == person.number


async def test_a_hello_that_knows_how_far_it_was_gets_only_what_is_newer(server: Server) -> None:
    person, first = await server.newcomer(["me", "hall"])
    held = first.views["me"].seq
    await first.close()
    await server.live.join(person.candidate_id, "b1")
    again = await server.socket(person, None)
    again.views["me"] = first.views["me"]
    await again.do("hello", views={"me": held})
    await again.until(lambda: again.cell("me", "ticket/t1"))
    delta = next(f for f in again.frames if f["type"] in ("delta", "snapshot"))
    assert (delta["type"], delta["from"]) == ("delta", held)
    assert "me" not in delta["set"]


@pytest.mark.parametrize("since", [-1, 0, 10**15, 10**40])
async def test_a_hello_with_nonsense_gets_a_snapshot(
    server: Server, since: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairserver.web.commands._CATCH_UP_S", 0.01)
    socket = await server.socket(await server.candidate(), {"me": since})
    assert [f["type"] for f in socket.frames if f["type"] != "store"] == ["ok", "snapshot"]


async def test_a_second_hello_may_change_the_views_and_the_language(server: Server) -> None:
    socket = await server.socket(await server.candidate(), ["me"])
    assert await socket.do("hello", views={"hall": None}, language="en")
    await socket.until(lambda: "hall" in socket.views)
    answer = await socket.ask("leave", ticket_id="t1")
    assert answer["message"] == "There is no such turn."


async def test_a_view_no_longer_watched_is_not_sent(server: Server) -> None:
    _, socket = await server.newcomer(["me", "hall"])
    await socket.do("unwatch", views=["hall"])
    await server.open_fair()
    await socket.until(lambda: socket.cell("me", "fair").get("state") == "open")
    assert socket.cell("hall", "fair")["state"] == "preparing"


@pytest.mark.parametrize(
    ("role", "view"),
    [
        (Role.CANDIDATE, "booth"),
        (Role.CANDIDATE, "control"),
        (Role.RECRUITER, "me"),
        (Role.RECRUITER, "control"),
        (Role.ORGANISER, "booth"),
        (Role.SUPPORT, "me"),
    ],
)
async def test_a_role_watches_its_own_views_only(server: Server, role: Role, view: str) -> None:
    booth_id = "b1" if role is Role.RECRUITER else None
    person = await (server.candidate() if role is Role.CANDIDATE else server.staff(role, booth_id))
    socket = await server.socket(person, None)
    assert await socket.refused("hello", views={view: None, "hall": None}) == "not_permitted"
    assert not socket.views


async def test_each_command_gets_exactly_one_answer(server: Server) -> None:
    _, socket = await server.newcomer()
    for number in range(20):
        await socket.do("ping", command_id=f"p{number}")
    assert all(len(socket.answers[f"p{number}"]) == 1 for number in range(20))


async def test_a_repeated_command_gets_the_first_answer(server: Server) -> None:
    person, socket = await server.newcomer()
    first = await socket.ask("join", command_id="k1", booth_id="b1")
    again = await socket.ask("join", command_id="k1", booth_id="b1")
    other_tab = await server.socket(person)
    there = await other_tab.ask("join", command_id="k1", booth_id="b1")
    assert first == again == there
    assert first["type"] == "ok"


async def test_the_answer_tells_the_newest_event_and_the_view_reaches_it(server: Server) -> None:
    _, socket = await server.newcomer()
    answer = await socket.ask("join", booth_id="b1")
    await socket.until(lambda: (socket.views["me"].seq or 0) >= answer["seq"])
    assert socket.cell("me", f"ticket/{answer['result']['ticket_id']}")["state"] == "waiting"


async def test_who_is_not_signed_in_is_told_so_by_the_close_code(server: Server) -> None:
    socket = await server.socket(None, None)
    assert await socket.close_code() == CloseCode.SIGN_IN


async def test_a_session_of_another_fair_does_not_open_this_ones_socket(server: Server) -> None:
    plan = structs.replace(server.node.fairs[server.fair_id].plan, fair_id="other-fair")
    await server.node.ledger.fairs.put("other-fair", msgspec.json.encode(plan), "digest")
    opened = await server.node.ledger.sessions.open(
        "other-fair", Role.CANDIDATE, "c1", None, "1", 60
    )
    person = await server.candidate()
    person.token = opened.token
    socket = await server.socket(person, None)
    assert await socket.close_code() == CloseCode.SIGN_IN


async def test_a_socket_of_a_fair_that_is_none_is_refused(server: Server) -> None:
    person = await server.candidate()
    reply = await server.get("/ws/no-such-fair", token=person.token)
    assert (reply.status, reply.json["code"]) == (404, "fair_unknown")


async def test_a_full_node_sends_people_elsewhere(servers: Servers) -> None:
    server = await servers.start(limits={"max_connections": 1})
    person, _ = await server.newcomer()
    reply = await server.get(f"/ws/{server.fair_id}", token=person.token)
    assert reply.status == 503
    assert int(reply.headers["Retry-After"]) > 0


async def test_signing_out_closes_the_sockets_of_that_sign_in_only(server: Server) -> None:
    person, socket = await server.newcomer()
    _, other = await server.newcomer()
    reply = await server.request("DELETE", "/api/session", token=person.token)
    assert reply.status == 204
    assert await socket.close_code() == CloseCode.SIGN_IN
    await other.do("ping")
    again = await server.socket(person, None)
    assert await again.close_code() == CloseCode.SIGN_IN


async def test_who_never_says_hello_is_shown_out(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairserver.web.socket._HELLO_S", 0.05)
    socket = await server.socket(await server.candidate(), None)
    assert await socket.close_code() == CloseCode.MALFORMED


@pytest.mark.parametrize(("said", "answered"), [(1000, 1000), (1006, WSCloseCode.PROTOCOL_ERROR)])
async def test_a_close_with_a_code_for_no_frame_is_a_breach(
    server: Server, said: int, answered: int
) -> None:
    _, socket = await server.newcomer()
    await socket.ws.close(code=said)
    assert socket.ws.close_code == answered


async def test_a_node_that_goes_down_says_restart_and_takes_nobody_new(server: Server) -> None:
    _, socket = await server.newcomer()
    _, other = await server.newcomer()
    person = await server.candidate()
    await server.node.stop()
    assert await socket.close_code() == CloseCode.RESTART
    assert await other.close_code() == CloseCode.RESTART
    reply = await server.get(f"/ws/{server.fair_id}", token=person.token)
    assert reply.status == 503
    assert (await server.get("/readyz")).status == 503
    assert (await server.get("/livez")).status == 200
