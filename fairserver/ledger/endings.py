"""What somebody created ends with them, in the same transaction; or is taken over by hand.

A link, a machine, a key and a webhook remember who made them. When that person's right ends, all of
it stops at once, and what those had made themselves, and so on. It is not thrown away: a booth may
need its webhook though the colleague who made it has left. So whoever may make such things sees a
list of what was left behind, and takes each over or lets it go.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Table, delete, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.domain.states import Role
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis

#: Who makes something by a command on the server itself.
SYSTEM = "system"

_staff, _devices, _links = tables.staff, tables.devices, tables.invitations
_keys, _hooks, _sessions = tables.api_keys, tables.webhooks, tables.sessions


class ThingKind(StrEnum):
    """What can be left behind."""

    COLLEAGUE = "colleague"
    DEVICE = "device"
    KEY = "key"
    WEBHOOK = "webhook"


class LeftThing(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stopped because who had made it was let go.

    ``ended_with`` is with whom: ``staff:<id>``, or ``key:<id>`` for a webhook whose key went.
    """

    kind: ThingKind
    thing_id: str
    booth_id: str
    name: str
    ended_at: Millis
    ended_with: str


async def check_maker(connection: AsyncConnection, by: str) -> None:
    """Make sure within a transaction that who makes something still may; nobody ends meanwhile.

    Raises ``Refused``: ``not_signed_in``, or ``key_wrong`` for a key.
    """
    kind, _, name = by.partition(":")
    if kind == "key":
        table, column, code = _keys, _keys.c.key_id, Code.KEY_WRONG
    elif kind == "staff":
        table, column, code = _staff, _staff.c.staff_id, Code.NOT_SIGNED_IN
    else:
        return
    asked = select(column).where(column == name, table.c.revoked_at.is_(None))
    if await connection.scalar(asked.with_for_update()) is None:
        raise Refused(code)


async def end_with(connection: AsyncConnection, by: str, now: Millis) -> None:
    """Stop what somebody made, and what that had made, within a transaction."""
    makers: Sequence[str] = [by]
    while makers:
        staff = await _stop(connection, _staff, "staff_id", makers, by, now)
        await sign_out(connection, staff, now)
        keys = await _stop(connection, _keys, "key_id", makers, by, now)
        makers = [*(f"staff:{one}" for one in staff), *(f"key:{one}" for one in keys)]
        hooks = (_hooks.c.created_by.in_([by, *makers]), _hooks.c.removed_at.is_(None))
        await connection.execute(update(_hooks).where(*hooks).values(removed_at=now, ended_with=by))


async def sign_out(connection: AsyncConnection, staff_ids: Sequence[str], now: Millis) -> None:
    """End the links and the sign-ins of members of staff, within a transaction."""
    for table, column, ended in (
        (_links, _links.c.staff_id, "revoked_at"),
        (_sessions, _sessions.c.subject_id, "ended_at"),
    ):
        which = (column.in_(staff_ids), table.c[ended].is_(None))
        await connection.execute(update(table).where(*which).values({ended: now}))


async def _stop(
    connection: AsyncConnection,
    table: Table,
    key: str,
    makers: Sequence[str],
    by: str,
    now: Millis,
) -> list[str]:
    """Revoke what was made by any of these; give the ids."""
    which = (table.c.created_by.in_(makers), table.c.revoked_at.is_(None))
    found = list(await connection.scalars(select(table.c[key]).where(*which)))
    values = {"revoked_at": now, "ended_with": by}
    await connection.execute(update(table).where(table.c[key].in_(found)).values(values))
    return found


