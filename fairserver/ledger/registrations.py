"""How many registrations one address may make, and from when on a fair is flooded with them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.ledger import guessing
from fairserver.ledger.database import Database
from fairserver.ledger.guessing import Rule
from fairserver.ledger.tries import Source, Tries, waiting
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis


class Pace(NamedTuple):
    """Where a registration comes from, and how many may come from there."""

    source: Source
    rule: Rule


class TooManyRegistrations(Refused):
    """Too many, ``made`` of late, come from this address; again in ``detail['wait_s']`` seconds."""

    def __init__(self, wait_ms: Millis, made: int) -> None:
        super().__init__(Code.TOO_MANY_REGISTRATIONS, **waiting(wait_ms))
        self.made = made


class Registrations:
    """Counts the registrations of all nodes."""

    def __init__(self, database: Database, tries: Tries) -> None:
        self._database = database
        self._tries = tries

    async def take(self, connection: AsyncConnection, fair_id: str, pace: Pace) -> int:
        """Count a registration; tell how many flood the fair, which refuses nobody, or 0.

        Raises ``TooManyRegistrations``.
        """
        by_fair = self._tries.subject("fair", "registration", fair_id)
        by_address = self._tries.subject("address", "registration", pace.source.network)
        now = self._database.now()
        before = await self._tries.held(connection, by_fair, by_address)
        if wait := pace.rule.wait_ms(before[by_address], now):
            raise TooManyRegistrations(wait, before[by_address].tries)
        taken = {
            by_fair: guessing.FAIR_REGISTRATIONS.take(before[by_fair], now),
            by_address: pace.rule.take(before[by_address], now),
        }
        await self._tries.keep(connection, taken)
        flooded = guessing.FAIR_REGISTRATIONS.wait_ms(before[by_fair], now) > 0
        return taken[by_fair].tries if flooded else 0
