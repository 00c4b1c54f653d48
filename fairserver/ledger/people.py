"""The candidates: registration, their links, and what a booth may see of them."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.ledger import tables
from fairserver.ledger.codes import Codes
from fairserver.ledger.consents import (
    Channel,
    Consent,
    Consents,
    Purpose,
    Statement,
    add_choices,
    standing_choices,
)
from fairserver.ledger.database import Database
from fairserver.ledger.entry import Entries, Entry, Registered
from fairserver.ledger.erased import check_not_erased
from fairserver.ledger.forms import CandidateForm, checked_phone, phone_needed, plain
from fairserver.ledger.registrations import Pace, Registrations
from fairserver.ledger.secrecy import Secrecy, token_hash, unfindable_request
from fairserver.ledger.shown import NOTHING, Shown, shown_to
from fairserver.ledger.tries import Source, Tries
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis

_people = tables.people
_links = tables.candidate_links

_set_number = (
    update(_people)
    .where(_people.c.candidate_id == bindparam("person"))
    .values(number=bindparam("printed"))
)

#: In the place of a ``request_id`` of a release before; no page's own may hold a full stop.
_OLD_REQUEST = "old."
_NOWHERE = Source()


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate, for the person's own page and the staff who may see everything."""

    candidate_id: str
    fair_id: str
    number: int | None
    full_name: str
    phone: str | None
    birth_year: int
    sex: str
    commune: str
    wish: str
    language: str
    created_at: Millis


class BoothProfile(msgspec.Struct, frozen=True, kw_only=True):
    """Who a person is, as the person lets a booth read it."""

    full_name: str
    birth_year: int
    sex: str
    commune: str
    wish: str
    phone: str | None


class Stage(StrEnum):
    """How far a turn has come at the booth that reads its person."""

    #: Asked to come: nothing says yet that the person will.
    CALLED = "called"
    HERE = "here"
    #: Here, and to be called by telephone.
    BY_PHONE = "by_phone"
    AFTER = "after"


class PersonShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a booth's page reads of the person of a turn; null is what it may not read now.

    All is null of a person who gave this booth no consent, but for the telephone number while the
    two talk by telephone. Before the person is there, only ``wish`` can be had.
    """

    full_name: str | None = None
    birth_year: int | None = None
    sex: str | None = None
    commune: str | None = None
    wish: str | None = None
    phone: str | None = None

    @property
    def fields(self) -> list[str]:
        """Name what is shown."""
        return [name for name in self.__struct_fields__ if getattr(self, name) is not None]


class People:
    """The candidates of all fairs."""

    def __init__(
        self, database: Database, secrecy: Secrecy, consents: Consents, tries: Tries
    ) -> None:
        self._database = database
        self._secrecy = secrecy
        self._consents = consents
        self._codes = Codes(database, secrecy, tries)
        self._entries = Entries(database, secrecy, Registrations(database, tries))

    async def register(
        self,
        fair_id: str,
        request_id: str,
        form: CandidateForm,
        *,
        channel: Channel = Channel.OWN_TAP,
        recorded_by: str | None = None,
        pace: Pace | None = None,
    ) -> Registered:
        """Take a candidate in, once for each ``request_id``.

        A repeat changes nothing and gets the same ``candidate_id``, link and code. Staff who
        register somebody say so in ``channel`` and ``recorded_by``; ``pace`` is how many may come
        from where this one does. Raises ``Refused`` ``fair_unknown``, ``TooManyRegistrations``,
        or as ``forms.checked`` does.
        """
        entry = Entry(
            fair_id=fair_id,
            request_id=request_id,
            kept_request=self._secrecy.kept_request(fair_id, request_id),
            form=form,
            channel=channel,
            recorded_by=recorded_by,
            pace=pace,
        )
        return await self._entries.take(entry)

    async def set_number(self, candidate_id: str, number: int) -> None:
        """Keep the number that the live line gave.

        Raises ``sqlalchemy.exc.IntegrityError`` when somebody else at the fair has it.
        """
        named = {"person": candidate_id, "printed": number}
        await self._database.write_together(lambda db: db.execute(_set_number, named) and None)

    async def by_link(self, fair_id: str | None, token: str) -> str | None:
        """Find the ``candidate_id`` of a ticket link, or None; any fair's when that is None."""
        asked = (
            select(_links.c.candidate_id)
            .join(_people, _people.c.candidate_id == _links.c.candidate_id)
            .where(_links.c.token_hash == token_hash(token), _links.c.revoked_at.is_(None))
        )
        if fair_id is not None:
            asked = asked.where(_people.c.fair_id == fair_id)
        async with self._database.read() as connection:
            candidate_id: str | None = await connection.scalar(asked)
        return candidate_id

    async def by_code(self, fair_id: str, number: int, code: str, source: Source = _NOWHERE) -> str:
        """Find the ``candidate_id`` of a number and its code, as it was typed.

        Raises ``CodeWrong``, ``CodeLocked``, ``TooManyTries``, or ``Refused`` ``fair_unknown``;
        never tells whether the number exists.
        """
        return await self._codes.candidate(fair_id, number, code, source)

    async def by_number(self, fair_id: str, number: int) -> Person:
        """Read the candidate of a number, for staff; raises ``Refused`` ``candidate_unknown``."""
        asked = select(_people).where(
            _people.c.fair_id == fair_id, _people.c.number == number, _people.c.erased_at.is_(None)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).one_or_none()
        if row is None:
            raise Refused(Code.CANDIDATE_UNKNOWN)
        return msgspec.convert(row, Person, from_attributes=True)

    async def code(self, candidate_id: str) -> str:
        """Derive the code that works now; raises ``Refused`` ``candidate_unknown``."""
        async with self._database.read() as connection:
            row = await _row_of(connection, candidate_id)
        return self._secrecy.code(candidate_id, row.code_version)

    async def give_code_again(self, fair_id: str, number: int) -> str:
        """Make another code for a number: the one before ends, also one that is locked.

        Raises ``Refused`` ``candidate_unknown``.
        """
        return await self._codes.give_again(fair_id, number)

    async def renew_link(self, candidate_id: str) -> None:
        """End every link of a person; the next that ``link_token`` gives is another one.

        Whoever has the lost phone gets nothing by repeating the registration made with it either.
        Raises ``Refused`` ``candidate_unknown``.
        """
        async with self._database.write() as connection:
            await _row_of(connection, candidate_id)
            await connection.execute(
                update(_links)
                .where(_links.c.candidate_id == candidate_id, _links.c.revoked_at.is_(None))
                .values(revoked_at=self._database.now())
            )
            mine = _people.c.candidate_id == candidate_id
            raised = {"link_version": _people.c.link_version + 1}
            await connection.execute(
                update(_people).where(mine).values(request_id=unfindable_request(), **raised)
            )

    async def forget_old_requests(self) -> None:
        """Forget names of registrations that are readable: those of releases before this one.

        Whoever reads a backup of then repeats nothing with them either. Links go on working.
        """
        async with self._database.write() as connection:
            found = await connection.execute(
                update(_people)
                .where(~_people.c.request_id.contains("."))
                .values(request_id=_OLD_REQUEST + _people.c.candidate_id)
            )
        if found.rowcount:
            await self._database.empty_log()

    async def get(self, candidate_id: str) -> Person:
        """Read one candidate; raises ``Refused`` ``candidate_unknown``."""
        async with self._database.read() as connection:
            row = await _row_of(connection, candidate_id)
        return msgspec.convert(row, Person, from_attributes=True)

    async def search(self, fair_id: str, words: str, limit: int = 20) -> list[Person]:
        """Find people by a part of the name, with or without marks, or by their number."""
        needle = plain(words)
        if not needle:
            return []
        found = _people.c.full_name_plain.contains(needle, autoescape=True)
        if needle.isascii() and needle.isdigit() and len(needle) <= 9:
            found = or_(found, _people.c.number == int(needle))
        asked = (
            select(_people)
            .where(_people.c.fair_id == fair_id, found)
            .order_by(_people.c.full_name_plain, _people.c.number)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [
                msgspec.convert(row, Person, from_attributes=True)
                for row in await connection.execute(asked)
            ]

    async def link_token(self, candidate_id: str) -> str | None:
        """Derive the token of a candidate's ticket link again; None when it was revoked.

        Raises ``Refused`` ``candidate_unknown``.
        """
        async with self._database.read() as connection:
            row = await _row_of(connection, candidate_id)
        token = self._link_of(row)
        if await self.by_link(row.fair_id, token):
            return token
        # Registered before links were made this way, or the link was renewed.
        async with self._database.write() as connection:
            row = await _row_of(connection, candidate_id)
            if row.erased_at is None:
                await self._add_link(connection, row)
        token = self._link_of(row)
        return token if await self.by_link(row.fair_id, token) else None

    async def let_call(self, candidate_id: str, phone: str | None, how: Statement) -> None:
        """Note that recruiters may telephone this person during a call, by ``phone`` if given.

        Raises ``Refused``: ``field_wrong`` for a number that is none or missing,
        ``profile_hidden`` for somebody who was erased.
        """
        number = checked_phone(phone)
        async with self._database.write() as connection:
            await check_not_erased(connection, candidate_id)
            row = await _row_of(connection, candidate_id)
            if number is None and row.phone is None:
                raise phone_needed()
            if number is not None and number != row.phone:
                mine = _people.c.candidate_id == candidate_id
                await connection.execute(update(_people).where(mine).values(phone=number))
            choices = {Purpose.PHONE_CALL: True}
            await add_choices(connection, candidate_id, choices, how, self._database.now())

    async def end_calls(self, candidate_id: str, how: Statement) -> None:
        """Withdraw what ``let_call`` noted; nothing happens where it does not hold."""
        async with self._database.write() as connection:
            if (await standing_choices(connection, candidate_id))[Purpose.PHONE_CALL]:
                choices = {Purpose.PHONE_CALL: False}
                await add_choices(connection, candidate_id, choices, how, self._database.now())

    async def shown_to(self, booth_id: str, candidate_ids: Collection[str]) -> dict[str, Shown]:
        """Tell what a booth may read of people now; nothing of somebody who is not known."""
        async with self._database.read() as connection:
            return await shown_to(connection, booth_id, list(candidate_ids))

    async def profile_for_booth(
        self, candidate_id: str, booth_id: str, stage: Stage
    ) -> PersonShown:
        """Read what a booth may see; the caller has made sure that a turn there is so far.

        Raises ``Refused`` ``profile_hidden`` where that is nothing, or ``candidate_unknown``.
        """
        async with self._database.read() as connection:
            row = await _row_of(connection, candidate_id)
            may = (await shown_to(connection, booth_id, [candidate_id]))[candidate_id]
        by_phone = may.call and stage is Stage.BY_PHONE
        if may == NOTHING or not (may.profile or by_phone):
            raise Refused(Code.PROFILE_HIDDEN)
        phone = row.phone if by_phone or (may.phone and stage is Stage.AFTER) else None
        if not may.profile:
            return PersonShown(phone=phone)
        if stage is Stage.CALLED:
            return PersonShown(wish=row.wish)
        return PersonShown(
            full_name=row.full_name,
            birth_year=row.birth_year,
            sex=row.sex,
            commune=row.commune,
            wish=row.wish,
            phone=phone,
        )

    async def show_to_booth(
        self,
        candidate_id: str,
        booth_id: str,
        *,
        given: bool,
        how: Statement,
        command_id: str | None = None,
    ) -> None:
        """Add whether one booth may read who the person is; a repeated command adds nothing."""
        await self._consents.show_to_booth(candidate_id, booth_id, given, how, command_id)

    async def record_consents(
        self, candidate_id: str, choices: dict[Purpose, bool], how: Statement
    ) -> None:
        """Add what a person agrees to or withdraws now; earlier rows stay as proof."""
        await self._consents.record(candidate_id, choices, how)

    async def consents(self, candidate_id: str) -> list[Consent]:
        """List everything that a person ever agreed to or withdrew, oldest first."""
        return await self._consents.history(candidate_id)

    def _link_of(self, person: Row[Any]) -> str:
        return self._secrecy.link_token(person.candidate_id, person.link_version)

    async def _add_link(self, connection: AsyncConnection, person: Row[Any]) -> None:
        await connection.execute(
            self._database.insert(_links)
            .values(
                token_hash=token_hash(self._link_of(person)),
                candidate_id=person.candidate_id,
                created_at=self._database.now(),
            )
            .on_conflict_do_nothing(index_elements=["token_hash"])
        )


async def _row_of(connection: AsyncConnection, candidate_id: str) -> Row[tuple[object, ...]]:
    asked = select(_people).where(_people.c.candidate_id == candidate_id)
    row = (await connection.execute(asked)).one_or_none()
    if row is None:
        raise Refused(Code.CANDIDATE_UNKNOWN)
    return row
