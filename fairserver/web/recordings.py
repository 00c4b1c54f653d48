"""Recordings of interviews over HTTP: taken in by the tus protocol, listed, fetched, deleted.

Taking in follows tus 1.0.0 (https://tus.io/protocols/resumable-upload) with the extensions
``creation``, ``creation-defer-length`` and ``termination``: ``POST`` begins a file, ``PATCH`` puts
a piece behind what is there, ``HEAD`` says how much that is. A recording is sent while it is
made, so its length is told at its end.
"""

from __future__ import annotations

import asyncio
import base64
import binascii

import msgspec
from aiohttp import web

from fairserver.domain.states import RecordingEnd, RecordingState
from fairserver.events.records import Recording
from fairserver.ledger.disclosures import Form
from fairserver.ledger.recordings import RecordingFile
from fairserver.node.recording_keeper import recording_of
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis, RecordingId
from fairserver.rooms.recording_kinds import FORMATS, fits
from fairserver.rooms.recordings import WrongOffset
from fairserver.web.contract import Who, contract
from fairserver.web.http_api import json_response, live_fair
from fairserver.web.keys import NODE, RECORDING_DOOR
from fairserver.web.node import Node
from fairserver.web.permissions import Act
from fairserver.web.principal import Principal
from fairserver.web.reach import PERMIT, admit_again, principal_of

routes = web.RouteTableDef()

_TUS = "1.0.0"
_EXTENSIONS = "creation,creation-defer-length,termination"
_PIECE_TYPE = "application/offset+octet-stream"
_FILES = "/api/fairs/{fair_id}/recordings/{recording_id}/files"
_FILE = _FILES + "/{file_id}"
_MEDIA_TYPES = tuple(FORMATS)

#: Bytes of one piece at most: it is held in memory until it is on the disk.
PIECE_BYTES = 1024 * 1024
#: Files of one recording at most: each page that is loaded anew begins one.
_MOST_FILES = 20
#: After somebody said no, so long pieces are taken that were made before; ms.
_GRACE_MS = 60_000
#: After an interview that was recorded to its end, so long all of it may still come; ms.
_LATE_MS = 24 * 3600 * 1000
#: Seconds in which a piece must have come.
_PIECE_S = 60.0

_UPLOAD = (Code.RECORDING_UNKNOWN, Code.UPLOAD_GONE, Code.UPLOAD_VERSION, Code.TOO_FAST)


class RecordingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a recording, for those who may fetch it."""

    recording_id: str
    file_id: str
    ticket_id: str
    booth_id: str
    number: int
    media_type: str
    #: Bytes that have come; ``complete`` when that is all of it.
    size: int
    complete: bool
    created_at: Millis
    expires_at: Millis


class RecordingList(msgspec.Struct, frozen=True, kw_only=True):
    """The files of recordings, oldest first."""

    recordings: list[RecordingFacts]


# --- taking in ----------------------------------------------------------------------------------


async def add_tus_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Say the version of the protocol in every answer of its addresses."""
    if "recording_id" in request.match_info and request.path.count("/files"):
        response.headers["Tus-Resumable"] = _TUS
        if response.status == 412:
            response.headers["Tus-Version"] = _TUS


@routes.options(_FILES)
@contract(Who.ANYBODY, status=204, refusals=(Code.RECORDING_UNKNOWN,))
async def show_upload_rules(request: web.Request) -> web.Response:
    """Say what the server understands of the tus protocol."""
    live_fair(request)
    _recording_id(request)
    most = str(request.app[NODE].settings.recordings.most_bytes)
    told = {"Tus-Version": _TUS, "Tus-Extension": _EXTENSIONS, "Tus-Max-Size": most}
    return web.Response(status=204, headers=told)


