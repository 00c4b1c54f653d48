"""Growth: what one join and one call cost the live store as a line gets longer.

The store's own count of its time per function call is read (``INFO commandstats``), so neither
Python nor the socket is in it; what is printed is the growth, not the microseconds.
"""

from __future__ import annotations

import statistics
import sys
import time

import msgspec
from redis import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode
from fairserver.events.projection import Projection
from fairserver.line.keys import prefix, stream_key
from fairserver.line.library import build_library
from fairserver.protocol.events import BoothPlan, decode_event
from fairserver.rehearsal.run import scratch_store

_LENGTHS = (100, 1_000, 10_000)
_SAMPLES = 100
#: 50,000 tickets: so many people in so many lines each.
_PEOPLE, _LINES = 12_500, 4
_PIPE = 500


class _Fair:
    """One fair on a bare store, driven without waiting for answers where none is needed."""

    def __init__(self, store: Redis, fair_id: str, booths: int) -> None:
        self.store = store
        self.fair_id = fair_id
        self._library = build_library()
        store.execute_command("FUNCTION", "LOAD", "REPLACE", self._library.code)
        plans = [
            BoothPlan(booth_id=f"b{n}", mode=BoothMode.ONSITE, minutes=8, desks=[f"b{n}-1"])
            for n in range(booths)
        ]
        settings = FairSettings(join_limit=10, presence_s=3600, deck_per_desk=0)
        self.run(
            "load_fair",
            digest=fair_id,
            ends_at=0,
            settings_json=msgspec.json.encode(settings).decode(),
            booths_json=msgspec.json.encode(plans).decode(),
        )
        self.run("open_fair")

    def command(self, transition: str, **args: object) -> tuple[object, ...]:
        """Make the call of one transition."""
        name = f"{self._library.prefix}_{transition}"
        encoded = msgspec.json.encode(args)
        return ("FCALL", name, 1, prefix(self.fair_id), "system", "", "", "", "*", encoded)

    def run(self, transition: str, **args: object) -> dict[str, object]:
        """Carry out one transition."""
        answer = msgspec.json.decode(self.store.execute_command(*self.command(transition, **args)))
        assert "error" not in answer, answer
        found: dict[str, object] = answer.get("result", {})
        return found

    def run_all(self, commands: list[tuple[object, ...]]) -> None:
        """Carry out many in pipelines."""
        for start in range(0, len(commands), _PIPE):
            pipe = self.store.pipeline(transaction=False)
            for command in commands[start : start + _PIPE]:
                pipe.execute_command(*command)
            pipe.execute()

    def fill(self, people: int, lines: int) -> None:
        """Let people register, be present and join."""
        names = [f"c{n:05d}" for n in range(people)]
        self.run_all([self.command("register", candidate_id=c, head_start_ms=0) for c in names])
        for start in range(0, people, _PIPE):
            self.run("seen", candidate_ids=names[start : start + _PIPE])
        self.run_all(
            [
                self.command("join", candidate_id=c, booth_id=f"b{line}")
                for c in names
                for line in range(lines)
            ]
        )

    def cost_us(self, transition: str, **args: object) -> float:
        """Carry one out and give the store's own microseconds for it."""
        self.store.config_resetstat()
        self.run(transition, **args)
        stats = self.store.info("commandstats")["cmdstat_fcall"]
        return float(stats["usec"]) / int(stats["calls"])


def _join_and_call(store: Redis, length: int) -> tuple[float, float]:
    """Give the median cost of one join and one call at a line of that length."""
    fair = _Fair(store, f"growth-{length}", 1)
    fair.fill(length, 1)
    joins = []
    for n in range(_SAMPLES):
        fair.run("register", candidate_id=f"x{n}", head_start_ms=0)
        joins.append(fair.cost_us("join", candidate_id=f"x{n}", booth_id="b0"))
    fair.run("open_desk", desk_id="b0-1")
    calls = []
    for _ in range(_SAMPLES):
        ticket_id = _at_desk(store, fair)
        fair.run("start", ticket_id=ticket_id)
        fair.run("finish", ticket_id=ticket_id, outcome="pending")
        calls.append(fair.cost_us("call_next", desk_id="b0-1"))
    return statistics.median(joins), statistics.median(calls)


def _at_desk(store: Redis, fair: _Fair) -> str:
    raw = store.hget(f"{prefix(fair.fair_id)}:desk:b0-1", "ticket_id")
    assert isinstance(raw, bytes)
    return raw.decode()


def _many_tickets(store: Redis) -> None:
    """Put 50,000 tickets into one fair; print what they take and how fast they are read."""
    before = int(store.info("memory")["used_memory"])
    started = time.perf_counter()
    fair = _Fair(store, "many", _LINES)
    fair.fill(_PEOPLE, _LINES)
    filled = time.perf_counter() - started
    held = int(store.info("memory")["used_memory"]) - before
    started = time.perf_counter()
    projection = Projection(fair.fair_id)
    for _, fields in store.xrange(stream_key(fair.fair_id)):
        projection.apply(decode_event(fields[b"e"]))
    folded = time.perf_counter() - started
    tickets = len(projection.tickets)
    assert tickets == _PEOPLE * _LINES
    print(f"  {tickets:,} tickets of {_PEOPLE:,} people in one fair: {held / tickets:,.0f} bytes")
    print(f"  a ticket in the store, events included; joined in {filled:.1f} s, read back by a")
    print(f"  starting node in {folded:.1f} s (this machine, this run)")


def main() -> None:
    """Measure and print."""
    print("\nGrowth: one join and one call as the line gets longer (the store's own time)")
    with scratch_store() as store:
        rows = [(length, *_join_and_call(store, length)) for length in _LENGTHS]
        _, join, call = rows[0]
        print(f"  {'people in line':>16}{'join':>12}{'over 100':>10}{'call':>12}{'over 100':>10}")
        for length, join_us, call_us in rows:
            growths = f"{join_us / join:>10.2f}{call_us:>9.0f} µs{call_us / call:>10.2f}"
            print(f"  {length:>16,}{join_us:>9.0f} µs{growths}")
        for length, join_us, call_us in rows:
            print(f"    {length:>7,}  join {'█' * round(join_us / join * 10)}")
            print(f"    {'':>7}  call {'█' * round(call_us / call * 10)}")
        store.flushall()
        _many_tickets(store)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
