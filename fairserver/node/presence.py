"""Tell the live store which people this node has on the line: candidates, and those at desks.

A dropped socket is not a leaving: a person counts as there until ``presence_s`` have passed
without a sign from any node.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable

from redis.exceptions import RedisError

from fairserver.events.feed import Feed
from fairserver.line.store import is_outage
from fairserver.line.tasks import ALONE, Minder, end_task
from fairserver.protocol.errors import Code, Refused

_log = logging.getLogger(__name__)

#: People named in one call; a call over all of a big hall would hold the store up.
_AT_ONCE = 250
#: Signs of life within ``presence_s``, so that one may get lost.
_SIGNS = 3


#: Notes a sign of life of some people of a fair.
Tell = Callable[[str, Iterable[str]], Awaitable[None]]


class PresenceKeeper:
    """Keeps connected people of one fair present; ``tell`` is how the line hears of them."""

    def __init__(self, tell: Tell, feed: Feed, name: str = "presence") -> None:
        self._tell = tell
        self._name = f"{name} {feed.projection.fair_id}"
        self._feed = feed
        #: Open sockets by person; several tabs are one person.
        self._sockets: Counter[str] = Counter()
        self._new: set[str] = set()
        self._news = asyncio.Event()
        self._presence_s = feed.projection.settings.presence_s
        feed.listeners.append(self._look_at_rules)
        self._task: asyncio.Task[None] | None = None
        self._minder: Minder = ALONE

    def start(self, minder: Minder = ALONE) -> None:
        """Begin to send signs of life."""
        self._minder = minder
        self._task = minder.keep(self._name, self._run)

    async def stop(self) -> None:
        """Stop; those connected stay present for the grace time."""
        await end_task(self._task)

    def arrive(self, person_id: str) -> None:
        """Note an opened socket; the person is made present at once."""
        self._sockets[person_id] += 1
        self._new.add(person_id)
        self._news.set()

    def depart(self, person_id: str) -> None:
        """Note a closed socket."""
        self._sockets[person_id] -= 1
        if self._sockets[person_id] <= 0:
            del self._sockets[person_id]

    def _look_at_rules(self, _: object) -> None:
        """The organiser may shorten the grace while a round is still a long time off."""
        if self._presence_s != self._feed.projection.settings.presence_s:
            self._presence_s = self._feed.projection.settings.presence_s
            self._news.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        last_round = -math.inf  # begun again after a fault: everybody is told of anew
        while True:
            self._news.clear()
            left = last_round + self._presence_s / _SIGNS - loop.time()
            if left <= 0:
                self._new.update(self._sockets)
                last_round = loop.time()
            if self._new:
                await self._report()
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._news.wait()

    async def _report(self) -> None:
        people = sorted(self._new)[:_AT_ONCE]
        try:
            await self._say(people)
        except (RedisError, OSError) as error:
            if not is_outage(error):
                raise
            _log.warning("presence waits for the store: %s", error)
            await asyncio.sleep(0.25)
        else:
            self._new.difference_update(people)

    async def _say(self, people: list[str]) -> None:
        """Tell of people; one whose record is broken keeps nobody else from being told of."""
        fair_id = self._feed.projection.fair_id
        try:
            await self._tell(fair_id, people)
        except Refused as refused:
            if refused.code is not Code.INTERNAL:
                raise
            if len(people) == 1:
                self._minder.note(self._name, refused)
                return
            half = len(people) // 2
            await self._say(people[:half])
            await self._say(people[half:])