@routes.post(_FILES)
@contract(
    Act.RECORDING_UPLOAD,
    door=RECORDING_DOOR,
    status=201,
    refusals=(
        *_UPLOAD,
        Code.UPLOAD_TYPE,
        Code.UPLOAD_BUSY,
        Code.UPLOAD_TOO_LARGE,
        Code.LIMIT_REACHED,
    ),
)
async def begin_upload(request: web.Request) -> web.Response:
    """Begin a file of a recording that is on; ``Location`` is where its pieces go.

    Of one that was on to the interview's end a day later too, and of one that somebody stopped
    never.

    ``Upload-Length`` says its size, or ``Upload-Defer-Length: 1`` that it comes later;
    ``Upload-Metadata`` has ``filetype``.
    """
    principal, recording = await _uploader(request)
    node, fair = request.app[NODE], live_fair(request)
    _check_still(recording, fair.deadlines.now_ms(), is_new=True)
    length = None
    if request.headers.get("Upload-Defer-Length") != "1":
        length = _header(request, "Upload-Length")
    rows = node.ledger.recordings
    begun = await rows.of_fair(fair.plan.fair_id, recording_id=recording.recording_id)
    await _check_size(node, begun, length or PIECE_BYTES)
    if len(begun) >= _MOST_FILES:
        raise Refused(Code.LIMIT_REACHED, limit=_MOST_FILES)
    file = await rows.add(
        recording_of(fair.plan.fair_id, fair.feed.projection, recording.recording_id),
        media_type=_media_type(request),
        length=length,
        created_by=f"staff:{principal.subject_id}",
        keep_days=fair.feed.projection.settings.recording_keep_days,
    )
    await asyncio.to_thread(node.recordings.files.create, file.file_id)
    return web.Response(status=201, headers={"Location": f"{request.path}/{file.file_id}"})


@routes.head(_FILE)
@contract(Act.RECORDING_UPLOAD, door=RECORDING_DOOR, refusals=_UPLOAD)
async def show_upload(request: web.Request) -> web.Response:
    """Say in ``Upload-Offset`` how much of a file is on the disk."""
    _, file = await _own_file(request)
    size = await asyncio.to_thread(request.app[NODE].recordings.files.size, file.file_id)
    length = {"Upload-Defer-Length": "1"}
    if file.length is not None:
        length = {"Upload-Length": str(file.length)}
    told = {"Upload-Offset": str(size), "Cache-Control": "no-store", **length}
    return web.Response(status=200, headers=told)


@routes.patch(_FILE)
@contract(
    Act.RECORDING_UPLOAD,
    door=RECORDING_DOOR,
    status=204,
    refusals=(
        *_UPLOAD,
        Code.UPLOAD_TYPE,
        Code.UPLOAD_OFFSET,
        Code.UPLOAD_BUSY,
        Code.UPLOAD_TOO_LARGE,
    ),
)
async def take_piece(request: web.Request) -> web.Response:
    """Put a piece at ``Upload-Offset``; it is on the disk when this answers.

    With ``Upload-Length`` it also says how long the file is; a piece may be empty for that.
    """
    recording, file = await _own_file(request)
    if request.content_type != _PIECE_TYPE:
        raise Refused(Code.UPLOAD_TYPE, right=_PIECE_TYPE)
    offset = _header(request, "Upload-Offset")
    length = file.length
    if length is None and "Upload-Length" in request.headers:
        length = _header(request, "Upload-Length")
    piece = await _read_piece(request)
    # As it is now: a piece may have been a minute on its way.
    _check_still(recording, live_fair(request).deadlines.now_ms())
    _check_fits(offset + len(piece), length)
    if offset == 0 and piece and not fits(file.media_type, piece):
        await _drop(request, file)
        raise Refused(Code.UPLOAD_TYPE, right=file.media_type)
    node = request.app[NODE]
    rows = node.ledger.recordings
    begun = await rows.of_fair(file.fair_id, recording_id=file.recording_id)
    await _check_size(node, begun, len(piece))
    end = await _append(request, file.file_id, offset, piece)
    if length is not None and (length != file.length or end == length):
        await rows.note_length(file.file_id, length, complete=end == length)
    return web.Response(status=204, headers={"Upload-Offset": str(end)})


@routes.delete(_FILE)
@contract(Act.RECORDING_UPLOAD, door=RECORDING_DOOR, status=204, refusals=_UPLOAD)
async def give_up_upload(request: web.Request) -> web.Response:
    """Give a file up and delete what has come of it."""
    _, file = await _own_file(request)
    await _drop(request, file)
    return web.Response(status=204)


