"""People of a journey who have no page of their own: a real socket, and a talk by telephone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from tests.journeys.support import FAIR_ID, RunningFair
from tests.web.support import Server, Socket


class Outside(Server):
    """The node as programs reach it, and the people who stand in its lines without a page."""

    def __init__(self, fair: RunningFair, http: aiohttp.ClientSession) -> None:
        super().__init__(fair.node, FAIR_ID, http)
        self.people: list[Telephoned] = []

    async def stand_in_line(self, name: str, booth_id: str, *, deaf: bool = False) -> Telephoned:
        """Register somebody, who agrees to be telephoned and stands in a line."""
        person = await self.candidate(full_name=name)
        socket = await self.socket(person, ["me"])
        await socket.until(lambda: socket.cell("me", "me").get("present"))
        await socket.do("choose_way", way="phone", agree=True)
        ticket_id = (await socket.do("join", booth_id=booth_id, show_profile=True))["ticket_id"]
        self.people.append(Telephoned(socket, person.number, ticket_id, deaf=deaf))
        return self.people[-1]

    async def close(self) -> None:
        """Let everybody go; a fault of theirs is the test's."""
        for person in self.people:
            await person.gone()
        for socket in self.sockets:
            await socket.close()


@asynccontextmanager
async def outside(fair: RunningFair) -> AsyncIterator[Outside]:
    """Reach the node as programs do: over HTTP and the socket."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        server = Outside(fair, http)
        try:
            yield server
        finally:
            await server.close()


class Telephoned:
    """Somebody in one line who wants to be telephoned; answers every call unless ``deaf``."""

    def __init__(self, socket: Socket, number: int, ticket_id: str, *, deaf: bool) -> None:
        self.socket = socket
        self.number = number
        self.ticket_id = ticket_id
        self._task = asyncio.create_task(self._answer(deaf=deaf))

    @property
    def state(self) -> str:
        """Where the turn stands, as this person sees it."""
        return str(self.socket.cell("me", f"ticket/{self.ticket_id}").get("state"))

    async def _answer(self, *, deaf: bool) -> None:
        if deaf:
            return
        await self._long_until("on_deck", "called", "connecting")
        if self.state == "on_deck":
            # Refused when the call was faster.
            await self.socket.ask("ready", ticket_id=self.ticket_id)
            await self._long_until("called", "connecting")
        if self.state == "called":
            await self.socket.ask("accept", ticket_id=self.ticket_id)

    async def _long_until(self, *states: str) -> None:
        """Wait for a turn that may take the whole morning."""
        while self.state not in states:
            with contextlib.suppress(TimeoutError):
                await self.socket.until(lambda: self.state in states)

    async def gone(self) -> None:
        """Wait until everything was answered, or stop; a fault of theirs is the test's."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
