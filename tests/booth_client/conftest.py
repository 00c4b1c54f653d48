"""A small fair on a real socket that speaks the protocol and misbehaves on demand."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from fairserver.protocol.answers import Delta, Error, Message, Ok, Snapshot
from fairserver.protocol.commands import AnyCommand, Command, Hello, Unwatch
from tests.booth_client.real import FAIR_ID, RealServer
from tests.conftest import TestValkey

_decoder: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
Rule = Callable[[Command], Message | None]


class SmallFair:
    """Views with a history, answers kept by command id, and switches for misbehaviour."""

    def __init__(self) -> None:
        self.url = ""
        self.seq = 0
        self.views: dict[str, dict[str, Any]] = {"booth": {}, "me": {}, "hall": {}}
        #: Number of the newest event that changed each view.
        self.newest: dict[str, int] = {}
        #: Whole history, so that any ``since`` can be answered with a delta.
        self.history: list[Delta] = []
        #: Below this a ``since`` is answered with a snapshot.
        self.oldest = 0
        self.hellos: list[Hello] = []
        #: Commands in the order of arrival, repeats included, and those carried out.
        self.received: list[Command] = []
        self.done: dict[str, Message] = {}
        #: What to answer; null answers nothing.
        self.rule: Rule = lambda command: Ok(id=command.id, seq=self.seq)
        #: What happens after the answer went out.
        self.after: Callable[[Command], Awaitable[None]] | None = None
        self.hello_rule: Callable[[Hello], Error | None] = lambda hello: None
        self.refuse: tuple[int, dict[str, str]] | None = None
        self.authorization: list[str | None] = []
        self.sockets: dict[ServerConnection, set[str]] = {}
        self.news = asyncio.Condition()

    def change(self, view: str, cells: dict[str, Any], drop: tuple[str, ...] = ()) -> Delta:
        """Make an event that changes a view; nothing is sent."""
        self.seq += 1
        self.views[view].update(cells)
        for key in drop:
            self.views[view].pop(key, None)
        before = self.newest.get(view, 0)
        self.newest[view] = self.seq
        delta = Delta(view=view, from_seq=before, seq=self.seq, set=cells, drop=list(drop))
        self.history.append(delta)
        return delta

    async def publish(self, view: str, cells: dict[str, Any], drop: tuple[str, ...] = ()) -> None:
        """Make an event and send it to whoever watches the view."""
        await self.say(self.change(view, cells, drop))

    async def say(self, message: Message) -> None:
        """Send a message to every socket (a view's only to those that watch it)."""
        view = getattr(message, "view", None)
        for socket, watched in list(self.sockets.items()):
            if view is None or view in watched:
                await socket.send(msgspec.json.encode(message), text=True)

    async def close_all(self, code: int) -> None:
        """Close every socket with a code."""
        for socket in list(self.sockets):
            await socket.close(code)

    def abort_all(self) -> None:
        """Let every socket die without a goodbye."""
        for socket in list(self.sockets):
            socket.transport.abort()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is true of what was received."""
        async with self.news:
            await self.news.wait_for(condition)

    async def serve(self, socket: ServerConnection) -> None:
        """Talk with one client."""
        self.sockets[socket] = set()
        try:
            async for frame in socket:
                await self._take(socket, _decoder.decode(frame))
                async with self.news:
                    self.news.notify_all()
        except ConnectionClosed:
            pass
        finally:
            del self.sockets[socket]

    async def _take(self, socket: ServerConnection, command: AnyCommand) -> None:
        if isinstance(command, Hello):
            await self._hello(socket, command)
            return
        self.received.append(command)
        if isinstance(command, Unwatch):
            self.sockets[socket] -= set(command.views)
            await socket.send(msgspec.json.encode(Ok(id=command.id)), text=True)
            return
        first = command.id not in self.done
        answer = self.rule(command) if first else self.done[command.id]
        if answer is None:
            return
        self.done[command.id] = answer
        await socket.send(msgspec.json.encode(answer), text=True)
        if first and isinstance(answer, Ok) and self.after:
            await self.after(command)

    async def _hello(self, socket: ServerConnection, hello: Hello) -> None:
        self.hellos.append(hello)
        if refusal := self.hello_rule(hello):
            await socket.send(msgspec.json.encode(refusal), text=True)
            return
        self.sockets[socket] = set(hello.views)
        result = {"now": 1, "version": "t", "fair_id": "f", "role": "recruiter", "heartbeat_s": 20}
        await socket.send(msgspec.json.encode(Ok(id=hello.id, result=result)), text=True)
        for view, since in hello.views.items():
            await socket.send(msgspec.json.encode(self._resume(view, since)), text=True)

    def _resume(self, view: str, since: int | None) -> Snapshot | Delta:
        if since is None or since < self.oldest:
            return Snapshot(view=view, seq=self.seq, cells=self.views[view])
        cells: dict[str, Any] = {}
        drop: dict[str, None] = {}
        for delta in self.history:
            if delta.view == view and delta.seq > since:
                cells = {k: v for k, v in {**cells, **delta.set}.items() if k not in delta.drop}
                drop = {key: None for key in [*drop, *delta.drop] if key not in delta.set}
        return Delta(view=view, from_seq=since, seq=self.seq, set=cells, drop=list(drop))

    async def check(self, _: ServerConnection, request: Request) -> Response | None:
        """Let the handshake in, or refuse it as told."""
        self.authorization.append(request.headers.get("Authorization"))
        async with self.news:
            self.news.notify_all()
        if self.refuse is None:
            return None
        status, headers = self.refuse
        return Response(status, HTTPStatus(status).phrase, Headers(headers), b"")


@pytest.fixture
async def fair() -> AsyncIterator[SmallFair]:
    small = SmallFair()
    async with serve(
        small.serve, "127.0.0.1", 0, process_request=small.check, compression=None
    ) as server:
        small.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield small


#: The cells of a small booth, as they come over the wire.
FAIR_CELL = {"state": "open", "join_limit": 3, "not_now_limit": 2, "ends_at": None}


def desk_cell(desk_id: str = "d1", state: str = "ready", **more: Any) -> dict[str, Any]:
    """Return a ``DeskCell`` as it comes over the wire."""
    return {
        "desk_id": desk_id,
        "booth_id": "b05",
        "state": state,
        "since": 0,
        "ticket_id": None,
        "idle_reason": None,
        "idle_booth_id": None,
        "idle_since": None,
        "idle_number": None,
        **more,
    }


@pytest.fixture
def cells() -> dict[str, Any]:
    return {"fair": FAIR_CELL, "desk/d1": desk_cell()}


@pytest.fixture
def a_desk() -> Callable[..., dict[str, Any]]:
    return desk_cell


@pytest.fixture
async def server(
    tmp_path: Path, valkey: TestValkey, store: Redis, free_port: Callable[[], int]
) -> AsyncIterator[RealServer]:
    made = RealServer(tmp_path, valkey.address, free_port())
    await made.start()
    await made.node.open_fair(FAIR_ID)
    yield made
    await made.stop()
    # Here, and not in the middle of somebody else's test.
    gc.collect()