async def _drop(request: web.Request, file: RecordingFile) -> None:
    node = request.app[NODE]
    await node.ledger.recordings.remove_file(file.file_id)
    await asyncio.to_thread(node.recordings.files.remove, file.file_id)


async def _uploader(request: web.Request) -> tuple[Principal, Recording]:
    """Find who sends, and the recording; it must have been on, and asked for by the same person.

    Raises ``Refused``: nobody else, browser or program, has anything to do with it.
    """
    recording_id = _recording_id(request)
    principal = principal_of(request)
    if request.headers.get("Tus-Resumable") != _TUS:
        raise Refused(Code.UPLOAD_VERSION, right=_TUS)
    recording = live_fair(request).feed.projection.recordings.get(recording_id)
    by = f"staff:{principal.subject_id}"
    if recording is None or not recording.was_on or recording.asked_by != by:
        raise Refused(Code.RECORDING_UNKNOWN)
    ledger = request.app[NODE].ledger
    if await ledger.recordings.is_gone(principal.fair_id, recording.recording_id):
        raise Refused(Code.UPLOAD_GONE)
    return principal, recording


def _check_still(recording: Recording, now: Millis, *, is_new: bool = False) -> None:
    """Let in what belongs to a recording that is on, or was when it was made.

    ``now`` is the fair's time, which nobody can turn. Raises ``Refused``: ``upload_busy`` while
    somebody who came in has not agreed, ``upload_gone`` once somebody has said no, or too late.
    """
    if recording.state is RecordingState.ON:
        return
    off_ms = now - recording.off_at
    was_said_no = recording.ended is not RecordingEnd.ENDED
    if off_ms <= (_GRACE_MS if was_said_no else _LATE_MS) and not (is_new and was_said_no):
        return
    paused = recording.state is RecordingState.ASKED
    raise Refused(Code.UPLOAD_BUSY if paused else Code.UPLOAD_GONE)


async def _own_file(request: web.Request) -> tuple[Recording, RecordingFile]:
    principal, recording = await _uploader(request)
    rows = request.app[NODE].ledger.recordings
    file_id = request.match_info["file_id"]
    file = await rows.find(principal.fair_id, recording.recording_id, file_id)
    if file is None:
        raise Refused(Code.RECORDING_UNKNOWN)
    return recording, file


def _recording_id(request: web.Request) -> RecordingId:
    try:
        return msgspec.convert(request.match_info["recording_id"], RecordingId)
    except msgspec.ValidationError:
        raise Refused(Code.RECORDING_UNKNOWN) from None


