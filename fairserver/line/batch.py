"""Send calls to the live store together when they come together.

One call waits for nobody. While a round trip is under way, further calls gather and go out as
one pipeline: the client is the bound in a burst (the opening minute), and with
``appendfsync always`` the store pays one disk flush for the whole pipeline.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from redis.asyncio import Redis

#: Calls in one pipeline: large enough to win, small enough to stay under a few milliseconds.
_LARGEST = 64
#: Pipelines under way at the same time.
_LANES = 4


class Batcher:
    """Gather calls into pipelines without delaying a single one."""

    def __init__(self, store: Redis) -> None:
        self._store = store
        #: Calls not yet sent, with the future of each answer.
        self._waiting: deque[tuple[tuple[Any, ...], asyncio.Future[Any]]] = deque()
        #: Tasks that send; at most ``_LANES``.
        self._lanes: set[asyncio.Task[None]] = set()

    async def call(self, *command: Any) -> Any:
        """Send one command; give its reply or raise what the store answered.

        Raises ``redis.exceptions.RedisError``: ``ResponseError`` for the command itself,
        ``ConnectionError`` or ``TimeoutError`` when the store is away.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        if len(self._lanes) < _LANES:
            lane = asyncio.create_task(self._run_lane())
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)
        return await future

    async def _run_lane(self) -> None:
        while self._waiting:
            count = min(len(self._waiting), _LARGEST)
            batch = [self._waiting.popleft() for _ in range(count)]
            try:
                replies = await self._send([command for command, _ in batch])
            except Exception as error:  # every caller of the batch gets it
                replies = [error] * len(batch)
            for (_, future), reply in zip(batch, replies, strict=True):
                _settle(future, reply)

    async def _send(self, commands: list[tuple[Any, ...]]) -> list[Any]:
        if len(commands) == 1:
            return [await self._store.execute_command(*commands[0])]
        pipeline = self._store.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        return list(await pipeline.execute(raise_on_error=False))


def _settle(future: asyncio.Future[Any], reply: Any) -> None:
    if future.done():
        return
    if isinstance(reply, Exception):
        future.set_exception(reply)
    else:
        future.set_result(reply)
