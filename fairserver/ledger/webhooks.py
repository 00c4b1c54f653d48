"""Where employers' own systems want to be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, delete, func, insert, select, update

from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.endings import check_maker
from fairserver.ledger.secrecy import Secrecy, new_id
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis, Seq

#: Webhooks of one booth at a time.
MOST_WEBHOOKS = 5

_hooks = tables.webhooks
_deliveries = tables.webhook_deliveries


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """One address of an employer's own system, and the events that it is told of."""

    webhook_id: str
    url: str
    events: list[str]
    created_at: Millis


class HookPosition(msgspec.Struct, frozen=True, kw_only=True):
    """How far a fair's events were looked at for one webhook."""

    webhook_id: str
    booth_id: str
    events: frozenset[str]
    position: Seq


class Webhooks:
    """The webhooks of all booths."""

    def __init__(self, database: Database, secrecy: Secrecy) -> None:
        self._database = database
        self._secrecy = secrecy

    def secret(self, webhook_id: str) -> bytes:
        """Derive the secret with which a webhook's messages are signed: 32 bytes."""
        return self._secrecy.webhook_secret(webhook_id)

    async def add(
        self,
        fair_id: str,
        booth_id: str,
        *,
        url: str,
        events: Sequence[str],
        by: str,
        position: Seq,
    ) -> Webhook:
        """Register one that is told of what comes after event ``position``.

        It ends with who made it. Raises ``Refused``: ``limit_reached``, ``key_wrong`` when its key
        was revoked meanwhile.
        """
        webhook_id = new_id("w")
        counted = select(func.count()).select_from(_hooks).where(_is_of(fair_id, booth_id))
        async with self._database.write() as connection:
            await check_maker(connection, by)
            if (await connection.scalar(counted) or 0) >= MOST_WEBHOOKS:
                raise Refused(Code.LIMIT_REACHED, limit=MOST_WEBHOOKS)
            await connection.execute(
                insert(_hooks).values(
                    webhook_id=webhook_id,
                    fair_id=fair_id,
                    booth_id=booth_id,
                    url=url,
                    events=",".join(events),
                    position=position,
                    created_by=by,
                    created_at=self._database.now(),
                )
            )
        return await self.get(fair_id, booth_id, webhook_id)

    async def get(self, fair_id: str, booth_id: str, webhook_id: str) -> Webhook:
        """Read one of a booth; raises ``Refused`` ``webhook_unknown``."""
        which = _is_of(fair_id, booth_id) & (_hooks.c.webhook_id == webhook_id)
        async with self._database.read() as connection:
            row = (await connection.execute(select(_hooks).where(which))).one_or_none()
        if row is None:
            raise Refused(Code.WEBHOOK_UNKNOWN)
        return _read(row)

    async def of_booth(self, fair_id: str, booth_id: str) -> list[Webhook]:
        """List those of a booth, in the order of their making."""
        asked = select(_hooks).where(_is_of(fair_id, booth_id))
        asked = asked.order_by(_hooks.c.created_at, _hooks.c.webhook_id)
        async with self._database.read() as connection:
            return [_read(row) for row in await connection.execute(asked)]

    async def remove(self, fair_id: str, booth_id: str, webhook_id: str) -> None:
        """Tell it nothing more, and forget what was to be told.

        Raises ``Refused`` ``webhook_unknown``, also for a repeat.
        """
        which = _is_of(fair_id, booth_id) & (_hooks.c.webhook_id == webhook_id)
        async with self._database.write() as connection:
            removed = update(_hooks).where(which).values(removed_at=self._database.now())
            if not (await connection.execute(removed)).rowcount:
                raise Refused(Code.WEBHOOK_UNKNOWN)
            await connection.execute(
                delete(_deliveries).where(_deliveries.c.webhook_id == webhook_id)
            )

    async def positions(self, fair_id: str) -> list[HookPosition]:
        """List every webhook of a fair with how far its events were looked at."""
        asked = select(_hooks).where(_hooks.c.fair_id == fair_id, _hooks.c.removed_at.is_(None))
        async with self._database.read() as connection:
            return [
                HookPosition(
                    webhook_id=row.webhook_id,
                    booth_id=row.booth_id,
                    events=frozenset(row.events.split(",")),
                    position=row.position,
                )
                for row in await connection.execute(asked)
            ]


def _is_of(fair_id: str, booth_id: str) -> Any:
    return (
        (_hooks.c.fair_id == fair_id)
        & (_hooks.c.booth_id == booth_id)
        & _hooks.c.removed_at.is_(None)
    )


def _read(row: Row[Any]) -> Webhook:
    return Webhook(
        webhook_id=row.webhook_id,
        url=row.url,
        events=row.events.split(","),
        created_at=row.created_at,
    )
