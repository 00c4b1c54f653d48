"""The one door to the lasting record: holds the engine and hands out the parts by noun."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from sqlalchemy import text

from fairserver.ledger.api_keys import ApiKeys
from fairserver.ledger.archive import Archive
from fairserver.ledger.consents import Consents
from fairserver.ledger.corrections import Corrections
from fairserver.ledger.database import Database, create_database, prove
from fairserver.ledger.deliveries import Deliveries
from fairserver.ledger.devices import Devices
from fairserver.ledger.disclosures import Disclosures
from fairserver.ledger.endings import Endings
from fairserver.ledger.fairs import Fairs
from fairserver.ledger.met import MetPeople
from fairserver.ledger.migrate import upgrade
from fairserver.ledger.notes import Notes
from fairserver.ledger.own_data import OwnData
from fairserver.ledger.people import People
from fairserver.ledger.push import PushSubscriptions
from fairserver.ledger.ratings import Ratings
from fairserver.ledger.recordings import Recordings
from fairserver.ledger.screening import Screening
from fairserver.ledger.second_interviews import SecondInterviews
from fairserver.ledger.secrecy import Secrecy
from fairserver.ledger.sessions import Sessions
from fairserver.ledger.slots import Slots
from fairserver.ledger.staff import Staff
from fairserver.ledger.tries import Tries
from fairserver.ledger.webhooks import Webhooks


class Ledger:
    """The lasting record of all fairs on this server; open it with ``Ledger.open``."""

    def __init__(self, database: Database, secrecy: Secrecy) -> None:
        self._database = database
        #: What is derived from the server's secret.
        self.secrecy = secrecy
        #: How often somebody has tried to come in, from where.
        self.tries = Tries(database, secrecy)
        #: Plans of fairs.
        self.fairs = Fairs(database)
        #: What employers corrected of their booths, laid over the plans.
        self.corrections = Corrections(database)
        #: People who work at a fair, and their personal links.
        self.staff = Staff(database, secrecy)
        #: Machines of booths, paired by a one-time code.
        self.devices = Devices(database, secrecy, self.staff, self.tries)
        #: Signed-in identities.
        self.sessions = Sessions(database)
        #: Browsers that asked to be told of the turn.
        self.push = PushSubscriptions(database)
        #: Candidates, their links, codes and consents.
        self.people = People(database, secrecy, Consents(database), self.tries)
        #: What people may do with what is stored about them.
        self.own_data = OwnData(database)
        #: Second interviews, and the booths' free times for them.
        self.second_interviews = SecondInterviews(database)
        self.slots = Slots(database)
        #: Ratings of advice.
        self.ratings = Ratings(database)
        #: Recordings of interviews.
        self.recordings = Recordings(database)
        #: Recruiters' notes, and answers to employers' questions.
        self.notes = Notes(database)
        self.screening = Screening(database)
        #: What booths may take along of the people they met, and the log of it.
        self.met = MetPeople(database)
        self.disclosures = Disclosures(database)
        #: What somebody made who was let go.
        self.endings = Endings(database)
        #: Access of employers' own systems.
        self.api_keys = ApiKeys(database)
        #: Where they want to be told, and what they are to be told.
        self.webhooks = Webhooks(database, secrecy)
        self.deliveries = Deliveries(database)
        #: The copy of every fair's stream.
        self.archive = Archive(database)

    @classmethod
    async def open(cls, url: str, *, secret: bytes, clock: Callable[[], float] = time.time) -> Self:
        """Open the record at an address and bring its tables up to date.

        ``url`` is ``sqlite:///path`` or ``postgresql://…``; ``secret`` (32 bytes or more) must
        stay the same as long as a fair's links and codes are to work; ``clock`` tells seconds
        since 1970. Raises ``LedgerError`` with a sentence, or ``ValueError`` for the secret.
        """
        secrecy = Secrecy(secret)
        database = create_database(url, clock)
        ledger = cls(database, secrecy)
        try:
            await prove(database)
            await upgrade(database)
            await ledger.people.forget_old_requests()
        except BaseException:
            await database.close()
            raise
        return ledger

    async def ping(self) -> None:
        """Ask for a sign of life; raises ``sqlalchemy.exc.DBAPIError`` or ``OSError``."""
        async with self._database.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.close()
