"""Tells phones of their turn as it happens: one message an event, from one node only.

It hangs on the feed like the deadlines do, and only ever puts something into a bounded queue
there: no call waits for a push service. What cannot be sent in time is dropped and counted; the
page, the hall's screen and the bell are the call.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from fairserver.domain.states import FairState
from fairserver.events.feed import Feed
from fairserver.line.keys import pushed_key
from fairserver.line.tasks import ALONE, Minder, end_task
from fairserver.notify.notices import LONGEST_MS, Notice, news_of
from fairserver.notify.post import Address, Fate, Post
from fairserver.notify.targets import PUSH_SERVICES
from fairserver.notify.vapid import VapidKey
from fairserver.protocol.events import AnyEvent, FairStateChanged

_log = logging.getLogger(__name__)

#: Messages that may wait, and those sent at the same time.
QUEUE: Final = 2000
WORKERS: Final = 16
#: Seconds after the first failed try, doubled with each, and the longest.
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 8.0
#: Milliseconds that a claim is kept: longer than any node may still come by the same event.
_CLAIM_MS = 10 * LONGEST_MS
#: Seconds between two lines in the log.
_TELL_S = 60.0


class Addresses(Protocol):
    """Which browsers a person has asked to be told on."""

    async def of(self, candidate_id: str, key_id: str) -> Sequence[Address]:
        """List them, of one key of ours."""

    async def drop(self, endpoint: str) -> None:
        """Forget one that is no more."""

    async def end_fair(self, fair_id: str) -> None:
        """Forget all of a fair that is over."""


class _Job(NamedTuple):
    """A notice to look into, or (with an address) to send to one browser."""

    notice: Notice
    address: Address | None = None
    tries: int = 0


class _Farewell(NamedTuple):
    """A fair has ended: nobody will be called there any more."""

    fair_id: str


class Pusher:
    """Sends the notices of this node's fairs."""

    def __init__(
        self,
        store: Redis,
        addresses: Addresses,
        key: VapidKey,
        own_services: frozenset[str] = frozenset(),
        hosts: Sequence[str] = PUSH_SERVICES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.key = key
        self.own_services = own_services
        self.hosts = hosts
        #: What became of the messages: ``sent``, ``gone``, ``refused``, ``late``, ``dropped``,
        #: ``again`` (tries repeated), ``away`` (a store did not answer).
        self.counts: Counter[str] = Counter()
        self._store = store
        self._addresses = addresses
        self._clock = clock
        self._token = secrets.token_hex(8)
        self._queue: asyncio.Queue[_Job | _Farewell] = asyncio.Queue(QUEUE)
        #: Number of the newest event about each person's turn: older news is no longer true.
        self._newest: dict[tuple[str, str], int] = {}
        self._waits: set[asyncio.TimerHandle] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._minder: Minder = ALONE
        self._post: Post | None = None

    def follow(self, feed: Feed, booth_numbers: Mapping[str, str]) -> None:
        """Hear a fair's events from now on; ``booth_numbers`` are those painted on the booths."""
        feed.listeners.append(lambda events: self._hear(feed, booth_numbers, events))

    def start(self, minder: Minder = ALONE) -> None:
        """Begin to send."""
        self._minder = minder
        self._post = Post(self.key, self.own_services, self.hosts)
        work = partial(self._work, self._post)
        self._tasks = [minder.keep(f"pusher {number}", work) for number in range(WORKERS)]
        self._tasks.append(minder.keep("pusher counts", self._tell))

    async def stop(self) -> None:
        """Stop; what has not gone out is dropped."""
        for wait in self._waits:
            wait.cancel()
        self._waits.clear()
        for task in tuple(self._tasks):
            await end_task(task)
        if self._post is not None:
            await self._post.close()

    # --- what there is to tell -----------------------------------------------------------------

    def _hear(self, feed: Feed, numbers: Mapping[str, str], events: list[AnyEvent]) -> None:
        now = self._now()
        for news in news_of(events, feed.projection, numbers):
            self._newest[feed.projection.fair_id, news.candidate_id] = news.seq
            # A node that catches up after an outage does not tell of what is long past.
            if news.notice is not None and now < news.notice.send_until:
                self._offer(_Job(news.notice))
        if feed.projection.state is FairState.CLOSED and any(
            isinstance(event, FairStateChanged) for event in events
        ):
            self._offer(_Farewell(feed.projection.fair_id))

    def _offer(self, job: _Job | _Farewell) -> None:
        try:
            self._queue.put_nowait(job)
        except asyncio.QueueFull:
            self.counts["dropped"] += 1

    def _is_over(self, notice: Notice) -> bool:
        newest = self._newest.get((notice.fair_id, notice.candidate_id), 0)
        return newest > notice.seq or self._now() >= notice.send_until

    def _now(self) -> int:
        return int(self._clock() * 1000)

    # --- sending -------------------------------------------------------------------------------

    async def _work(self, post: Post) -> None:
        while True:
            job = await self._queue.get()
            try:
                await self._do(post, job)
            except (RedisError, SQLAlchemyError, OSError):
                self.counts["away"] += 1
            except Exception as error:  # this one message is lost
                self._minder.note("push", error)

    async def _do(self, post: Post, job: _Job | _Farewell) -> None:
        if isinstance(job, _Farewell):
            await self._addresses.end_fair(job.fair_id)
        elif self._is_over(job.notice):
            self.counts["late"] += job.address is not None
        elif job.address is None:
            await self._address(job.notice)
        else:
            await self._send(post, job, job.address)

    async def _address(self, notice: Notice) -> None:
        """Find whom to send it to, and send it unless another node does."""
        addresses = await self._addresses.of(notice.candidate_id, self.key.key_id)
        if addresses and await self._claim(notice):
            for address in addresses:
                self._offer(_Job(notice, address))

    async def _claim(self, notice: Notice) -> bool:
        """Say whether this node is the one that sends; of all nodes exactly one is.

        The old value is asked for in the same step: when the client repeats a command whose
        answer was lost, it finds its own name and knows that the claim is its own.
        """
        key = pushed_key(notice.fair_id, self.key.key_id, notice.seq)
        before = await self._store.execute_command(
            "SET", key, self._token, "NX", "GET", "PX", _CLAIM_MS
        )
        return before is None or before == self._token.encode()

    async def _send(self, post: Post, job: _Job, address: Address) -> None:
        notice = job.notice
        left_s = (notice.send_until - self._now()) / 1000
        told = await post.send(notice.payload(), address, max(1, int(left_s)))
        if told.fate is Fate.LATER:
            self._again(job, told.wait_s)
            return
        self.counts[told.fate.value] += 1
        if told.fate is Fate.GONE:
            await self._addresses.drop(address.endpoint)
        elif told.fate is Fate.REFUSED:
            _log.warning("a push service refuses a message: status %d", told.status)

    def _again(self, job: _Job, wait_s: float) -> None:
        """Try once more after a while, if that is still in time."""
        longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**job.tries)
        delay = max(wait_s, random.uniform(longest / 2, longest))
        too_late = self._now() + delay * 1000 >= job.notice.send_until
        if too_late or len(self._waits) >= QUEUE:
            self.counts["late" if too_late else "dropped"] += 1
            return
        self.counts["again"] += 1
        once_more = job._replace(tries=job.tries + 1)

        def go() -> None:
            self._waits.discard(wait)
            self._offer(once_more)

        wait: asyncio.TimerHandle = asyncio.get_running_loop().call_later(delay, go)
        self._waits.add(wait)

    async def _tell(self) -> None:
        """Say in the log what became of the messages: numbers only, never to whom."""
        told: dict[str, int] = {}
        while True:
            await asyncio.sleep(_TELL_S)
            if self.counts != told:
                told = dict(self.counts)
                _log.info("pushes so far: %s", ", ".join(f"{n} {k}" for k, n in told.items()))
