"""The plan of one fair on one node: the fair's file with the booths' corrections laid over it.

A correction is written into the ledger first; the event that follows tells every node to read it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from fairserver.domain.booth_correction import corrected_plan
from fairserver.domain.fair_plan import BoothEntry, FairPlan
from fairserver.events.feed import Feed
from fairserver.ledger.corrections import Corrections
from fairserver.line.tasks import ALONE, Minder, end_task
from fairserver.protocol.events import AnyEvent, BoothChanged

_log = logging.getLogger(__name__)

#: Seconds until the ledger is asked again after it was away.
_AGAIN_S = 2.0


class PlanDesk:
    """Keeps the plan of a fair as it holds now."""

    def __init__(self, corrections: Corrections, filed: FairPlan) -> None:
        self._corrections = corrections
        #: As the fair's file has it.
        self.filed = filed
        #: As it holds now.
        self.plan = filed
        #: Booths that an earlier plan had, by id: people met them, and may be there still.
        self.former: Mapping[str, BoothEntry] = {}
        #: By booth, the newest correction that ``plan`` holds.
        self.held: dict[str, int] = {}
        self._reading = asyncio.Lock()
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def read(self) -> FairPlan:
        """Lay what the ledger holds now over the file's plan, and give it."""
        # One after another: an older answer of the ledger must not come after a newer one.
        async with self._reading:
            found = await self._corrections.of_fair(self.filed.fair_id)
            said = {booth_id: one.correction for booth_id, one in found.items()}
            self.plan = corrected_plan(self.filed, said)
            self.held = {booth_id: one.revision for booth_id, one in found.items()}
            return self.plan

    def booth(self, booth_id: str) -> BoothEntry:
        """Find a booth, also one that the plan has no more; raises ``KeyError``."""
        return self.former.get(booth_id) or self.plan.booth(booth_id)

    def follow(self, feed: Feed, minder: Minder = ALONE) -> None:
        """Read anew whenever an event tells of a correction that is not held yet."""
        feed.listeners.append(self._heard)
        self._task = minder.keep(f"plan {self.filed.fair_id}", self._read_when_wanted)

    async def stop(self) -> None:
        """Stop reading."""
        await end_task(self._task)

    def _heard(self, events: list[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, BoothChanged) and event.plan > self.held.get(event.booth_id, 0):
                self._wanted.set()

    async def _read_when_wanted(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self.read()
            except (SQLAlchemyError, OSError) as error:
                _log.warning("cannot read the corrections of booths now: %s", error)
                await asyncio.sleep(_AGAIN_S)
                self._wanted.set()
            except Exception:
                self._wanted.set()  # what was wanted is still wanted when this begins again
                raise
