"""Tells employers' own systems what happened: each message at least once, signed, in order.

What is to be told is written into the ledger by the events' numbers, so that nothing is lost with
a node and any node goes on. Messages about one turn go one after another; those of other turns do
not wait for them. What a receiver does not take is tried again with growing, random pauses, and
given up after the last try, for its owner to see.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from fairserver.domain.states import DeliveryState
from fairserver.events.feed import Feed
from fairserver.events.projection import Projection
from fairserver.events.webhook_news import NewDelivery, Told, told_by
from fairserver.line.stream import RawEvent, read_events
from fairserver.line.tasks import ALONE, Minder, end_task
from fairserver.notify.carrier import Carrier, Result
from fairserver.notify.settings import WebhookSettings
from fairserver.notify.shares import Shares, Whose
from fairserver.protocol.events import decode_event

_log = logging.getLogger(__name__)

#: Events read at once.
_PAGE = 500
#: Seconds after which is looked again without news: another node may have registered a webhook,
#: or died with messages in its hands.
_LOOK_S = 2.0
#: Seconds between two rounds at least: a busy morning's events are written down together.
_PACE_S = 0.1
#: Seconds between two clearings of what was told long ago.
_FORGET_S = 3600.0
#: Seconds that a message stays with a node beyond the receiver's time to answer.
_SPARE_S = 5.0
#: What a store that is away raises.
_AWAY = (RedisError, SQLAlchemyError, OSError)


class Position(Protocol):
    """How far a fair's events were looked at for one webhook."""

    @property
    def webhook_id(self) -> str:
        """Whose."""

    @property
    def booth_id(self) -> str:
        """The booth that it is told of."""

    @property
    def events(self) -> frozenset[str]:
        """The kinds of events that it is told of."""

    @property
    def position(self) -> int:
        """The newest number looked at."""


class Held(Protocol):
    """A message that this node is to send now."""

    @property
    def delivery_id(self) -> str:
        """Its name, the same at every try."""

    @property
    def webhook_id(self) -> str:
        """Whose."""

    @property
    def url(self) -> str:
        """Where to."""

    @property
    def body(self) -> str:
        """What."""

    @property
    def tries(self) -> int:
        """How often it was tried before."""


class Registered(Protocol):
    """The webhooks that there are."""

    def secret(self, webhook_id: str) -> bytes:
        """Give the secret of one."""

    async def positions(self, fair_id: str) -> Sequence[Position]:
        """List those of a fair."""


class Messages(Protocol):
    """What is to be told; see ``ledger.deliveries``."""

    async def take_in(self, webhook_id: str, seq: int, news: Sequence[NewDelivery]) -> None:
        """Keep messages up to an event."""

    async def due_webhooks(self, fair_ids: Collection[str]) -> list[tuple[str, str]]:
        """Name the webhooks with something to tell, each with its booth."""

    async def hold(self, webhook_id: str, most: int, hold_ms: int) -> Sequence[Held]:
        """Take some."""

    async def settle(
        self,
        held: Any,
        *,
        state: DeliveryState,
        status: int | None,
        problem: str,
        wait_ms: int = 0,
    ) -> None:
        """Write down what came of one."""

    async def next_due_ms(self, fair_ids: Collection[str]) -> int | None:
        """Tell when the next is due."""

    async def forget_old(self) -> None:
        """Drop what was told long ago."""


