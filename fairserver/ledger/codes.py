"""The four-digit code with which a candidate comes back, and the pause after wrong tries.

Four digits are few: five wrong tries for a number stop all tries for it for ten minutes. Tries
are counted before a code is looked at, so that many at once gain nothing, and for numbers that
nobody has as well, so that the answers do not tell which numbers exist.
"""

from __future__ import annotations

from sqlalchemy import case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.fairs import date_of
from fairserver.ledger.secrecy import Secrecy
from fairserver.protocol.errors import Code, Refused

#: Wrong tries for one number before the pause.
TRIES = 5
#: Length of the pause in milliseconds.
PAUSE_MS = 10 * 60_000
#: Numbers above are refused without being counted.
HIGHEST_NUMBER = 999_999

_attempts = tables.code_attempts
_people = tables.people


class CodeWrong(Refused):
    """The number and the code do not belong together; ``detail['tries_left']`` remain."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(Code.CODE_WRONG, tries_left=tries_left)


class CodeLocked(Refused):
    """Too many wrong tries for this number; try again in ``detail['wait_s']`` seconds.

    ``detail['wait_min']`` is the same in whole minutes, rounded up, for the sentence.
    """

    def __init__(self, wait_s: int) -> None:
        super().__init__(Code.CODE_LOCKED, wait_s=wait_s, wait_min=-(-wait_s // 60))


class Codes:
    """Lets candidates come back by number and code."""

    def __init__(self, database: Database, secrecy: Secrecy) -> None:
        self._database = database
        self._secrecy = secrecy

    async def candidate(self, fair_id: str, number: int, code: str) -> str:
        """Find the ``candidate_id`` of a number and its code.

        Raises ``CodeWrong``, ``CodeLocked``, or ``Refused`` ``fair_unknown``. The answer is the
        same whether the number exists.
        """
        if not 1 <= number <= HIGHEST_NUMBER:
            raise CodeWrong(tries_left=0)
        asked = select(_people.c.candidate_id, _people.c.code_hash).where(
            _people.c.fair_id == fair_id, _people.c.number == number
        )
        async with self._database.write() as connection:
            await date_of(connection, fair_id)
            left = await self._take_try(connection, fair_id, number)
            person = (await connection.execute(asked)).one_or_none()
        stored = person.code_hash if person else None
        if not await self._secrecy.code_matches(code, stored) or person is None:
            raise CodeWrong(tries_left=left)
        await self._forget_tries(fair_id, number)
        candidate_id: str = person.candidate_id
        return candidate_id

    async def _take_try(self, connection: AsyncConnection, fair_id: str, number: int) -> int:
        """Count one try and tell how many are left; raises ``CodeLocked``."""
        now = self._database.now()
        key = {"fair_id": fair_id, "number": number}
        here = (_attempts.c.fair_id == fair_id, _attempts.c.number == number)
        await connection.execute(
            self._database.insert(_attempts)
            .values(**key, tries=0, paused_until=0)
            .on_conflict_do_nothing(index_elements=list(key))
        )
        tried = await connection.execute(
            update(_attempts)
            .where(*here, _attempts.c.paused_until <= now)
            .values(
                tries=case((_attempts.c.tries >= TRIES, 1), else_=_attempts.c.tries + 1),
                paused_until=case((_attempts.c.tries == TRIES - 1, now + PAUSE_MS), else_=0),
            )
        )
        row = (await connection.execute(select(_attempts).where(*here))).one()
        if not tried.rowcount:
            raise CodeLocked(wait_s=-(-(row.paused_until - now) // 1000))
        tries: int = row.tries
        return TRIES - tries

    async def _forget_tries(self, fair_id: str, number: int) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                delete(_attempts).where(
                    _attempts.c.fair_id == fair_id, _attempts.c.number == number
                )
            )
