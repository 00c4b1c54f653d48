"""HTTP itself: messages of two meanings, methods, types, caches, redirects, and other origins."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web

from fairserver.domain.states import Role
from fairserver.protocol.commands import Command
from fairserver.settings import ServerSettings
from fairserver.web import pages
from fairserver.web.contract import CONTRACTS, Who
from fairserver.web.door import make_door
from fairserver.web.https import Https
from fairserver.web.openapi import api_routes
from tests.web.support import Server
from tests.web.test_employer_api import new_key

_SECOND = "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
_SECRET = "what-only-the-sender-knows"


async def raw(server: Server, text: str) -> str:
    """Send bytes as they are; give everything that comes back until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.node.settings.port)
    writer.write(text.encode("latin-1"))
    answer = await reader.read()
    writer.close()
    return answer.decode()


def head(*lines: str, method: str = "POST", path: str = "/api/sessions") -> str:
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: x", "X-Fair: 1", *lines, "", ""))


@pytest.mark.parametrize(
    "first",
    [
        head("Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n",
        head("Transfer-Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n",
        head("Content-Length: 0", "Content-Length: 2"),
        head("Content-Length: 2", "Content-Length: 2") + "{}",
        head("Content-Length: 0, 2"),
        head("Content-Length: +2") + "{}",
        head("Content-Length: 0x2") + "{}",
        head("Content-Length: -2") + "{}",
        head("Content-Length : 2") + "{}",
        head("X-A: b", " Content-Length: 2") + "{}",
        head("Transfer-Encoding: xchunked") + "0\r\n\r\n",
        head("Transfer-Encoding: chunked, identity") + "0\r\n\r\n",
        head("Transfer-Encoding:\x0bchunked") + "0\r\n\r\n",
        head("Transfer-Encoding: chunked") + "-1\r\n\r\n",
        head("Transfer-Encoding: chunked") + "0x2\r\n{}\r\n0\r\n\r\n",
        head("Transfer-Encoding: chunked") + "2;\n{}\r\n0\r\n\r\n",
        head("X-A: a\x00b"),
        head("X-A: a\rContent-Length: 2") + "{}",
        head("Host: y"),
        head().replace("HTTP/1.1", "HTTP/1.1 "),
        head().replace("\r\n", "\n"),
    ],
)
async def test_a_message_of_two_lengths_is_refused_and_what_follows_is_not_read(
    server: Server, first: str
) -> None:
    answer = await raw(server, first + _SECOND)
    assert re.match(r"HTTP/1\.[01] 400 ", answer)
    assert "\nready" not in answer, "what a proxy took for a body was read as a request"


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND", "get"])
async def test_no_method_gives_back_what_was_sent(server: Server, method: str) -> None:
    for path in ("/", "/livez", "/api/session"):
        lines = (f"X-Secret: {_SECRET}", f"Cookie: fs_x={_SECRET}", "Connection: close")
        answer = await raw(server, head(*lines, method=method, path=path))
        assert re.match(r"HTTP/1\.[01] 4\d\d ", answer)
        assert _SECRET not in answer


async def test_a_method_is_changed_by_no_header(server: Server) -> None:
    person = await server.candidate()
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"):
        await server.get("/api/session", token=person.token, headers={name: "DELETE"})
        await server.get(f"/api/session?{name}=DELETE", token=person.token)
    assert (await server.get("/api/session", token=person.token)).status == 200


async def test_no_answer_names_the_program_it_is_made_of(server: Server) -> None:
    for path in ("/", "/livez", "/api/nothing", "/static/nothing.js", "/f/nothing/"):
        answer = await raw(server, head("Connection: close", method="GET", path=path))
        assert "Server: fairserver" in answer
        for told in ("aiohttp", "Python", "Traceback", "site-packages"):
            assert told not in answer


async def test_no_other_origin_is_let_in_by_any_answer(server: Server) -> None:
    person = await server.candidate()
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-fair",
    }
    for path in ("/", f"/f/{server.fair_id}/", "/api/fairs", "/api/session", "/static/x", "/livez"):
        for method in ("GET", "OPTIONS"):
            reply = await server.request(method, path, token=person.token, headers=asked)
            assert not [name for name in reply.headers if name.lower().startswith("access-control")]


# --- what a safe method does, and what may be kept of it ------------------------------------------


def filled(path: str, server: Server) -> str:
    """Put something into the variables of an address."""
    known = {"fair_id": server.fair_id, "booth_id": "b1"}
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: known.get(found[1], "x" * 12), path)


def rows(server: Server) -> dict[str, int]:
    """Count the rows of the record, but for what is written down of readings and sign-ins."""
    path = Path(server.node.settings.data_folder) / "ledger.sqlite"
    with sqlite3.connect(path) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
        kept = [name for name in tables if "sqlite" not in name and name in _TABLES]
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in kept
        }


_TABLES = ("people", "staff", "invitations", "api_keys", "webhooks", "consents", "notes", "devices")


async def everybodys_answers(server: Server) -> list[tuple[Who, str, Any]]:
    """Ask every address that is read, as everybody who may be signed in."""
    people = [
        await server.candidate(),
        await server.recruiter("b1"),
        await server.organiser(),
        await server.staff(Role.SUPPORT),
    ]
    tokens = [*(person.token for person in people), await new_key(server), None]
    return [
        (CONTRACTS[route.handler].who, route.path, await server.get(path, token=token))
        for route in api_routes()
        if route.method == "GET"
        for path in [filled(route.path, server)]
        for token in tokens
    ]


