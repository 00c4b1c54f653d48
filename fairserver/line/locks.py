"""Locks on files: taken as long as a process lives, given free by its end, however it ends.

A child that inherits the open file holds the lock with its parent, and after it.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO


def open_lock(path: Path) -> int:
    """Open a lock's file, making it when it is not there; the caller closes it."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(file: int | IO[str]) -> bool:
    """Take the lock of an open file; answers false when another process has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_locked(path: Path) -> bool:
    """Tell whether a living process holds the lock."""
    file = open_lock(path)
    try:
        return not try_lock(file)
    finally:
        os.close(file)
