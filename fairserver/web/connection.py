"""One client's socket: a bounded queue out, a bounded rate in, the views it watches.

A client that reads too slowly is closed with a code that tells it to come back and resume; it
never makes anybody else wait and never holds more than a few hundred kilobytes here.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque

import msgspec
from aiohttp import WSMsgType, web

from fairserver.domain.states import Leg, RoomSide
from fairserver.events.feed import Feed
from fairserver.line.tasks import ALONE, Minder
from fairserver.protocol.answers import AnyMessage, CloseCode
from fairserver.rooms.signals import End
from fairserver.web.limits.meters import Meter
from fairserver.web.principal import Principal

#: Frames that may wait for one client, and bytes beside the longest: a snapshot is as long as the
#: line that it shows, and who is not sent it could never come back.
_MOST_FRAMES = 256
_MOST_BYTES = 512 * 1024
#: Seconds in which one frame must have gone out; a longer one than may wait has more of them.
_WRITE_S = 5.0

_encode = msgspec.json.Encoder().encode


class Connection:
    """What the server keeps of one socket."""

    def __init__(
        self,
        ws: web.WebSocketResponse,
        principal: Principal,
        feed: Feed,
        meter: Meter,
        transport: asyncio.Transport | None,
        minder: Minder = ALONE,
    ) -> None:
        self.ws = ws
        self._transport = transport
        self.principal = principal
        self.feed = feed
        self.meter = meter
        self.language = "vi"
        self.has_said_hello = False
        #: It has sent a command since the last look at whether it is still signed in.
        self.was_active = False
        #: Malformed frames in a row.
        self.malformed = 0
        self.watching: set[str] = set()
        #: The page's own media ends, one in each connection that it has entered.
        self.ends: dict[tuple[str, Leg], End] = {}
        #: This socket's name among all of all nodes.
        self.link = secrets.token_hex(8)
        #: With which code to close when something here decides so.
        self.close_code: int | None = None
        self._close_reason = ""
        self._outbox: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._longest = 0
        self._something = asyncio.Event()
        self._writer = minder.once("writing to a socket", self._write())

    @property
    def side(self) -> RoomSide:
        """The end of a room at which this client stands."""
        return self.principal.side

    # --- out ---------------------------------------------------------------------------------

    def push(self, frame: bytes) -> None:
        """Queue a frame; a full queue closes the socket so that the client resumes."""
        if self.close_code is not None:
            return
        self._longest = max(self._longest, len(frame))
        most = _MOST_BYTES + self._longest
        if len(self._outbox) >= _MOST_FRAMES or self._waiting_bytes + len(frame) > most:
            self.end(CloseCode.RESYNC)
            return
        self._outbox.append(frame)
        self._waiting_bytes += len(frame)
        self._something.set()

    def say(self, message: AnyMessage) -> None:
        """Queue one message."""
        self.push(_encode(message))

    def end(self, code: int, reason: str = "") -> None:
        """Close the socket with a code, after what can still be sent has been.

        ``reason`` is a sentence for people, of at most 123 bytes: more does not go into a frame.
        """
        if self.close_code is None:
            self.close_code, self._close_reason = code, reason
            self._something.set()

    async def _write(self) -> None:
        try:
            while self.close_code is None or self.close_code != CloseCode.RESYNC:
                if not self._outbox:
                    if self.close_code is not None:
                        break
                    self._something.clear()
                    await self._something.wait()
                    continue
                frame = self._outbox.popleft()
                self._waiting_bytes -= len(frame)
                async with asyncio.timeout(_WRITE_S * max(1, len(frame) / _MOST_BYTES)):
                    await self.ws.send_frame(frame, WSMsgType.TEXT)
            await self._close(self.close_code or CloseCode.RESYNC)
        except TimeoutError:
            self._cut()  # who reads nothing would not read a close frame either
        except (ConnectionError, RuntimeError):
            pass  # the socket is closing already; its reader sees that too
        except Exception:
            self._drop()  # its page would wait for ever for what is not written any more
            raise

    async def _close(self, code: int) -> None:
        with contextlib.suppress(TimeoutError, ConnectionError, RuntimeError):
            async with asyncio.timeout(_WRITE_S):
                await self.ws.close(code=code, message=self._close_reason.encode())
        self._cut()

    def _cut(self) -> None:
        """Drop a socket with bytes left: it would wait for its peer for ever before it closes."""
        if self._transport is not None and self._transport.get_write_buffer_size() > 0:
            self._drop()

    def _drop(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def ended(self) -> None:
        """Wait until the close that was decided here has been said, or cannot be."""
        await asyncio.wait([self._writer])

    async def stop(self) -> None:
        """Stop watching and writing; called when the socket has closed."""
        for view in tuple(self.watching):
            self.unwatch(view)
        self._writer.cancel()
        await asyncio.wait([self._writer])

    # --- views -------------------------------------------------------------------------------

    def watch(self, view: str, since: int | None) -> None:
        """Send a view from now on, first what the client lacks of it."""
        self.feed.watch((view, self.principal.view_subject(view)), since, self.push)
        self.watching.add(view)

    def unwatch(self, view: str) -> None:
        """Stop sending a view."""
        self.watching.discard(view)
        self.feed.unwatch((view, self.principal.view_subject(view)), self.push)
