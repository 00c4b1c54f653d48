"""What each person agreed to, when, how and in which words: rows are added, never changed."""

from __future__ import annotations

from enum import StrEnum

import msgspec
from sqlalchemy import Connection, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.forms import ConsentChoices
from fairserver.protocol.types import Millis

_consents = tables.consents
_add = insert(_consents)


class Purpose(StrEnum):
    """What a person may agree to, each alone (Luật 91/2025/QH15: no bundled consent)."""

    TAKE_PART = "take_part"
    #: With a booth: that it reads who the person is. Without one: see ``ledger/shown.py``.
    SHOW_PROFILE = "show_profile"
    KEEP_PROFILE = "keep_profile"
    STATISTICS = "statistics"
    MESSAGES = "messages"
    #: Not a box of the form: asked when the person wants to be telephoned for an interview.
    PHONE_CALL = "phone_call"


class Channel(StrEnum):
    """How the person said it: with an own tap, to a clerk who read it aloud, or on paper."""

    OWN_TAP = "own_tap"
    STAFF = "staff"
    PAPER = "paper"


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """How a person's choices were taken down.

    ``text_version`` and ``language`` name the sentences that were shown or read;
    ``recorded_by`` is ``candidate:<id>`` or ``staff:<id>``.
    """

    text_version: str
    language: str
    channel: Channel
    recorded_by: str


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the proof; ``booth_id`` where it was said of one booth."""

    purpose: Purpose
    booth_id: str | None
    given: bool
    text_version: str
    language: str
    channel: Channel
    at: Millis
    recorded_by: str


class Consents:
    """Records what people agree to and withdraw."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, candidate_id: str, choices: dict[Purpose, bool], how: Statement) -> None:
        """Add what a person said now, for these purposes; False withdraws."""
        async with self._database.write() as connection:
            await add_choices(connection, candidate_id, choices, how, self._database.now())

    async def show_to_booth(
        self,
        candidate_id: str,
        booth_id: str,
        given: bool,
        how: Statement,
        command_id: str | None = None,
    ) -> None:
        """Add whether one booth may read who the person is; a repeated command adds nothing."""
        row = {
            "candidate_id": candidate_id,
            "purpose": Purpose.SHOW_PROFILE.value,
            "booth_id": booth_id,
            "given": given,
            "command_id": command_id,
            "at": self._database.now(),
            **msgspec.to_builtins(how),
        }
        said = self._database.insert(_consents).values(**row).on_conflict_do_nothing()
        async with self._database.write() as connection:
            await connection.execute(said)

    async def history(self, candidate_id: str) -> list[Consent]:
        """List everything that a person ever said, oldest first."""
        asked = (
            select(_consents)
            .where(_consents.c.candidate_id == candidate_id)
            .order_by(_consents.c.consent_id)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [msgspec.convert(row, Consent, from_attributes=True) for row in rows]

    async def standing(self, candidate_id: str) -> dict[Purpose, bool]:
        """Tell what holds now; a purpose never spoken of is not given."""
        async with self._database.read() as connection:
            return await standing_choices(connection, candidate_id)


def purposes(choices: ConsentChoices) -> dict[Purpose, bool]:
    """Read the boxes of a form as purposes; an empty box is a recorded "no"."""
    return {Purpose(name): given for name, given in msgspec.structs.asdict(choices).items()}


async def add_choices(
    connection: AsyncConnection,
    candidate_id: str,
    choices: dict[Purpose, bool],
    how: Statement,
    at: Millis,
) -> None:
    """Add rows inside a running transaction."""
    await connection.run_sync(add_rows, candidate_id, choices, how, at)


def add_rows(
    connection: Connection,
    candidate_id: str,
    choices: dict[Purpose, bool],
    how: Statement,
    at: Millis,
) -> None:
    """Do the same in a transaction that waits for nothing else."""
    shared = {"candidate_id": candidate_id, "at": at, **msgspec.to_builtins(how)}
    rows = [{**shared, "purpose": key.value, "given": given} for key, given in choices.items()]
    connection.execute(_add, rows)


async def standing_choices(connection: AsyncConnection, candidate_id: str) -> dict[Purpose, bool]:
    """Read what holds now, inside a running transaction; what was said of one booth aside."""
    asked = (
        select(_consents.c.purpose, _consents.c.given)
        .where(_consents.c.candidate_id == candidate_id, _consents.c.booth_id.is_(None))
        .order_by(_consents.c.consent_id)
    )
    said = {Purpose(row.purpose): row.given for row in await connection.execute(asked)}
    return {purpose: said.get(purpose, False) for purpose in Purpose}
