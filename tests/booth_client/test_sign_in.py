"""Signing in over HTTP against a real local HTTP server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from booth_client import Consents, RegistrationForm, SignInError, open_session, register

FORM = RegistrationForm(
    full_name="Nguyễn Thị Lan",
    birth_year=2001,
    sex="nu",
    commune="Xã Bến Lức",
    wish="Công nhân may",
    consents=Consents(take_part=True),
)


class Door:
    """What the server received, and what it answers."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.answer: Callable[[], web.Response] = web.Response

    async def handle(self, request: web.Request) -> web.Response:
        self.requests.append((request.path, dict(request.headers), await request.json()))
        return self.answer()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    made = Door()
    app = web.Application()
    app.router.add_post("/{path:.*}", made.handle)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/"))
        yield made


async def test_a_links_token_opens_a_session(door: Door) -> None:
    door.answer = lambda: web.json_response(
        {
            "slot": "s1",
            "role": "recruiter",
            "fair_id": "f",
            "booth_id": "b05",
            "candidate_id": None,
            "display_name": "Chị Hoa",
            "number": None,
            "session_token": "secret",
            "later_field": 1,
        }
    )
    session = await open_session(door.url, "token")
    assert (session.booth_id, session.session_token) == ("b05", "secret")
    path, headers, body = door.requests[0]
    assert path == "/api/sessions"
    assert headers["X-Fair"] == "1"
    assert body == {"token": "token", "bearer": True}


async def test_a_secret_follows_no_redirect(door: Door) -> None:
    for status in (301, 302, 307, 308):
        door.answer = lambda status=status: web.Response(  # type: ignore[misc]
            status=status, headers={"Location": f"{door.url}elsewhere"}
        )
        with pytest.raises(SignInError):
            await open_session(door.url, "token")
    assert [path for path, _, _ in door.requests] == ["/api/sessions"] * 4


async def test_an_endless_answer_is_refused(door: Door) -> None:
    door.answer = lambda: web.Response(body=b" " * 200_000 + b"{}")
    with pytest.raises(SignInError, match="endless"):
        await open_session(door.url, "token")


async def test_a_candidate_registers_over_a_shared_pool(door: Door) -> None:
    door.answer = lambda: web.json_response(
        {
            "slot": "s1",
            "candidate_id": "c1",
            "number": 17,
            "code": "0420",
            "ticket_link": "/f/f/#t=x",
            "session_token": "secret",
        },
        status=201,
    )
    async with aiohttp.ClientSession() as http:
        registered = await register(door.url, "f", FORM, http=http)
        assert not http.closed
    assert (registered.number, registered.code) == (17, "0420")
    path, _, body = door.requests[0]
    assert path == "/api/fairs/f/candidates"
    assert body["consents"]["take_part"] is True
    assert body["request_id"] == FORM.request_id


async def test_a_refusal_carries_code_sentence_and_field(door: Door) -> None:
    error = {
        "type": "error",
        "id": None,
        "code": "field_wrong",
        "message": "Năm sinh sai",
        "detail": {"field": "birth_year"},
    }
    door.answer = lambda: web.json_response(error, status=422, headers={"Retry-After": "3"})
    with pytest.raises(SignInError, match="Năm sinh sai") as refused:
        await register(door.url, "f", FORM)
    assert refused.value.status == 422
    assert refused.value.code == "field_wrong"
    assert refused.value.detail == {"field": "birth_year"}
    assert refused.value.retry_after_s == 3


async def test_a_refusal_without_an_id_is_read(door: Door) -> None:
    error = {"type": "error", "code": "link_unknown", "message": "Không có", "hint": "Hỏi lại"}
    door.answer = lambda: web.json_response(error, status=404)
    with pytest.raises(SignInError, match="Hỏi lại"):
        await open_session(door.url, "token")


async def test_a_proxys_own_error_page_is_a_refusal_too(door: Door) -> None:
    door.answer = lambda: web.Response(status=502, text="<html>Bad Gateway</html>")
    with pytest.raises(SignInError, match="502 internal: Bad Gateway"):
        await open_session(door.url, "token")


def test_every_form_has_its_own_request_id() -> None:
    other = RegistrationForm(
        full_name="Lê An", birth_year=2000, sex="nam", commune="x", wish="y", consents=FORM.consents
    )
    assert other.request_id != FORM.request_id
