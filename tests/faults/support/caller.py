"""A bare client of the socket that never waits for one command before it sends the next."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Iterable
from typing import Any

import aiohttp
import msgspec

from booth_client.address import socket_url
from fairserver.protocol.answers import AnyMessage, Error, Ok
from tests.faults.support.journal import Journal, Record

_encode = msgspec.json.Encoder().encode
_messages: msgspec.json.Decoder[AnyMessage] = msgspec.json.Decoder(AnyMessage)


class Caller:
    """One socket of one identity; open it with ``Caller.open``."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, journal: Journal, name: str) -> None:
        self._ws = ws
        self._journal = journal
        self._name = name
        #: Frames received so far.
        self.frames = 0
        self._ids = itertools.count(1)
        self._waiting: dict[str, tuple[Record, asyncio.Future[Ok | Error]]] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls,
        http: aiohttp.ClientSession,
        base_url: str,
        fair_id: str,
        session_token: str,
        journal: Journal,
        name: str,
        views: Iterable[str] = (),
    ) -> Caller:
        """Open the socket, say hello and watch some views, without keeping what they show.

        ``name`` makes this client's command ids its own among those of the same identity.
        """
        ws = await http.ws_connect(
            socket_url(base_url, fair_id),
            headers={"Authorization": f"Bearer {session_token}"},
            max_msg_size=0,
        )
        caller = cls(ws, journal, name)
        await caller.ask("hello", views=dict.fromkeys(views))
        return caller

    def post(self, kind: str, **fields: Any) -> asyncio.Future[Ok | Error]:
        """Send a command now; the future gets the answer."""
        command = {"type": kind, "id": f"{self._name}-{next(self._ids)}", **fields}
        future: asyncio.Future[Ok | Error] = asyncio.get_running_loop().create_future()
        self._waiting[command["id"]] = (command, future)
        sending = asyncio.ensure_future(self._ws.send_str(_encode(command).decode()))
        sending.add_done_callback(_swallow)
        return future

    async def ask(self, kind: str, **fields: Any) -> Ok | Error:
        """Send a command and wait for its answer."""
        return await self.post(kind, **fields)

    async def _read(self) -> None:
        async for message in self._ws:
            self.frames += 1
            answer = _messages.decode(message.data)
            if not isinstance(answer, Ok | Error):
                continue
            command, future = self._waiting.pop(answer.id or "")
            if isinstance(answer, Ok):
                self._journal.note(command, answer)
            else:
                self._journal.refused[f"{command['type']} {answer.code}"] += 1
            if not future.done():
                future.set_result(answer)

    async def close(self) -> None:
        """Close the socket."""
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader
        await self._ws.close()


def _swallow(sending: asyncio.Future[None]) -> None:
    # A frame that a dead socket did not take shows in its answer never coming.
    if not sending.cancelled():
        sending.exception()
