"""End tasks that talk to the live store."""

from __future__ import annotations

import asyncio
from typing import Any

#: Seconds after which a task that has not ended is cancelled once more.
_AGAIN_S = 0.1


async def end_task(task: asyncio.Task[Any] | None) -> None:
    """Cancel a task and wait until it has ended, however it ends; None is ended already.

    One cancel is not enough: while redis-py looks whether a connection is still good it may
    take a cancel for its own time-out, and the task would go on for ever.
    """
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_AGAIN_S)
