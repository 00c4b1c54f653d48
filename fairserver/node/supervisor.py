"""The one who looks after whatever a node keeps doing: nothing of it may end without a word.

A fault that nobody expected is logged by its kind and place (never in its own words, see
``logs``), counted under the name of what failed, and stops that one thing only. A keeper is begun
again after a pause that grows while it goes on failing; meanwhile the node is not ready and says
which keeper it is.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fairserver.line.tasks import Work

_log = logging.getLogger(__name__)

#: Seconds before a keeper is begun again: after the first fault, doubled with each in a row, and at
#: most. What it keeps is late by no more than that once it can be done again.
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 1.0
#: Seconds after which a keeper that runs is well again: its next fault is the first.
WELL_S: Final = 5.0
#: Faults in a row from which on something is down.
DOWN_AFTER: Final = 3
#: Seconds for which something that is only done now and then counts as down after its last fault.
REMEMBERED_S: Final = 60.0
#: Seconds for which the log takes one line of the same fault; all are counted.
QUIET_S: Final = 10.0
_ROOT: Final = Path(__file__).resolve().parent.parent


class Ended(Exception):
    """A keeper's work came to an end, which it never should."""


@dataclass(slots=True)
class Standing:
    """How it stands with one thing that a node does."""

    #: Faults since the node began, and those since it last went well.
    faults: int = 0
    in_a_row: int = 0
    #: Where the last one came from: a file of ours, its line and function; and when, by the loop's
    #: clock in seconds.
    place: str = ""
    failed_at: float = 0.0
    #: Of a keeper: since when it runs, by the same clock; None while it waits to begin again.
    running_since: float | None = None
    is_kept: bool = False


class Supervisor:
    """Begins the keepers of one node, and again when they fail; see ``line.tasks.Minder``."""

    def __init__(self) -> None:
        #: The keepers that go on now: each name is in ``standings`` too.
        self.keepers: dict[str, asyncio.Task[None]] = {}
        self._standings: dict[str, Standing] = {}
        #: When the log last told of a fault of some name at some place.
        self._told: dict[tuple[str, str], float] = {}

    # --- what others ask of it -----------------------------------------------------------------

    def keep(self, name: str, begin: Callable[[], Work]) -> asyncio.Task[None]:
        """Have a keeper's work done for ever; it is begun again whenever it ends.

        Raises ``ValueError`` for a name that another one has.
        """
        if name in self.keepers:
            raise ValueError(f"there is a keeper of the name {name} already")
        task = asyncio.create_task(self._go_on(name, begin), name=name)
        self.keepers[name] = task
        task.add_done_callback(lambda _: self._let_go(name))
        return task

    def once(self, name: str, work: Work) -> asyncio.Task[None]:
        """Have something done that comes to an end by itself; a fault in it is its own."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(lambda task: self._done(name, task))
        return task

    def attempt(self, name: str, call: Callable[..., object], *args: object) -> bool:
        """Call what must not stop its caller by failing; say whether it went well.

        What fails again and again counts as down until it goes well once, or is not done any more.
        """
        try:
            call(*args)
        except Exception as error:
            self._failed(name, error).in_a_row += 1
            return False
        if (found := self._standings.get(name)) is not None:
            found.in_a_row = 0
        return True

    def note(self, name: str, error: Exception) -> None:
        """Hear of a fault that has stopped one thing and nothing else."""
        self._failed(name, error)

    # --- how it stands -------------------------------------------------------------------------

    @property
    def standings(self) -> Mapping[str, Standing]:
        """What has failed at least once, and all keepers, by name."""
        return self._standings

    def down(self) -> list[str]:
        """Name what is down: it failed several times in a row and has not gone well since."""
        return sorted(name for name, one in self._standings.items() if self._is_down(one))

    def faults(self) -> dict[str, int]:
        """Count the faults so far by name; what never failed is left out."""
        return {name: one.faults for name, one in sorted(self._standings.items()) if one.faults}

    def _is_down(self, one: Standing) -> bool:
        if one.in_a_row < DOWN_AFTER:
            return False
        if one.is_kept:
            return not self._is_well(one)
        return asyncio.get_running_loop().time() - one.failed_at < REMEMBERED_S

    def _is_well(self, one: Standing) -> bool:
        since = one.running_since
        return since is not None and asyncio.get_running_loop().time() - since >= WELL_S

    # --- looking after it ----------------------------------------------------------------------

    async def _go_on(self, name: str, begin: Callable[[], Work]) -> None:
        loop, standing = asyncio.get_running_loop(), self._standing(name)
        standing.is_kept = True
        while True:
            standing.running_since = loop.time()
            try:
                await begin()
                fault: Exception = Ended(f"{name} ended by itself")
            except asyncio.CancelledError:
                if _is_ending():
                    raise
                fault = Ended(f"{name} was cut off by a cancel that was not its own")
            except Exception as error:
                fault = error
            if _is_ending():  # its cancel was taken for something else on the way
                return
            await asyncio.sleep(self._pause_after(name, standing, fault))

    def _pause_after(self, name: str, standing: Standing, fault: Exception) -> float:
        """Count a keeper's fault; tell the seconds until it is begun again."""
        standing.in_a_row = 1 if self._is_well(standing) else standing.in_a_row + 1
        standing.running_since = None
        self._failed(name, fault)
        # Its power stays small: what fails for a day must not fail by a number too large.
        pause = FIRST_PAUSE_S * 2 ** min(standing.in_a_row - 1, 16)
        return float(min(LONGEST_PAUSE_S, pause))

    def _done(self, name: str, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._failed(name, error)

    def _let_go(self, name: str) -> None:
        """Forget a keeper that was ended: what it failed at before is nobody's trouble now."""
        del self.keepers[name]
        self._standing(name).in_a_row = 0

    def _standing(self, name: str) -> Standing:
        return self._standings.setdefault(name, Standing())

    def _failed(self, name: str, error: Exception) -> Standing:
        standing = self._standing(name)
        standing.faults += 1
        standing.place = place_of(error)
        standing.failed_at = asyncio.get_running_loop().time()
        self._tell(name, standing, error)
        return standing

    def _tell(self, name: str, standing: Standing, error: Exception) -> None:
        """Log a fault with where it came from; of many alike one in a while."""
        now, which = standing.failed_at, (name, standing.place)
        if now - self._told.get(which, -QUIET_S) >= QUIET_S:
            self._told[which] = now
            count = standing.faults
            _log.error("%s failed (fault %d so far)", name, count, exc_info=error)


def _is_ending() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def place_of(error: BaseException) -> str:
    """Name the last place of ours that a fault went through; "" when it went through none."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_ROOT)]
    if not ours:
        return ""
    last = ours[-1]
    return f"{Path(last.filename).relative_to(_ROOT).as_posix()}:{last.lineno} {last.name}"
