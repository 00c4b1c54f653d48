"""Signalling between the two ends of a room, on whichever nodes they are.

It is not state: what is published while nobody listens is gone, and the ends rebuild.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from fairserver.domain.states import RoomSide
from fairserver.line.keys import signal_channel
from fairserver.line.tasks import end_task
from fairserver.protocol.answers import PeerSignal

_log = logging.getLogger(__name__)

Sink = Callable[[bytes], None]

_RETRY_S = 0.25
_POLL_S = 1.0


class Parcel(msgspec.Struct, frozen=True):
    """A signal under way: for which fair's room, and for which end of it."""

    fair_id: str
    to: RoomSide
    signal: PeerSignal


class SignalBus:
    """Takes signals to the other end of a room over the store's pub/sub."""

    def __init__(self, store: Redis) -> None:
        self._store = store
        #: Who on this node stands at which end: (fair, ticket, side) to the sockets' sinks.
        self._ends: defaultdict[tuple[str, str, RoomSide], set[Sink]] = defaultdict(set)
        self._fair_ids: list[str] = []
        self._task: asyncio.Task[None] | None = None
        self._decoder = msgspec.json.Decoder(Parcel)

    def start(self, fair_ids: Iterable[str]) -> None:
        """Begin to listen for the fairs of this node."""
        self._fair_ids = list(fair_ids)
        self._task = asyncio.create_task(self._run(), name="signals")

    async def stop(self) -> None:
        """Stop listening."""
        await end_task(self._task)

    def attach(self, fair_id: str, ticket_id: str, side: RoomSide, sink: Sink) -> None:
        """Let a socket hear what is for this end of a room."""
        self._ends[fair_id, ticket_id, side].add(sink)

    def detach(self, fair_id: str, ticket_id: str, side: RoomSide, sink: Sink) -> None:
        """Stop letting it; an unknown one is no fault."""
        key = (fair_id, ticket_id, side)
        self._ends[key].discard(sink)
        if not self._ends[key]:
            del self._ends[key]

    async def send(self, fair_id: str, to: RoomSide, signal: PeerSignal) -> None:
        """Pass a signal on to the other end, wherever it is.

        Raises ``redis.exceptions.RedisError`` when the store is away.
        """
        parcel = msgspec.json.encode(Parcel(fair_id, to, signal))
        await self._store.publish(signal_channel(fair_id), parcel)

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
            while True:
                message = await channel.get_message(timeout=_POLL_S)
                if message is not None:
                    self._deliver(message["data"])

    def _deliver(self, raw: bytes) -> None:
        parcel = self._decoder.decode(raw)
        frame = msgspec.json.encode(parcel.signal)
        for sink in tuple(self._ends.get((parcel.fair_id, parcel.signal.ticket_id, parcel.to), ())):
            sink(frame)
