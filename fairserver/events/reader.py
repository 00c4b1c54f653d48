"""Tail the streams of this node's fairs with one connection, and feed them in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

from fairserver.events.feed import Feed
from fairserver.line.stream import follow_streams, incarnation, last_seq, read_events
from fairserver.line.tasks import end_task
from fairserver.protocol.events import AnyEvent, decode_event

_log = logging.getLogger(__name__)

#: Events taken at once: a node that starts in mid-morning reads the whole day in such pages.
_PAGE = 500
#: The longest wait of one blocking read; shorter than the connection's own time-out.
_BLOCK_MS = 2000
#: Seconds between tries while the store is away.
_RETRY_S = 0.25


class Reader:
    """Reads events for all feeds of one node; knows whether the store is there."""

    def __init__(self, store: Redis, on_store: Callable[[bool], None]) -> None:
        self._store = store
        #: Told True when the store is back and False when it went away.
        self._on_store = on_store
        self._feeds: dict[str, Feed] = {}
        self._task: asyncio.Task[None] | None = None
        self.store_is_there = True

    async def add(self, feed: Feed) -> None:
        """Read a fair's whole stream so far, then follow it.

        Raises ``redis.exceptions.RedisError`` when the store is away.
        """
        fair_id = feed.projection.fair_id
        while page := await read_events(self._store, fair_id, feed.projection.seq, count=_PAGE):
            _take(feed, [decode_event(entry.raw) for entry in page])
        self._feeds[fair_id] = feed

    def start(self) -> None:
        """Begin to follow."""
        self._task = asyncio.create_task(self._run(), name="reader")

    async def stop(self) -> None:
        """Stop following."""
        await end_task(self._task)

    async def _run(self) -> None:
        while True:
            try:
                if not self.store_is_there:
                    await self._come_back()
                await self._follow()
            except (RedisError, OSError) as error:
                self._set_store(there=False, why=str(error))
                await asyncio.sleep(_RETRY_S)

    async def _follow(self) -> None:
        positions = {fair_id: feed.projection.seq for fair_id, feed in self._feeds.items()}
        news = await follow_streams(self._store, positions, count=_PAGE, block_ms=_BLOCK_MS)
        for fair_id, entries in news.items():
            _take(self._feeds[fair_id], [decode_event(entry.raw) for entry in entries])
        if not news:
            await self._drop_lost()

    async def _come_back(self) -> None:
        await self._drop_lost()
        self._set_store(there=True)

    async def _drop_lost(self) -> None:
        """Start over where the store holds another stream, or one shorter than what we hold.

        Looked at after an outage, and whenever nothing came for a while: a store may be emptied,
        and set up anew, without going away. Another stream is also known by its events.
        """
        for fair_id, feed in self._feeds.items():
            held = feed.projection
            if not held.seq:
                continue
            stands = await incarnation(self._store, fair_id)
            if stands != held.incarnation or await last_seq(self._store, fair_id) < held.seq:
                _start_over(feed)

    def _set_store(self, *, there: bool, why: str = "") -> None:
        if there == self.store_is_there:
            return
        self.store_is_there = there
        _log.warning("the live store is %s", "back" if there else f"away: {why}")
        self._on_store(there)


def _take(feed: Feed, events: list[AnyEvent]) -> None:
    """Take events in, or start over where they are of another stream than those before."""
    if any(feed.is_of_another(event) for event in events):
        _start_over(feed)
    else:
        feed.take(events)


def _start_over(feed: Feed) -> None:
    _log.error("%s: the store lost events; starting over", feed.projection.fair_id)
    feed.restart()
