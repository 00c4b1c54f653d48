"""A desk that goes on sending after a no, and files that are no recordings."""

from __future__ import annotations

import base64
import time

import pytest

from fairserver.node.deadlines import DeadlineKeeper
from tests.web.support import Server
from tests.web.test_recordings import MADE, Sender, cell, files_of, recorded

MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"
MATROSKA = MADE.replace(b"\x84webm", b"\x88matroska")
OTHERS = {
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a program": b"\x7fELF\x02\x01\x01" + b"\x00" * 60,
    "a picture": b"\x89PNG\r\n\x1a\n" + b"\x00" * 60,
    "an archive": b"PK\x03\x04" + b"\x00" * 60,
    "a drawing in ftyp": b"\x00\x00\x00\x20ftypheic" + b"\x00" * 60,
    "EBML of another kind": b"\x1a\x45\xdf\xa3\x88\x42\x82\x84evil" + b"\x00" * 60,
    "a name far behind": b"\x1a\x45\xdf\xa3" + b"\x00" * 80 + b"\x42\x82\x84webm",
    "text before it": b"x" + MADE,
    "a beginning only": MADE[:4],
}


def metadata(media_type: str) -> str:
    """What a recorder says of its file."""
    return "filetype " + base64.b64encode(media_type.encode()).decode()


@pytest.mark.parametrize("what", OTHERS)
async def test_what_no_recorder_makes_is_refused_and_not_kept(server: Server, what: str) -> None:
    sender = Sender(*await recorded(server))
    path = await sender.begin()
    reply = await sender.piece(path, 0, OTHERS[what])
    assert (reply.status, reply.json["code"]) == (415, "upload_type")
    assert files_of(server) == []
    assert (await sender.piece(path, 0, MADE)).status == 404


async def test_each_type_takes_its_own_format_only(server: Server) -> None:
    sender = Sender(*await recorded(server))
    made = {"webm": MADE, "mp4": MP4, "x-matroska": MATROSKA}
    for media_type in ("video/webm", "audio/webm", "video/mp4", "audio/mp4", "video/x-matroska"):
        for form, piece in made.items():
            path = await sender.begin(Upload_Metadata=metadata(media_type))
            status = (await sender.piece(path, 0, piece)).status
            own = media_type.endswith(form) or (media_type, form) == ("video/x-matroska", "webm")
            assert status == (204 if own else 415), (media_type, form)


async def test_after_a_no_nothing_new_begins_and_soon_nothing_more_comes(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, recording_id = await recorded(server)
    sender = Sender(meeting, recording_id)
    path = await sender.begin()
    assert (await sender.piece(path, 0, MADE)).status == 204
    await meeting.candidate.do("withdraw_recording", ticket_id=meeting.ticket_id)
    await meeting.candidate.until(lambda: cell(meeting).get("state") == "stopped")
    new = await sender.ask("POST", Upload_Defer_Length="1", Upload_Metadata=metadata("video/webm"))
    assert (new.status, new.json["code"]) == (410, "upload_gone")
    assert (await sender.piece(path, len(MADE), b"made before")).status == 204
    # A computer whose clock is turned back changes nothing: it is the fair's time that counts.
    monkeypatch.setattr("time.time", lambda now=time.time: now() - 7200)
    now = DeadlineKeeper.now_ms
    monkeypatch.setattr(DeadlineKeeper, "now_ms", lambda deadlines: now(deadlines) + 61_000)
    late = await sender.piece(path, len(MADE) + 11, b"made after")
    assert (late.status, late.json["code"]) == (410, "upload_gone")
    assert len(files_of(server)) == 1


async def test_a_recording_that_nobody_stopped_may_still_come_for_a_day(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, recording_id = await recorded(server)
    sender = Sender(meeting, recording_id)
    await meeting.recruiter.do("finish", ticket_id=meeting.ticket_id, outcome="pending")
    await meeting.candidate.until(lambda: cell(meeting).get("state") == "stopped")
    now, later = DeadlineKeeper.now_ms, [3_600_000]
    monkeypatch.setattr(DeadlineKeeper, "now_ms", lambda deadlines: now(deadlines) + later[0])
    path = await sender.begin()
    assert (await sender.piece(path, 0, MADE)).status == 204
    later[0] = 25 * 3_600_000
    assert (await sender.piece(path, len(MADE), b"x")).status == 410
    again = await sender.ask(
        "POST", Upload_Defer_Length="1", Upload_Metadata=metadata("video/webm")
    )
    assert again.status == 410
