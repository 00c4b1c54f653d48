"""Send recordings to the server by the tus protocol, over drops and restarts of this program.

Beside each file lies a note (``.json``) that says where it goes; both are deleted once the server
has all of it, or wants no more of it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from pathlib import Path
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec

from booth_client.backoff import Backoff

_TUS = "1.0.0"
#: Bytes of one piece; the server takes no larger ones.
_PIECE = 512 * 1024
#: Seconds for one request.
_REQUEST_S = 60.0
#: The server says not now, or that this end is behind: asked again after a while.
_AGAIN = frozenset({409, 423, 429, 500, 502, 503, 504})


class RecordingNote(msgspec.Struct, kw_only=True):
    """Where a file goes. ``place`` is its address once the server has given one."""

    fair_id: str
    recording_id: str
    media_type: str = "video/webm"
    place: str = ""


class UploadRefused(Exception):
    """The server wants nothing more of a recording; ``status`` is its HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server refused the recording ({status})")
        self.status = status


def note_of(file: Path) -> Path:
    """Tell where the note of a file is."""
    return file.with_suffix(file.suffix + ".json")


def leave_note(file: Path, note: RecordingNote) -> None:
    """Write down where a file goes, before anything is in it."""
    path = note_of(file)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.encode(note))
    fresh.replace(path)


def unsent(folder: Path) -> list[Path]:
    """List the files of a folder that were not sent whole, by this run or an earlier one."""
    return sorted(path.with_suffix("") for path in folder.glob("*.json"))


async def begin_recording(base_url: str, session_token: str, file: Path) -> None:
    """Have the server begin a file as soon as there is one: after a no it lets none begin.

    Tried once; ``send_recording`` begins what was not begun.
    """
    async with _session(base_url, session_token) as http:
        note = msgspec.json.decode(note_of(file).read_bytes(), type=RecordingNote)
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, _NotNow, UploadRefused):
            note.place = await _begin(http, note)
            leave_note(file, note)


async def send_recording(
    base_url: str, session_token: str, file: Path, *, backoff: Backoff | None = None
) -> None:
    """Send a whole file, however often the line drops, and delete it here.

    Raises ``UploadRefused`` when the server wants none of it, or no more: that file is deleted
    too when the recording was (410).
    """
    waits = backoff or Backoff()
    async with _session(base_url, session_token) as http:
        while True:
            try:
                await _send(http, file)
            except (aiohttp.ClientError, TimeoutError, _NotNow):
                await asyncio.sleep(waits.after_failure())
            except UploadRefused as refused:
                if refused.status == 410:
                    _forget(file)
                raise
            else:
                _forget(file)
                return


def _session(base_url: str, session_token: str) -> aiohttp.ClientSession:
    timeout = aiohttp.ClientTimeout(total=_REQUEST_S)
    headers = {"Authorization": f"Bearer {session_token}", "X-Fair": "1", "Tus-Resumable": _TUS}
    return aiohttp.ClientSession(base_url.rstrip("/") + "/", timeout=timeout, headers=headers)


class _NotNow(Exception):
    """The server is there and cannot take it at the moment."""


async def _send(http: aiohttp.ClientSession, file: Path) -> None:
    note = msgspec.json.decode(note_of(file).read_bytes(), type=RecordingNote)
    length = _length(file)
    if not note.place:
        note.place = await _begin(http, note)
        leave_note(file, note)
    offset = await _offset(http, note.place, length)
    with file.open("rb") as content:
        content.seek(offset)
        while offset < length:
            piece = content.read(_PIECE)
            told = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            if offset + len(piece) == length:
                told["Upload-Length"] = str(length)
            async with http.patch(
                note.place, data=piece, headers=told, allow_redirects=False
            ) as answer:
                _check(answer.status)
                offset = _offset_of(answer, length)


def _length(file: Path) -> int:
    return file.stat().st_size


async def _begin(http: aiohttp.ClientSession, note: RecordingNote) -> str:
    path = f"/api/fairs/{quote(note.fair_id)}/recordings/{quote(note.recording_id)}/files"
    kind = base64.b64encode(note.media_type.encode()).decode()
    told = {"Upload-Defer-Length": "1", "Upload-Metadata": f"filetype {kind}"}
    async with http.post(path, headers=told, allow_redirects=False) as answer:
        _check(answer.status)
        return _own_place(answer.headers.get("Location", ""))


def _own_place(place: str) -> str:
    """Give the path of a place on the own server; the session goes to no other.

    Raises ``_NotNow`` for any other.
    """
    parts = urlsplit(place)
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        raise _NotNow
    return place


async def _offset(http: aiohttp.ClientSession, place: str, length: int) -> int:
    async with http.head(_own_place(place), allow_redirects=False) as answer:
        _check(answer.status)
        return _offset_of(answer, length)


def _offset_of(answer: aiohttp.ClientResponse, length: int) -> int:
    """Read how much the server has; raises ``_NotNow`` for what cannot be."""
    told = answer.headers.get("Upload-Offset", "")
    if not told.isascii() or not told.isdecimal() or int(told[:20]) > length:
        raise _NotNow
    return int(told)


def _check(status: int) -> None:
    if status in _AGAIN or 300 <= status < 400:
        raise _NotNow
    if status >= 400:
        raise UploadRefused(status)


def _forget(file: Path) -> None:
    file.unlink(missing_ok=True)
    note_of(file).unlink(missing_ok=True)
