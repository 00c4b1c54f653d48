"""A third person's right ends with the interview: removed, declined, over, or handed on.

The event tells every node at once; whichever is first ends the link and the sign-in in the record.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from fairserver.events.feed import Feed
from fairserver.events.projection import Projection
from fairserver.ledger.staff import Staff
from fairserver.line.tasks import ALONE, Minder, end_task
from fairserver.protocol.events import AnyEvent, GuestLeft

_log = logging.getLogger(__name__)

#: Seconds until the record is tried again after it was away.
_AGAIN_S = 1.0


def has_left(projection: Projection, staff_id: str) -> bool:
    """Tell whether somebody was asked into interviews and is in none of them any more."""
    return projection.guests.get(staff_id) == set()


class GuestKeeper:
    """Ends the sign-ins of third persons who are out, and their sockets on this node."""

    def __init__(self, staff: Staff, feed: Feed, end_sockets: Callable[[str], None]) -> None:
        self._staff = staff
        self._feed = feed
        self._end_sockets = end_sockets
        #: Who is out, and perhaps still signed in: at the start everybody who ever was.
        self._out = {one for one in feed.projection.guests if has_left(feed.projection, one)}
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, minder: Minder = ALONE) -> None:
        """Follow the fair's events."""
        self._feed.listeners.append(self._heard)
        self._task = minder.keep(f"guests {self._feed.projection.fair_id}", self._run)

    async def stop(self) -> None:
        """Stop following."""
        await end_task(self._task)

    def _heard(self, events: list[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, GuestLeft):
                self._out.add(event.guest_id)
                self._wanted.set()

    async def _run(self) -> None:
        self._wanted.set()  # at the start, and for what a fault has left undone
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._end_all()
            except (SQLAlchemyError, OSError) as error:
                _log.warning("cannot end a third person's sign-in now: %s", type(error).__name__)
                await asyncio.sleep(_AGAIN_S)
                self._wanted.set()

    async def _end_all(self) -> None:
        for staff_id in tuple(self._out):
            is_out = has_left(self._feed.projection, staff_id)
            if is_out and await self._staff.let_guest_go(staff_id):
                self._end_sockets(staff_id)
            self._out.discard(staff_id)
