"""Frames that nobody would write: always an error or a closed socket, never ``internal``."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairserver.domain.states import Role
from fairserver.protocol import commands as c
from tests.web.support import Server, Servers, Socket

_KINDS = sorted(str(kind.__struct_config__.tag) for kind in c.Command.__subclasses__())
_FIELDS = sorted({name for kind in c.Command.__subclasses__() for name in kind.__struct_fields__})

_words = st.one_of(
    st.sampled_from(
        ["b1", "b1-1", "t1", "t2", "c1", "me", "hall", "booth", "peer-of-somebody", "hired", "vi"]
    ),
    st.text(max_size=30),
)
_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3),
    max_leaves=6,
)
#: Commands that are nearly right: a real type, real fields, any values.
_nearly = st.fixed_dictionaries(
    {"type": st.sampled_from(_KINDS), "id": st.text("abc123-_", min_size=1, max_size=8)},
    optional={name: _values for name in _FIELDS if name != "id"},
).map(lambda frame: json.dumps(frame).encode("utf-8", "surrogatepass"))
_frames = st.one_of(
    _nearly, _nearly, st.binary(max_size=300), _values.map(json.dumps).map(str.encode)
)

_LIMITS = {"commands_per_second": 1000, "commands_burst": 10_000}
#: Never the answer to anything that a client sends.
_FAULTS = {"internal", "store_away"}


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.RECRUITER, Role.ORGANISER])
async def test_whatever_is_sent_the_server_answers_or_closes(servers: Servers, role: Role) -> None:
    server = await servers.start(limits=_LIMITS)
    loop = asyncio.get_running_loop()
    person = await (
        server.candidate()
        if role is Role.CANDIDATE
        else server.staff(role, "b1" if role is Role.RECRUITER else None)
    )
    sent: list[list[bytes]] = []

    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(_frames, min_size=1, max_size=8))
    def collect(frames: list[bytes]) -> None:
        sent.append(frames)

    await loop.run_in_executor(None, collect)
    for frames in sent:
        await volley(server, await server.socket(person), frames)


async def volley(server: Server, socket: Socket, frames: list[bytes]) -> None:
    """Send frames, then a ping: it is answered, or the socket was closed with a code of ours."""
    for frame in frames:
        if socket.ws.closed:
            break
        await socket.send(frame)
    try:
        await socket.ask("ping", command_id="the-end")
    except (AssertionError, ConnectionError):
        assert await socket.close_code() in (4400, 1009), frames
    codes = {frame.get("code") for frame in socket.frames if frame["type"] == "error"}
    assert not codes & _FAULTS, frames
    await socket.close()
    server.sockets.remove(socket)
