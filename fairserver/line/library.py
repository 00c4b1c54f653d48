"""Put the Lua transitions together into one library of functions.

The library is named after its own content, so two releases can run side by side on one store
during an upgrade, each with its own functions.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

#: Shared parts in the order in which they need each other.
_SHARED = (
    "context",
    "records",
    "profile",
    "recording",
    "guest",
    "line",
    "deck",
    "presence",
    "desk",
    "room",
    "issue",
)


class Library(NamedTuple):
    """The code to load, its name, and the prefix of its functions' names."""

    name: str
    code: str
    prefix: str


@cache
def build_library() -> Library:
    """Read the ``.lua`` files and join them: shared parts first, each transition in a block."""
    folder = files("fairserver.line") / "lua"
    shared = [(folder / "shared" / f"{name}.lua").read_text("utf-8") for name in _SHARED]
    paths = sorted((p for p in folder.iterdir() if p.name.endswith(".lua")), key=lambda p: p.name)
    transitions = [f"do\n{path.read_text('utf-8')}end\n" for path in paths]
    body = "\n".join([*shared, *transitions])
    prefix = "fs_" + hashlib.sha256(body.encode()).hexdigest()[:10]
    code = f"#!lua name={prefix}\n" + body.replace("PREFIX_", f"{prefix}_")
    return Library(prefix, code, prefix)


def transition_names() -> list[str]:
    """List the transitions by name, as ``Line.run`` takes them."""
    folder = files("fairserver.line") / "lua"
    return sorted(p.name.removesuffix(".lua") for p in folder.iterdir() if p.name.endswith(".lua"))
