"""How many registrations one address may make, and from when on a fair is flooded with them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from fairserver.ledger import guessing
from fairserver.ledger.database import Database
from fairserver.ledger.guessing import Count, Rule
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


class Coming(NamedTuple):
    """By what one registration is counted, and the counts before it."""

    by_fair: str
    by_address: str
    of_fair: Count
    of_address: Count


class Registrations:
    """Counts the registrations of all nodes."""

    def __init__(self, database: Database, tries: Tries) -> None:
        self._database = database
        self._tries = tries

    def look(self, connection: Connection, fair_id: str, pace: Pace) -> Coming:
        """Hold the counts that one more registration would raise, until the transaction ends.

        Raises ``TooManyRegistrations``; nothing is counted then.
        """
        by_fair = self._tries.subject("fair", "registration", fair_id)
        by_address = self._tries.subject("address", "registration", pace.source.network)
        before = self._tries.hold(connection, by_fair, by_address)
        coming = Coming(by_fair, by_address, before[by_fair], before[by_address])
        if wait := pace.rule.wait_ms(coming.of_address, self._database.now()):
            raise TooManyRegistrations(wait, coming.of_address.tries)
        return coming

    def take(self, connection: Connection, coming: Coming, pace: Pace) -> int:
        """Count a registration; tell how many flood the fair, which refuses nobody, or 0."""
        now, rule = self._database.now(), guessing.FAIR_REGISTRATIONS
        of_fair = rule.take(coming.of_fair, now)
        taken = {
            coming.by_fair: of_fair,
            coming.by_address: pace.rule.take(coming.of_address, now),
        }
        self._tries.write(connection, taken)
        return of_fair.tries if rule.wait_ms(coming.of_fair, now) > 0 else 0
