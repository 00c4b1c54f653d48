"""The room of one interview from Python: one way to make its connection and to mend it.

Every trouble (a page reloaded over there, a network changed, this program killed and started
again) is answered by ``enter_room``: the room's epoch rises and both ends make a new connection
with the same picture and sound. Signals of another epoch, or of another end than the one that the
room names, are dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from enum import StrEnum
from types import TracebackType
from typing import Literal, Self, TypeVar

import msgspec

from booth_client.client import FairClient
from booth_client.errors import CommandError, ConnectionEnded
from booth_client.media.check_word import CheckWord
from booth_client.media.connection import Connection
from booth_client.media.heard import Heard
from booth_client.media.inbox import Inbox, Named
from booth_client.media.own import OwnMedia
from booth_client.media.talk import EndState, Rung, Talk, leaner
from fairserver.domain.states import Leg, RoomSide, SideState, TicketState
from fairserver.protocol.answers import PeerSignal, RoomPass
from fairserver.protocol.commands import Command, EnterRoom, ReportRoom, Signal
from fairserver.protocol.views import BoothTicketCell, OwnTicketCell, RoomCell

log = logging.getLogger(__name__)
T = TypeVar("T")

#: Seconds between two looks at the connection.
_WATCH_S = 0.25
#: Who is heard so long after having been called lost has lost no more than the socket.
_VOUCH_S = 2.0
_OPEN = frozenset({TicketState.CONNECTING, TicketState.INTERVIEWING})
_OUT = frozenset({SideState.LEFT, SideState.AWAY})


class MediaState(StrEnum):
    """How far this end of the room is."""

    ENTERING = "entering"
    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"
    #: Another program or page of this desk has taken the place.
    TAKEN_OVER = "taken_over"
    #: The interview is finished.
    ENDED = "ended"


_OVER = frozenset({MediaState.TAKEN_OVER, MediaState.ENDED})


class InterviewMedia:
    """Hold one end of an interview's room, over all its connections, until it is finished.

    ``client`` watches ``booth`` (at the desk) or ``me`` (a candidate); the ticket is connecting
    or in its interview. Use it as an async context manager: leaving it while the interview goes
    on leaves the room only, and another one comes back into the same interview.
    """

    def __init__(
        self,
        client: FairClient,
        ticket_id: str,
        own: OwnMedia,
        *,
        side: RoomSide = RoomSide.DESK,
    ) -> None:
        self.ticket_id = ticket_id
        self.side = side
        self.own = own
        self.heard = Heard()
        self.talk = Talk(self._direct, self._post)
        #: Its ``word`` is what the two people may read to each other.
        self.check = CheckWord(side is RoomSide.DESK)
        self.state = MediaState.ENTERING
        #: Name of this end; a new one for every object.
        self.peer = "client-" + secrets.token_urlsafe(9)
        #: The epoch that the present connection belongs to; 0 before the first.
        self.epoch = 0
        self._client = client
        self._pass: RoomPass | None = None
        self._connection: Connection | None = None
        self._inbox = Inbox()
        #: Whom the room named when the present connection was made.
        self._with = Named()
        #: Sockets that the client had opened when this end last told the server of itself.
        self._line = 0
        self._reported: tuple[int, str] | None = None
        self._lost_since = 0.0
        #: Pieces of sound that came and that were lost, at the last count.
        self._counted = (0, 0)
        self._sending: set[asyncio.Task[None]] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._stop_hearing = client.listen(self._signalled)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Go into the room."""
        self._task = asyncio.create_task(self._run(), name="interview media")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Go out of the room; the interview stays."""
        await self.close()

    async def close(self) -> None:
        """Let the connection go, and say so while the interview goes on."""
        self._stop_hearing()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self.state not in _OVER and self.epoch and self._client.connected:
            with contextlib.suppress(CommandError, ConnectionEnded, TimeoutError):
                await self._client.send(self._report_of("left"), timeout_s=2)
        await self._drop()
        for task in self._sending:
            task.cancel()

    async def wait_for(
        self, predicate: Callable[[InterviewMedia], T], timeout_s: float | None = None
    ) -> T:
        """Return the first truthy value of ``predicate``, looked at several times a second.

        Raises ``TimeoutError`` after ``timeout_s`` seconds.
        """
        async with asyncio.timeout(timeout_s):
            while not (value := predicate(self)):
                self._changed.clear()
                await self._changed.wait()
        return value

    @property
    def is_over(self) -> bool:
        """Whether the interview is finished, or another program has taken this place."""
        return self.state in _OVER

    @property
    def talks_directly(self) -> bool:
        """Whether words go by the connection itself, not by way of the server."""
        return self._connection is not None and self._connection.talks

    # --- the room -------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            while not self.is_over:
                with contextlib.suppress(TimeoutError):
                    await self._client.wait_for(self._news, _WATCH_S)
                await self._look()
                self._changed.set()
        except ConnectionEnded as ended:
            log.info("the interview's room is left: %s", ended)
            self._become(MediaState.ENDED)
        finally:
            self._changed.set()

    def _news(self, _: FairClient) -> bool:
        return not self._is_open() or self._pass is None or self._newer_room() is not None

    def _newer_room(self) -> RoomCell | None:
        """Give the room when its cell is past this end's connection and has reached its pass.

        The answer to ``enter_room`` overtakes the cell: one that is older than the pass is no
        news, and looking at it again at once would leave the loop no time to hear the newer one.
        """
        room = self._room()
        if room is None or self._pass is None:
            return None
        return room if room.epoch > self.epoch and room.epoch >= self._pass.epoch else None

    async def _look(self) -> None:
        """Do what is due: come in, rebuild, mend, tell."""
        if not self._is_open():
            await self._end(MediaState.ENDED)
        elif self._pass is None:
            await self._enter()
        elif room := self._newer_room():
            if self._peer_of(room) != self.peer:
                await self._end(MediaState.TAKEN_OVER)
            else:
                await self._rebuild(room)
        elif self._connection and self._named().peer != self._with.peer:
            await self._drop()  # another desk than the one that made the connection ahead
        if self._connection and not self.is_over:
            await self._mind(self._connection)

    def _ticket(self) -> BoothTicketCell | OwnTicketCell | None:
        key = f"ticket/{self.ticket_id}"
        if self.side is RoomSide.DESK:
            return self._client.find("booth", key, BoothTicketCell)
        return self._client.find("me", key, OwnTicketCell)

    def _room(self) -> RoomCell | None:
        ticket = self._ticket()
        return ticket.room if ticket else None

    def _is_open(self) -> bool:
        ticket = self._ticket()
        return ticket is not None and ticket.state in _OPEN

    def _peer_of(self, room: RoomCell) -> str:
        return room.desk_peer if self.side is RoomSide.DESK else room.candidate_peer

    def _named(self) -> Named:
        """Give the room's epoch, and who its other end is."""
        room = self._room()
        return self._named_by(room) if room else Named()

    def _named_by(self, room: RoomCell) -> Named:
        peer = room.candidate_peer if self.side is RoomSide.DESK else room.desk_peer
        return Named(room.epoch, peer)

    def _other(self) -> SideState:
        """How the server knows the other end."""
        room = self._room()
        if room is None:
            return SideState.AWAY
        return room.candidate_state if self.side is RoomSide.DESK else room.desk_state

    async def _enter(self) -> None:
        """Come in with a fresh connection: the first time, and at every trouble."""
        self._line = self._client.counters.connects
        command = EnterRoom(
            id=self._client.new_id(),
            ticket_id=self.ticket_id,
            peer=self.peer,
            after_epoch=self.epoch or None,
        )
        try:
            answer = await self._client.send(command)
        except CommandError as refused:
            # The ticket has left the room's states: its cell tells.
            log.info("the room could not be entered: %s", refused)
            await asyncio.sleep(_WATCH_S)
            return
        self._pass = msgspec.convert(answer.result, RoomPass)

    async def _rebuild(self, room: RoomCell) -> None:
        """Throw the connection away and make a new one."""
        assert self._pass is not None
        self.epoch = room.epoch
        await self._drop()
        if not (room.desk_peer and room.candidate_peer):
            return
        was_live = self.state in (MediaState.LIVE, MediaState.LOST)
        self._become(MediaState.LOST if was_live else MediaState.CONNECTING)
        epoch, self._counted = room.epoch, (0, 0)
        named = self._named_by(room)

        async def send(kind: str, sdp: str) -> None:
            await self._say(self._signal(epoch, kind, sdp=sdp))

        self._connection = Connection(
            self.side,
            self._pass.ice_servers,
            self.own.tracks(),
            self.heard,
            send,
            self.talk.heard,
            self.talk.renew,
            self.check,
        )
        self._with = named
        for message in self._inbox.release(named):
            self._take(message)

    async def _end(self, state: MediaState) -> None:
        self._become(state)
        await self._drop()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            # Kept apart: whoever is cancelled meanwhile must not leave half of it behind.
            closing = asyncio.create_task(connection.close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        if self._closing:
            await asyncio.shield(asyncio.gather(*self._closing))

    def _become(self, state: MediaState) -> None:
        if state is not self.state:
            log.info("interview %s: %s (epoch %d)", self.ticket_id, state, self.epoch)
            self.state = state

    # --- how it goes ----------------------------------------------------------------------

    async def _mind(self, connection: Connection) -> None:
        await connection.watch()
        if connection.flowing and not connection.broken(awaited=True):
            self._become(MediaState.LIVE)
            self._tell_server(connection)
        await self._mend(connection)
        await self._tell_other(connection)
        self.talk.again()

    def _tell_server(self, connection: Connection) -> None:
        """Say "connected": once an epoch, on every new socket, and for an end that lost its own."""
        now = asyncio.get_running_loop().time()
        if self._other() is not SideState.LOST:
            self._lost_since = 0.0
        elif not self._lost_since:
            self._lost_since = now
        vouches = bool(self._lost_since) and now - self._lost_since > _VOUCH_S and connection.hears
        is_back = self._client.connected and self._line != self._client.counters.connects
        if self._reported == (self.epoch, "connected") and not vouches and not is_back:
            return
        self._lost_since = now if self._lost_since else 0.0
        self._line = self._client.counters.connects
        self._report("connected")

    async def _mend(self, connection: Connection) -> None:
        """Come in afresh when the connection is broken and a new one has a chance."""
        other = self._other()
        awaited = other in (SideState.JOINED, SideState.CONNECTED)
        if not connection.broken(awaited):
            return
        if self.state is MediaState.LIVE:
            self._become(MediaState.LOST)
            if awaited:
                self._report("lost")
        if not self._client.connected or other in _OUT:
            return
        # An end that went away raises the epoch itself when it comes back. ``lost`` may also be
        # what it says of us, so that one of the two has to try, in its own time.
        if other is SideState.LOST and not connection.patience_over:
            return
        connection.retried()
        await self._enter()

    async def _tell_other(self, connection: Connection) -> None:
        other = self.talk.other or EndState()
        self.own.limit = leaner(other.asks, Rung.VIDEO)
        came, lost = await connection.lost_sound()
        new_came, new_lost = came - self._counted[0], lost - self._counted[1]
        if new_came + new_lost >= 50:  # a second of sound
            self._counted = (came, lost)
        share = max(0.0, new_lost / (new_came + new_lost)) if new_came > 0 else 0.0
        self.talk.tell(
            EndState(sends=self.own.sends, camera=self.own.camera, concealed=min(1.0, share))
        )

    # --- what is said ---------------------------------------------------------------------

    def _signalled(self, message: PeerSignal) -> None:
        if message.ticket_id != self.ticket_id or message.leg is not Leg.MAIN:
            return
        if self._inbox.takes(message, self._named(), self.epoch if self._connection else 0):
            self._take(message)

    def _take(self, message: PeerSignal) -> None:
        """Take a signal of the other end that the room names."""
        if message.kind == "talk":
            self.talk.heard(message.text or "")
        elif self._connection:
            self._connection.signalled(message)

    def _direct(self, text: str) -> bool:
        return self._connection is not None and self._connection.say(text)

    def _post(self, text: str) -> None:
        """Say something by way of the server, which keeps nothing."""
        if self._pass and self._is_open():
            self._spawn(self._signal(self.epoch, "talk", text=text))

    def _signal(self, epoch: int, kind: str, sdp: str = "", text: str | None = None) -> Signal:
        return Signal(
            id=self._client.new_id(),
            ticket_id=self.ticket_id,
            peer=self.peer,
            epoch=epoch,
            kind=msgspec.convert(kind, Literal["offer", "answer", "candidate", "talk"]),
            sdp=sdp,
            text=text,
        )

    def _report(self, state: Literal["connected", "lost"]) -> None:
        self._reported = (self.epoch, state)
        self._spawn(self._report_of(state))

    def _report_of(self, state: Literal["connected", "lost", "left"]) -> ReportRoom:
        return ReportRoom(
            id=self._client.new_id(),
            ticket_id=self.ticket_id,
            peer=self.peer,
            epoch=self.epoch,
            state=state,
        )

    def _spawn(self, command: Command) -> None:
        """Send without waiting: the look at the connection must not stand still for an answer."""
        task = asyncio.create_task(self._say(command))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _say(self, command: Command) -> None:
        # Refused: an older epoch by now, and the newer one has its own; or the interview is over.
        try:
            await self._client.send(command)
        except CommandError as refused:
            if refused.passing:
                self._reported = None  # say it again
        except ConnectionEnded:
            log.debug("not sent, the connection has ended: %s", type(command).__name__)
