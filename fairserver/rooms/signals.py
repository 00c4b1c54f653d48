"""Signalling between the two ends of a connection, on whichever nodes they are.

It is not state: what is published while nobody listens is gone, and the ends rebuild. Ends on
the same node hear each other at once, without the way through the store.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as StoreTimeoutError

from fairserver.domain.states import Leg, RoomSide
from fairserver.line.keys import signal_channel
from fairserver.line.tasks import ALONE, Minder, end_task
from fairserver.protocol.answers import PeerSignal

_log = logging.getLogger(__name__)

Sink = Callable[[bytes], None]

_RETRY_S = 0.25
_POLL_S = 1.0
#: Seconds in which the store must be heard of: it is asked whenever nothing came for ``_POLL_S``.
_SILENCE_S = 3.0
#: Signals that wait for the store at most; more are dropped, and the ends rebuild.
_MOST_WAITING = 1000


class End(NamedTuple):
    """One end of one connection, and the page or program that stands there now."""

    fair_id: str
    ticket_id: str
    leg: Leg
    side: RoomSide
    #: By its name in the room: a page that another one has replaced hears nothing more.
    peer: str


class Parcel(msgspec.Struct, frozen=True):
    """A signal under way: from which node, and for which end of which fair's room."""

    node: str
    fair_id: str
    to: RoomSide
    signal: PeerSignal
    #: The peer that the room names at that end.
    to_peer: str = ""

    @property
    def end(self) -> End:
        """Whom it is for."""
        return End(self.fair_id, self.signal.ticket_id, self.signal.leg, self.to, self.to_peer)


class SignalBus:
    """Takes signals to the other end of a room over the store's pub/sub."""

    def __init__(self, store: Redis) -> None:
        self._store = store
        #: This node's name on the channels, so that it does not hear itself.
        self._name = secrets.token_hex(6)
        #: Signals for the other nodes, in order.
        self._outbox: asyncio.Queue[Parcel] = asyncio.Queue(_MOST_WAITING)
        #: The sockets on this node at each end.
        self._ends: defaultdict[End, set[Sink]] = defaultdict(set)
        self._fair_ids: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._minder: Minder = ALONE
        self._decoder = msgspec.json.Decoder(Parcel)

    def start(self, fair_ids: Iterable[str], minder: Minder = ALONE) -> None:
        """Begin to listen for the fairs of this node, and to speak to the other nodes."""
        self._fair_ids, self._minder = list(fair_ids), minder
        self._tasks = [
            minder.keep("signals in", self._run),
            minder.keep("signals out", self._publish),
        ]

    async def stop(self) -> None:
        """Stop listening and speaking."""
        for task in tuple(self._tasks):
            await end_task(task)

    def attach(self, end: End, sink: Sink) -> None:
        """Let a socket hear what is for this end of a connection."""
        self._ends[end].add(sink)

    def detach(self, end: End, sink: Sink) -> None:
        """Stop letting it; an unknown one is no fault."""
        self._ends[end].discard(sink)
        if not self._ends[end]:
            del self._ends[end]

    async def send(self, to: End, signal: PeerSignal) -> None:
        """Pass a signal on to the other end, wherever it is; what cannot be passed on is lost."""
        parcel = Parcel(self._name, to.fair_id, to.side, signal, to.peer)
        self._hand_over(parcel)
        # The other end may be here with a socket found dead only later, and elsewhere with a
        # living one: the other nodes are told in any case.
        with contextlib.suppress(asyncio.QueueFull):
            self._outbox.put_nowait(parcel)

    async def _publish(self) -> None:
        while True:
            parcel = await self._outbox.get()
            try:
                await self._store.publish(
                    signal_channel(parcel.fair_id), msgspec.json.encode(parcel)
                )
            except (RedisError, OSError) as error:
                _log.debug("a signal was lost: %s", error)

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                _log.warning("signalling waits for the store: %s", error)
                await asyncio.sleep(_RETRY_S)

    async def _listen(self) -> None:
        async with self._store.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(*map(signal_channel, self._fair_ids))
            loop = asyncio.get_running_loop()
            heard_at = loop.time()
            while True:
                message = await channel.get_message(timeout=_POLL_S)
                if message is not None:
                    heard_at = loop.time()
                    if message["type"] == "message":
                        self._deliver(message["data"])
                elif loop.time() - heard_at < _SILENCE_S:
                    # Whoever only listens never finds out that nobody is there: ask.
                    await channel.ping()
                else:
                    raise StoreTimeoutError("nothing is heard of the store")

    def _deliver(self, raw: bytes) -> None:
        try:
            parcel = self._decoder.decode(raw)
        except msgspec.DecodeError as error:  # of another release: its two ends rebuild
            _log.debug("a signal was not understood: %s", error)
            return
        if parcel.node != self._name:
            self._hand_over(parcel)

    def _hand_over(self, parcel: Parcel) -> None:
        """Give a signal to the sockets of this node that stand at its end of the room."""
        frame = msgspec.json.encode(parcel.signal)
        for sink in tuple(self._ends.get(parcel.end, ())):
            self._minder.attempt("signals to sockets", sink, frame)
