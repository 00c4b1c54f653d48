"""A station's recordings: asking and stopping by one key, and sending what was recorded."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path

from booth_client.client import FairClient
from booth_client.media.interview import InterviewMedia
from booth_client.media.recorder import InterviewRecorder
from booth_client.pairing import Device
from booth_client.recording import UploadRefused, begin_recording, send_recording, unsent
from fairserver.domain.states import RecordingState
from fairserver.protocol.commands import AskRecording, Command, WithdrawRecording
from fairserver.protocol.views import BoothTicketCell, FairCell, RecordingCell

log = logging.getLogger(__name__)


class StationRecordings:
    """Records a desk's interviews into a folder of its own, and empties it to the server."""

    def __init__(
        self, client: FairClient, device: Device, session_token: str, folder: Path
    ) -> None:
        self.folder = folder
        self._client = client
        self._device = device
        self._token = session_token
        self._sending: dict[Path, asyncio.Task[None]] = {}

    @property
    def allowed(self) -> bool:
        """Whether the fair lets interviews be recorded."""
        fair = self._client.find("booth", "fair", FairCell)
        return fair is not None and fair.recording

    @property
    def sending(self) -> int:
        """Files on their way to the server."""
        return sum(not task.done() for task in self._sending.values())

    def recorder(self, media: InterviewMedia) -> InterviewRecorder:
        """Make the recorder of one interview."""
        return InterviewRecorder(
            self._client, media, self._device.fair_id, self.folder, self._begin
        )

    def toggle(self, media: InterviewMedia, ticket: BoothTicketCell) -> Command:
        """Make the command of the one key: ask, or stop what is asked for or on."""
        command_id = self._client.new_id()
        if runs(ticket.recording):
            return WithdrawRecording(id=command_id, ticket_id=ticket.ticket_id)
        return AskRecording(id=command_id, ticket_id=ticket.ticket_id, peer=media.peer)

    def send(self) -> None:
        """Begin to send whatever lies here finished, also from an earlier run."""
        for file in unsent(self.folder):
            if file not in self._sending or self._sending[file].done():
                self._sending[file] = asyncio.create_task(self._send(file), name="send recording")

    async def close(self) -> None:
        """Leave what is not sent for the next run."""
        for task in self._sending.values():
            task.cancel()
        await asyncio.gather(*self._sending.values(), return_exceptions=True)

    def _begin(self, file: Path) -> None:
        task = asyncio.create_task(begin_recording(self._device.server, self._token, file))
        self._sending[file] = task

    async def _send(self, file: Path) -> None:
        try:
            with contextlib.suppress(FileNotFoundError):
                await send_recording(self._device.server, self._token, file)
        except UploadRefused as refused:
            log.warning("%s is kept: %s", file.name, refused)


def runs(recording: RecordingCell | None) -> bool:
    """Whether a recording is asked for or on."""
    return recording is not None and recording.state is not RecordingState.STOPPED
