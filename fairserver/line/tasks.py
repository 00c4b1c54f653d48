"""Tasks that go on for long: who looks after them, and how they end.

Nothing below a node begins a task by itself: what it would lose with a fault that nobody expected
(one thing, or a whole keeper for good) is for a ``Minder`` to say.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

_log = logging.getLogger(__name__)

#: Seconds after which a task that has not ended is cancelled once more.
_AGAIN_S = 0.1

Work = Coroutine[Any, Any, None]


class Minder(Protocol):
    """Who looks after what goes on for long: in a node its supervisor, elsewhere ``ALONE``."""

    def keep(self, name: str, begin: Callable[[], Work]) -> asyncio.Task[None]:
        """Have a keeper's work done for ever; it is begun again whenever it ends.

        It ends with its task, see ``end_task``. No two keepers have one name.
        """

    def once(self, name: str, work: Work) -> asyncio.Task[None]:
        """Have something done that comes to an end by itself; a fault in it is its own."""

    def attempt(self, name: str, call: Callable[..., object], *args: object) -> bool:
        """Call what must not stop its caller by failing; say whether it went well."""

    def note(self, name: str, error: Exception) -> None:
        """Hear of a fault that has stopped one thing and nothing else.

        ``name`` is a kind of thing, at a fair: never a person.
        """


class Alone:
    """Looks after things where there is no node: a fault is logged, nothing is begun again."""

    def keep(self, name: str, begin: Callable[[], Work]) -> asyncio.Task[None]:
        """Do the work until it ends or fails."""
        return asyncio.create_task(begin(), name=name)

    def once(self, name: str, work: Work) -> asyncio.Task[None]:
        """Do the work."""
        return asyncio.create_task(work, name=name)

    def attempt(self, name: str, call: Callable[..., object], *args: object) -> bool:
        """Call it; say whether it went well."""
        try:
            call(*args)
        except Exception as error:
            self.note(name, error)
            return False
        return True

    def note(self, name: str, error: Exception) -> None:
        """Log a fault."""
        _log.error("%s: a fault", name, exc_info=error)


ALONE = Alone()


async def end_task(task: asyncio.Task[Any] | None) -> None:
    """Cancel a task and wait until it has ended, however it ends; None is ended already.

    One cancel is not enough: while redis-py looks whether a connection is still good it may
    take a cancel for its own time-out, and the task would go on for ever.
    """
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_AGAIN_S)
