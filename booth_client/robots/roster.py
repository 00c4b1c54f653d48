"""The file by which a crowd comes back as the same people after a restart."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec


class StaffDesks(msgspec.Struct, frozen=True, kw_only=True):
    """One recruiter's invitation: the token of the link and the desks to open with it."""

    token: str
    booth_id: str
    desk_ids: list[str]


class StaffTokens(msgspec.Struct, frozen=True, kw_only=True):
    """The file of ``--staff-tokens``."""

    desks: list[StaffDesks]


def load_staff(path: Path) -> list[StaffDesks]:
    """Read the recruiters' tokens; raises ``ValueError`` naming the file and what is wrong."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=StaffTokens).desks
    except msgspec.DecodeError as wrong:
        raise ValueError(f"{path}: {wrong}") from wrong


class Roster(msgspec.Struct, kw_only=True):
    """Session tokens of the candidates who are at the fair, by seat.

    They are secrets of invented people; the file is readable by its owner only.
    """

    fair_id: str
    seats: dict[str, str] = {}


def load_roster(path: Path | None, fair_id: str) -> Roster:
    """Read the roster of a fair; an empty one when there is none, or only another fair's."""
    if path is not None and path.exists():
        try:
            roster = msgspec.json.decode(path.read_bytes(), type=Roster)
        except msgspec.DecodeError:
            # Cut short by a crash: the people in it cannot be brought back.
            return Roster(fair_id=fair_id)
        if roster.fair_id == fair_id:
            return roster
    return Roster(fair_id=fair_id)


def save_roster(path: Path | None, roster: Roster) -> None:
    """Write the roster in one step, so that a crash leaves the old or the new one."""
    if path is None:
        return
    draft = path.with_suffix(path.suffix + ".part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(roster))
    draft.replace(path)
