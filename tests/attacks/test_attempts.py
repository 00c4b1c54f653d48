"""Whoever tries what is not allowed stands in the security log: by ids, never by contents."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from fairserver import security
from fairserver.security import Deed
from tests.web.support import Server, Servers

Until = Callable[[Callable[[], object]], Awaitable[None]]
_SECRET = "what-nobody-may-read-in-a-log"


@pytest.fixture(autouse=True)
def counters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counters of this test's own: lines of others must not have used up the minute."""
    monkeypatch.setattr(security, "_flood", security._Flood())


def deeds(server: Server) -> list[dict[str, Any]]:
    text = server.node.settings.security_log.read_text()
    assert _SECRET not in text
    return [json.loads(line) for line in text.splitlines()]


def told(server: Server, deed: Deed, **facts: str) -> list[dict[str, Any]]:
    wanted = {"deed": deed.value, "address": "127.0.0.1", **facts}
    return [one for one in deeds(server) if wanted.items() <= one.items()]


async def test_what_a_role_may_not_do_is_written_down(server: Server) -> None:
    person = await server.candidate()
    await server.get(f"{server.fair_url}/staff", token=person.token)
    socket = await server.socket(person, ["me"])
    assert await socket.refused("open_fair") == "not_permitted"
    who = f"candidate:{person.candidate_id}"
    assert told(server, Deed.NOT_PERMITTED, who=who, of="staff", fair_id=server.fair_id)
    assert told(server, Deed.NOT_PERMITTED, who=who, of="open_fair")


async def test_a_page_from_elsewhere_is_written_down(server: Server) -> None:
    body = {"token": _SECRET}
    foreign = {"Origin": "https://evil.example"}
    await server.request("POST", "/api/sessions", body, headers=foreign)
    await server.request("POST", "/api/sessions", body, headers={"X-Fair": ""})
    assert told(server, Deed.NOT_PERMITTED, of="sign_in", why="foreign_origin")
    assert told(server, Deed.NOT_PERMITTED, of="sign_in", why="header_missing")
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await server.http.ws_connect(f"{server.base_url}/ws/{server.fair_id}", headers=foreign)
    assert told(server, Deed.NOT_PERMITTED, of="socket", why="foreign_origin")


async def test_an_id_that_was_used_for_something_else_is_written_down(server: Server) -> None:
    person, socket = await server.newcomer()
    await socket.ask("join", "k1", booth_id="b1")
    assert await socket.refused("join", command_id="k1", booth_id="b2") == "id_reused"
    (line,) = told(server, Deed.ID_REUSED)
    assert line["who"] == f"candidate:{person.candidate_id}"


async def test_who_is_too_fast_or_sends_nonsense_is_written_down(
    servers: Servers, until: Until
) -> None:
    limits = {"commands_per_second": 1, "commands_burst": 10, "requests_per_second": 1}
    server = await servers.start(limits=limits)
    person = await server.candidate()
    who = f"candidate:{person.candidate_id}"
    while (await server.get("/api/session", token=person.token)).status != 429:
        pass
    assert told(server, Deed.TOO_FAST, of="show_session")
    other, socket = await server.newcomer()
    who = f"candidate:{other.candidate_id}"
    for _ in range(3):
        await socket.send(_SECRET)
    await until(lambda: told(server, Deed.SHOWN_OUT, who=who, why="malformed"))
    last = await server.socket(await server.candidate(), ["me"])
    for _ in range(20):
        await last.send('{"type":"ping","id":"k"}')
    await until(lambda: told(server, Deed.TOO_FAST, why="too_fast"))
