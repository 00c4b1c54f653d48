"""A PostgreSQL that the ledger's tests start for themselves."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path


def _programs() -> Path | None:
    folders = [*Path("/usr/lib/postgresql").glob("*/bin")]
    if found := shutil.which("initdb"):
        folders.append(Path(found).parent)
    usable = [folder for folder in folders if (folder / "initdb").exists()]
    return usable[0] if usable and importlib.util.find_spec("asyncpg") else None


#: Folder of PostgreSQL's programs, or None when the tests on it are to be skipped.
PROGRAMS = _programs()


class Postgres:
    """A server in a folder of its own, reached by a unix socket only."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        # PostgreSQL refuses to run as root.
        self._user = "postgres" if os.getuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="fs-pg-"))
        self._data = self._folder / "data"
        self._numbers = count(1)

    def start(self) -> None:
        """Make the folder and start the server; nothing is synced, it lives for the tests."""
        if self._user:
            shutil.chown(self._folder, self._user, self._user)
        self._run(
            *("initdb", "-D", self._data, "-U", "fair", "-A", "trust", "--no-sync", "-E", "UTF8")
        )
        options = f"-k {self._folder} -c listen_addresses='' -c fsync=off"
        log = self._folder / "log"
        self._run("pg_ctl", "-D", self._data, "-l", log, "-o", options, "-w", "start")

    def stop(self) -> None:
        """Stop it and remove the folder."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder)

    def new_database(self) -> str:
        """Make an empty database and tell its address."""
        name = f"ledger{next(self._numbers)}"
        self._run("createdb", "-h", self._folder, "-U", "fair", name)
        return f"postgresql://fair@/{name}?host={self._folder}"

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            check=True,
            user=self._user,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )
