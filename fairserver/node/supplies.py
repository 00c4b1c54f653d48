"""What a node lives on: the store's memory and the disk, watched before they run out.

A full disk would leave a server that cannot even say so. So a file of some megabytes is kept in the
data folder and given up when the disk is full: with that room the stores go on for a while, and the
control room is told.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from fairserver.domain.states import AlarmKind
from fairserver.line.store import memory_used

_log = logging.getLogger(__name__)

#: Seconds between two looks.
LOOK_S: Final = 5.0
#: The part of the store's memory from which on the control room is told.
MEMORY_NEARLY_FULL: Final = 0.8
#: Free bytes below which the reserve is given up: the next look may be seconds away.
LEAST_FREE: Final = 32 * 1024 * 1024
#: Free bytes below which the control room is told.
DISK_NEARLY_FULL: Final = 512 * 1024 * 1024
#: No room on the disk, none within the quota.
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

_Alarm = Callable[[AlarmKind, int], Awaitable[None]]


class Reserve:
    """A file of so many bytes that takes up room, beside the stores, until the disk is full."""

    def __init__(self, folder: Path, size: int) -> None:
        self.path = folder / "reserve"
        self._size = size

    def free(self) -> int:
        """Tell how many bytes are free on this disk."""
        return shutil.disk_usage(self.path.parent).free

    def keep(self) -> None:
        """Take up the room where there is plenty; raises ``OSError`` but for a full disk."""
        if not self._size or self.path.exists() or self.free() < LEAST_FREE + 2 * self._size:
            return
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            # Real blocks, no hole: a hole gives no room back.
            os.posix_fallocate(handle, 0, self._size)
        except OSError as error:
            self.path.unlink(missing_ok=True)
            if error.errno not in _FULL:
                raise
        finally:
            os.close(handle)

    def give_up(self) -> bool:
        """Give the room to the stores when there is hardly any; say whether that was done now."""
        if self.free() >= LEAST_FREE or not self.path.exists():
            return False
        self.path.unlink()
        return True

    def remove(self) -> None:
        """Give the room back: nobody serves any more."""
        self.path.unlink(missing_ok=True)


class Supplies:
    """Looks after the store's memory and, where the data lie here, the disk."""

    def __init__(self, store: Redis, reserve: Reserve, alarm: _Alarm) -> None:
        self._store = store
        self._reserve = reserve
        self._alarm = alarm

    async def run(self) -> None:
        """Look again and again, for ever; what cannot be seen now is looked at the next time."""
        try:
            await self._look_for_ever()
        finally:
            self._reserve.remove()

    async def _look_for_ever(self) -> None:
        while True:
            for look in (self.look_at_memory, self.look_at_disk):
                try:
                    await look()
                except (RedisError, OSError) as error:
                    _log.debug("cannot see what is left: %s", error)
            await asyncio.sleep(LOOK_S)

    async def look_at_memory(self) -> None:
        """Tell when the store's memory is nearly full; raises ``RedisError``."""
        used = await memory_used(self._store)
        if used >= MEMORY_NEARLY_FULL:
            percent = round(100 * used)
            _log.error(
                "the live store has %d %% of the memory that it may take: raise [store] memory_mb "
                "(or maxmemory) before newcomers are refused",
                percent,
            )
            await self._alarm(AlarmKind.STORE_FULL, percent)

    async def look_at_disk(self) -> None:
        """Keep the reserve, or give it up and tell; raises ``OSError``."""
        if await asyncio.to_thread(self._reserve.give_up):
            _log.critical(
                "the disk is full; the reserve %s was given up, so that the server goes on for a "
                "while: make room now",
                self._reserve.path,
            )
        free = await asyncio.to_thread(self._reserve.free)
        if free < DISK_NEARLY_FULL:
            _log.error("only %d MB of the disk are free: make room", free // (1024 * 1024))
            await self._alarm(AlarmKind.DISK_FULL, free // (1024 * 1024))
        else:
            await asyncio.to_thread(self._reserve.keep)
