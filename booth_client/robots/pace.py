"""A bounded start rate: robots must not be the opening burst of a fair."""

from __future__ import annotations

import asyncio


class Pace:
    """Let at most ``per_s`` starts happen each real second, evenly spaced, in order of asking."""

    def __init__(self, per_s: float) -> None:
        self._gap_s = 1 / per_s
        #: Loop time of the next free turn.
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for a turn; one that is given up while it waits is not handed on."""
        now = asyncio.get_running_loop().time()
        turn = max(now, self._next)
        self._next = turn + self._gap_s
        await asyncio.sleep(turn - now)
