"""The asyncio client: one connection to a fair that outlives its sockets."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.frames import Frame, Opcode

from booth_client.address import socket_url
from booth_client.backoff import FINAL_CODES, PASSING_STATUSES, Backoff
from booth_client.errors import CommandError, ConnectionEnded
from booth_client.feed import ChangeFeed
from booth_client.mirror import (
    Answered,
    CellT,
    Change,
    Effect,
    Gap,
    Greeted,
    Mirror,
    cells_of,
    find_cell,
)
from fairserver.protocol.answers import CloseCode, Error, HelloResult, Ok, PeerSignal, StoreStatus
from fairserver.protocol.commands import Command
from fairserver.protocol.errors import Code
from fairserver.protocol.views import Cell

log = logging.getLogger(__name__)
T = TypeVar("T")

#: Longest frame that is read, in bytes: the control room's snapshot of a very large fair.
MAX_FRAME = 4 * 2**20
#: Frames and bytes kept per connection before reading stops: thousands run in one process.
MAX_QUEUE, WRITE_LIMIT = 8, 4096
#: Seconds given to the handshake, between signs of life, and to a goodbye.
OPEN_S, HEARTBEAT_S, CLOSE_S = 15.0, 20.0, 2.0
#: Refusals of ``hello`` that the same program may overcome by trying again.
PASSING_HELLO = frozenset({Code.STORE_AWAY, Code.TOO_FAST, Code.INTERNAL})
#: What a close after which nobody comes back by itself means.
_ENDINGS = {
    CloseCode.SIGN_IN: "not signed in",
    CloseCode.TOO_MANY_OPEN: "signed in at too many places",
}


@dataclass(slots=True)
class Counters:
    """What one client has seen since it was made."""

    #: Sockets opened: one, and one more for every drop.
    connects: int = 0
    #: Frames received, and their bytes.
    frames: int = 0
    bytes: int = 0
    #: Times a gap was found and the views were asked for again.
    resyncs: int = 0


class FairClient:
    """Follow and command a fair over one connection that resumes by itself.

    ``base_url`` is the server's ``http://`` or ``https://`` address, ``session_token`` comes
    from ``sign_in``, ``views`` are the names to watch. Use it as an async context manager:
    entering waits until every view is there, leaving closes the socket.

    Raises ``ConnectionEnded`` from every method that waits once the server has sent the client
    away for good.
    """

    def __init__(
        self,
        base_url: str,
        fair_id: str,
        session_token: str,
        *,
        views: Iterable[str] = ("booth",),
        language: str = "vi",
        backoff: Backoff | None = None,
    ) -> None:
        self.counters = Counters()
        #: Answer to the newest ``hello``: role, server version and time; null before it.
        self.greeting: HelloResult | None = None
        #: The live store is away: commands fail for a while, nothing is lost.
        self.store_away = False
        self._url = socket_url(base_url, fair_id)
        self._headers = {"Authorization": f"Bearer {session_token}"}
        self._mirror = Mirror(views, language)
        #: Who gets the signals of rooms.
        self._listeners: dict[object, Callable[[PeerSignal], None]] = {}
        self._backoff = backoff or Backoff()
        #: The present socket, null between two.
        self._socket: ClientConnection | None = None
        #: Seconds to stay away after ``cut``, null otherwise.
        self._pause_s: float | None = None
        #: Who waits for the answer to which command.
        self._answers: dict[str, asyncio.Future[Ok]] = {}
        #: Who waits for any change at all; each is woken once.
        self._waiters: list[asyncio.Future[None]] = []
        # Weak: a loop that was left by ``break`` must not pile changes up for ever.
        self._feeds: weakref.WeakSet[ChangeFeed] = weakref.WeakSet()
        self._ended: ConnectionEnded | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Connect and wait for the views; raises ``ConnectionEnded`` when not let in."""
        self._task = asyncio.create_task(self._run())
        try:
            await self.wait_for(lambda _: self._mirror.complete)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        await self.close()

    async def close(self) -> None:
        """Close the socket; whoever still waits gets ``ConnectionEnded``."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._end(ConnectionEnded("the program closed the connection"))

    # --- what is seen ---------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether the line is up and greeted; commands are kept while it is not."""
        return self._mirror.ready

    @property
    def unreadable(self) -> int:
        """Frames and cells skipped because this version of the contract cannot read them."""
        return self._mirror.unreadable

    def cells(self, view: str) -> Mapping[str, Cell]:
        """Return the cells held of a view by key; empty when it is not watched."""
        return self._mirror.cells(view)

    def seq(self, view: str) -> int | None:
        """Return the number of the newest event held of a view, null before the first."""
        return self._mirror.seq(view)

    def find(self, view: str, key: str, kind: type[CellT]) -> CellT | None:
        """Return one cell as its type, null when it is not there."""
        return find_cell(self._mirror.cells(view), key, kind)

    def cells_of(self, view: str, kind: type[CellT]) -> list[CellT]:
        """Return all cells of one kind of a view."""
        return cells_of(self._mirror.cells(view), kind)

    def changes(self) -> ChangeFeed:
        """Return an async iterator over the changes, which starts with what is held."""
        feed = ChangeFeed()
        for change in filter(None, map(self._mirror.whole, self._mirror.views)):
            feed.push(change)
        if self._ended:
            feed.end()
        self._feeds.add(feed)
        return feed

    async def wait_for(
        self, predicate: Callable[[FairClient], T], timeout_s: float | None = None
    ) -> T:
        """Return the first truthy value of ``predicate``, tried now and after each change.

        Raises ``TimeoutError`` after ``timeout_s`` seconds and ``ConnectionEnded``.
        """
        async with asyncio.timeout(timeout_s):
            while not (value := predicate(self)):
                if self._ended:
                    raise self._ended
                waiter = asyncio.get_running_loop().create_future()
                self._waiters.append(waiter)
                await waiter
        return value

    def listen(self, listener: Callable[[PeerSignal], None]) -> Callable[[], None]:
        """Call ``listener`` with every signal of a room; return what stops that."""
        key = object()
        self._listeners[key] = listener

        def stop() -> None:
            self._listeners.pop(key, None)

        return stop

    # --- what is asked for ----------------------------------------------------------------

    def new_id(self) -> str:
        """Return a fresh command id."""
        return self._mirror.new_id()

    async def send(self, command: Command, timeout_s: float | None = None) -> Ok:
        """Send a command and return its answer, across any drop in between.

        The same id is sent again on the next line, so the command is carried out once.
        Raises ``CommandError`` when it is refused, ``ConnectionEnded``, and ``TimeoutError``
        after ``timeout_s`` seconds: then it may or may not have been carried out.
        """
        if self._ended:
            raise self._ended
        frame = self._mirror.submit(command)
        answer: asyncio.Future[Ok] = asyncio.get_running_loop().create_future()
        self._answers[command.id] = answer
        try:
            async with asyncio.timeout(timeout_s):
                await self._push(frame)
                return await answer
        finally:
            self._answers.pop(command.id, None)
            self._mirror.forget(command.id)

    async def watch(self, view: str) -> None:
        """Watch one more view and wait until it is there."""
        await self._push(self._mirror.watch(view))
        await self.wait_for(lambda client: client.seq(view) is not None)

    async def unwatch(self, view: str) -> None:
        """Stop watching a view; its cells are gone at once."""
        await self._push(self._mirror.unwatch(view))

    def cut(self, pause_s: float = 0.0) -> None:
        """Cut the line as a dead network would and come back after ``pause_s`` seconds.

        For rehearsals and tests; the views and pending commands stay.
        """
        if self._socket:
            self._pause_s = pause_s
            self._socket.transport.abort()

    # --- the line -------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            while True:
                delay_s = await self._one_line()
                self._mirror.line_lost()
                self._wake()
                await asyncio.sleep(delay_s)
        except ConnectionEnded as ended:
            log.info("%s", ended)
            self._end(ended)
        except Exception as broken:
            # A fault of this program must reach whoever waits, never hang them.
            log.exception("the client failed")
            self._end(ConnectionEnded(f"the client failed: {broken!r}"))

    async def _one_line(self) -> float:
        """Live through one socket; return the seconds until the next try."""
        try:
            async with self._open() as socket:
                self._socket = socket
                self.counters.connects += 1
                await self._converse(socket)
        except ConnectionClosed as closed:
            return self._after_close(closed.rcvd.code if closed.rcvd else None)
        except InvalidStatus as refused:
            return self._after_refusal(refused)
        except (OSError, TimeoutError, InvalidHandshake) as failed:
            log.debug("no connection: %r", failed)
            return self._backoff.after_failure()
        finally:
            self._socket = None
        return self._backoff.after_failure()

    def _open(self) -> connect:
        return new_socket(self._url, self._headers)

    async def _converse(self, socket: ClientConnection) -> None:
        await socket.send(self._mirror.hello(), text=True)
        while True:
            # No name for the frame: it would be kept until the next one, which may be long.
            for answer in self._hear(await socket.recv(decode=False)):
                await socket.send(answer, text=True)

    def _hear(self, frame: bytes) -> list[bytes]:
        self.counters.frames += 1
        self.counters.bytes += len(frame)
        return self._take(self._mirror.receive(frame))

    def _after_close(self, code: int | None) -> float:
        if code in FINAL_CODES:
            reason = _ENDINGS.get(code or 0, "the server could not read")
            raise ConnectionEnded(f"{reason} (close code {code})", code)
        if self._pause_s is not None:
            pause_s, self._pause_s = self._pause_s, None
            return pause_s
        return self._backoff.after_close(code)

    def _after_refusal(self, refused: InvalidStatus) -> float:
        status = refused.response.status_code
        if status not in PASSING_STATUSES:
            phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "refused"
            raise ConnectionEnded(f"the server answered {status} {phrase}", status)
        after = refused.response.headers.get("Retry-After", "")
        return self._backoff.after_failure(float(after) if after.isdigit() else None)

    async def _push(self, frame: bytes | None) -> None:
        """Send a frame when there is a line; without one the next ``hello`` takes care."""
        if frame is None or self._socket is None:
            return
        try:
            await self._socket.send(frame, text=True)
        except ConnectionClosed:
            log.debug("the line went away under a frame; it is sent again on the next one")

    # --- what frames mean -----------------------------------------------------------------

    def _take(self, effect: Effect) -> list[bytes]:
        """Act on one frame's meaning; return the frames to send because of it."""
        match effect:
            case Change():
                self._changed(effect)
            case Answered(command, answer):
                self._answered(command.id, answer)
            case Greeted(result, resend):
                self.greeting = result
                self._backoff.greeted()
                self._wake()
                return resend
            case Gap():
                self.counters.resyncs += 1
                return [self._mirror.hello()]
            case Error():
                self._complaint(effect)
            case PeerSignal():
                for listener in tuple(self._listeners.values()):
                    listener(effect)
            case StoreStatus():
                self.store_away = effect.state == "away"
                self._wake()
        return []

    def _changed(self, change: Change) -> None:
        for feed in self._feeds:
            feed.push(change)
        self._wake()

    def _answered(self, command_id: str, answer: Ok | Error) -> None:
        waiting = self._answers.pop(command_id, None)
        if waiting is None or waiting.done():
            return
        if isinstance(answer, Ok):
            waiting.set_result(answer)
        else:
            waiting.set_exception(CommandError(answer))

    def _complaint(self, error: Error) -> None:
        """Deal with an error that answers no command of the program: ``hello``, or no id."""
        if error.id is None:
            log.warning("the server could not read a frame: %s %s", error.code, error.message)
        elif error.code in PASSING_HELLO:
            # Without an answered hello the line is of no use: come back for another try.
            self.cut(self._backoff.after_failure())
        else:
            raise ConnectionEnded(f"the server refused the views: {error.message}")

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _end(self, ended: ConnectionEnded) -> None:
        self._ended = self._ended or ended
        self._mirror.line_lost()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(self._ended)
        for feed in self._feeds:
            feed.end()
        self._wake()


class _Protocol(ClientProtocol):
    """Takes a close in the middle of a message for the close that it is.

    RFC 6455, 5.4 lets control frames come between a message's parts; websockets would call a
    close there a breach of the protocol.
    """

    def recv_frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None
        super().recv_frame(frame)


class _Connection(ClientConnection):
    """A connection of that protocol, which offers no extensions and no subprotocols."""

    def __init__(self, protocol: ClientProtocol, **settings: Any) -> None:
        own = _Protocol(protocol.uri, max_size=MAX_FRAME, logger=protocol.logger)
        super().__init__(own, **settings)


def new_socket(url: str, headers: Mapping[str, str] | None = None) -> connect:
    """Make the client's end of a socket: its heartbeat, bounds and no compression."""
    return connect(
        url,
        additional_headers=headers,
        compression=None,
        proxy=None,
        open_timeout=OPEN_S,
        ping_interval=HEARTBEAT_S,
        ping_timeout=HEARTBEAT_S,
        close_timeout=CLOSE_S,
        max_size=MAX_FRAME,
        create_connection=_Connection,
        max_queue=MAX_QUEUE,
        write_limit=WRITE_LIMIT,
    )
