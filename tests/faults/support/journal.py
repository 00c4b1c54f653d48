"""The acknowledged commands of a run, and the proof that each is in the event stream."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import msgspec

from fairserver.protocol.answers import Ok
from fairserver.protocol.commands import Command

Record = dict[str, Any]


class Acknowledged(NamedTuple):
    """One command and the answer that said it was carried out."""

    command: Record
    ok: Ok


#: By command: the events of which one must be there, and the fields that must agree.
_EFFECTS: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "join": (frozenset({"ticket_issued"}), ("ticket_id", "booth_id")),
    "leave": (frozenset({"ticket_left"}), ("ticket_id",)),
    "accept": (frozenset({"ticket_accepted"}), ("ticket_id",)),
    "more_time": (frozenset({"call_extended"}), ("ticket_id",)),
    "open_desk": (frozenset({"desk_changed"}), ("desk_id",)),
    "call_next": (frozenset({"desk_changed"}), ("desk_id",)),
    "pause_desk": (frozenset({"desk_changed"}), ("desk_id",)),
    "close_desk": (frozenset({"desk_changed"}), ("desk_id",)),
    "mark_missed": (
        frozenset({"ticket_missed", "ticket_no_show", "ticket_closed"}),
        ("ticket_id",),
    ),
    "start": (frozenset({"interview_started"}), ("ticket_id",)),
    "finish": (frozenset({"interview_finished"}), ("ticket_id", "outcome")),
    "record_outcome": (frozenset({"outcome_recorded"}), ("ticket_id", "outcome")),
    # A repeat is told the epoch of now, which the other end may have begun.
    "enter_room": (frozenset({"room_entered"}), ("ticket_id", "peer")),
    "report_room": (
        frozenset({"room_connected", "room_lost", "room_left"}),
        ("ticket_id", "epoch"),
    ),
    "open_fair": (frozenset({"fair_state_changed"}), ()),
    "pause_fair": (frozenset({"fair_state_changed"}), ()),
    "close_fair": (frozenset({"fair_state_changed"}), ()),
}
#: Asked for again, these change nothing: the event is then an earlier one.
_REPEATABLE = frozenset(
    {"open_desk", "call_next", "pause_desk", "close_desk", "report_room", "enter_room"}
)


class Journal:
    """What was acknowledged, what was refused, and to how many."""

    def __init__(self) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.refused: Counter[str] = Counter()

    def note(self, command: Command | Record, ok: Ok) -> None:
        """Take note of an acknowledged command."""
        record = command if isinstance(command, dict) else msgspec.to_builtins(command)
        self.acknowledged.append(Acknowledged(record, ok))

    def counts(self) -> Counter[str]:
        """Count the acknowledged commands by type."""
        return Counter(str(entry.command["type"]) for entry in self.acknowledged)

    def missing(self, events: list[Record]) -> list[Acknowledged]:
        """List the acknowledged commands whose effect is not in the stream.

        ``events`` is the whole stream, so that the event with number n is the n-th.
        """
        return [
            entry
            for entry in self.acknowledged
            if entry.command["type"] in _EFFECTS and not _is_there(entry, events)
        ]


def _is_there(entry: Acknowledged, events: list[Record]) -> bool:
    """Look back from the event that was the newest when the command was carried out."""
    kinds, fields = _EFFECTS[str(entry.command["type"])]
    wanted = {name: value for name, value in _said(entry).items() if name in fields}
    if entry.ok.seq > len(events):
        return False
    last, own_step = events[entry.ok.seq - 1], True
    for index in range(entry.ok.seq - 1, -1, -1):
        event = events[index]
        own_step = own_step and _same_step(event, last)
        if not own_step and entry.command["type"] not in _REPEATABLE:
            return False
        if event["event"] in kinds and wanted.items() <= event.items():
            return True
    return False


def _said(entry: Acknowledged) -> Record:
    """What command and answer together say about the effect."""
    return {**entry.command, **entry.ok.result}


def _same_step(event: Record, last: Record) -> bool:
    """Whether two events may come from one transition, which has one author and one time."""
    return bool(event["by"] == last["by"] and event["at"] == last["at"])
