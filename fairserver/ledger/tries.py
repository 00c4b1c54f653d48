"""Who has tried how often, counted in SQL, so that all nodes count as one.

Each number, address and fair has one row under a keyed hash: the table tells nobody who failed
where. A row is locked while a try is judged, so that many at once gain nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.ledger import guessing, tables
from fairserver.ledger.database import Database
from fairserver.ledger.guessing import Budget, Count, Rule
from fairserver.ledger.secrecy import Secrecy
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis

_tries = tables.tries

_asked = (
    select(_tries)
    .where(_tries.c.subject.in_(bindparam("subjects", expanding=True)))
    .order_by(_tries.c.subject)
    .with_for_update()
)
_write = update(_tries).where(_tries.c.subject == bindparam("key"))


class Source(msgspec.Struct, frozen=True):
    """Where a try comes from: an address, of IPv6 the /64; ``known`` is one of the Centre's own."""

    network: str = ""
    known: bool = False


class SignInWay(StrEnum):
    """How somebody signs in."""

    CODE = "code"
    LINK = "link"
    KEY = "key"
    PAIRING = "pairing"
    SESSION = "session"


class TooManyTries(Refused):
    """Too many wrong tries, ``tries`` of late, came from this address.

    Again in ``detail['wait_s']`` seconds.
    """

    def __init__(self, wait_ms: Millis, tries: int) -> None:
        super().__init__(Code.TOO_MANY_TRIES, **waiting(wait_ms))
        self.tries = tries


def waiting(wait_ms: Millis) -> dict[str, int]:
    """Say a wait in seconds, and in minutes for the sentence; both rounded up."""
    wait_s = -(-wait_ms // 1000)
    return {"wait_s": wait_s, "wait_min": -(-wait_s // 60)}


class Tries:
    """The counts of all nodes. Subjects are what ``subject`` gives."""

    def __init__(self, database: Database, secrecy: Secrecy) -> None:
        self._database = database
        self._secrecy = secrecy
        self._begin = database.insert(_tries).on_conflict_do_nothing(index_elements=["subject"])

    def subject(self, kind: str, *parts: str) -> str:
        """Name what is counted: a keyed hash of its kind and which one it is."""
        return self._secrecy.mark("tries", kind, *parts)

    async def held(self, connection: AsyncConnection, *subjects: str) -> dict[str, Count]:
        """Read counts and hold them until the transaction ends; always in the same order."""
        return await connection.run_sync(self.hold, *subjects)

    def hold(self, connection: Connection, *subjects: str) -> dict[str, Count]:
        """Do as ``held``, in a transaction that waits for nothing else."""
        rows = [
            {"subject": subject, "tries": 0, "until": 0, "forget_at": 0}
            for subject in sorted(subjects)
        ]
        connection.execute(self._begin, rows)
        found = connection.execute(_asked, {"subjects": subjects})
        return {row.subject: Count(row.tries, row.until, row.forget_at) for row in found}

    async def keep(self, connection: AsyncConnection, counts: Mapping[str, Count]) -> None:
        """Write counts that are held."""
        await connection.run_sync(self.write, counts)

    def write(self, connection: Connection, counts: Mapping[str, Count]) -> None:
        """Do as ``keep``, in a transaction that waits for nothing else."""
        values = [{"key": subject, **count._asdict()} for subject, count in counts.items()]
        connection.execute(_write, values)

    async def take(
        self, connection: AsyncConnection, way: SignInWay, source: Source, rule: Rule
    ) -> tuple[Millis, Count]:
        """Take a try of an address; give the wait in ms, 0 when it was taken, and the count."""
        subject, now = self.subject("address", way, source.network), self._database.now()
        count = (await self.held(connection, subject))[subject]
        if wait := rule.wait_ms(count, now):
            return wait, count
        count = rule.take(count, now)
        await self.keep(connection, {subject: count})
        return 0, count

    async def failed(self, way: SignInWay, source: Source) -> int:
        """Count a token that never was; give how many came of late when that is too many, else 0.

        Nobody is kept out by it: a token of 144 bits is not guessed, only somebody told of it.
        """
        async with self._database.write() as connection:
            wait, count = await self.take(connection, way, source, guessing.TOKEN)
            await self.sweep(connection)
        return count.tries if wait else 0

    async def sweep(self, connection: AsyncConnection) -> None:
        """Forget what needs no remembering; what another node holds just now is left to it."""
        old = (
            select(_tries.c.subject)
            .where(_tries.c.forget_at < self._database.now())
            .limit(100)
            .with_for_update(skip_locked=True)
        )
        await connection.execute(delete(_tries).where(_tries.c.subject.in_(old)))


def address_rule(source: Source, *, under_attack: bool) -> Budget:
    """Choose how many wrong codes an address has."""
    if under_attack:
        return (
            guessing.KNOWN_ADDRESS_UNDER_ATTACK if source.known else guessing.ADDRESS_UNDER_ATTACK
        )
    return guessing.KNOWN_ADDRESS if source.known else guessing.ADDRESS