class Endings:
    """What was left behind at the fairs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_fair(self, fair_id: str, booth_id: str | None = None) -> list[LeftThing]:
        """List what waits to be taken over at a fair, or at one booth, the latest first."""
        found: list[LeftThing] = []
        async with self._database.read() as connection:
            for asked in _left(fair_id, booth_id):
                rows = await connection.execute(asked)
                found += [msgspec.convert(row, LeftThing, from_attributes=True) for row in rows]
        return sorted(found, key=lambda one: (-one.ended_at, one.thing_id))

    async def take_over(self, fair_id: str, booth_id: str | None, thing_id: str, by: str) -> None:
        """Let a thing work again, as one that ``by`` has made.

        A colleague's or machine's own link works again; they sign in anew. A key's webhooks come
        back with it. Raises ``Refused`` (``left_unknown``).
        """
        kept = {"ended_with": None, "created_by": by}
        async with self._database.write() as connection:
            await check_maker(connection, by)
            thing = await self._find(connection, fair_id, booth_id, thing_id)
            if thing.kind is ThingKind.WEBHOOK:
                which = _hooks.c.webhook_id == thing_id
                await connection.execute(
                    update(_hooks).where(which).values(removed_at=None, **kept)
                )
            elif thing.kind is ThingKind.KEY:
                await self._revive_key(connection, thing_id, kept)
            else:
                which = _staff.c.staff_id == thing_id
                await connection.execute(
                    update(_staff).where(which).values(revoked_at=None, **kept)
                )
                link = (_links.c.staff_id == thing_id, _links.c.revoked_at == thing.ended_at)
                await connection.execute(update(_links).where(*link).values(revoked_at=None))

    async def _revive_key(
        self, connection: AsyncConnection, key_id: str, kept: dict[str, str | None]
    ) -> None:
        which = _keys.c.key_id == key_id
        await connection.execute(update(_keys).where(which).values(revoked_at=None, **kept))
        hooks = (_hooks.c.created_by == f"key:{key_id}", _hooks.c.ended_with.is_not(None))
        await connection.execute(
            update(_hooks).where(*hooks).values(removed_at=None, ended_with=None)
        )

    async def let_go(self, fair_id: str, booth_id: str | None, thing_id: str) -> None:
        """Take a thing off the list: it has ended for good.

        Raises ``Refused`` (``left_unknown``).
        """
        async with self._database.write() as connection:
            thing = await self._find(connection, fair_id, booth_id, thing_id)
            table, key = {
                ThingKind.KEY: (_keys, _keys.c.key_id),
                ThingKind.WEBHOOK: (_hooks, _hooks.c.webhook_id),
            }.get(thing.kind, (_staff, _staff.c.staff_id))
            await connection.execute(update(table).where(key == thing_id).values(ended_with=None))
            if thing.kind is ThingKind.WEBHOOK:
                told = tables.webhook_deliveries
                await connection.execute(delete(told).where(told.c.webhook_id == thing_id))

    async def _find(
        self, connection: AsyncConnection, fair_id: str, booth_id: str | None, thing_id: str
    ) -> LeftThing:
        for asked in _left(fair_id, booth_id, thing_id):
            row = (await connection.execute(asked)).one_or_none()
            if row is not None:
                return msgspec.convert(row, LeftThing, from_attributes=True)
        raise Refused(Code.LEFT_UNKNOWN)


def _left(fair_id: str, booth_id: str | None, thing_id: str | None = None) -> list[Any]:
    """Ask for staff, keys and webhooks that wait; a guest's invitation is nobody's any more."""
    kind = _devices.c.staff_id.is_not(None)
    staff = (
        _row(_staff, "staff_id", "display_name", "revoked_at", ThingKind.COLLEAGUE)
        .outerjoin(_devices, _devices.c.staff_id == _staff.c.staff_id)
        .where(_staff.c.role == Role.RECRUITER.value)
    )
    asked = [
        (_staff, "staff_id", staff.where(~kind)),
        (
            _staff,
            "staff_id",
            _row(_staff, "staff_id", "display_name", "revoked_at", ThingKind.DEVICE).join(
                _devices, _devices.c.staff_id == _staff.c.staff_id
            ),
        ),
        (_keys, "key_id", _row(_keys, "key_id", "name", "revoked_at", ThingKind.KEY)),
        (_hooks, "webhook_id", _row(_hooks, "webhook_id", "url", "removed_at", ThingKind.WEBHOOK)),
    ]
    found = []
    for table, key, one in asked:
        which = [table.c.fair_id == fair_id, table.c.ended_with.is_not(None)]
        if booth_id is not None:
            which.append(table.c.booth_id == booth_id)
        if thing_id is not None:
            which.append(table.c[key] == thing_id)
        found.append(one.where(*which))
    return found


def _row(table: Table, key: str, name: str, ended: str, kind: ThingKind) -> Any:
    return select(
        literal(kind.value).label("kind"),
        table.c[key].label("thing_id"),
        table.c.booth_id,
        table.c[name].label("name"),
        table.c[ended].label("ended_at"),
        table.c.ended_with,
    )
