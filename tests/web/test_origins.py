"""Where requests and sockets may come from."""

from __future__ import annotations

import aiohttp
import pytest

from fairserver.protocol.answers import CloseCode
from tests.web.support import Server, a_form


async def open_status(server: Server, headers: dict[str, str], path: str = "") -> int:
    """Open a socket with some headers; give 101, or the status of the refusal."""
    url = f"{server.base_url}/ws/{server.fair_id}{path}"
    try:
        async with server.http.ws_connect(url, headers=headers) as ws:
            message = await ws.receive()
            return 101 if ws.close_code in (None, CloseCode.SIGN_IN) else int(message.data)
    except aiohttp.WSServerHandshakeError as error:
        return error.status


async def cookie_of(server: Server) -> tuple[str, str]:
    """Register as a page does; give the cookie header and the slot."""
    reply = await server.register()
    ((name, morsel),) = reply.cookies.items()
    return f"{name}={morsel.value}", reply.json["slot"]


@pytest.mark.parametrize(
    ("origin", "right"),
    [
        ("own", True),
        ("http://localhost:{port}", True),
        ("http://evil.example", False),
        ("http://127.0.0.1:1", False),
        ("https://127.0.0.1:{port}", False),
        ("null", False),
        ("http://127.0.0.1:{port}.evil.example", False),
        ("", False),
    ],
)
async def test_a_socket_with_a_cookie_opens_from_our_pages_only(
    server: Server, origin: str, right: bool
) -> None:
    cookie, slot = await cookie_of(server)
    port = server.node.settings.port
    origin = server.base_url if origin == "own" else origin.format(port=port)
    headers = {"Cookie": cookie} | ({"Origin": origin} if origin else {})
    if right:
        url = f"{server.base_url}/ws/{server.fair_id}?slot={slot}"
        async with server.http.ws_connect(url, headers=headers) as ws:
            await ws.send_str('{"type":"hello","id":"k","views":{}}')
            assert (await ws.receive_json())["type"] == "ok"
    else:
        assert await open_status(server, headers, f"?slot={slot}") == 403


async def test_a_program_needs_no_origin_but_a_foreign_page_with_its_token_is_refused(
    server: Server,
) -> None:
    person = await server.candidate()
    bearer = {"Authorization": f"Bearer {person.token}"}
    socket = await server.socket(person)
    await socket.do("ping")
    assert await open_status(server, {**bearer, "Origin": "http://evil.example"}) == 403


async def test_nobody_without_origin_cookie_and_bearer_opens_a_socket(server: Server) -> None:
    assert await open_status(server, {}) == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"X-Fair": ""}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": ""}, 201),
        ({"Origin": "", "Cookie": "fs_abc=1"}, 403),
        ({"Origin": "", "Authorization": "Bearer x"}, 201),
        ({"Origin": "null"}, 403),
    ],
)
async def test_requests_that_change_something_come_from_our_pages_or_programs_only(
    server: Server, headers: dict[str, str], status: int
) -> None:
    reply = await server.post(f"{server.fair_url}/candidates", a_form(), headers=headers)
    assert reply.status == status
    if status == 403:
        assert reply.json["code"] == "not_permitted"
        assert server.node.fairs[server.fair_id].feed.projection.candidates == {}
