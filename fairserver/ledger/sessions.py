"""Signed-in identities: a secret token (kept as a hash) and a public slot that names its cookie."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
from sqlalchemy import and_, delete, insert, or_, select, update

from fairserver.domain.states import Role
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.secrecy import new_token, token_hash
from fairserver.protocol.types import Millis

#: ``last_seen_at`` is written at most this often, in milliseconds.
_SEEN_EVERY_MS = 60_000

_sessions = tables.sessions
_staff = tables.staff
_devices = tables.devices
_push = tables.push_subscriptions


class OpenSession(msgspec.Struct, frozen=True, kw_only=True):
    """A new session. Only its hash is kept: ``token`` is given this once."""

    token: str
    slot: str


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    slot: str
    fair_id: str
    role: Role
    #: A ``staff_id``, or a ``candidate_id`` when the role is ``candidate``.
    subject_id: str
    booth_id: str | None
    display_name: str
    created_at: Millis
    expires_at: Millis
    #: A machine that was let in at a booth, and no person.
    is_machine: bool

    @property
    def candidate_id(self) -> str | None:
        """The candidate who is signed in, or None for staff."""
        return self.subject_id if self.role is Role.CANDIDATE else None

    @property
    def by(self) -> str:
        """How events name this identity: ``candidate:<id>`` or ``staff:<id>``."""
        kind = "candidate" if self.role is Role.CANDIDATE else "staff"
        return f"{kind}:{self.subject_id}"


class Sessions:
    """The sessions of all fairs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(
        self,
        fair_id: str,
        role: Role,
        subject_id: str,
        booth_id: str | None,
        display_name: str,
        ttl_s: int,
    ) -> OpenSession:
        """Sign an identity in for ``ttl_s`` seconds, beside the sessions it already has."""
        opened = OpenSession(token=new_token(), slot=secrets.token_hex(6))
        now = self._database.now()
        async with self._database.write() as connection:
            await connection.execute(
                insert(_sessions).values(
                    token_hash=token_hash(opened.token),
                    slot=opened.slot,
                    fair_id=fair_id,
                    role=role.value,
                    subject_id=subject_id,
                    booth_id=booth_id,
                    display_name=display_name,
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now + ttl_s * 1000,
                )
            )
        return opened

    async def find(self, token: str) -> SessionRow | None:
        """Find who holds a token.

        None when it is unknown, ended or expired, or the member of staff was let go.
        """
        now = self._database.now()
        asked = (
            select(_sessions, _devices.c.staff_id.is_not(None).label("is_machine"))
            .outerjoin(_staff, _staff.c.staff_id == _sessions.c.subject_id)
            .outerjoin(_devices, _devices.c.staff_id == _sessions.c.subject_id)
            .where(
                _sessions.c.token_hash == token_hash(token),
                _sessions.c.ended_at.is_(None),
                _sessions.c.expires_at > now,
                or_(
                    _sessions.c.role == Role.CANDIDATE.value,
                    and_(_staff.c.staff_id.is_not(None), _staff.c.revoked_at.is_(None)),
                ),
            )
        )
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).one_or_none()
        if row is None:
            return None
        if now - row.last_seen_at >= _SEEN_EVERY_MS:
            await self._set(_sessions.c.slot == row.slot, last_seen_at=now)
        return msgspec.convert(row, SessionRow, from_attributes=True)

    async def end(self, token: str) -> None:
        """Sign out the session of a token; an unknown token is no fault."""
        await self._end(_sessions.c.token_hash == token_hash(token))

    async def end_slot(self, slot: str) -> None:
        """Sign out the session of a slot."""
        await self._end(_sessions.c.slot == slot)

    async def end_subject(self, subject_id: str) -> None:
        """Sign a person out everywhere."""
        await self._end(_sessions.c.subject_id == subject_id)

    async def _end(self, which: Any) -> None:
        """End sessions, and forget the browsers that were to be told by push."""
        ended = select(_sessions.c.slot).where(which)
        async with self._database.write() as connection:
            await connection.execute(delete(_push).where(_push.c.slot.in_(ended)))
            await connection.execute(
                update(_sessions)
                .where(which, _sessions.c.ended_at.is_(None))
                .values(ended_at=self._database.now())
            )

    async def _set(self, which: Any, **values: Millis) -> None:
        async with self._database.write() as connection:
            await connection.execute(update(_sessions).where(which).values(**values))
