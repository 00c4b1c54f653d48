"""Get a session over HTTP: from a personal link's token, or by registering as a candidate."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import quote

import aiohttp
import msgspec

from booth_client.errors import SignInError
from fairserver.protocol.answers import Error
from fairserver.protocol.errors import Code

T = TypeVar("T")

#: Seconds for one HTTP request, name look-up and connecting included.
REQUEST_S = 30.0
#: Bytes of the longest answer; the server's own are a few hundred.
_MOST_ANSWER = 64 * 1024


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in. ``session_token`` is a secret; ``slot`` is its public name."""

    slot: str
    role: str
    fair_id: str
    session_token: str
    booth_id: str | None = None
    candidate_id: str | None = None
    display_name: str = ""
    number: int | None = None


class Consents(msgspec.Struct, frozen=True, kw_only=True):
    """What the candidate agreed to; without ``take_part`` nobody is registered."""

    take_part: bool
    show_profile: bool = False
    keep_profile: bool = False
    statistics: bool = False
    messages: bool = False


class RegistrationForm(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate's form. ``request_id`` makes sending it twice register once."""

    full_name: str
    birth_year: int
    #: ``nam`` or ``nu``.
    sex: str
    commune: str
    wish: str
    consents: Consents
    phone: str | None = None
    language: str = "vi"
    request_id: str = msgspec.field(default_factory=lambda: uuid.uuid4().hex)


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """A new candidate: the number to be called by, and what brings the person back."""

    slot: str
    candidate_id: str
    number: int
    #: Eight digits that sign the person in on any phone, together with ``number``.
    code: str
    ticket_link: str
    session_token: str


async def open_session(
    base_url: str, token: str, *, http: aiohttp.ClientSession | None = None
) -> Session:
    """Exchange a personal link's token for a session.

    ``http`` is used when given, so that thousands share one pool of connections.
    Raises ``SignInError`` when the token is refused and ``aiohttp.ClientError`` when the
    server cannot be reached.
    """
    body = {"token": token, "bearer": True}
    return await post(base_url, "/api/sessions", body, Session, http)


async def register(
    base_url: str,
    fair_id: str,
    form: RegistrationForm,
    *,
    http: aiohttp.ClientSession | None = None,
) -> Registered:
    """Register a candidate at a fair; the same ``form`` again gives the same person.

    Raises ``SignInError`` when a field or a consent is refused and ``aiohttp.ClientError``
    when the server cannot be reached.
    """
    path = f"/api/fairs/{quote(fair_id)}/candidates"
    body = {**msgspec.to_builtins(form), "bearer": True}
    return await post(base_url, path, body, Registered, http)


async def post(
    base_url: str, path: str, body: object, kind: type[T], http: aiohttp.ClientSession | None
) -> T:
    """Post to the server's HTTP interface and read the answer as a type.

    Raises ``SignInError`` when the server refuses, says too much or sends this end elsewhere (the
    body is a secret, for nobody else), and ``aiohttp.ClientError`` when it cannot be reached.
    """
    url = base_url.rstrip("/") + path
    headers = {"X-Fair": "1", "Content-Type": "application/json"}
    async with (
        _session(http) as session,
        session.post(
            url, data=msgspec.json.encode(body), headers=headers, allow_redirects=False
        ) as response,
    ):
        answer = await _bounded(response)
        if response.status >= 300:
            raise _refusal(response, answer)
        return msgspec.json.decode(answer, type=kind)


@asynccontextmanager
async def _session(http: aiohttp.ClientSession | None) -> AsyncIterator[aiohttp.ClientSession]:
    if http is not None:
        yield http
        return
    timeout = aiohttp.ClientTimeout(total=REQUEST_S)
    async with aiohttp.ClientSession(timeout=timeout) as own:
        yield own


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    """Read an answer; one that is too long is no answer of this server, and empty."""
    answer = bytearray()
    async for piece in response.content.iter_any():
        answer += piece
        if len(answer) > _MOST_ANSWER:
            response.close()
            raise SignInError(response.status, _unreadable("an endless answer"), None)
    return bytes(answer)


def _unreadable(message: str) -> Error:
    return Error(id=None, code=Code.INTERNAL, message=message)


def _refusal(response: aiohttp.ClientResponse, answer: bytes) -> SignInError:
    after = response.headers.get("Retry-After", "")
    retry_after_s = float(after) if after.isdigit() else None
    try:
        # Over HTTP an error answers no command, so its ``id`` may be left out.
        error = msgspec.convert({"id": None, **msgspec.json.decode(answer, type=dict)}, Error)
    except msgspec.DecodeError:
        # Not this server's own words: a proxy in between, say.
        error = _unreadable(response.reason or "")
    return SignInError(response.status, error, retry_after_s)
