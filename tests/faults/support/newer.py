"""A release newer than this one: a copy of the tree that tells more, and knows one more setting."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.faults.support.nodes import ROOT

#: What it writes that this release does not know: a kind of event, a field, a setting.
KIND, FIELD, SETTING = "desk_lit", "glow", "brightness"

#: By file what is put in the place of what.
_CHANGES = {
    "protocol/events.py": [
        ('tag="ticket_called"):', 'tag="ticket_called"):\n    glow: int = 0\n'),
        (
            "\n#: Every event that is written.\nKnownEvent = (\n    FairLoaded\n",
            '\nclass DeskLit(Event, frozen=True, kw_only=True, tag="desk_lit"):\n'
            "    ticket_id: str\n\n\n"
            "KnownEvent = (\n    FairLoaded\n    | DeskLit\n",
        ),
    ],
    "events/fold/fairs.py": [
        ("    ev.FairLoaded:", "    ev.DeskLit: lambda *_: None,\n    ev.FairLoaded:"),
    ],
    "domain/settings.py": [("    recording: bool", "    brightness: int = 5\n    recording: bool")],
    "line/lua/shared/line.lua": [
        (
            "  ctx:emit('ticket_called', { ",
            "  ctx:emit('desk_lit', { ticket_id = ticket_id })\n"
            "  ctx:emit('ticket_called', { glow = 7, ",
        ),
    ],
}  # fmt: skip


def make_newer(folder: Path) -> Path:
    """Make the copy and give where it lies; raises ``ValueError`` where the tree has moved on."""
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "fairserver", folder / "fairserver", ignore=leave)
    for name in ("booth_client", "static", "tests", "config"):
        (folder / name).symlink_to(ROOT / name)
    for name, changes in _CHANGES.items():
        path = folder / "fairserver" / name
        text = path.read_text("utf-8")
        for old, new in changes:
            if text.count(old) != 1:
                raise ValueError(f"{name} has no single place for {new!r}")
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    return folder
