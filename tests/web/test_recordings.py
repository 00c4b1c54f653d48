"""Recordings over HTTP: pieces by the tus protocol, who may send, fetch and delete them."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from fairserver.settings import RecordingSettings
from tests.line.live import ORGANISER
from tests.web.support import Meeting, Person, Reply, Server, Servers

WEBM = "filetype " + base64.b64encode(b"video/webm;codecs=vp8,opus").decode()
PIECE = "application/offset+octet-stream"
#: How a file of Chromium's recorder begins: its EBML header.
MADE = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581")
HEAD = len(MADE)


async def allow_recording(server: Server) -> None:
    """Let the organiser allow recordings at the fair."""
    settings = server.node.fairs[server.fair_id].feed.projection.settings
    allowed = msgspec.json.encode(msgspec.structs.replace(settings, recording=True)).decode()
    await server.node.line.run(server.fair_id, "change_settings", ORGANISER, settings_json=allowed)


class Sender:
    """One who sends a recording."""

    def __init__(self, meeting: Meeting, recording_id: str, person: Person | None = None) -> None:
        self.server = meeting.server
        self.token = (person or meeting.recruiter_person).token
        self.path = f"{self.server.fair_url}/recordings/{recording_id}/files"

    async def ask(self, method: str, path: str = "", raw: bytes = b"", **headers: str) -> Reply:
        """Send one request of the protocol; ``headers`` with underscores for dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Tus-Resumable": "1.0.0", **named}
        return await self.server.request(
            method, path or self.path, token=self.token, headers=sent, raw=raw
        )

    async def begin(self, **headers: str) -> str:
        """Begin a file of unknown length; gives its address."""
        deferred = {"Upload_Defer_Length": "1", "Upload_Metadata": WEBM, **headers}
        reply = await self.ask("POST", **deferred)
        assert reply.status == 201, reply.body
        return reply.headers["Location"]

    async def piece(self, path: str, offset: int, piece: bytes, **headers: str) -> Reply:
        """Send a piece."""
        return await self.ask(
            "PATCH", path, piece, Upload_Offset=str(offset), Content_Type=PIECE, **headers
        )

    async def offset(self, path: str) -> int:
        """Ask how much has come."""
        reply = await self.ask("HEAD", path)
        assert reply.status == 200
        return int(reply.headers["Upload-Offset"])


async def recorded(server: Server) -> tuple[Meeting, str]:
    """Bring two people into an interview that is recorded; gives the recording's id."""
    meeting = await server.meeting()
    await allow_recording(server)
    await meeting.talk()
    ticket = {"ticket_id": meeting.ticket_id}
    asked = await meeting.recruiter.do("ask_recording", peer="peer-desk", **ticket)
    recording_id = str(asked["recording_id"])
    await meeting.candidate.until(lambda: cell(meeting).get("state") == "asked")
    answer = {"recording_id": recording_id, "agree": True}
    await meeting.candidate.do("answer_recording", **answer, **ticket)
    await meeting.candidate.until(lambda: cell(meeting).get("state") == "on")
    return meeting, recording_id


def cell(meeting: Meeting) -> Mapping[str, Any]:
    """The recording as the candidate's page holds it."""
    found: Mapping[str, Any] = meeting.candidate.cell("me", meeting.key).get("recording") or {}
    return found


def files_of(server: Server) -> list[str]:
    return server.node.recordings.files.names()