async def test_nothing_is_changed_by_a_safe_method(server: Server) -> None:
    for route in api_routes():
        if route.method in ("GET", "HEAD", "OPTIONS"):
            assert CONTRACTS[route.handler].body is None, route.path
    await server.recruiter("b1")
    await everybodys_answers(server)  # signs everybody in
    projection = server.node.fairs[server.fair_id].feed.projection
    before = projection.seq, rows(server)
    people = [await server.recruiter("b1"), await server.organiser()]
    taken_on = len(people)
    for route in api_routes():
        if route.method == "GET":
            for person in people:
                await server.get(filled(route.path, server), token=person.token)
    after = rows(server)
    for table in ("staff", "invitations"):
        after[table] -= taken_on
    assert (projection.seq, after) == before


async def test_nothing_about_a_person_is_kept_by_a_browser(server: Server) -> None:
    answers = await everybodys_answers(server)
    good = [(who, path, reply) for who, path, reply in answers if reply.status == 200]
    assert {who for who, _, _ in good} == set(Who), "nobody got what this test looks at"
    for who, path, reply in answers:
        if who is not Who.ANYBODY or reply.status != 200:
            assert reply.headers.get("Cache-Control") == "no-store", path


def test_no_body_and_no_command_takes_a_field_that_it_does_not_name() -> None:
    bodies = [one.body for one in CONTRACTS.values() if one.body is not None]
    for kind in (*bodies, *Command.__subclasses__()):
        assert kind.__struct_config__.forbid_unknown_fields, kind


async def test_a_parameter_given_twice_is_refused(server: Server) -> None:
    key = await new_key(server)
    reply = await server.get("/api/v1/people?limit=1&limit=2", token=key)
    assert (reply.status, reply.json["code"]) == (400, "malformed")


# --- types and redirects --------------------------------------------------------------------------


async def test_every_kind_of_file_has_the_type_that_it_is(server: Server) -> None:
    seen: dict[str, str] = {}
    for path in sorted(pages.STATIC.rglob("*.*")):
        name = path.relative_to(pages.STATIC).as_posix()
        if path.suffix in seen or "node_modules" in name or not path.is_file():
            continue
        reply = await server.get(f"/static/{name}")
        if reply.status == 200:
            seen[path.suffix] = reply.headers["Content-Type"]
    assert seen[".js"] == "text/javascript; charset=utf-8"
    assert seen[".css"] == "text/css; charset=utf-8"
    assert seen[".woff2"] == "font/woff2"
    assert seen[".mp3"] == "audio/mpeg"
    for ending, told in seen.items():
        assert not told.startswith("application/octet-stream"), ending
        if told.startswith("text/"):
            assert told.endswith("charset=utf-8"), ending


_AWAY = (
    "//evil.example/",
    "//evil.example/..",
    "/\\evil.example/",
    "/%2f%2fevil.example/",
    "/f//evil.example",
    "/f/%2f%2fevil.example",
    "/f/%5cevil.example",
    "http://evil.example/",
    "http://evil.example/f/x",
    "/f/x?next=//evil.example",
)


@pytest.mark.parametrize("path", _AWAY)
async def test_no_redirect_leads_to_another_host(server: Server, path: str) -> None:
    answer = await raw(server, head("Connection: close", method="GET", path=path))
    for place in re.findall(r"(?im)^location: *([^\r]*)", answer):
        assert re.match(r"/(?![/\\])", place), place


class _Fetched(Https):
    """The https of a fetched certificate, as the page over http knows it."""

    def refresh(self) -> None:
        """Nothing is followed here."""

    def url_for(self, host: str) -> str:
        return self.settings.base_url


@pytest.fixture
async def door(free_port: Callable[[], int]) -> Any:
    port = free_port()
    https = _Fetched(ServerSettings(public_url="https://vieclam.example.vn"))
    runner = web.AppRunner(make_door(https))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield cast(Server, SimpleNamespace(node=SimpleNamespace(settings=_Port(port))))
    await runner.cleanup()


class _Port:
    def __init__(self, port: int) -> None:
        self.port = port


@pytest.mark.parametrize("path", [*_AWAY, "@evil.example/", ".evil.example/", ":80@evil.example/"])
async def test_the_way_to_https_leads_to_no_other_host(door: Server, path: str) -> None:
    answer = await raw(door, head("Connection: close", method="GET", path=path))
    for place in re.findall(r"(?im)^location: *([^\r]*)", answer):
        assert place.startswith("https://vieclam.example.vn/"), place


@pytest.mark.parametrize("path", ["/api/v1/people", "/api/session", "/ws/fair"])
async def test_a_program_that_speaks_http_is_refused_and_not_led_on(
    door: Server, path: str
) -> None:
    url = f"http://127.0.0.1:{door.node.settings.port}"
    async with aiohttp.ClientSession() as http:
        async with http.get(url + path, allow_redirects=False) as answer:
            assert answer.status == 403
            assert "Location" not in answer.headers
        async with http.get(f"{url}/f/fair/", allow_redirects=False) as answer:
            assert answer.headers["Location"] == "https://vieclam.example.vn/f/fair/"
