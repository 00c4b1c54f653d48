"""The server's side of the echo: who may try now, and the process that does the work."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from time import monotonic
from typing import NamedTuple

import msgspec

from fairserver.line.leash import ends_with_parent
from fairserver.line.tasks import ALONE, Minder, end_task
from fairserver.protocol.answers import IceServer
from fairserver.protocol.errors import Code, Refused
from fairserver.rooms.echo_sdp import Ways
from fairserver.rooms.echo_wire import (
    LINE_BYTES,
    Answer,
    Close,
    EchoMessage,
    Ended,
    Offer,
    Unfit,
    read_reply,
    to_line,
)

_log = logging.getLogger(__name__)

#: Seconds in which the process must have answered an offer: it may have to start first, and a
#: dead STUN server costs aiortc five.
_ANSWER_S = 20.0
#: Seconds that the process gets to end by itself.
_STOP_S = 3.0


class _Place(NamedTuple):
    peer: str
    #: By the monotonic clock, in seconds.
    ends: float


class EchoDesk:
    """Gives ``places`` people at a time an echo of ``seconds``; the process starts when needed.

    With no places there is no echo at all.
    """

    def __init__(self, places: int, seconds: int, minder: Minder = ALONE) -> None:
        self._most = places
        self._minder = minder
        self.seconds = seconds
        #: By person: nobody tries twice at once.
        self._places: dict[str, _Place] = {}
        self._waiting: dict[str, asyncio.Future[Answer | Unfit]] = {}
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    def check(self, person: str) -> None:
        """Raise ``Refused`` when this person cannot try now.

        ``echo_full`` carries ``again_s``, the seconds until a place is free; ``echo_away`` means
        that this server has no echo.
        """
        if not self._most:
            raise Refused(Code.ECHO_AWAY)
        now = monotonic()
        self._places = {who: one for who, one in self._places.items() if one.ends > now}
        others = [one.ends for who, one in self._places.items() if who != person]
        if len(others) >= self._most:
            raise Refused(Code.ECHO_FULL, again_s=math.ceil(min(others) - now))

    async def answer(self, person: str, sdp: str, servers: Sequence[IceServer], ways: Ways) -> str:
        """Let the echo answer a browser's offer; an earlier test of this person ends.

        Packets go to ``ways.client`` only, whatever the offer names.

        Raises ``Refused`` as ``check`` does, ``malformed`` for an offer that cannot be answered,
        and ``echo_away`` when the process does not.
        """
        self.check(person)
        peer = secrets.token_hex(8)
        before = self._places.get(person)
        self._places[person] = _Place(peer, monotonic() + _ANSWER_S + self.seconds)
        try:
            offer = Offer(
                peer=peer,
                sdp=sdp,
                ice_servers=list(servers),
                client=ways.client,
                reached=ways.reached,
            )
            reply = await self._ask(offer, before)
        except (TimeoutError, OSError) as error:
            _log.warning("the echo does not answer: %r", error)
            self._free(peer)
            raise Refused(Code.ECHO_AWAY) from error
        if isinstance(reply, Unfit):
            self._free(peer)
            raise Refused(Code.MALFORMED, problem=f"no usable offer ({reply.problem})")
        if person in self._places and self._places[person].peer == peer:
            self._places[person] = _Place(peer, monotonic() + self.seconds)
        return reply.sdp

    async def stop(self) -> None:
        """End the process and every test in it."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._reader is not None:
            await end_task(self._reader)

    async def _ask(self, offer: Offer, before: _Place | None) -> Answer | Unfit:
        waiting: asyncio.Future[Answer | Unfit] = asyncio.get_running_loop().create_future()
        self._waiting[offer.peer] = waiting
        try:
            async with asyncio.timeout(_ANSWER_S):
                await self._start()
                if before is not None:
                    self._say(Close(peer=before.peer))
                self._say(offer)
                return await waiting
        except TimeoutError:
            self._say(Close(peer=offer.peer))
            raise
        finally:
            del self._waiting[offer.peer]

    def _say(self, message: EchoMessage) -> None:
        if self._process is None or self._process.stdin is None:
            raise ConnectionError("the echo is gone")
        self._process.stdin.write(to_line(message))

    async def _start(self) -> None:
        async with self._starting:
            if self._process is not None:
                return
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "fairserver.rooms.echo", str(self.seconds)),
                stdin=PIPE,
                stdout=PIPE,
                limit=LINE_BYTES,
                start_new_session=True,  # Ctrl-C is for the server, which ends it in good order
                preexec_fn=ends_with_parent(),
            )
            self._reader = self._minder.once("echo", self._read(self._process))

    async def _read(self, process: Process) -> None:
        try:
            await self._hear(process)
        except Exception:
            process.kill()  # nobody would hear it any more
            raise
        finally:
            # On a cancel it is ended by whoever cancels.
            if self._process is process and process.returncode is None:
                await process.wait()
            if self._process is process:
                self._died(process)

    async def _hear(self, process: Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            try:
                self._take(read_reply(line))
            except msgspec.DecodeError as error:
                _log.warning("the echo said what is no reply: %s", error)

    def _take(self, reply: Answer | Unfit | Ended) -> None:
        if isinstance(reply, Ended):
            self._free(reply.peer)
        elif (waiting := self._waiting.get(reply.peer)) and not waiting.done():
            waiting.set_result(reply)

    def _died(self, process: Process) -> None:
        """Forget a process that ended by itself; the next who tries starts another."""
        _log.warning("the echo ended with %s", process.returncode)
        self._process = None
        self._places.clear()
        for waiting in self._waiting.values():
            with contextlib.suppress(asyncio.InvalidStateError):
                waiting.set_exception(ConnectionError("the echo ended"))

    def _free(self, peer: str) -> None:
        self._places = {who: one for who, one in self._places.items() if one.peer != peer}
