"""A desk's program records an interview while everybody agrees, and sends it over a cut line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import av
import msgspec
import pytest

from booth_client.media import InterviewRecorder
from booth_client.recording import (
    RecordingNote,
    UploadRefused,
    _NotNow,
    _own_place,
    begin_recording,
    leave_note,
    note_of,
    send_recording,
    unsent,
)
from fairserver.domain.states import TicketState
from fairserver.line.line import SYSTEM
from fairserver.protocol.commands import AnswerRecording, AskRecording, WithdrawRecording
from tests.booth_client.real import FAIR_ID, PATIENCE_S, RealServer
from tests.booth_client.test_media import Pair, decodes_more, opened, own_turn, pair
from tests.web.test_recordings import MADE

__all__ = ["pair"]

pytestmark = pytest.mark.filterwarnings("ignore:.*deleted before being closed:ResourceWarning")


async def allow(server: RealServer) -> None:
    """Let the fair record interviews."""
    rules = server.node.fairs[FAIR_ID].feed.projection.settings
    allowed = msgspec.json.encode(msgspec.structs.replace(rules, recording=True)).decode()
    await server.node.line.run(FAIR_ID, "change_settings", SYSTEM, settings_json=allowed)


async def agree(pair: Pair, peer: str) -> str:
    """Ask, and let the candidate's program agree; gives the recording's id."""
    ticket_id = pair.ticket_id
    ask = AskRecording(id=pair.desk.new_id(), ticket_id=ticket_id, peer=peer)
    recording_id = str((await pair.desk.send(ask)).result["recording_id"])
    await pair.phone.wait_for(lambda c: own_turn(c).recording is not None, PATIENCE_S)
    says = AnswerRecording(
        id=pair.phone.new_id(), ticket_id=ticket_id, recording_id=recording_id, agree=True
    )
    await pair.phone.send(says)
    return recording_id


def token_of(pair: Pair) -> str:
    """The session of the desk's program."""
    return pair.desk._headers["Authorization"].removeprefix("Bearer ")


def content_of(server: RealServer) -> list[bytes]:
    """What of recordings is on the server's disk."""
    files = server.node.recordings.files
    return [files.path(name).read_bytes() for name in files.names()]


async def test_it_records_while_both_agree_stops_at_once_and_what_it_sends_is_playable(
    server: RealServer, pair: Pair, tmp_path: Path
) -> None:
    await allow(server)
    async with (
        opened("test", "test") as (here, there),
        pair.at_desk(here) as desk,
        pair.at_phone(there) as phone,
    ):
        await asyncio.gather(decodes_more(desk), decodes_more(phone))
        await pair.desk.wait_for(lambda _: pair.turn.state is TicketState.INTERVIEWING, PATIENCE_S)
        begun: list[asyncio.Task[None]] = []

        def begin(path: Path) -> None:
            work = begin_recording(server.url, token_of(pair), path)
            begun.append(asyncio.create_task(work))

        folder = tmp_path / "out"
        async with InterviewRecorder(pair.desk, desk, FAIR_ID, folder, begin) as recorder:
            await asyncio.gather(decodes_more(desk), decodes_more(phone))
            assert recorder.files == []  # nobody was asked
            await agree(pair, desk.peer)
            await pair.desk.wait_for(lambda _: recorder.is_on, PATIENCE_S)
            await decodes_more(desk, 100)
            await asyncio.gather(*begun)
            stop = WithdrawRecording(id=pair.phone.new_id(), ticket_id=pair.ticket_id)
            await pair.phone.send(stop)
            await pair.desk.wait_for(lambda _: not recorder.is_on, PATIENCE_S)
            await desk.wait_for(lambda _: recorder._file is None, PATIENCE_S)
            (file,) = recorder.files
            size = file.stat().st_size
            await decodes_more(desk)
            assert file.stat().st_size == size
    with av.open(str(file)) as media:
        frames = list(media.decode())
    assert any(isinstance(frame, av.VideoFrame) for frame in frames)
    assert any(isinstance(frame, av.AudioFrame) for frame in frames)
    whole = file.read_bytes()
    await send_recording(server.url, token_of(pair), file)
    assert content_of(server) == [whole]
    assert unsent(tmp_path / "out") == []
    assert not file.exists()


async def recorded(server: RealServer, pair: Pair) -> str:
    """Bring a recording about, without a recorder; gives its id."""
    await allow(server)
    async with (
        opened("test", "test") as (here, there),
        pair.at_desk(here) as desk,
        pair.at_phone(there),
    ):
        await pair.desk.wait_for(lambda _: pair.turn.state is TicketState.INTERVIEWING, PATIENCE_S)
        return await agree(pair, desk.peer)


async def test_a_large_file_survives_a_server_that_restarts_and_a_program_that_does(
    server: RealServer, pair: Pair, tmp_path: Path
) -> None:
    recording_id = await recorded(server, pair)
    file = tmp_path / "large.webm"
    whole = MADE + b"0123456789abcdef" * 200_000
    file.write_bytes(whole)
    leave_note(file, RecordingNote(fair_id=FAIR_ID, recording_id=recording_id))
    first = asyncio.create_task(send_recording(server.url, token_of(pair), file))
    async with asyncio.timeout(PATIENCE_S):
        while not any(content_of(server)):  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)
    await server.stop()
    first.cancel()  # the program dies too, in the middle
    await asyncio.gather(first, return_exceptions=True)
    assert unsent(tmp_path) == [file]
    again = asyncio.create_task(send_recording(server.url, token_of(pair), file))
    await server.start()
    async with asyncio.timeout(PATIENCE_S):
        await again
    assert content_of(server) == [whole]
    assert not note_of(file).exists()


async def test_what_was_deleted_is_not_sent_and_not_kept_here(
    server: RealServer, pair: Pair, tmp_path: Path
) -> None:
    recording_id = await recorded(server, pair)
    projection = server.node.fairs[FAIR_ID].feed.projection
    candidate_id = projection.tickets[pair.ticket_id].candidate_id
    await server.node.recordings.remove_of(FAIR_ID, projection, candidate_id)
    file = tmp_path / "late.webm"
    file.write_bytes(b"late")
    leave_note(file, RecordingNote(fair_id=FAIR_ID, recording_id=recording_id))
    with pytest.raises(UploadRefused):
        await send_recording(server.url, token_of(pair), file)
    assert unsent(tmp_path) == []


@pytest.mark.parametrize("place", ["https://elsewhere.example/x", "//elsewhere.example/x", "x", ""])
def test_a_recording_goes_to_no_other_server(place: str) -> None:
    with pytest.raises(_NotNow):
        _own_place(place)
