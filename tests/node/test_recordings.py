"""An erasure deletes somebody's recordings while others begin new ones."""

from __future__ import annotations

import pytest

from fairserver.events.records import Recording
from fairserver.ledger.recordings import RecordingOf
from tests.web.support import Server
from tests.web.test_recordings import MADE, Sender, recorded


async def test_a_recording_that_begins_during_an_erasure_does_not_stop_it(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, recording_id = await recorded(server)
    sender = Sender(meeting, recording_id)
    await sender.piece(await sender.begin(), 0, MADE)
    keeper, person = server.node.recordings, meeting.person
    projection = server.node.fairs[server.fair_id].feed.projection
    assert keeper.files.names()
    remove = keeper.remove

    async def while_others_go_on(of: RecordingOf, by: str) -> None:
        new = f"after-{of.recording_id}"
        projection.recordings[new] = Recording(new, meeting.ticket_id, "staff:somebody")
        await remove(of, by)

    monkeypatch.setattr(keeper, "remove", while_others_go_on)
    await keeper.remove_of(server.fair_id, projection, person.candidate_id)
    assert not keeper.files.names()
    assert await server.node.ledger.recordings.is_gone(server.fair_id, recording_id)
    del projection.recordings[f"after-{recording_id}"]
