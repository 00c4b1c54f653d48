"""Tail the streams of this node's fairs with one connection, and feed them in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator

from redis.asyncio import Redis
from redis.exceptions import RedisError

from fairserver.events.feed import Feed
from fairserver.line.store import BLOCK_MS
from fairserver.line.stream import RawEvent, follow_streams, incarnation, last_seq, read_events
from fairserver.line.tasks import ALONE, Minder, end_task
from fairserver.protocol.events import AnyEvent, decode_event

_log = logging.getLogger(__name__)

#: Events taken at once: a node that starts in mid-morning reads the whole day in such pages.
_PAGE = 500
#: Seconds between looks at whether the store still holds what we hold, while nothing comes.
_LOOK_S = 2.0
#: Seconds between tries while the store is away.
_RETRY_S = 0.25


class Reader:
    """Reads events for all feeds of one node; knows whether the store is there."""

    def __init__(
        self, store: Redis, on_store: Callable[[bool], None], minder: Minder = ALONE
    ) -> None:
        self._store = store
        self._minder = minder
        #: Told True when the store is back and False when it went away.
        self._on_store = on_store
        self._feeds: dict[str, Feed] = {}
        self._task: asyncio.Task[None] | None = None
        self._look_at = 0.0
        self.store_is_there = True

    async def add(self, feed: Feed) -> None:
        """Read a fair's whole stream so far, then follow it.

        Raises ``redis.exceptions.RedisError`` when the store is away.
        """
        fair_id = feed.projection.fair_id
        while page := await read_events(self._store, fair_id, feed.projection.seq, count=_PAGE):
            self._take(feed, page)
        self._feeds[fair_id] = feed

    def start(self) -> None:
        """Begin to follow."""
        self._task = self._minder.keep("reader", self._run)

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
        news = await follow_streams(self._store, positions, count=_PAGE, block_ms=BLOCK_MS)
        for fair_id, entries in news.items():
            feed = self._feeds[fair_id]
            if not self._minder.attempt(f"reading {fair_id}", self._take, feed, entries):
                feed.pass_over(entries[-1].seq)
        if not news and asyncio.get_running_loop().time() >= self._look_at:
            await self._drop_lost()

    def _take(self, feed: Feed, entries: list[RawEvent]) -> None:
        """Give a fair its next events; what cannot be read or is missing is passed over.

        Start over where they are of another stream than those before.
        """
        events = list(self._readable(feed, entries))
        if any(feed.is_of_another(event) for event in events):
            _start_over(feed)
            return
        run: list[AnyEvent] = []
        for event in events:
            if run and event.seq != run[-1].seq + 1:
                feed.take(run)
                run = []
            if not run:
                feed.pass_over(event.seq - 1)
            run.append(event)
        if run:
            feed.take(run)
        feed.pass_over(entries[-1].seq)

    def _readable(self, feed: Feed, entries: list[RawEvent]) -> Iterator[AnyEvent]:
        """Read what can be read, each number once; everybody hears of the rest."""
        name, before = f"events {feed.projection.fair_id}", feed.projection.seq
        for entry in entries:
            try:
                event = _decode(entry)
            except Exception as error:
                self._minder.note(name, error)
            else:
                if entry.seq > before:
                    yield event
            if entry.seq != before + 1:
                self._minder.note(name, ValueError(f"event {entry.seq} came after {before}"))
            before = max(before, entry.seq)

    async def _come_back(self) -> None:
        await self._drop_lost()
        self._set_store(there=True)

    async def _drop_lost(self) -> None:
        """Start over where the store holds another stream, or one shorter than what we hold.

        Looked at after an outage, and whenever nothing came for a while: a store may be emptied,
        and set up anew, without going away. Another stream is also known by its events.
        """
        self._look_at = asyncio.get_running_loop().time() + _LOOK_S
        for fair_id, feed in tuple(self._feeds.items()):
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


def _start_over(feed: Feed) -> None:
    _log.error("%s: the store lost events; starting over", feed.projection.fair_id)
    feed.restart()


def _decode(entry: RawEvent) -> AnyEvent:
    """Read an entry; raises ``ValueError`` when it gives itself another number than it has."""
    event = decode_event(entry.raw, entry.seq)
    if event.seq != entry.seq:
        raise ValueError(f"entry {entry.seq} holds event {event.seq}")
    return event