class Deliverer:
    """Carries the messages of this node's fairs."""

    def __init__(
        self, store: Redis, registered: Registered, messages: Messages, settings: WebhookSettings
    ) -> None:
        self._store = store
        self._registered = registered
        self._messages = messages
        self.settings = settings
        self._feeds: dict[str, Feed] = {}
        self._loop = asyncio.get_running_loop()
        self._forget_at = 0.0
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._sending: dict[asyncio.Task[None], Whose] = {}
        self._shares = Shares()
        self._carrier: Carrier | None = None
        self._minder: Minder = ALONE

    def follow(self, feed: Feed) -> None:
        """Tell what happens at this fair from now on, and what was left over."""
        self._feeds[feed.projection.fair_id] = feed
        feed.listeners.append(lambda _: self._news.set())

    def start(self, minder: Minder = ALONE) -> None:
        """Begin to tell."""
        self._minder = minder
        self._carrier = Carrier(self.settings, self._registered.secret)
        self._task = minder.keep("webhooks", partial(self._run, self._carrier))

    async def stop(self) -> None:
        """Stop; what is on its way is cut off, and told again by whoever is next."""
        await end_task(self._task)
        for task in tuple(self._sending):
            await end_task(task)
        if self._carrier is not None:
            await self._carrier.close()

    def look(self) -> None:
        """Look at once: a webhook was registered, or a message is to be told again."""
        self._news.set()

    async def _run(self, carrier: Carrier) -> None:
        away = False
        while True:
            self._news.clear()
            wait_s = _LOOK_S
            try:
                wait_s = await self._round(carrier)
                away = False
            except _AWAY as error:
                if not away:
                    _log.warning("webhooks wait: %s", type(error).__name__)
                away = True
            await asyncio.sleep(_PACE_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._news.wait()

    async def _round(self, carrier: Carrier) -> float:
        """Write down what is new, send what is due; tell how long to wait, s."""
        for feed in tuple(self._feeds.values()):
            try:
                await self._take_in(feed)
            except _AWAY:
                raise
            except Exception as error:  # the other fairs' employers are told all the same
                self._minder.note(f"webhooks {feed.projection.fair_id}", error)
        await self._send_due(carrier)
        if self._loop.time() >= self._forget_at:
            await self._messages.forget_old()
            self._forget_at = self._loop.time() + _FORGET_S
        due_ms = await self._messages.next_due_ms(list(self._feeds))
        # What is due but has no place yet is looked at again when a place comes free.
        if due_ms is None or (due_ms == 0 and self._sending):
            return _LOOK_S
        return min(_LOOK_S, due_ms / 1000)

    # --- what there is to tell -----------------------------------------------------------------

    async def _take_in(self, feed: Feed) -> None:
        """Write down what the events mean that no webhook of this fair has been told of."""
        projection = feed.projection
        hooks = await self._registered.positions(projection.fair_id)
        since = min((hook.position for hook in hooks), default=projection.seq)
        while since < projection.seq:
            entries = await read_events(self._store, projection.fair_id, since, count=_PAGE)
            # No further than what this node knows the tickets of.
            entries = [one for one in entries if one.seq <= projection.seq]
            if not entries:
                return
            told = [one for entry in entries for one in self._told_by(entry, projection)]
            since = entries[-1].seq
            for hook in hooks:
                news = [
                    one.to(hook.webhook_id)
                    for one in told
                    if one.seq > hook.position
                    and one.booth_id == hook.booth_id
                    and one.kind in hook.events
                ]
                await self._messages.take_in(hook.webhook_id, since, news)

    def _told_by(self, entry: RawEvent, projection: Projection) -> list[Told]:
        """Say what one event means to whom: nothing when that cannot be read or worked out."""
        try:
            return list(told_by(decode_event(entry.raw), projection))
        except Exception as error:
            self._minder.note(f"webhooks {projection.fair_id}", error)
            return []

    # --- telling it ----------------------------------------------------------------------------

    async def _send_due(self, carrier: Carrier) -> None:
        hold_ms = round((self.settings.answer_s + _SPARE_S) * 1000)
        due = [Whose(*one) for one in await self._messages.due_webhooks(list(self._feeds))]
        random.shuffle(due)  # nobody is always the last to be asked
        for whose in due:
            if (free := self._shares.free(whose)) <= 0:
                continue
            for held in await self._messages.hold(whose.webhook_id, free, hold_ms):
                task = self._minder.once("webhook message", self._send(carrier, held, whose))
                self._shares.take(whose)
                self._sending[task] = whose
                task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        if (whose := self._sending.pop(task, None)) is not None:
            self._shares.give_back(whose)
        self._news.set()

    async def _send(self, carrier: Carrier, held: Held, whose: Whose) -> None:
        """Try one message; when it is not known what came of it, it is tried again."""
        begun = self._loop.time()
        result = await carrier.send(held.webhook_id, held.delivery_id, held.url, held.body)
        self._shares.judge(whose, taken=result.is_taken, after_s=self._loop.time() - begun)
        is_last = held.tries + 1 >= self.settings.tries or result.is_gone
        state = DeliveryState.DEAD if is_last else DeliveryState.PENDING
        if result.is_taken:
            state = DeliveryState.DELIVERED
        wait_ms = 0 if result.is_taken else round(self._wait_s(held.tries, result) * 1000)
        try:
            await self._messages.settle(
                held, state=state, status=result.status, problem=result.problem, wait_ms=wait_ms
            )
        except _AWAY as error:
            _log.warning("a webhook's message is told again: %r", error)

    def _wait_s(self, tries: int, result: Result) -> float:
        """Choose the pause before the next try: it grows, and receivers are not met in step."""
        longest = self.settings.longest_wait_s
        wait = min(longest, self.settings.first_wait_s * 2 ** min(tries, 30))
        return max(min(result.wait_s, longest), random.uniform(wait / 2, wait))
