"""Have the deadlines of a fair fired in time.

They stand in the live store, so any node can fire them and a killed one takes none with it;
each node waits for the earliest one it knows of and then asks the store to do what is due.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

from redis.exceptions import RedisError

from fairserver.events.feed import Feed
from fairserver.line.line import Due, Line
from fairserver.line.store import is_outage
from fairserver.line.tasks import ALONE, Minder, end_task
from fairserver.protocol import events as ev

_log = logging.getLogger(__name__)

#: Ask at least so often: bounds what a missed event could cost, and says that we are there.
_LONGEST_S = 1.0
_RETRY_S = 0.25


class DeadlineKeeper:
    """Fires the due deadlines of one fair from this node."""

    def __init__(self, line: Line, feed: Feed) -> None:
        self._line = line
        self._fair_id = feed.projection.fair_id
        self._feed = feed
        #: Loop time at which to ask next, and the bell for an earlier one.
        self._due = 0.0
        self._earlier = asyncio.Event()
        #: What the fair's time is ahead of the loop's; None before the store has told it.
        self._ahead_ms: float | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, minder: Minder = ALONE) -> None:
        """Begin to keep watch."""
        self._feed.listeners.append(self._note)
        self._task = minder.keep(f"deadlines {self._fair_id}", self._run)

    def now_ms(self) -> int:
        """Tell the fair's time, ms: by the store, carried on by a clock that cannot be turned.

        Never before the newest event.
        """
        now = time.time() * 1000
        if self._ahead_ms is not None:
            now = asyncio.get_running_loop().time() * 1000 + self._ahead_ms
        return max(self._feed.projection.at, int(now))

    async def learn_time(self) -> None:
        """Ask the store for the fair's time, so that it is known before the first client asks.

        Does what is due as well; raises ``redis.exceptions.RedisError`` when the store is away.
        """
        await self._beat()

    async def stop(self) -> None:
        """Stop keeping watch."""
        await end_task(self._task)

    async def _beat(self) -> Due:
        done = await self._line.beat(self._fair_id)
        self._ahead_ms = done.now - asyncio.get_running_loop().time() * 1000
        return done

    def _note(self, events: list[ev.AnyEvent]) -> None:
        """Hear of deadlines set by anybody: wake earlier if one comes before the planned time."""
        loop = asyncio.get_running_loop()
        for event in events:
            in_ms = _sets_deadline_in(event, self._feed.projection.settings.presence_s)
            if in_ms is not None and loop.time() + in_ms / 1000 < self._due:
                self._due = loop.time() + in_ms / 1000
                self._earlier.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                done = await self._beat()
                due_in_s = _LONGEST_S if done.due_in_ms is None else done.due_in_ms / 1000
                wait_s = min(due_in_s, _LONGEST_S)
            except (RedisError, OSError) as error:
                if not is_outage(error):
                    raise
                _log.warning("deadlines wait for the store: %s", error)
                wait_s = _RETRY_S
            self._due = loop.time() + wait_s
            await self._sleep_until_due()

    async def _sleep_until_due(self) -> None:
        loop = asyncio.get_running_loop()
        while (left := self._due - loop.time()) > 0:
            self._earlier.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._earlier.wait()


def _sets_deadline_in(event: ev.AnyEvent, presence_s: int) -> int | None:
    """Tell in how many milliseconds something set by this event falls due."""
    match event:
        case ev.TicketCalled() | ev.CallExtended() | ev.TicketOnDeck():
            return event.deadline - event.at
        case ev.TicketMissed() | ev.TicketPushedBack():
            return event.rest_until - event.at
        case ev.AppointmentMade():
            return event.due_at - event.at
        case ev.TicketAccepted() | ev.InterviewStarted():
            # Their deadlines (arrival, the next heads-up) are the store's to know: ask it.
            return 0
        case ev.CandidatePresent():
            return presence_s * 1000
    return None
