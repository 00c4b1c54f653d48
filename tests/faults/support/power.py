"""A power cut: kill Valkey and throw away what it had not yet flushed to disk."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import TestValkey

_SOURCE = Path(__file__).with_name("fsync_log.c")


def build_shim(folder: Path) -> Path:
    """Compile the library that logs what has been flushed; skips the test without gcc."""
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("no gcc on this machine: power cuts cannot be tried")
    shim = folder / "fsync_log.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-o", str(shim), str(_SOURCE), "-ldl"],
        check=True,
    )
    return shim


class PowerCutValkey(TestValkey):
    """A Valkey whose machine may lose its power."""

    def __init__(self, folder: Path, appendfsync: str, shim: Path) -> None:
        self.log = folder / "fsync.log"
        super().__init__(folder, appendfsync, {"LD_PRELOAD": str(shim), "FSYNC_LOG": str(self.log)})

    def cut_power(self) -> int:
        """Kill it and cut its files back to what was flushed; give the bytes thrown away."""
        self.kill()
        flushed = self._flushed()
        lost = 0
        for file in (self.folder / "appendonlydir").glob("*.incr.aof"):
            size = file.stat().st_size
            safe = min(size, flushed.get(str(file.resolve()), 0))
            with file.open("r+b") as handle:
                handle.truncate(safe)
            lost += size - safe
        return lost

    def _flushed(self) -> dict[str, int]:
        """The size of each file at its last flush."""
        found: dict[str, int] = {}
        for line in self.log.read_text(encoding="utf-8").splitlines():
            size, _, path = line.partition(" ")
            found[path] = int(size)
        return found
