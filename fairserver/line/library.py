"""Put the Lua transitions together into one library of functions.

The library is named after its own content, so two releases can run side by side on one store
during an upgrade, each with its own functions.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from fairserver.domain.settings import FairSettings
from fairserver.protocol.events import VERSION

#: Shared parts in the order in which they need each other.
_SHARED = (
    "undo",
    "clock",
    "context",
    "records",
    "profile",
    "recording",
    "guest",
    "doubt",
    "line",
    "missed",
    "deck",
    "presence",
    "desk",
    "room",
    "issue",
    "plan",
)


class Library(NamedTuple):
    """The code to load, its name, and the prefix of its functions' names."""

    name: str
    code: str
    prefix: str


@cache
def build_library() -> Library:
    """Read the ``.lua`` files and join them: shared parts first, each transition in a block.

    They know the defaults of a fair's settings, for a store that lacks one.
    """
    folder = files("fairserver.line") / "lua"
    shared = [(folder / "shared" / f"{name}.lua").read_text("utf-8") for name in _SHARED]
    paths = sorted((p for p in folder.iterdir() if p.name.endswith(".lua")), key=lambda p: p.name)
    transitions = [f"do\n{path.read_text('utf-8')}end\n" for path in paths]
    body = "\n".join([*shared, *transitions]).replace("DEFAULT_SETTINGS", _default_settings())
    body = body.replace("EVENTS_VERSION", str(VERSION))
    prefix = "fs_" + hashlib.sha256(body.encode()).hexdigest()[:10]
    code = f"#!lua name={prefix}\n" + body.replace("PREFIX_", f"{prefix}_")
    return Library(prefix, code, prefix)


def _default_settings() -> str:
    """Write the defaults of a fair's settings as a Lua table: numbers, and true or false."""
    values = msgspec.structs.asdict(FairSettings())
    fields = [f"{name} = {msgspec.json.encode(value).decode()}" for name, value in values.items()]
    return "{ " + ", ".join(fields) + " }"


def transition_names() -> list[str]:
    """List the transitions by name, as ``Line.run`` takes them."""
    folder = files("fairserver.line") / "lua"
    return sorted(p.name.removesuffix(".lua") for p in folder.iterdir() if p.name.endswith(".lua"))
