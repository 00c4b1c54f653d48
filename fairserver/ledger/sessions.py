"""Signed-in identities: a secret token (kept as a hash) and a public slot that names its cookie."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from fairserver.domain.states import Role
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.secrecy import new_token, token_hash
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis

#: ``last_seen_at`` is written at most this often, in milliseconds.
_SEEN_EVERY_MS = 60_000

#: How long a sign-in holds without a sign of its owner, in milliseconds; none holds longer than it
#: was opened for. Staff: a day's work, not the night after it. Candidates: from the evening on
#: which they register over a long wait with the phone in the pocket. A machine at a desk is
#: nobody's to carry off, and may stand unused from one day to the next. A guest: one interview.
IDLE_MS: dict[Role | str, Millis] = {
    Role.CANDIDATE: 36 * 3_600_000,
    Role.RECRUITER: 12 * 3_600_000,
    Role.ORGANISER: 12 * 3_600_000,
    Role.SUPPORT: 12 * 3_600_000,
    Role.GUEST: 2 * 3_600_000,
    "machine": 48 * 3_600_000,
}
#: Sign-ins of one person that are on record, ended ones too: the oldest go for one more. Who has
#: the own link could write rows all day otherwise.
MOST_OF_ONE = 50
#: Sessions that one statement names at most.
_MOST_NAMED = 500

_sessions = tables.sessions
_people = tables.people
_staff = tables.staff
_devices = tables.devices
_push = tables.push_subscriptions

_add = insert(_sessions)
_oldest = (
    select(_sessions.c.slot)
    .where(_sessions.c.subject_id == bindparam("subject"))
    .order_by(_sessions.c.created_at.desc(), _sessions.c.slot)
    .offset(bindparam("kept", type_=Integer))
)


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


class SignInRow(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a person is signed in now; ``agent`` is its kind in one coarse word."""

    slot: str
    agent: str
    created_at: Millis
    last_seen_at: Millis
    expires_at: Millis


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
        agent: str = "",
        link: str | None = None,
    ) -> OpenSession:
        """Sign an identity in for ``ttl_s`` seconds at most, beside the sessions it already has.

        Of very many the oldest ends. ``link`` is the token of the personal link by which they
        come; raises ``Refused`` (``link_unknown``) when that was ended in this moment.
        """
        opened = OpenSession(token=new_token(), slot=secrets.token_hex(6))
        now = self._database.now()
        row = {
            "token_hash": token_hash(opened.token),
            "slot": opened.slot,
            "fair_id": fair_id,
            "role": role.value,
            "subject_id": subject_id,
            "booth_id": booth_id,
            "display_name": display_name,
            "agent": agent,
            "created_at": now,
            "last_seen_at": now,
            "expires_at": now + ttl_s * 1000,
        }
        if not await self._database.write_together(lambda db: _open(db, row, link)):
            raise Refused(Code.LINK_UNKNOWN)
        return opened

    async def find(self, token: str) -> SessionRow | None:
        """Find who holds a token.

        None when it is unknown, ended, expired or idle for too long, when the member of staff was
        let go or has another role or booth now, and when the person was erased.
        """
        now = self._database.now()
        asked = _holding(now, _sessions, _is_machine.label("is_machine")).where(
            _sessions.c.token_hash == token_hash(token)
        )
        row = await self._database.read_together(lambda db: db.execute(asked).one_or_none())
        if row is None:
            return None
        if now - row.last_seen_at >= _SEEN_EVERY_MS:
            await self._set(_sessions.c.slot == row.slot, last_seen_at=now)
        return msgspec.convert(row, SessionRow, from_attributes=True)

    async def holding(self, slots: Collection[str], active: Collection[str] = ()) -> set[str]:
        """Tell which of these sign-ins still hold; those ``active`` are noted as seen now."""
        now, found = self._database.now(), set[str]()
        for some in _batches(active):
            await self._set(_sessions.c.slot.in_(some), last_seen_at=now)
        async with self._database.read() as connection:
            for some in _batches(slots):
                asked = _holding(now, _sessions.c.slot).where(_sessions.c.slot.in_(some))
                found.update(await connection.scalars(asked))
        return found

    async def of_subject(self, subject_id: str) -> list[SignInRow]:
        """List where a person is signed in now, the latest seen first."""
        asked = _holding(self._database.now(), _sessions).where(
            _sessions.c.subject_id == subject_id
        )
        asked = asked.order_by(_sessions.c.last_seen_at.desc(), _sessions.c.slot)
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [msgspec.convert(row, SignInRow, from_attributes=True) for row in rows]

    async def counts(self, fair_id: str) -> dict[str, int]:
        """Count by person in how many places the staff and people of a fair are signed in now."""
        asked = _holding(self._database.now(), _sessions.c.subject_id, func.count())
        asked = asked.where(_sessions.c.fair_id == fair_id).group_by(_sessions.c.subject_id)
        async with self._database.read() as connection:
            return {row[0]: row[1] for row in await connection.execute(asked)}

    async def end_own(self, subject_id: str, slot: str) -> None:
        """Sign a person out in one place; raises ``Refused`` (``session_unknown``)."""
        which = (_sessions.c.subject_id == subject_id, _sessions.c.slot == slot)
        async with self._database.read() as connection:
            asked = select(_sessions.c.slot).where(*which, _sessions.c.ended_at.is_(None))
            found = await connection.scalar(asked)
        if found is None:
            raise Refused(Code.SESSION_UNKNOWN)
        await self._end(_sessions.c.slot == slot)

    async def end_others(self, subject_id: str, slot: str) -> None:
        """Sign a person out everywhere but in one place."""
        await self._end((_sessions.c.subject_id == subject_id) & (_sessions.c.slot != slot))

    async def was(self, token: str) -> bool:
        """Tell whether a token was ever one of a session that is still on record."""
        asked = select(_sessions.c.slot).where(_sessions.c.token_hash == token_hash(token))
        async with self._database.read() as connection:
            return await connection.scalar(asked) is not None

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


