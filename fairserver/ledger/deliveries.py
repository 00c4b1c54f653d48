"""What webhooks are still to be told, were told, or could not be told.

A message is written down once, with its number; a node that tries to send one holds it for a
while, so that a killed node's messages are taken up by any other. Of one turn only the oldest
message that is still pending can be held: that keeps the order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, delete, exists, func, select, update

from fairserver.domain.states import DeliveryState
from fairserver.events.webhook_news import NewDelivery
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis, Seq

#: Messages that are listed at once, the newest.
_SHOWN = 100
#: Milliseconds for which a message is kept once it was told.
_KEPT_MS = 30 * 24 * 3600 * 1000

_hooks = tables.webhooks
_deliveries = tables.webhook_deliveries
_earlier = _deliveries.alias("earlier")


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One message as its receiver's owner sees it; ``status`` is the last HTTP status, if any."""

    delivery_id: str
    ticket_id: str
    seq: Seq
    kind: str
    at: Millis
    state: DeliveryState
    tries: int
    #: When it is tried next, while it is pending, ms.
    next_at: Millis
    status: int | None
    #: Why the last try failed: ``refused``, ``timeout``, ``connection``, ``address``, or empty.
    problem: str
    done_at: Millis | None


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A message that this node is to send now; ``held_until`` is its right to say what came."""

    delivery_id: str
    webhook_id: str
    url: str
    body: str
    tries: int
    held_until: Millis


class Deliveries:
    """The messages of all webhooks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take_in(self, webhook_id: str, seq: Seq, news: Sequence[NewDelivery]) -> None:
        """Keep the messages up to event ``seq``, and that they are; a repeat adds nothing."""
        now = self._database.now()
        rows = [
            {
                **msgspec.structs.asdict(one),
                "webhook_id": webhook_id,
                "state": DeliveryState.PENDING.value,
                "tries": 0,
                "next_at": now,
                "held_until": 0,
                "problem": "",
            }
            for one in news
        ]
        async with self._database.write() as connection:
            if rows:
                added = self._database.insert(_deliveries)
                added = added.on_conflict_do_nothing(index_elements=["delivery_id"])
                await connection.execute(added, rows)
            await connection.execute(
                update(_hooks)
                .where(_hooks.c.webhook_id == webhook_id, _hooks.c.position < seq)
                .values(position=seq)
            )

    async def due_webhooks(self, fair_ids: Collection[str]) -> list[tuple[str, str]]:
        """Name the webhooks of these fairs that have something to tell now, with their booths."""
        asked = (
            select(_hooks.c.webhook_id, _hooks.c.booth_id)
            .join(_deliveries, _hooks.c.webhook_id == _deliveries.c.webhook_id)
            .where(_hooks.c.fair_id.in_(fair_ids), _is_due(self._database.now()))
            .distinct()
        )
        async with self._database.read() as connection:
            return [(row.webhook_id, row.booth_id) for row in await connection.execute(asked)]

    async def hold(self, webhook_id: str, most: int, hold_ms: int) -> list[Held]:
        """Take up to ``most`` due messages of a webhook, of each turn the oldest only.

        Until ``hold_ms`` have passed no other node takes them.
        """
        now = self._database.now()
        due = (
            select(_deliveries.c.delivery_id)
            .where(_deliveries.c.webhook_id == webhook_id, _is_due(now), ~_has_earlier())
            .order_by(_deliveries.c.seq)
            .limit(most)
            .correlate(None)
        )
        taken = (
            update(_deliveries)
            .where(_deliveries.c.delivery_id.in_(due), _is_due(now))
            .values(held_until=now + hold_ms)
            .returning(_deliveries)
        )
        url = select(_hooks.c.url).where(
            _hooks.c.webhook_id == webhook_id, _hooks.c.removed_at.is_(None)
        )
        async with self._database.write() as connection:
            address = await connection.scalar(url)
            rows = (await connection.execute(taken)).all() if address is not None else ()
        return [
            Held(
                delivery_id=row.delivery_id,
                webhook_id=webhook_id,
                url=str(address),
                body=row.body,
                tries=row.tries,
                held_until=row.held_until,
            )
            for row in sorted(rows, key=lambda row: row.seq)
        ]

    async def settle(
        self,
        held: Held,
        *,
        state: DeliveryState,
        status: int | None,
        problem: str,
        wait_ms: int = 0,
    ) -> None:
        """Write down what came of a try; nothing where another node has taken it up meanwhile."""
        now = self._database.now()
        async with self._database.write() as connection:
            await connection.execute(
                update(_deliveries)
                .where(
                    _deliveries.c.delivery_id == held.delivery_id,
                    _deliveries.c.held_until == held.held_until,
                )
                .values(
                    state=state.value,
                    tries=held.tries + 1,
                    next_at=now + wait_ms,
                    held_until=0,
                    status=status,
                    problem=problem,
                    done_at=None if state is DeliveryState.PENDING else now,
                )
            )

    async def next_due_ms(self, fair_ids: Collection[str]) -> int | None:
        """Tell in how many milliseconds something is due; None when nothing is pending."""
        later = func.max if self._database.is_sqlite else func.greatest
        asked = (
            select(func.min(later(_deliveries.c.next_at, _deliveries.c.held_until)))
            .join(_hooks, _hooks.c.webhook_id == _deliveries.c.webhook_id)
            .where(
                _hooks.c.fair_id.in_(fair_ids),
                _deliveries.c.state == DeliveryState.PENDING.value,
                ~_has_earlier(),
            )
        )
        async with self._database.read() as connection:
            due: int | None = await connection.scalar(asked)
        return None if due is None else max(0, due - self._database.now())

    async def of_webhook(
        self, webhook_id: str, state: DeliveryState | None = None
    ) -> list[Delivery]:
        """List the newest messages of a webhook, the newest first."""
        asked = select(_deliveries).where(_deliveries.c.webhook_id == webhook_id)
        if state is not None:
            asked = asked.where(_deliveries.c.state == state.value)
        asked = asked.order_by(_deliveries.c.seq.desc(), _deliveries.c.ticket_id).limit(_SHOWN)
        async with self._database.read() as connection:
            return [_read(row) for row in await connection.execute(asked)]

    async def send_again(self, webhook_id: str, delivery_id: str) -> Delivery:
        """Let a message that was told or given up be told once more, with all its tries.

        Raises ``Refused`` ``delivery_unknown``, or ``delivery_wrong_state`` while it is pending.
        """
        which = (_deliveries.c.webhook_id == webhook_id) & (
            _deliveries.c.delivery_id == delivery_id
        )
        asked = select(_deliveries).where(which)
        async with self._database.write() as connection:
            row = (await connection.execute(asked)).one_or_none()
            if row is None:
                raise Refused(Code.DELIVERY_UNKNOWN)
            if row.state == DeliveryState.PENDING.value:
                raise Refused(Code.DELIVERY_WRONG_STATE, state=row.state)
            again = {"state": DeliveryState.PENDING.value, "tries": 0, "done_at": None}
            now = self._database.now()
            await connection.execute(update(_deliveries).where(which).values(**again, next_at=now))
            return _read((await connection.execute(asked)).one())

    async def forget_old(self) -> None:
        """Drop what was told long ago; what was given up stays for its owner to see."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(_deliveries).where(
                    _deliveries.c.state == DeliveryState.DELIVERED.value,
                    _deliveries.c.done_at < self._database.now() - _KEPT_MS,
                )
            )


def _is_due(now: Millis) -> Any:
    return (
        (_deliveries.c.state == DeliveryState.PENDING.value)
        & (_deliveries.c.next_at <= now)
        & (_deliveries.c.held_until <= now)
    )


def _has_earlier() -> Any:
    """Say whether an older message about the same turn is still to be told."""
    return exists().where(
        _earlier.c.webhook_id == _deliveries.c.webhook_id,
        _earlier.c.ticket_id == _deliveries.c.ticket_id,
        _earlier.c.state == DeliveryState.PENDING.value,
        _earlier.c.seq < _deliveries.c.seq,
    )


def _read(row: Row[Any]) -> Delivery:
    return msgspec.convert(row, Delivery, from_attributes=True)
