"""Hand changes to whoever follows them, without ever holding more than the views themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from booth_client.mirror import Change


def merge(earlier: Change, later: Change) -> Change:
    """Return one change that leaves a reader where both, one after the other, would."""
    if later.snapshot:
        # What the earlier one dropped or brought and the later does not hold is gone, too.
        gone = (earlier.drop | earlier.set.keys() | later.drop) - later.set.keys()
        return later._replace(drop=frozenset(gone))
    cells = {**earlier.set, **later.set}
    for key in later.drop:
        cells.pop(key, None)
    gone = (earlier.drop - later.set.keys()) | later.drop
    return Change(later.view, cells, frozenset(gone), earlier.snapshot, later.seq)


class ChangeFeed(AsyncIterator[Change]):
    """Iterate over the changes of the watched views.

    It starts with a snapshot of what is held. A reader that is slower than the fair gets
    changes merged into one per view, the latest cells winning, so the memory is bounded by the
    views and no reader slows another. The iteration ends when the client is closed.
    """

    def __init__(self) -> None:
        #: Changes not read yet, one per view.
        self._waiting: dict[str, Change] = {}
        self._news = asyncio.Event()
        self._ended = False

    def push(self, change: Change) -> None:
        """Add a change, merged into one that still waits."""
        earlier = self._waiting.get(change.view)
        self._waiting[change.view] = merge(earlier, change) if earlier else change
        self._news.set()

    def end(self) -> None:
        """Let the iteration stop once what waits has been read."""
        self._ended = True
        self._news.set()

    async def __anext__(self) -> Change:
        """Return the next change, waiting for one; raises ``StopAsyncIteration`` at the end."""
        while not self._waiting:
            if self._ended:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        view = next(iter(self._waiting))
        return self._waiting.pop(view)
