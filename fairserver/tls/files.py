"""Files with private keys: whole or not there at all, and for their owner only."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

#: What may be allowed to nobody but the owner.
_OTHERS = 0o077


def replace_private(path: Path, content: bytes) -> None:
    """Write a file for the owner only; whoever reads ``path`` finds the old one or the new."""
    with _written(path, content) as new:
        new.replace(path)


def keep_first(path: Path, content: bytes) -> bool:
    """Write a file for the owner only, unless there is one; say whether it was written.

    Of two that do so at the same time one is first, and the other leaves that one alone.
    """
    with _written(path, content) as new:
        try:
            path.hardlink_to(new)
        except FileExistsError:
            return False
    return True


def open_to_others(path: Path) -> str | None:
    """Give the mode, such as ``0644``, of a file that others may use; None when none may."""
    mode = stat.S_IMODE(path.stat().st_mode)
    return f"{mode:04o}" if mode & _OTHERS else None


@contextlib.contextmanager
def _written(path: Path, content: bytes) -> Iterator[Path]:
    """Write a file beside ``path``, down to the disk; gone at the end unless it was moved."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield new
    finally:
        new.unlink(missing_ok=True)
