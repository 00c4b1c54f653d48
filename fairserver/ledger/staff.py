"""People who work at a fair, and the personal links with which they sign in."""

from __future__ import annotations

import msgspec
from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.domain.states import Role
from fairserver.domain.texts import clean_text
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.endings import SYSTEM, check_maker, end_with, sign_out
from fairserver.ledger.secrecy import Secrecy, new_id, new_token, token_hash
from fairserver.protocol.errors import Code, Refused

#: The roles that a person is invited to.
STAFF_ROLES = frozenset({Role.RECRUITER, Role.ORGANISER, Role.SUPPORT})
#: Those who belong to one booth.
_OF_A_BOOTH = frozenset({Role.RECRUITER, Role.GUEST})
#: A guest's link works once, and not longer than this after it was made; ms.
_GUEST_LINK_MS = 60 * 60_000

_staff = tables.staff
_invitations = tables.invitations


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A new personal link. Only its hash is kept: ``token`` is shown this once."""

    staff_id: str
    token: str


class StaffMember(msgspec.Struct, frozen=True, kw_only=True):
    """One person who works at a fair; ``booth_id`` is set for recruiters."""

    staff_id: str
    fair_id: str
    role: Role
    booth_id: str | None
    display_name: str
    #: ``staff:<id>`` or ``system``; null where nobody has written it down.
    created_by: str | None
    revoked: bool


class Staff:
    """The staff of the fairs."""

    def __init__(self, database: Database, secrecy: Secrecy) -> None:
        self._database = database
        self._secrecy = secrecy

    async def invite(
        self,
        fair_id: str,
        role: Role,
        booth_id: str | None,
        display_name: str,
        created_by: str = SYSTEM,
    ) -> Invitation:
        """Take a person on and make the personal link; it ends with who made it.

        Raises ``Refused`` (``not_signed_in``) when that one was let go, and ``ValueError`` for a
        role that nobody is invited to, a recruiter or guest without a booth or an organiser with
        one, and an empty name.
        """
        display_name = clean_text(display_name)
        if role not in STAFF_ROLES | {Role.GUEST}:
            raise ValueError(f"nobody is invited as {role}")
        if (role in _OF_A_BOOTH) != (booth_id is not None):
            raise ValueError("a recruiter or a guest, and nobody else, belongs to a booth")
        if not display_name:
            raise ValueError("a member of staff needs a name to show")
        async with self._database.write() as connection:
            staff_id = await self.take_on(
                connection, fair_id, role, booth_id, display_name, created_by
            )
            return await self.new_link(connection, staff_id)

    def guest_of(self, fair_id: str, errand: str) -> Invitation:
        """Tell who is taken on by an errand, and the token of the link."""
        staff_id, token = self._secrecy.guest(fair_id, errand)
        return Invitation(staff_id=staff_id, token=token)

    async def invite_guest(
        self, fair_id: str, booth_id: str, display_name: str, errand: str, created_by: str = SYSTEM
    ) -> Invitation:
        """Take a third person of an interview on, once for each ``errand``.

        ``errand`` names the command that asks: its repeat takes nobody on, and gives the same.
        """
        invited = self.guest_of(fair_id, errand)
        person = {
            "staff_id": invited.staff_id,
            "fair_id": fair_id,
            "role": Role.GUEST.value,
            "booth_id": booth_id,
            "display_name": clean_text(display_name),
            "created_by": created_by,
        }
        link = {"token_hash": token_hash(invited.token), "staff_id": invited.staff_id}
        now = self._database.now()
        async with self._database.write() as connection:
            await check_maker(connection, created_by)
            for table, row, key in (
                (_staff, person, "staff_id"),
                (_invitations, link, "token_hash"),
            ):
                statement = self._database.insert(table).values(**row, created_at=now)
                await connection.execute(statement.on_conflict_do_nothing(index_elements=[key]))
        return invited

    async def take_on(
        self,
        connection: AsyncConnection,
        fair_id: str,
        role: Role,
        booth_id: str | None,
        display_name: str,
        created_by: str,
    ) -> str:
        """Write a new member of staff down within a transaction; return the ``staff_id``.

        Raises ``Refused`` (``not_signed_in``) when who does it was let go meanwhile.
        """
        await check_maker(connection, created_by)
        staff_id = new_id("s")
        await connection.execute(
            insert(_staff).values(
                staff_id=staff_id,
                fair_id=fair_id,
                role=role.value,
                booth_id=booth_id,
                display_name=display_name,
                created_by=created_by,
                created_at=self._database.now(),
            )
        )
        return staff_id

    async def renew(self, staff_id: str) -> Invitation:
        """Make a new personal link for a lost one; who has the lost one is out at once.

        The sign-ins made by it end too: nobody can tell whose they were. Raises ``KeyError`` when
        nobody has this id.
        """
        async with self._database.write() as connection:
            found = select(_staff.c.staff_id).where(_staff.c.staff_id == staff_id)
            if await connection.scalar(found) is None:
                raise KeyError(staff_id)
            await sign_out(connection, [staff_id], self._database.now())
            return await self.new_link(connection, staff_id)

    async def by_token(self, token: str) -> StaffMember | None:
        """Find whose personal link this is, or None.

        The link is not used up: the same link signs the same person in again. Only a guest's
        works once; raises ``Refused`` (``link_used``, ``link_expired``) for one that does not.
        """
        hashed = token_hash(token)
        asked = (
            select(_staff)
            .join(_invitations, _invitations.c.staff_id == _staff.c.staff_id)
            .where(
                _invitations.c.token_hash == hashed,
                _invitations.c.revoked_at.is_(None),
                _staff.c.revoked_at.is_(None),
            )
        )
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).one_or_none()
        if row is None:
            return None
        member = _member(row)
        await self._use(hashed, member.role, row.created_at)
        return member

    async def _use(self, hashed: str, role: Role, created_at: int) -> None:
        """Note that a link was used now; a guest's only where nobody has used it before."""
        now = self._database.now()
        if role is Role.GUEST and now - created_at > _GUEST_LINK_MS:
            raise Refused(Code.LINK_EXPIRED)
        used = update(_invitations).where(_invitations.c.token_hash == hashed)
        if role is Role.GUEST:
            used = used.where(_invitations.c.last_used_at.is_(None))
        async with self._database.write() as connection:
            found = await connection.execute(used.values(last_used_at=now))
        if found.rowcount == 0:
            raise Refused(Code.LINK_USED)

    async def get(self, staff_id: str) -> StaffMember:
        """Read one member of staff; raises ``KeyError``."""
        async with self._database.read() as connection:
            asked = select(_staff).where(_staff.c.staff_id == staff_id)
            row = (await connection.execute(asked)).one_or_none()
        if row is None:
            raise KeyError(staff_id)
        return _member(row)

    async def revoke(self, staff_id: str) -> None:
        """Let a person go: links and sign-ins end at once, and with them what they made.

        What that is, and what becomes of it: see ``endings``.
        """
        now = self._database.now()
        async with self._database.write() as connection:
            await connection.execute(
                update(_staff)
                .where(_staff.c.staff_id == staff_id, _staff.c.revoked_at.is_(None))
                .values(revoked_at=now)
            )
            await sign_out(connection, [staff_id], now)
            await end_with(connection, f"staff:{staff_id}", now)

    async def let_guest_go(self, staff_id: str) -> bool:
        """End a third person's link and sign-in; False for a colleague who was asked in."""
        asked = select(_staff).where(
            _staff.c.staff_id == staff_id, _staff.c.role == Role.GUEST.value
        )
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).one_or_none()
        if row is None:
            return False
        if row.revoked_at is None:
            await self.revoke(staff_id)
        return True

    async def of_fair(self, fair_id: str) -> list[StaffMember]:
        """List everybody who was ever invited to a fair, in the order of the invitations."""
        asked = (
            select(_staff)
            .where(_staff.c.fair_id == fair_id)
            .order_by(_staff.c.created_at, _staff.c.staff_id)
        )
        async with self._database.read() as connection:
            return [_member(row) for row in await connection.execute(asked)]

    async def new_link(
        self, connection: AsyncConnection, staff_id: str, prefix: str = ""
    ) -> Invitation:
        """Make one more personal link within a transaction; its token begins with ``prefix``."""
        token = prefix + new_token()
        await connection.execute(
            insert(_invitations).values(
                token_hash=token_hash(token), staff_id=staff_id, created_at=self._database.now()
            )
        )
        return Invitation(staff_id=staff_id, token=token)


def _member(row: Row[tuple[object, ...]]) -> StaffMember:
    return StaffMember(
        staff_id=row.staff_id,
        fair_id=row.fair_id,
        role=Role(row.role),
        booth_id=row.booth_id,
        display_name=row.display_name,
        created_by=row.created_by,
        revoked=row.revoked_at is not None,
    )