def _header(request: web.Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Refused(Code.MALFORMED, problem=f"the header {name} is no number of bytes")
    return int(text)


def _media_type(request: web.Request) -> str:
    """Read ``filetype`` of the metadata; what a recorder says behind ``;`` is left out."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        name, _, value = pair.strip().partition(" ")
        if name == "filetype":
            try:
                said = base64.b64decode(value, validate=True).decode("ascii")
            except (binascii.Error, UnicodeDecodeError):
                break
            if (media_type := said.partition(";")[0].strip().lower()) in _MEDIA_TYPES:
                return media_type
    raise Refused(Code.UPLOAD_TYPE, right=", ".join(_MEDIA_TYPES))


async def _read_piece(request: web.Request) -> bytes:
    if not request.can_read_body:
        return b""
    size = request.content_length
    if size is None or size > PIECE_BYTES:
        raise Refused(Code.UPLOAD_TOO_LARGE, limit=PIECE_BYTES)
    try:
        async with asyncio.timeout(_PIECE_S):
            piece = await request.content.readexactly(size)
    except (TimeoutError, asyncio.IncompleteReadError):
        raise Refused(Code.MALFORMED, problem="the piece did not come whole, in time") from None
    await admit_again(request)
    return piece


def _check_fits(end: int, length: int | None) -> None:
    if length is not None and end > length:
        raise Refused(Code.UPLOAD_TOO_LARGE, limit=length)


async def _check_size(node: Node, begun: list[RecordingFile], more: int) -> None:
    """Refuse what would make all files of a recording too large, or the disk full."""
    files = node.recordings.files

    def fits() -> bool:
        held = sum(files.size(file.file_id) for file in begun)
        return held + more <= node.settings.recordings.most_bytes and files.has_room(more)

    if not await asyncio.to_thread(fits):
        raise Refused(Code.UPLOAD_TOO_LARGE, limit=node.settings.recordings.most_bytes)


async def _append(request: web.Request, file_id: str, offset: int, piece: bytes) -> int:
    files = request.app[NODE].recordings.files
    try:
        return await asyncio.to_thread(files.append, file_id, offset, piece)
    except WrongOffset as wrong:
        raise Refused(Code.UPLOAD_OFFSET, offset=wrong.offset) from None
    except BlockingIOError:
        raise Refused(Code.UPLOAD_BUSY) from None
    except FileNotFoundError:
        raise Refused(Code.UPLOAD_GONE) from None


# --- fetching and deleting ----------------------------------------------------------------------


@routes.get("/api/fairs/{fair_id}/recordings")
@contract(Act.RECORDINGS, RecordingList, door=RECORDING_DOOR)
async def list_recordings(request: web.Request) -> web.Response:
    """List recordings: a booth its own, the organiser everybody's."""
    node, fair, permit = request.app[NODE], live_fair(request), request[PERMIT]
    found = await node.ledger.recordings.of_fair(fair.plan.fair_id, booth_id=permit.booth_id)
    people, size = fair.feed.projection.candidates, node.recordings.files.size
    facts = [
        RecordingFacts(
            recording_id=file.recording_id,
            file_id=file.file_id,
            ticket_id=file.ticket_id,
            booth_id=file.booth_id,
            number=people[file.candidate_id].number,
            media_type=file.media_type,
            size=await asyncio.to_thread(size, file.file_id),
            complete=file.completed_at is not None,
            created_at=file.created_at,
            expires_at=file.expires_at,
        )
        for file in found
        if file.candidate_id in people
    ]
    return json_response(RecordingList(recordings=facts))


@routes.get(_FILE, allow_head=False)
@contract(
    Act.RECORDINGS,
    door=RECORDING_DOOR,
    media=_MEDIA_TYPES,
    refusals=(Code.RECORDING_UNKNOWN,),
)
async def fetch_recording(request: web.Request) -> web.StreamResponse:
    """Give a file to the booth's staff or the organiser, and write down who took it along."""
    permit, node, asked = request[PERMIT], request.app[NODE], request.match_info
    principal = permit.principal
    file = await node.ledger.recordings.find(
        principal.fair_id, asked["recording_id"], asked["file_id"]
    )
    if file is None or permit.booth_id not in (None, file.booth_id):
        raise Refused(Code.RECORDING_UNKNOWN)
    by = f"staff:{principal.subject_id}"
    await node.ledger.disclosures.add(
        principal.fair_id,
        file.booth_id,
        by,
        Form.VIDEO,
        ["recording"],
        1,
        ticket_id=file.ticket_id,
        candidate_id=file.candidate_id,
    )
    ending = file.media_type.partition("/")[2].removeprefix("x-")
    return web.FileResponse(
        node.recordings.files.path(file.file_id),
        headers={
            "Content-Type": file.media_type,
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{file.recording_id}.{ending}"',
        },
    )


@routes.delete("/api/fairs/{fair_id}/recordings/{recording_id}")
@contract(
    Act.RECORDING_REMOVAL,
    door=RECORDING_DOOR,
    status=204,
    refusals=(Code.RECORDING_UNKNOWN,),
)
async def delete_recording(request: web.Request) -> web.Response:
    """Delete a recording for good: the person in it, the booth or the organiser.

    What has not come yet is not taken any more.
    """
    permit, node, fair = request[PERMIT], request.app[NODE], live_fair(request)
    projection = fair.feed.projection
    recording = projection.recordings.get(request.match_info["recording_id"])
    if recording is None or not recording.was_on:
        raise Refused(Code.RECORDING_UNKNOWN)
    if not permit.reaches(projection.tickets[recording.ticket_id]):
        raise Refused(Code.RECORDING_UNKNOWN)
    of = recording_of(fair.plan.fair_id, projection, recording.recording_id)
    await node.recordings.remove(of, permit.principal.by)
    return web.Response(status=204)
