"""The stage of a rehearsal: the live store's own functions, one virtual clock, one reader.

Every step is one round trip: the transition and the events it made come back together.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import Any

import msgspec
from redis import Redis

from fairserver.domain.settings import FairSettings
from fairserver.events.projection import Projection
from fairserver.line.keys import prefix, stream_key
from fairserver.line.library import build_library
from fairserver.protocol.errors import Code
from fairserver.protocol.events import AnyEvent, BoothPlan, decode_event

_encode = msgspec.json.Encoder().encode


class _Answer(msgspec.Struct):
    seq: int
    result: dict[str, Any] = {}
    error: Code | None = None


_decode_answer = msgspec.json.Decoder(_Answer).decode


class Stage:
    """One fair in virtual time. ``now`` is ms since the fair's opening."""

    def __init__(self, store: Redis, fair_id: str) -> None:
        self.now = 0
        self.projection = Projection(fair_id)
        #: Called with every event, after the projection has taken it in.
        self.listener: Callable[[AnyEvent], None] = lambda _: None
        self._store = store
        self._prefix = prefix(fair_id)
        self._stream = stream_key(fair_id)
        self._library = build_library()
        #: What will happen: (time, order of planning, what to do).
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._due_at: int | None = None
        store.execute_command("FUNCTION", "LOAD", "REPLACE", self._library.code)

    def load(self, settings: FairSettings, booths: list[BoothPlan], ends_at: int) -> None:
        """Put the fair on the stage and open it at time 0."""
        self.run(
            "load_fair",
            digest="rehearsal",
            clock=0,
            ends_at=ends_at,
            settings_json=_encode(settings).decode(),
            booths_json=_encode(booths).decode(),
        )
        self.run("open_fair")

    def at(self, when: int, act: Callable[[], None]) -> None:
        """Plan something for a time, not before now."""
        heapq.heappush(self._agenda, (max(when, self.now), next(self._count), act))

    def run(self, transition: str, by: str = "system", **args: Any) -> _Answer:
        """Carry out one transition now; the events it made are applied before it returns."""
        pipeline = self._store.pipeline(transaction=False)
        name = f"{self._library.prefix}_{transition}"
        pipeline.execute_command(
            "FCALL", name, 1, self._prefix, by, "", "", "", "*", _encode(args), self.now
        )
        pipeline.execute_command("XRANGE", self._stream, f"({self.projection.seq}-0", "+")
        raw, entries = pipeline.execute()
        for _, fields in entries:
            event = decode_event(fields[b"e"] if isinstance(fields, dict) else fields[1])
            self.projection.apply(event)
            self.listener(event)
        self.projection.take_touched()
        return _decode_answer(raw)

    def play(self, until: int, progress: Callable[[int], None]) -> None:
        """Let time pass: do what is planned and what falls due, in the order of time."""
        self._ask_due()
        while True:
            planned = self._agenda[0][0] if self._agenda else until + 1
            due = until + 1 if self._due_at is None else self._due_at
            nearest = min(planned, due)
            if nearest > until:
                break
            self.now = nearest
            progress(nearest)
            if due <= planned:
                self._ask_due()
            else:
                heapq.heappop(self._agenda)[2]()
        self.now = until

    def _ask_due(self) -> None:
        answer = self.run("fire_due", limit=200)
        due_in = answer.result.get("due_in_ms")
        self._due_at = None if due_in is None else self.now + int(due_in)

    def deadline_set(self, at: int) -> None:
        """Hear of a deadline that may come before the next known one."""
        if self._due_at is None or at < self._due_at:
            self._due_at = at
