"""Machines of booths: let in by a one-time code, known by a key from then on.

A device is a member of staff of its booth, so that it is let go as everybody else. The code is an
invitation that works once and not for long; the key is the device's personal link's token.
"""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
from sqlalchemy import Row, Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.domain.states import Role
from fairserver.domain.texts import clean_text
from fairserver.ledger import guessing, tables
from fairserver.ledger.database import Database
from fairserver.ledger.endings import SYSTEM
from fairserver.ledger.secrecy import Secrecy, token_hash
from fairserver.ledger.staff import Staff, StaffMember
from fairserver.ledger.tries import SignInWay, Source, TooManyTries, Tries
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis

#: How long a code works.
PAIRING_MINUTES = 15
#: Machines that one booth may have let in or be letting in at a time.
MOST_DEVICES = 20
#: Without letters and figures that look like each other.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH, _GROUP = 8, 4
#: How a device's key begins, so that one that was let go gets its own sentence.
_KEY = "device-"

_invitations = tables.invitations
_devices, _staff, _sessions = tables.devices, tables.staff, tables.sessions


class PairingCode(msgspec.Struct, frozen=True, kw_only=True):
    """A new code, such as ``K7QM-3XTB``; shown this once."""

    staff_id: str
    code: str
    expires_at: Millis