def _open(connection: Connection, row: dict[str, Any], link: str | None) -> bool:
    """Add a session and take a person's beyond ``MOST_OF_ONE`` off; say whether the link holds."""
    if link is not None and not _holds(connection, link):
        return False
    connection.execute(_add, row)
    slots = list(connection.scalars(_oldest, {"subject": row["subject_id"], "kept": MOST_OF_ONE}))
    for some in _batches(slots):
        connection.execute(delete(_push).where(_push.c.slot.in_(some)))
        connection.execute(delete(_sessions).where(_sessions.c.slot.in_(some)))
    return True


def _holds(connection: Connection, token: str) -> bool:
    """Make sure within a transaction that a personal link holds; nobody ends it meanwhile."""
    for links in (tables.invitations, tables.candidate_links):
        which = (links.c.token_hash == token_hash(token), links.c.revoked_at.is_(None))
        asked = select(links.c.token_hash).where(*which).with_for_update()
        if connection.scalar(asked) is not None:
            return True
    return False


#: The session is one of a machine.
_is_machine = _devices.c.staff_id.is_not(None)


def _holding(now: Millis, *columns: Any) -> Select[tuple[Any, ...]]:
    """Ask for sessions that hold: the one place that says what makes one hold."""
    idle_ms = case(
        (_is_machine, IDLE_MS["machine"]),
        *((_sessions.c.role == role.value, IDLE_MS[role]) for role in Role if role in IDLE_MS),
        else_=0,
    )
    is_staff = and_(
        _staff.c.staff_id.is_not(None),
        _staff.c.revoked_at.is_(None),
        _staff.c.role == _sessions.c.role,
        func.coalesce(_staff.c.booth_id, "") == func.coalesce(_sessions.c.booth_id, ""),
    )
    is_candidate = and_(
        _sessions.c.role == Role.CANDIDATE.value,
        _people.c.erased_at.is_(None),
    )
    return (
        select(*columns)
        .select_from(_sessions)
        .outerjoin(_staff, _staff.c.staff_id == _sessions.c.subject_id)
        .outerjoin(_devices, _devices.c.staff_id == _sessions.c.subject_id)
        .outerjoin(_people, _people.c.candidate_id == _sessions.c.subject_id)
        .where(
            _sessions.c.ended_at.is_(None),
            _sessions.c.expires_at > now,
            _sessions.c.last_seen_at + idle_ms > now,
            or_(is_candidate, is_staff),
        )
    )


def _batches(slots: Collection[str]) -> Iterator[list[str]]:
    """Cut a list to what one statement may name."""
    every = iter(slots)
    while some := list(islice(every, _MOST_NAMED)):
        yield some