async def test_a_recording_is_sent_in_pieces_and_fetched_by_its_booth_and_the_organiser(
    server: Server,
) -> None:
    meeting, recording_id = await recorded(server)
    sender = Sender(meeting, recording_id)
    path = await sender.begin()
    first = await sender.piece(path, 0, MADE)
    assert (first.status, first.headers["Upload-Offset"]) == (204, str(HEAD))
    assert first.headers["Tus-Resumable"] == "1.0.0"
    last = await sender.piece(path, HEAD, b"two", Upload_Length=str(HEAD + 3))
    assert (last.status, last.headers["Upload-Offset"]) == (204, str(HEAD + 3))
    for person in (meeting.recruiter_person, await server.organiser()):
        listed = await server.get(f"{server.fair_url}/recordings", token=person.token)
        (fact,) = listed.json["recordings"]
        assert (fact["size"], fact["complete"]) == (HEAD + 3, True)
        got = await server.get(path, token=person.token)
        assert (got.status, got.body) == (200, MADE + b"two")
        assert got.headers["Content-Type"] == "video/webm"
    log = await server.get(f"{server.fair_url}/disclosures", token=meeting.recruiter_person.token)
    assert [row["form"] for row in log.json["disclosures"]] == ["video", "video"]
    folder = server.node.recordings.files.folder
    assert folder.stat().st_mode & 0o077 == 0


async def test_a_piece_sent_twice_or_elsewhere_changes_nothing(server: Server) -> None:
    sender = Sender(*await recorded(server))
    path = await sender.begin()
    assert (await sender.piece(path, 0, MADE)).status == 204
    for offset in (0, 2, 99):
        again = await sender.piece(path, offset, MADE)
        assert (again.status, again.json["code"]) == (409, "upload_offset")
    assert await sender.offset(path) == HEAD
    assert (await sender.piece(path, HEAD, b"", Upload_Length=str(HEAD))).status == 204
    over = await sender.piece(path, HEAD, b"d")
    assert (over.status, over.json["code"]) == (413, "upload_too_large")


async def test_a_server_that_stops_between_two_pieces_loses_nothing(servers: Servers) -> None:
    meeting, recording_id = await recorded(await servers.start())
    path = await Sender(meeting, recording_id).begin()
    assert (await Sender(meeting, recording_id).piece(path, 0, MADE)).status == 204
    other = Sender(meeting, recording_id)
    other.server = await servers.start()  # knows of the file only what is on the disk
    assert await other.offset(path) == HEAD
    told = {"Upload_Length": str(HEAD + 5)}
    assert (await other.piece(path, HEAD, b"after", **told)).status == 204
    got = await other.server.get(path, token=meeting.recruiter_person.token)
    assert got.body == MADE + b"after"


async def test_nobody_but_the_desk_that_asked_sends_and_nobody_else_fetches(
    server: Server,
) -> None:
    meeting, recording_id = await recorded(server)
    path = await Sender(meeting, recording_id).begin()
    others = {
        "a colleague": (await server.recruiter(), 404, 200),
        "another booth": (await server.recruiter("b2"), 404, 404),
        "the candidate": (meeting.person, 403, 403),
        "the organiser": (await server.organiser(), 403, 200),
    }
    for who, (person, sends, fetches) in others.items():
        sender = Sender(meeting, recording_id, person)
        begun = await sender.ask("POST", Upload_Defer_Length="1", Upload_Metadata=WEBM)
        assert begun.status == sends, who
        assert (await sender.piece(path, 0, MADE)).status == sends, who
        assert (await server.get(path, token=person.token)).status == fetches, who
    no_page_of_ours = await Sender(meeting, recording_id).ask("POST", X_Fair="")
    assert no_page_of_ours.status == 403


async def test_nothing_is_taken_of_a_recording_that_was_never_on(server: Server) -> None:
    meeting = await server.meeting()
    await allow_recording(server)
    await meeting.talk()
    ticket = {"ticket_id": meeting.ticket_id}
    asked = await meeting.recruiter.do("ask_recording", peer="peer-desk", **ticket)
    sender = Sender(meeting, asked["recording_id"])
    reply = await sender.ask("POST", Upload_Defer_Length="1", Upload_Metadata=WEBM)
    assert (reply.status, reply.json["code"]) == (404, "recording_unknown")


