"""Transactions shared by all who come at the same time.

One who comes alone waits for nobody. While a transaction is under way, further pieces of work
gather and go together into the next one: they pay its way to the disk, and the change of threads,
once for all.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection

_T = TypeVar("_T")

#: A piece of work within a transaction; its statements wait for nothing but the database.
Work = Callable[[Connection], _T]
#: Does pieces of work in one transaction, which is kept when it returns and undone when it raises.
Together = Callable[[Sequence[Work[Any]]], Awaitable[list[Any]]]

#: Pieces of work in one transaction: nobody waits for much more than the disk.
_LARGEST = 64


class Groups:
    """Gathers pieces of work into transactions."""

    def __init__(self, together: Together) -> None:
        self._together = together
        #: Work that is in no transaction yet, with the future of each result.
        self._waiting: deque[tuple[Work[Any], asyncio.Future[Any]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def do(self, work: Work[_T]) -> _T:
        """Do a piece of work in a transaction, maybe with others'; give what it gives.

        Raises what it raises, or what the transaction does. It may be begun twice: when anything
        of a group fails, all of that is undone and each is done alone.
        """
        future: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run(), name="groups of SQL")
        return await future

    async def close(self) -> None:
        """Wait until everything that was asked for is done."""
        if self._running is not None:
            await asyncio.wait([self._running])

    async def _run(self) -> None:
        while self._waiting:
            count = min(len(self._waiting), _LARGEST)
            group = [self._waiting.popleft() for _ in range(count)]
            if len(group) == 1 or not await self._did(group):
                for one in group:
                    await self._alone(one)

    async def _did(self, group: Sequence[tuple[Work[Any], asyncio.Future[Any]]]) -> bool:
        try:
            results = await self._together([work for work, _ in group])
        except Exception:  # who of them it was shows when each is alone
            return False
        for (_, future), result in zip(group, results, strict=True):
            if not future.done():
                future.set_result(result)
        return True

    async def _alone(self, one: tuple[Work[Any], asyncio.Future[Any]]) -> None:
        work, future = one
        try:
            [result] = await self._together([work])
        except Exception as error:
            if not future.done():
                future.set_exception(error)
        else:
            if not future.done():
                future.set_result(result)


def do_all(connection: Connection, works: Sequence[Work[Any]]) -> list[Any]:
    """Do pieces of work one after the other."""
    return [work(connection) for work in works]
