"""The bytes of recordings: one file each, in a folder that only the server can read.

A file's length is how much was taken in: what has been acknowledged is on the disk.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Collection
from pathlib import Path

#: Bytes that the disk keeps free for the rest of the server.
_KEPT_FREE = 1024**3


class WrongOffset(Exception):
    """A piece begins elsewhere than at the end of what is there; ``offset`` is that end."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class RecordingFiles:
    """The folder of recordings; its methods block, for a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, file_id: str) -> Path:
        """Tell where a file is, or would be; raises ``ValueError`` for an id that is a path."""
        if not file_id.isalnum():
            raise ValueError(f"{file_id!r} is no id of a file")
        return self.folder / file_id

    def create(self, file_id: str) -> None:
        """Make an empty file."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        os.close(os.open(self.path(file_id), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    def size(self, file_id: str) -> int:
        """Count the bytes taken in; 0 for a file that is not there."""
        try:
            return self.path(file_id).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, file_id: str, offset: int, piece: bytes) -> int:
        """Put a piece behind what is there, on the disk before this returns; give the new end.

        Raises ``WrongOffset``, ``BlockingIOError`` while another piece is being written, or
        ``FileNotFoundError``.
        """
        handle = os.open(self.path(file_id), os.O_WRONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            end = os.fstat(handle).st_size
            if offset != end:
                raise WrongOffset(end)
            rest = memoryview(piece)
            while rest:
                written = os.pwrite(handle, rest, end)
                end, rest = end + written, rest[written:]
            os.fsync(handle)
            return end
        finally:
            os.close(handle)

    def remove(self, file_id: str) -> None:
        """Delete a file; nothing happens when it is not there."""
        self.path(file_id).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """List what is in the folder."""
        return [one.name for one in self.folder.iterdir()] if self.folder.is_dir() else []

    def keep_only(self, file_ids: Collection[str], among: Collection[str]) -> int:
        """Delete those of ``among`` that are not in ``file_ids``; count them."""
        gone = [name for name in among if name not in file_ids]
        for name in gone:
            (self.folder / name).unlink(missing_ok=True)
        return len(gone)

    def has_room(self, size: int) -> bool:
        """Tell whether the disk can take so many bytes and still have some for the server."""
        folder = self.folder if self.folder.is_dir() else self.folder.parent
        return shutil.disk_usage(folder).free - size > _KEPT_FREE
