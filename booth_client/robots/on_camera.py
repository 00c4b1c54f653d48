"""Interviews that robots hold with a real picture and sound, so many at a time and no more."""

from __future__ import annotations

import asyncio
import logging

from booth_client.client import FairClient
from booth_client.robots.tally import Tally
from fairserver.domain.states import RoomSide

log = logging.getLogger(__name__)


class Cameras:
    """How many ends of interviews may have media at a time; each takes about half a core."""

    def __init__(self, at_most: int) -> None:
        self._free = at_most

    def take(self) -> bool:
        """Take one if one is free; say whether there was."""
        if self._free < 1:
            return False
        self._free -= 1
        return True

    def give_back(self) -> None:
        """Let somebody else have it."""
        self._free += 1


class OnCamera:
    """One robot's end of its interviews with media, one after the other.

    It sends the test picture and a tone, and stays in the room until the interview is over.
    ``aiortc`` is loaded with the first.
    """

    def __init__(self, client: FairClient, side: RoomSide, cameras: Cameras, tally: Tally) -> None:
        self._client = client
        self._side = side
        self._cameras = cameras
        self._tally = tally
        #: The interview decided on last, and whether it is held with media.
        self._ticket_id, self._held = "", False
        self._task: asyncio.Task[None] | None = None

    def holds(self, ticket_id: str) -> bool:
        """Say whether this interview is held with media; decided, and begun, when first asked.

        It is not changed midway: the other end has made up its mind by what it saw.
        """
        if ticket_id != self._ticket_id:
            self._ticket_id = ticket_id
            self._held = self._task is None and self._cameras.take()
            if self._held:
                self._task = asyncio.create_task(self._hold(ticket_id))
                self._task.add_done_callback(self._ended)
        return self._held

    async def close(self) -> None:
        """Leave the room."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        self._cameras.give_back()
        if not task.cancelled() and (failed := task.exception()):
            self._tally.failed += 1
            log.error("an interview with media failed: %r", failed)

    async def _hold(self, ticket_id: str) -> None:
        # Here, because it needs aiortc, which robots without media do without.
        from booth_client.media import InterviewMedia, open_own

        own = await open_own("test")
        try:
            async with InterviewMedia(self._client, ticket_id, own, side=self._side) as media:
                await media.wait_for(lambda now: now.is_over or now.heard.pictures)
                self._tally.seen += bool(media.heard.pictures)
                await media.wait_for(lambda now: now.is_over)
        finally:
            await own.close()
