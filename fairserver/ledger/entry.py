"""How a candidate comes into the record: in one transaction, shared with others who come just then.

Hundreds come in the opening minute, so its statements are made once, and are few.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from fairserver.ledger import tables
from fairserver.ledger.consents import Channel, Statement, add_rows, purposes
from fairserver.ledger.database import Database
from fairserver.ledger.forms import CandidateForm, checked, plain
from fairserver.ledger.registrations import Pace, Registrations
from fairserver.ledger.secrecy import Secrecy, new_id, token_hash
from fairserver.protocol.errors import Code, Refused

_people = tables.people
_links = tables.candidate_links
_fairs = tables.fairs

#: The day of a fair, and who has come to it by a request before.
_known = (
    select(
        _fairs.c.date,
        _people.c.candidate_id,
        _people.c.code_version,
        _people.c.link_version,
        _people.c.number,
    )
    .select_from(_fairs)
    .outerjoin(
        _people,
        (_people.c.fair_id == _fairs.c.fair_id) & (_people.c.request_id == bindparam("request")),
    )
    .where(_fairs.c.fair_id == bindparam("fair"))
)
#: Which code and link work of somebody who has just come.
_FIRST = 1


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a registration; the same for every repeat but for what is told of it."""

    candidate_id: str
    link_token: str
    code: str
    created: bool
    #: So many came to this fair of late that somebody should look; else 0.
    flooded: int
    #: The printed number, when an earlier registration already got it.
    number: int | None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who wants to come in; ``kept_request`` is what is kept of the ``request_id``."""

    fair_id: str
    request_id: str
    kept_request: str
    form: CandidateForm
    channel: Channel
    recorded_by: str | None
    pace: Pace | None


class Entries:
    """Takes candidates in."""

    def __init__(self, database: Database, secrecy: Secrecy, registrations: Registrations) -> None:
        self._database = database
        self._secrecy = secrecy
        self._registrations = registrations
        self._add_person = (
            database.insert(_people)
            .on_conflict_do_nothing(index_elements=["fair_id", "request_id"])
            .returning(_people.c.candidate_id)
        )
        self._add_link = database.insert(_links).on_conflict_do_nothing(
            index_elements=["token_hash"]
        )

    async def take(self, entry: Entry) -> Registered:
        """Take a candidate in, once for each request; see ``People.register``."""
        taken = await self._database.write_together(lambda db: self._take(db, entry))
        if isinstance(taken, Refused):
            raise taken
        return taken

    def _take(self, connection: Connection, entry: Entry) -> Registered | Refused:
        """Do so within a transaction; who is refused makes nobody else's be done again."""
        known = self._find(connection, entry)
        if known is None:
            return Refused(Code.FAIR_UNKNOWN, fair_id=entry.fair_id)
        if known.candidate_id is not None:
            return self._registered(known)
        try:
            form, flooded = self._let_in(connection, entry, dt.date.fromisoformat(known.date))
        except Refused as refused:
            return refused
        candidate_id = self._insert(connection, entry, form)
        if candidate_id is None:  # a repeat on another node has done so in this moment
            known = self._find(connection, entry)
            assert known is not None
            return self._registered(known, flooded)
        link = self._secrecy.link_token(candidate_id, _FIRST)
        row = {
            "token_hash": token_hash(link),
            "candidate_id": candidate_id,
            "created_at": self._database.now(),
        }
        connection.execute(self._add_link, row)
        self._add_consents(connection, candidate_id, entry, form)
        return Registered(
            candidate_id=candidate_id,
            link_token=link,
            code=self._secrecy.code(candidate_id, _FIRST),
            created=True,
            flooded=flooded,
            number=None,
        )

    def _find(self, connection: Connection, entry: Entry) -> Row[*tuple[Any, ...]] | None:
        asked = {"fair": entry.fair_id, "request": entry.kept_request}
        return connection.execute(_known, asked).one_or_none()

    def _let_in(
        self, connection: Connection, entry: Entry, date: dt.date
    ) -> tuple[CandidateForm, int]:
        """Look at the form and at how many come; count this one. Raises ``Refused``."""
        if entry.pace is None:
            return checked(entry.form, date, entry.request_id), 0
        counts = self._registrations.look(connection, entry.fair_id, entry.pace)
        form = checked(entry.form, date, entry.request_id)
        return form, self._registrations.take(connection, counts, entry.pace)

    def _insert(self, connection: Connection, entry: Entry, form: CandidateForm) -> str | None:
        """Add the person unless a repeat has done so in this moment; give the id."""
        row = {
            "candidate_id": new_id("c"),
            "fair_id": entry.fair_id,
            "request_id": entry.kept_request,
            "full_name": form.full_name,
            "full_name_plain": plain(form.full_name),
            "phone": form.phone,
            "birth_year": form.birth_year,
            "sex": form.sex,
            "commune": form.commune,
            "wish": form.wish,
            "language": form.language,
            "code_hash": "",
            "created_at": self._database.now(),
        }
        added: str | None = connection.scalar(self._add_person, row)
        return added

    def _add_consents(
        self, connection: Connection, candidate_id: str, entry: Entry, form: CandidateForm
    ) -> None:
        how = Statement(
            text_version=form.consent_text,
            language=form.language,
            channel=entry.channel,
            recorded_by=entry.recorded_by or f"candidate:{candidate_id}",
        )
        add_rows(connection, candidate_id, purposes(form.consents), how, self._database.now())

    def _registered(self, known: Row[*tuple[Any, ...]], flooded: int = 0) -> Registered:
        """Give what a registration before was given."""
        return Registered(
            candidate_id=known.candidate_id,
            link_token=self._secrecy.link_token(known.candidate_id, known.link_version),
            code=self._secrecy.code(known.candidate_id, known.code_version),
            created=False,
            flooded=flooded,
            number=known.number,
        )
