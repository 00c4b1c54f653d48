"""Copies the fairs' streams from the live store into the archive, as they grow.

Every node may run an archiver: each goes on from what is archived, and an event that another
node has archived already is left alone. When the live store or the database is away, it waits
and goes on from where it was.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Coroutine, Iterable
from functools import partial
from typing import Any, TypeVar

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from fairserver.ledger.archive import ArchivedEvent, archived_event
from fairserver.ledger.ledger import Ledger
from fairserver.line.keys import stream_key
from fairserver.line.store import BLOCK_MS
from fairserver.line.stream import incarnation
from fairserver.line.tasks import ALONE, Minder, end_task

_T = TypeVar("_T")

_log = logging.getLogger(__name__)

#: Events read, and kept in one transaction, at a time.
BATCH = 500
#: Seconds between two transactions: the archive may be so far behind, and the disk rests.
PACE_S = 0.2
#: Longest wait in seconds between two tries while a store is away.
LONGEST_WAIT_S = 5.0

#: What a store that is away raises; anything else is a fault of the program.
_AWAY = (RedisError, SQLAlchemyError, OSError)


class Archiver:
    """Follows the streams of some fairs until told to stop."""

    def __init__(self, store: Redis, ledger: Ledger, fair_ids: Iterable[str] = ()) -> None:
        """Take a client of the live store that answers in bytes, and the record."""
        self._store = store
        self._ledger = ledger
        #: Of which stream each fair's events are; another one is begun from its start.
        self._streams: dict[str, str] = {}
        #: Newest ``seq`` that this archiver knows to be archived, by fair.
        self._archived: dict[str, int] = {}
        self._moved = asyncio.Condition()
        self._stopping = asyncio.Event()
        #: Fairs to follow, and the task of each between ``start`` and ``stop``.
        self._fair_ids = set(fair_ids)
        self._tails: dict[str, asyncio.Task[None]] = {}
        self._minder: Minder | None = None

    def follow(self, fair_id: str) -> None:
        """Follow one more fair: now, or as soon as ``start`` is called."""
        self._fair_ids.add(fair_id)
        if self._minder is not None and fair_id not in self._tails:
            tail = partial(self._tail, fair_id)
            self._tails[fair_id] = self._minder.keep(f"archiver {fair_id}", tail)

    def start(self, minder: Minder = ALONE) -> None:
        """Begin to archive, each fair by itself: a fault in one keeps no other from going on."""
        self._minder = minder
        for fair_id in sorted(self._fair_ids):
            self.follow(fair_id)

    async def stop(self) -> None:
        """Stop; a batch that is being kept is finished first."""
        # A tail whose cancellation is lost (a client that is just about to look at its socket
        # takes it for its own time-out) sees this after its read instead.
        self._stopping.set()
        for tail in tuple(self._tails.values()):
            await end_task(tail)
        self._tails.clear()

    async def settled(self, fair_id: str, seq: int) -> None:
        """Wait until this archiver has seen the archive reach ``seq``."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._archived.get(fair_id, 0) >= seq)

    async def _tail(self, fair_id: str) -> None:
        """Copy one fair's stream until stopped, through outages."""
        failures = 0
        cursor: int | None = None
        while not self._stopping.is_set():
            try:
                if cursor is None:
                    cursor = await self._begin(fair_id)
                cursor = await self._step(fair_id, cursor)
            except _AWAY as error:
                if not failures:
                    _log.warning("archive of %s waits: %s", fair_id, type(error).__name__)
                failures += 1
                # Full jitter: nodes that lost the same store do not come back in step.
                await asyncio.sleep(random.uniform(0, min(LONGEST_WAIT_S, 0.1 * 2**failures)))
            else:
                if failures:
                    _log.info("archive of %s goes on after event %d", fair_id, cursor)
                failures = 0

    async def _begin(self, fair_id: str) -> int:
        """Find where the archive stands, and say so if the live store is behind it."""
        stream = self._streams[fair_id] = await incarnation(self._store, fair_id)
        cursor = await _finished(self._ledger.archive.last_seq(fair_id, stream))
        newest: Any = await self._store.xrevrange(stream_key(fair_id), count=1)
        live = _seq(newest[0][0]) if newest else 0
        if live < cursor:
            _log.error(
                "the live store of %s ends at event %d, the archive at %d: the store lost events",
                *(fair_id, live, cursor),
            )
        await self._reached(fair_id, cursor)
        return cursor

    async def _step(self, fair_id: str, cursor: int) -> int | None:
        """Archive the next batch after ``cursor``, or wait for one; tell the new cursor.

        None when the store was set up anew: its stream is to be archived from the start.
        """
        rows, stream = await self._next_batch(fair_id, cursor), self._streams[fair_id]
        if not rows:
            is_same = await incarnation(self._store, fair_id) == stream
        else:
            is_same = all(row.incarnation in ("", stream) for row in rows)
        if not is_same:
            _log.error("the live store of %s was set up anew: its stream is another one", fair_id)
            return None
        if not rows:
            return cursor
        # A release that gives no id may write beside this one.
        rows = [msgspec.structs.replace(row, incarnation=stream) for row in rows]
        await _finished(self._ledger.archive.append(fair_id, rows))
        await self._reached(fair_id, rows[-1].seq)
        if len(rows) < BATCH:
            await asyncio.sleep(PACE_S)
        return rows[-1].seq

    async def _next_batch(self, fair_id: str, cursor: int) -> list[ArchivedEvent]:
        key = stream_key(fair_id)
        answer: Any = await self._store.xread({key: f"{cursor}-0"}, count=BATCH, block=BLOCK_MS)
        # One stream was asked for; RESP3 answers with a mapping, RESP2 with a list of pairs.
        streams = list(answer.values()) if isinstance(answer, dict) else [s[1] for s in answer]
        entries = streams[0] if streams else []
        return [
            archived_event(_seq(entry_id), fields.get(b"e", b"")) for entry_id, fields in entries
        ]

    async def _reached(self, fair_id: str, seq: int) -> None:
        async with self._moved:
            self._archived[fair_id] = seq
            self._moved.notify_all()


def _seq(entry_id: bytes) -> int:
    """Read the event's number from a stream entry's id ``<seq>-0``."""
    return int(entry_id.partition(b"-")[0])


async def _finished(work: Coroutine[Any, Any, _T]) -> _T:
    """Await work on the database to its end even when cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():  # whoever ends it may cancel more than once
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        raise
