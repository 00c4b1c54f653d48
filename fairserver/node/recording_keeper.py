"""Recordings as a whole: rows in the ledger, bytes in the folder; what is deleted is so in both."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from fairserver import security
from fairserver.events.projection import Projection
from fairserver.ledger import Ledger
from fairserver.ledger.recordings import RecordingOf
from fairserver.rooms.recordings import RecordingFiles
from fairserver.security import Deed

_log = logging.getLogger(__name__)

#: Seconds between looks at what was kept long enough.
_SWEEP_S = 3600.0


class RecordingKeeper:
    """Keeps the recordings of a node's fairs as long as they may be kept."""

    def __init__(self, ledger: Ledger, files: RecordingFiles) -> None:
        self._rows = ledger.recordings
        self.files = files

    async def remove(self, of: RecordingOf, by: str) -> None:
        """Delete a recording for good; what still comes of it is refused."""
        security.note(Deed.ERASED, who=by, of=f"recording:{of.recording_id}", fair_id=of.fair_id)
        found = await self._rows.of_fair(of.fair_id, recording_id=of.recording_id)
        await self._rows.remove(of, by)
        for file in found:
            await asyncio.to_thread(self.files.remove, file.file_id)

    async def remove_of(self, fair_id: str, projection: Projection, candidate_id: str) -> None:
        """Delete every recording of a person, who is being erased."""
        # A copy: a recording of somebody else may begin while this one's file is deleted.
        for recording_id, recording in tuple(projection.recordings.items()):
            ticket = projection.tickets[recording.ticket_id]
            if ticket.candidate_id == candidate_id and recording.was_on:
                of = recording_of(fair_id, projection, recording_id)
                await self.remove(of, f"candidate:{candidate_id}")

    async def sweep(self) -> int:
        """Delete what was kept long enough and files that no row wants; count the files."""
        names = await asyncio.to_thread(self.files.names)
        await self._rows.remove_expired()
        kept = await self._rows.among(names)
        return await asyncio.to_thread(self.files.keep_only, kept, names)

    async def run(self) -> None:
        """Sweep again and again."""
        while True:
            try:
                if gone := await self.sweep():
                    _log.info("deleted %d files of recordings", gone)
            except (SQLAlchemyError, OSError) as error:
                _log.warning("cannot look through the recordings now: %s", error)
            await asyncio.sleep(_SWEEP_S)


def recording_of(fair_id: str, projection: Projection, recording_id: str) -> RecordingOf:
    """Name a recording by whose it is; raises ``KeyError`` for one that nobody asked for."""
    ticket = projection.tickets[projection.recordings[recording_id].ticket_id]
    return RecordingOf(
        fair_id=fair_id,
        recording_id=recording_id,
        ticket_id=ticket.ticket_id,
        booth_id=ticket.booth_id,
        candidate_id=ticket.candidate_id,
    )
