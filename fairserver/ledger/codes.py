"""The code of eight digits with which a candidate comes back, and how it is given again.

A code is derived from the person's id and a version, and compared in constant time; nothing of it
is stored. A try is counted before the code is looked at, for numbers that nobody has as well, so
that the answers do not tell which numbers exist. ``guessing`` has the rules and the sum.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.ledger import guessing, tables
from fairserver.ledger.database import Database
from fairserver.ledger.fairs import date_of
from fairserver.ledger.guessing import Count, Rule
from fairserver.ledger.secrecy import CODE_DIGITS, Secrecy
from fairserver.ledger.tries import SignInWay, Source, TooManyTries, Tries, address_rule, waiting
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis

#: Numbers above are nobody's: they are counted by address and fair only.
HIGHEST_NUMBER = 999_999
#: Longer texts are no code, whatever is between the digits.
_LONGEST = 40

_people = tables.people


class CodeWrong(Refused):
    """The number and the code do not belong together; ``detail['tries_left']`` remain.

    ``attack``: wrong tries at the whole fair of late, where more than people make by mistake.
    """

    def __init__(self, tries_left: int, attack: int = 0) -> None:
        super().__init__(Code.CODE_WRONG, tries_left=tries_left)
        self.attack = attack


class CodeLocked(Refused):
    """Too many wrong tries for this number; try again in ``detail['wait_s']`` seconds."""

    def __init__(self, wait_ms: Millis) -> None:
        super().__init__(Code.CODE_LOCKED, **waiting(wait_ms))


class _Verdict(msgspec.Struct, frozen=True):
    """What came of a try: whose code it was, or why not."""

    candidate_id: str | None = None
    refused: Refused | None = None


def typed_code(text: str) -> str:
    """Read a code as it was typed: ``1234 5678``, ``1234-5678`` and full-width digits are one."""
    return "".join(
        str(int(char)) if char.isdecimal() else char
        for char in text[:_LONGEST]
        if not (char.isspace() or char in "-‐‑‒–—.·_")
    )


class Codes:
    """Lets candidates come back by number and code."""

    def __init__(self, database: Database, secrecy: Secrecy, tries: Tries) -> None:
        self._database = database
        self._secrecy = secrecy
        self._tries = tries

    async def candidate(self, fair_id: str, number: int, code: str, source: Source) -> str:
        """Find the ``candidate_id`` of a number and its code.

        Raises ``CodeWrong``, ``CodeLocked``, ``TooManyTries``, or ``Refused`` ``fair_unknown``.
        The answer is the same whether the number exists.
        """
        async with self._database.write() as connection:
            await date_of(connection, fair_id)
            found = await self._judge(connection, fair_id, number, typed_code(code), source)
        # Only now: what was counted has to stay.
        if found.refused is not None:
            raise found.refused
        assert found.candidate_id is not None
        return found.candidate_id

    async def _judge(
        self, connection: AsyncConnection, fair_id: str, number: int, code: str, source: Source
    ) -> _Verdict:
        """Count one try, then look at the code; a right one gives its own try back."""
        by_fair, by_address, by_number = (
            self._tries.subject("fair", SignInWay.CODE, fair_id),
            self._tries.subject("address", SignInWay.CODE, source.network),
            self._number(fair_id, number),
        )
        now = self._database.now()
        before = await self._tries.held(connection, by_fair, by_address, by_number)
        attacked = guessing.FAIR.wait_ms(before[by_fair], now) > 0
        rule = address_rule(source, under_attack=attacked)
        if wait := guessing.NUMBER.wait_ms(before[by_number], now):
            return _Verdict(refused=CodeLocked(wait))
        if wait := rule.wait_ms(before[by_address], now):
            return _Verdict(refused=TooManyTries(wait, before[by_address].tries))
        rules: dict[str, Rule] = {
            by_fair: guessing.FAIR,
            by_address: rule,
            by_number: guessing.NUMBER,
        }
        after = {subject: one.take(before[subject], now) for subject, one in rules.items()}
        await self._tries.keep(connection, after)
        candidate_id = await self._owner(connection, fair_id, number, code)
        if candidate_id is None:
            await self._tries.sweep(connection)
            left = guessing.NUMBER.left(after[by_number])
            attack = after[by_fair].tries if attacked else 0
            return _Verdict(refused=CodeWrong(left, attack))
        # Of address and fair only this one try: an own account washes nothing off.
        await self._tries.keep(connection, {**before, by_number: Count()})
        return _Verdict(candidate_id)

    async def _owner(
        self, connection: AsyncConnection, fair_id: str, number: int, code: str
    ) -> str | None:
        person = None
        if 1 <= number <= HIGHEST_NUMBER:
            asked = select(_people.c.candidate_id, _people.c.code_version).where(
                _people.c.fair_id == fair_id,
                _people.c.number == number,
                _people.c.erased_at.is_(None),
            )
            person = (await connection.execute(asked)).one_or_none()
        candidate_id, version = person or ("nobody", 0)
        is_right = self._secrecy.is_code(code, candidate_id, version)
        return candidate_id if person is not None and is_right else None

    async def give_again(self, fair_id: str, number: int) -> str:
        """Make another code for a number; the one before ends, and its wrong tries are forgotten.

        Raises ``Refused`` ``candidate_unknown``.
        """
        async with self._database.write() as connection:
            made = await connection.execute(
                update(_people)
                .where(
                    _people.c.fair_id == fair_id,
                    _people.c.number == number,
                    _people.c.erased_at.is_(None),
                )
                .values(code_version=_people.c.code_version + 1)
                .returning(_people.c.candidate_id, _people.c.code_version)
            )
            person = made.one_or_none()
            if person is None:
                raise Refused(Code.CANDIDATE_UNKNOWN)
            by_number = self._number(fair_id, number)
            await self._tries.held(connection, by_number)
            await self._tries.keep(connection, {by_number: Count()})
        return self._secrecy.code(person.candidate_id, person.code_version)

    def _number(self, fair_id: str, number: int) -> str:
        return self._tries.subject("number", fair_id, str(number))


def shown(code: str) -> str:
    """Write a code as people read it: ``1234 5678``."""
    half = CODE_DIGITS // 2
    return f"{code[:half]} {code[half:]}"
