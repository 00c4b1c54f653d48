"""The recordings of interviews: which files there are, until when, and that some are gone.

The bytes are not here. Rows stay when a recording is deleted: they prove that it is.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.secrecy import new_id
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis

_recordings = tables.recordings

_DAY_MS = 24 * 3600 * 1000

#: What deletes a recording when its days are over, as ``removed_by``.
_EXPIRY = "system"


class RecordingOf(msgspec.Struct, frozen=True, kw_only=True):
    """Which recording, of whose turn at which booth."""

    fair_id: str
    recording_id: str
    ticket_id: str
    booth_id: str
    candidate_id: str


class RecordingFile(RecordingOf, frozen=True, kw_only=True):
    """One file of a recording; a page that was loaded again begins another.

    ``length`` is the whole size in bytes, once that is known; ``completed_at`` is set when all of
    it has come.
    """

    file_id: str
    media_type: str
    length: int | None
    created_by: str
    created_at: Millis
    expires_at: Millis
    completed_at: Millis | None


class Recordings:
    """The recordings of all fairs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        of: RecordingOf,
        *,
        media_type: str,
        length: int | None,
        created_by: str,
        keep_days: int,
    ) -> RecordingFile:
        """Note that a file begins, to be kept for so many days.

        Raises ``Refused`` (``upload_gone``) when the recording was deleted meanwhile.
        """
        now = self._database.now()
        file = RecordingFile(
            **msgspec.structs.asdict(of),
            file_id=new_id("f"),
            media_type=media_type,
            length=length,
            created_by=created_by,
            created_at=now,
            expires_at=now + keep_days * _DAY_MS,
            completed_at=None,
        )
        async with self._database.write() as connection:
            if await _is_gone(connection, of.fair_id, of.recording_id):
                raise Refused(Code.UPLOAD_GONE)
            await connection.execute(insert(_recordings).values(**msgspec.structs.asdict(file)))
        return file

    async def find(self, fair_id: str, recording_id: str, file_id: str) -> RecordingFile | None:
        """Read one file's row; None when there is none, or it is deleted."""
        found = await self._read(
            _live(fair_id).where(
                _recordings.c.recording_id == recording_id, _recordings.c.file_id == file_id
            )
        )
        return found[0] if found else None

    async def is_gone(self, fair_id: str, recording_id: str) -> bool:
        """Tell whether a recording was deleted: nothing more of it is taken."""
        async with self._database.read() as connection:
            return await _is_gone(connection, fair_id, recording_id)

    async def of_fair(
        self,
        fair_id: str,
        *,
        booth_id: str | None = None,
        candidate_id: str | None = None,
        recording_id: str | None = None,
    ) -> list[RecordingFile]:
        """List the files of a fair, or of a booth, a person or one recording, oldest first."""
        asked = _live(fair_id).order_by(_recordings.c.created_at, _recordings.c.file_id)
        if booth_id is not None:
            asked = asked.where(_recordings.c.booth_id == booth_id)
        if candidate_id is not None:
            asked = asked.where(_recordings.c.candidate_id == candidate_id)
        if recording_id is not None:
            asked = asked.where(_recordings.c.recording_id == recording_id)
        return await self._read(asked)

    async def note_length(self, file_id: str, length: int, *, complete: bool) -> None:
        """Note how long a file will be, and that all of it has come."""
        values: dict[str, int] = {"length": length}
        if complete:
            values["completed_at"] = self._database.now()
        async with self._database.write() as connection:
            await connection.execute(
                update(_recordings).where(_recordings.c.file_id == file_id).values(**values)
            )

    async def remove(self, of: RecordingOf, by: str) -> None:
        """Note that a recording is deleted, also one of which nothing has come yet.

        ``by`` is ``candidate:<id>``, ``staff:<id>`` or ``system``. A repeat changes nothing.
        """
        now = self._database.now()
        async with self._database.write() as connection:
            await _mark(
                connection,
                (_recordings.c.fair_id == of.fair_id)
                & (_recordings.c.recording_id == of.recording_id),
                now,
                by,
            )
            await connection.execute(
                insert(_recordings).values(
                    **msgspec.structs.asdict(of),
                    file_id=new_id("f"),
                    media_type="",
                    length=0,
                    created_by=by,
                    created_at=now,
                    expires_at=now,
                    removed_at=now,
                    removed_by=by,
                )
            )

    async def remove_file(self, file_id: str) -> None:
        """Forget one file that was given up; the recording may have others."""
        async with self._database.write() as connection:
            await connection.execute(
                _recordings.delete().where(
                    _recordings.c.file_id == file_id, _recordings.c.removed_at.is_(None)
                )
            )

    async def remove_expired(self) -> None:
        """Note that what was kept long enough is deleted."""
        now = self._database.now()
        async with self._database.write() as connection:
            await _mark(connection, _recordings.c.expires_at <= now, now, _EXPIRY)

    async def among(self, file_ids: Collection[str]) -> set[str]:
        """Tell which of these files are to be kept."""
        asked = select(_recordings.c.file_id).where(
            _recordings.c.file_id.in_(file_ids), _recordings.c.removed_at.is_(None)
        )
        async with self._database.read() as connection:
            return set(await connection.scalars(asked))

    async def _read(self, asked: Select[tuple[object, ...]]) -> list[RecordingFile]:
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [msgspec.convert(row, RecordingFile, from_attributes=True) for row in rows]


async def _is_gone(connection: AsyncConnection, fair_id: str, recording_id: str) -> bool:
    asked = select(_recordings.c.file_id).where(
        _recordings.c.fair_id == fair_id,
        _recordings.c.recording_id == recording_id,
        _recordings.c.removed_at.is_not(None),
    )
    return (await connection.scalar(asked.limit(1))) is not None


def _live(fair_id: str) -> Select[tuple[object, ...]]:
    return select(_recordings).where(
        _recordings.c.fair_id == fair_id, _recordings.c.removed_at.is_(None)
    )


async def _mark(connection: AsyncConnection, which: object, now: Millis, by: str) -> None:
    await connection.execute(
        update(_recordings)
        .where(which, _recordings.c.removed_at.is_(None))  # type: ignore[arg-type]
        .values(removed_at=now, removed_by=by)
    )
