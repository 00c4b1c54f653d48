"""What people say of the advice they got: form 01, part II (đạt / không đạt, nhận xét)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select

from fairserver.domain.texts import clean_text
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.erased import check_not_erased
from fairserver.ledger.second_interviews import Turn
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis

_ratings = tables.ratings

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """The rating of one turn."""

    ticket_id: str
    passed: bool
    remark: str
    at: Millis
    changed_at: Millis


class Ratings:
    """The ratings of all fairs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, turn: Turn, *, passed: bool, remark: str) -> Rating:
        """Keep a rating, one for a turn; it may be changed on its own day.

        Raises ``Refused`` ``rating_closed`` on any later day.
        """
        now = self._database.now()
        said = {"passed": passed, "remark": clean_text(remark), "changed_at": now}
        key = {name: getattr(turn, name) for name in ("fair_id", "ticket_id")}
        added = (
            self._database.insert(_ratings)
            .values(**msgspec.structs.asdict(turn), **said, at=now)
            .on_conflict_do_update(
                index_elements=list(key),
                set_=said,
                where=_ratings.c.at >= _day_begins(now),
            )
        )
        async with self._database.write() as connection:
            await check_not_erased(connection, turn.candidate_id)
            if not (await connection.execute(added)).rowcount:
                raise Refused(Code.RATING_CLOSED)
        rating = await self.of_ticket(**key)
        assert rating is not None  # it was written a moment ago
        return rating

    async def of_ticket(self, fair_id: str, ticket_id: str) -> Rating | None:
        """Read the rating of a turn, or None."""
        asked = select(_ratings).where(
            _ratings.c.fair_id == fair_id, _ratings.c.ticket_id == ticket_id
        )
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).one_or_none()
        return msgspec.convert(row, Rating, from_attributes=True) if row is not None else None

    async def of_candidate(self, candidate_id: str) -> list[Rating]:
        """List what one person has rated, the earliest first."""
        asked = (
            select(_ratings).where(_ratings.c.candidate_id == candidate_id).order_by(_ratings.c.at)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [msgspec.convert(row, Rating, from_attributes=True) for row in rows]


def _day_begins(now: Millis) -> Millis:
    """Give the beginning of the day in Việt Nam, ms."""
    today = dt.datetime.fromtimestamp(now / 1000, _ZONE)
    return int(today.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