class Paired(msgspec.Struct, frozen=True, kw_only=True):
    """A device that has been let in. Only the key's hash is kept."""

    member: StaffMember
    device_key: str


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A machine that has been let in, or that is awaited with its code.

    ``paired_at`` is null while its code waits, until ``code_expires_at``. ``last_seen_at`` is
    when it last signed in or connected, null before.
    """

    staff_id: str
    booth_id: str
    display_name: str
    code_expires_at: Millis
    paired_at: Millis | None
    last_seen_at: Millis | None


class Devices:
    """The machines of all fairs' booths."""

    def __init__(self, database: Database, secrecy: Secrecy, staff: Staff, tries: Tries) -> None:
        self._database = database
        self._secrecy = secrecy
        self._people = staff
        self._tries = tries

    async def invite(
        self, fair_id: str, booth_id: str, display_name: str, created_by: str = SYSTEM
    ) -> PairingCode:
        """Take a machine on and make its code; it ends with who made it.

        Raises ``ValueError`` for an empty name and ``Refused``: ``limit_reached`` when the booth
        has ``MOST_DEVICES``, ``not_signed_in`` when who does it was let go meanwhile.
        """
        name = clean_text(display_name)
        if not name:
            raise ValueError("a device needs a name to show")
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        now = self._database.now()
        expires_at = now + PAIRING_MINUTES * 60_000
        async with self._database.write() as connection:
            counted = select(func.count()).select_from(self._present(fair_id, booth_id).subquery())
            if (await connection.scalar(counted) or 0) >= MOST_DEVICES:
                raise Refused(Code.LIMIT_REACHED, limit=MOST_DEVICES)
            staff_id = await self._people.take_on(
                connection, fair_id, Role.RECRUITER, booth_id, name, created_by
            )
            await connection.execute(
                insert(_devices).values(staff_id=staff_id, code_expires_at=expires_at)
            )
            hashed = self._secrecy.pairing_hash(code)
            await connection.execute(
                insert(_invitations).values(token_hash=hashed, staff_id=staff_id, created_at=now)
            )
        shown = f"{code[:_GROUP]}-{code[_GROUP:]}"
        return PairingCode(staff_id=staff_id, code=shown, expires_at=expires_at)

    async def of_fair(self, fair_id: str, booth_id: str | None = None) -> list[Device]:
        """List the machines of a fair, or of one booth, that are let in or awaited now."""
        async with self._database.read() as connection:
            return [
                _device(row) for row in await connection.execute(self._present(fair_id, booth_id))
            ]

    async def is_device(self, staff_id: str) -> bool:
        """Whether this member of staff is a machine."""
        asked = select(_devices.c.staff_id).where(_devices.c.staff_id == staff_id)
        async with self._database.read() as connection:
            return await connection.scalar(asked) is not None

    def _present(self, fair_id: str, booth_id: str | None) -> Select[tuple[Any, ...]]:
        """Ask for machines that were not let go and whose code has not run out unused."""
        seen = func.max(_sessions.c.last_seen_at).label("last_seen_at")
        asked = (
            select(*_devices.c, _staff.c.booth_id, _staff.c.display_name, seen)
            .join(_staff, _staff.c.staff_id == _devices.c.staff_id)
            .outerjoin(_sessions, _sessions.c.subject_id == _devices.c.staff_id)
            .where(
                _staff.c.fair_id == fair_id,
                _staff.c.revoked_at.is_(None),
                or_(
                    _devices.c.paired_at.is_not(None),
                    _devices.c.code_expires_at > self._database.now(),
                ),
            )
            .group_by(*_devices.c, _staff.c.booth_id, _staff.c.display_name, _staff.c.created_at)
            .order_by(_staff.c.created_at, _devices.c.staff_id)
        )
        return asked if booth_id is None else asked.where(_staff.c.booth_id == booth_id)

    async def pair(self, code: str, source: Source = Source()) -> Paired:  # noqa: B008 - frozen
        """Use a code up and give the device its key.

        Raises ``TooManyTries``, or ``Refused``: ``pairing_unknown``, ``pairing_used``,
        ``pairing_expired``, or ``device_revoked`` when the device was let go before it came.
        """
        await self._take_try(source)
        typed = "".join(letter for letter in code.upper() if letter in LETTERS)
        hashed, now = self._secrecy.pairing_hash(typed), self._database.now()
        oldest = now - PAIRING_MINUTES * 60_000
        async with self._database.write() as connection:
            taken = await connection.execute(
                update(_invitations)
                .where(
                    _invitations.c.token_hash == hashed,
                    _invitations.c.last_used_at.is_(None),
                    _invitations.c.revoked_at.is_(None),
                    _invitations.c.created_at > oldest,
                )
                .values(last_used_at=now)
            )
            if not taken.rowcount:
                raise await self._why_not(connection, hashed)
            asked = select(_invitations.c.staff_id).where(_invitations.c.token_hash == hashed)
            staff_id = str(await connection.scalar(asked))
            await connection.execute(
                update(_devices).where(_devices.c.staff_id == staff_id).values(paired_at=now)
            )
            link = await self._people.new_link(connection, staff_id, _KEY)
        member = await self._people.get(link.staff_id)
        return Paired(member=member, device_key=link.token)

    async def is_revoked(self, device_key: str) -> bool:
        """Whether this was the key of a device that has been let go."""
        if not device_key.startswith(_KEY):
            return False
        asked = select(_invitations.c.revoked_at).where(
            _invitations.c.token_hash == token_hash(device_key)
        )
        async with self._database.read() as connection:
            return await connection.scalar(asked) is not None

    async def _take_try(self, source: Source) -> None:
        """Count a try before the code is looked at; it is short."""
        async with self._database.write() as connection:
            wait, count = await self._tries.take(
                connection, SignInWay.PAIRING, source, guessing.PAIRING
            )
        if wait:
            raise TooManyTries(wait, count.tries)

    async def _why_not(self, connection: AsyncConnection, hashed: str) -> Refused:
        asked = select(_invitations).where(_invitations.c.token_hash == hashed)
        row = (await connection.execute(asked)).one_or_none()
        if row is None:
            return Refused(Code.PAIRING_UNKNOWN)
        if row.revoked_at is not None:
            return Refused(Code.DEVICE_REVOKED)
        if row.last_used_at is not None:
            return Refused(Code.PAIRING_USED)
        return Refused(Code.PAIRING_EXPIRED, minutes=PAIRING_MINUTES)


def _device(row: Row[tuple[Any, ...]]) -> Device:
    return Device(
        staff_id=row.staff_id,
        booth_id=row.booth_id,
        display_name=row.display_name,
        code_expires_at=row.code_expires_at,
        paired_at=row.paired_at,
        last_seen_at=row.last_seen_at,
    )
