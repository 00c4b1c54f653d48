"""A revoked link: nobody gets in with it, and who is in is shown out, from every node."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.client import ClientConnection, connect

from fairserver import staff_links
from fairserver.domain.states import Role
from fairserver.protocol.answers import CloseCode
from fairserver.web.words import catalogue
from tests.web.support import Person, Server, Servers


@pytest.fixture
async def nodes(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> list[Server]:
    monkeypatch.setattr("fairserver.web.node._RECHECK_S", 0.02)
    return [await servers.start(), await servers.start()]


async def revoke_by_command(server: Server, person: Person) -> None:
    found = await server.node.ledger.sessions.find(person.token)
    assert found is not None
    await staff_links.revoke(server.node.settings, server.fair_id, found.subject_id)


def open_raw(server: Server, person: Person) -> connect:
    url = f"{server.base_url}/ws/{server.fair_id}".replace("http", "ws", 1)
    return connect(url, additional_headers={"Authorization": f"Bearer {person.token}"})


async def closed(ws: ClientConnection) -> tuple[int | None, str | None]:
    await ws.wait_closed()
    return ws.close_code, ws.close_reason


async def test_open_sockets_on_every_node_are_closed_with_a_code_and_a_sentence(
    nodes: list[Server],
) -> None:
    person, colleague = await nodes[0].recruiter(), await nodes[0].recruiter()
    async with open_raw(nodes[0], person) as first, open_raw(nodes[1], person) as second:
        other = await nodes[1].socket(colleague, ["booth"])
        await revoke_by_command(nodes[0], person)
        sentence = catalogue("vi")["not_signed_in.message"]
        assert await closed(first) == (CloseCode.SIGN_IN, sentence)
        assert await closed(second) == (CloseCode.SIGN_IN, sentence)
        await other.do("ping")


async def test_a_revoked_link_and_a_revoked_sign_in_let_nobody_in(nodes: list[Server]) -> None:
    server = nodes[0]
    person = await server.recruiter()
    await revoke_by_command(server, person)
    reply = await nodes[1].post("/api/sessions", {"token": person.link})
    assert (reply.status, reply.json["code"]) == (401, "link_unknown")
    assert reply.json["message"] == catalogue("vi")["link_unknown.message"]
    reply = await nodes[1].get("/api/session", token=person.token)
    assert (reply.status, reply.json["code"]) == (401, "not_signed_in")
    socket = await nodes[1].socket(person, None)
    assert await socket.close_code() == CloseCode.SIGN_IN


async def test_a_record_that_is_away_for_a_moment_does_not_end_the_looking(
    nodes: list[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = nodes[0]
    organiser = await server.staff(Role.ORGANISER)
    socket = await server.socket(organiser, ["control"])
    asked, sessions = asyncio.Event(), server.node.ledger.sessions

    async def fails(*_: object) -> None:
        asked.set()
        raise OSError("the record is away")

    with monkeypatch.context() as away:
        away.setattr(sessions, "holding", fails)
        await asked.wait()
    await revoke_by_command(server, organiser)
    assert await socket.close_code() == CloseCode.SIGN_IN


async def test_the_sentence_fits_into_a_close_frame() -> None:
    for language in ("vi", "en"):
        assert len(catalogue(language)["not_signed_in.message"].encode()) <= 123
