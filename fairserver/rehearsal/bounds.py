"""The bounds of several seeds: worked out beside the rehearsals, and kept from one day to the next.

A bound depends on its scenario, its seed and the code that works it out, and on nothing else.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

import msgspec

from fairserver import __version__
from fairserver.rehearsal import bound, scenario
from fairserver.rehearsal.bound import Bound, upper_bound
from fairserver.rehearsal.scenario import Draws, Scenario

#: Processes that work bounds out while the rehearsal itself goes on.
_PROCESSES = 2
#: Up to so many person-quarters a bound is found faster than a process starts.
_SMALL = 5_000


def cache_folder() -> Path:
    """Name the folder for bounds inside the user's cache folder; it need not exist."""
    return (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fairserver" / "bounds"
    )


class BoundBook:
    """Bounds by seed, being worked out or known."""

    def __init__(self, scene: Scenario, pool: ProcessPoolExecutor | None) -> None:
        self._scenario = scene
        self._pool = pool
        self._futures: dict[int, Future[Bound]] = {}

    def order(self, seed: int) -> None:
        """Begin to work out the bound of a seed, unless it is known."""
        if self._pool is not None and _kept(self._scenario, seed) is None:
            self._futures[seed] = self._pool.submit(_work_out, self._scenario, seed)

    def get(self, seed: int) -> Bound:
        """Give the bound of a seed; waits until it is there."""
        found = _kept(self._scenario, seed)
        if found is not None:
            return found
        found = self._awaited(seed) or _work_out(self._scenario, seed)
        _keep(self._scenario, seed, found)
        return found

    def _awaited(self, seed: int) -> Bound | None:
        """Give what the other process found; None when it was not asked or was killed."""
        future = self._futures.get(seed)
        try:
            return None if future is None else future.result()
        except BrokenProcessPool:
            return None


@contextmanager
def bound_book(scene: Scenario) -> Iterator[BoundBook]:
    """Open the book for one scenario; big bounds are worked out in processes of their own."""
    if scene.people * scene.end_min / 15 <= _SMALL:
        yield BoundBook(scene, None)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_PROCESSES, mp_context=context) as pool:
        try:
            yield BoundBook(scene, pool)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _work_out(scene: Scenario, seed: int) -> Bound:
    return upper_bound(Draws(scene, seed))


def _path(scene: Scenario, seed: int) -> Path:
    key = hashlib.sha256(__version__.encode())
    for module in (bound, scenario):
        assert module.__file__ is not None
        key.update(Path(module.__file__).read_bytes())
    key.update(msgspec.json.encode((scene, seed)))
    return cache_folder() / f"{key.hexdigest()[:32]}.json"


def _kept(scene: Scenario, seed: int) -> Bound | None:
    """Read a kept bound; one that cannot be read is worked out anew."""
    try:
        return Bound(*msgspec.json.decode(_path(scene, seed).read_bytes(), type=list[float]))
    except (OSError, msgspec.DecodeError, TypeError):
        return None


def _keep(scene: Scenario, seed: int, found: Bound) -> None:
    """Keep a bound; a folder that cannot be written to costs only time."""
    path = _path(scene, seed)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_bytes(msgspec.json.encode(list(found)))
        draft.replace(path)
    except OSError:
        return
