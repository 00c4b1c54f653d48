"""The recording of an interview: asked for, agreed to, on, waiting again, over."""

from __future__ import annotations

from fairserver.domain.states import RecordingState, RoomSide
from fairserver.events.fair_records import FairRecords
from fairserver.events.fold.moves import Handlers
from fairserver.events.records import Recording
from fairserver.protocol import events as ev


def _recording_asked(fair: FairRecords, event: ev.RecordingAsked) -> None:
    recording = Recording(event.recording_id, event.ticket_id, event.by)
    fair.touch_ticket(event.ticket_id).recording = recording
    fair.recordings[event.recording_id] = recording


def _recording_agreed(fair: FairRecords, event: ev.RecordingAgreed) -> None:
    _recording(fair, event).agreed.add(event.side)


def _recording_started(fair: FairRecords, event: ev.RecordingStarted) -> None:
    recording = _recording(fair, event)
    recording.state, recording.was_on, recording.off_at = RecordingState.ON, True, 0


def _recording_paused(fair: FairRecords, event: ev.RecordingPaused) -> None:
    recording = _recording(fair, event)
    recording.state, recording.off_at = RecordingState.ASKED, event.at


def _recording_stopped(fair: FairRecords, event: ev.RecordingStopped) -> None:
    recording = _recording(fair, event)
    recording.off_at = recording.off_at or event.at
    recording.state = RecordingState.STOPPED
    recording.ended, recording.ended_by = event.cause, event.side


_Told = ev.RecordingAgreed | ev.RecordingStarted | ev.RecordingPaused | ev.RecordingStopped


def _recording(fair: FairRecords, event: _Told) -> Recording:
    fair.touch_ticket(event.ticket_id)
    return fair.recordings[event.recording_id]


def forget_guest(fair: FairRecords, ticket_id: str) -> None:
    """Forget what a guest who is out has said."""
    recording = fair.tickets[ticket_id].recording
    if recording is not None:
        recording.agreed.discard(RoomSide.GUEST)


#: What each event of this module does.
HANDLERS: Handlers = {
    ev.RecordingAsked: _recording_asked,
    ev.RecordingAgreed: _recording_agreed,
    ev.RecordingStarted: _recording_started,
    ev.RecordingPaused: _recording_paused,
    ev.RecordingStopped: _recording_stopped,
}