async def test_what_is_not_the_protocol_is_refused_with_a_sentence(servers: Servers) -> None:
    server = await servers.start(recordings=RecordingSettings(most_bytes=1_048_576))
    meeting, recording_id = await recorded(server)
    sender = Sender(meeting, recording_id)
    told = await sender.ask("OPTIONS")
    assert told.headers["Tus-Max-Size"] == "1048576"
    old = await sender.ask("POST", Tus_Resumable="0.2.2")
    assert (old.status, old.headers["Tus-Version"]) == (412, "1.0.0")
    unnamed = await sender.ask("POST", Upload_Defer_Length="1")
    assert (unnamed.status, unnamed.json["code"]) == (415, "upload_type")
    large = await sender.ask("POST", Upload_Length="1048577", Upload_Metadata=WEBM)
    assert (large.status, large.json["code"]) == (413, "upload_too_large")
    path = await sender.begin()
    wrong = await sender.ask("PATCH", path, b"x", Upload_Offset="0", Content_Type="text/plain")
    assert wrong.status == 415
    half = MADE.ljust(524_288, b"x")
    too_large = io.BytesIO(b"x" * 1_048_577)
    assert (await sender.piece(path, 0, too_large)).status == 413  # type: ignore[arg-type]
    assert (await sender.ask("PATCH", path, b"x", Content_Type=PIECE)).json["code"] == "malformed"
    assert (await sender.piece(path, 0, half)).status == 204
    assert (await sender.piece(path, 524_288, half)).status == 204
    assert (await sender.piece(path, 1_048_576, b"x")).status == 413
    another = await sender.ask("POST", Upload_Defer_Length="1", Upload_Metadata=WEBM)
    assert another.status == 413


async def test_a_file_that_is_given_up_is_gone(server: Server) -> None:
    sender = Sender(*await recorded(server))
    path = await sender.begin()
    assert (await sender.piece(path, 0, MADE)).status == 204
    assert (await sender.ask("DELETE", path)).status == 204
    assert files_of(server) == []
    assert (await sender.ask("HEAD", path)).status == 404


@pytest.mark.parametrize("by", ["candidate", "recruiter", "erasure"])
async def test_who_deletes_a_recording_deletes_the_bytes_and_what_is_on_its_way(
    server: Server, by: str
) -> None:
    meeting, recording_id = await recorded(server)
    sender = Sender(meeting, recording_id)
    path = await sender.begin()
    assert (await sender.piece(path, 0, MADE)).status == 204
    own = f"{server.fair_url}/my-data"
    shown = (await server.get(own, token=meeting.person.token)).json["recordings"]
    assert [one["recording_id"] for one in shown] == [recording_id]
    if by == "erasure":
        await meeting.recruiter.do("finish", ticket_id=meeting.ticket_id, outcome="pending")
        number = {"number": meeting.person.number}
        gone = await server.request("DELETE", own, number, token=meeting.person.token)
    else:
        who = meeting.person if by == "candidate" else meeting.recruiter_person
        whole = f"{server.fair_url}/recordings/{recording_id}"
        gone = await server.request("DELETE", whole, token=who.token)
    assert gone.status == 204, gone.body
    assert files_of(server) == []
    assert (await sender.piece(path, HEAD, b"d")).status == 410
    late = await sender.ask("POST", Upload_Defer_Length="1", Upload_Metadata=WEBM)
    assert (late.status, late.json["code"]) == (410, "upload_gone")
    if by != "erasure":
        shown = (await server.get(own, token=meeting.person.token)).json["recordings"]
        assert shown == []


async def test_a_stranger_deletes_nothing(server: Server) -> None:
    meeting, recording_id = await recorded(server)
    path = await Sender(meeting, recording_id).begin()
    for person in (await server.candidate(), await server.recruiter("b2")):
        whole = f"{server.fair_url}/recordings/{recording_id}"
        assert (await server.request("DELETE", whole, token=person.token)).status == 404
    assert await Sender(meeting, recording_id).offset(path) == 0


async def test_a_recording_is_deleted_when_its_days_are_over(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Sender(*await recorded(server))
    path = await sender.begin()
    assert (await sender.piece(path, 0, MADE)).status == 204
    assert await server.node.recordings.sweep() == 0
    database = server.node.ledger.recordings._database
    later = database.now() + 30 * 24 * 3600 * 1000
    monkeypatch.setattr(type(database), "now", lambda _: later)
    assert await server.node.recordings.sweep() == 1
    assert files_of(server) == []
