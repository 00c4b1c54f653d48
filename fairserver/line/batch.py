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
from redis.exceptions import ConnectionError as StoreConnectionError
from redis.exceptions import DataError

from fairserver.line.store import is_outage
from fairserver.line.tasks import ALONE, Minder

#: Calls in one pipeline: large enough to win, small enough to stay under a few milliseconds.
_LARGEST = 64
#: Pipelines under way at the same time.
_LANES = 4


#: A call as it is sent, and the future of its answer.
_Call = tuple[tuple[str | bytes, ...], asyncio.Future[Any]]


class Batcher:
    """Gather calls into pipelines without delaying a single one."""

    def __init__(self, store: Redis, minder: Minder = ALONE) -> None:
        self._store = store
        self._minder = minder
        #: Calls not yet sent.
        self._waiting: deque[_Call] = deque()
        #: Tasks that send; at most ``_LANES``.
        self._lanes: set[asyncio.Task[None]] = set()

    async def call(self, command: str, *words: Any) -> Any:
        """Send one command; give its reply or raise what the store answered.

        Raises ``redis.exceptions.RedisError``: ``ResponseError`` for the command itself,
        ``DataError`` for one that cannot be sent, ``ConnectionError`` or ``TimeoutError`` when the
        store is away.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        # Its words are made here, so that one that cannot be sent is the caller's trouble alone.
        self._waiting.append(((command, *map(_word, words)), future))
        self._open_lane()
        return await future

    def _open_lane(self) -> None:
        if self._waiting and len(self._lanes) < _LANES:
            lane = self._minder.once("batches to the store", self._run_lane())
            self._lanes.add(lane)
            lane.add_done_callback(self._close_lane)

    def _close_lane(self, lane: asyncio.Task[None]) -> None:
        self._lanes.discard(lane)
        self._open_lane()  # what a lane that failed has left

    async def _run_lane(self) -> None:
        while self._waiting:
            count = min(len(self._waiting), _LARGEST)
            batch = [self._waiting.popleft() for _ in range(count)]
            try:
                await self._answer(batch)
            finally:  # whatever happened, nobody waits for ever
                for _, future in batch:
                    _settle(future, StoreConnectionError("the call was cut off"))

    async def _answer(self, batch: list[_Call]) -> None:
        try:
            replies = await self._send([command for command, _ in batch])
        except Exception as error:  # every caller of the batch gets it
            replies = [error] * len(batch)
            if is_outage(error):
                # Those behind would each wait as long for the same answer.
                batch = [*batch, *self._waiting]
                replies = [error] * len(batch)
                self._waiting.clear()
        for (_, future), reply in zip(batch, replies, strict=True):
            _settle(future, reply)

    async def _send(self, commands: list[tuple[str | bytes, ...]]) -> list[Any]:
        if len(commands) == 1:
            return [await self._store.execute_command(*commands[0])]
        pipeline = self._store.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        return list(await pipeline.execute(raise_on_error=False))


def _word(part: Any) -> bytes:
    """Make a word of a command as redis-py does; raises ``DataError`` for what it does not send."""
    if isinstance(part, bytes):
        return part
    if isinstance(part, int | float) and not isinstance(part, bool):
        return b"%d" % part if isinstance(part, int) else repr(part).encode()
    if not isinstance(part, str):
        raise DataError(f"a word of a command is text, bytes or a number, no {type(part).__name__}")
    try:
        return part.encode()
    except UnicodeEncodeError as error:
        raise DataError("a word of a command is no text that can be sent") from error


def _settle(future: asyncio.Future[Any], reply: Any) -> None:
    if future.done():
        return
    if isinstance(reply, Exception):
        future.set_exception(reply)
    else:
        future.set_result(reply)
