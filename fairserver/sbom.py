"""What this very installation is made of, as a CycloneDX list (a software bill of materials)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

from fairserver import __version__

#: What the pages borrow and send to browsers; the rest of ``static/vendor`` builds and checks it.
BORROWED: Final = (
    "@fontsource/be-vietnam-pro",
    "@preact/signals",
    "@preact/signals-core",
    "htm",
    "lucide-static",
    "preact",
)
#: Parts of ours that are listed where they are installed.
_EXTRAS: Final = frozenset({"postgres", "station"})

_REQUIRED = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?")
_OF_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")


def sbom_json(static: Path) -> str:
    """Write the list as indented JSON; ``static`` is the folder of the pages."""
    components = [*sorted(_packages(), key=lambda one: str(one["purl"])), *_borrowed(static)]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component("application", "fairserver", __version__, "pypi")},
        "components": components,
    }
    return json.dumps(document, indent=2) + "\n"


def _packages() -> Iterator[dict[str, Any]]:
    """Walk over every Python package that ours needs, directly or not, and that is installed."""
    todo, seen = [("fairserver", _EXTRAS)], {"fairserver"}
    while todo:
        name, extras = todo.pop()
        for needed, of in _needs(name, extras):
            if needed in seen:
                continue
            seen.add(needed)
            try:
                found = distribution(needed)
            except PackageNotFoundError:  # of another system, or of an extra that was left out
                continue
            about = found.metadata
            said = [about[key] for key in ("License-Expression", "License") if key in about]
            licence = said[0] if said else None
            yield _component("library", needed, found.version, "pypi", licence)
            todo.append((needed, of))


def _needs(name: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for line in distribution(name).requires or ():
        wanted, _, marker = line.partition(";")
        only_for = _OF_EXTRA.search(marker)
        found = _REQUIRED.match(wanted)
        if found is None or (only_for and only_for[1] not in extras):
            continue
        names = frozenset(one.strip() for one in (found[2] or "").split(",") if one.strip())
        yield re.sub(r"[-_.]+", "-", found[1]).lower(), names


def _borrowed(static: Path) -> Iterator[dict[str, Any]]:
    lock = json.loads((static / "vendor" / "package-lock.json").read_text(encoding="utf-8"))
    for name in BORROWED:
        found = lock["packages"][f"node_modules/{name}"]
        yield _component("library", name, found["version"], "npm", found.get("license"))


def _component(
    kind: str, name: str, version: str, registry: str, licence: str | None = None
) -> dict[str, Any]:
    purl = f"pkg:{registry}/{name.replace('@', '%40')}@{version}"
    said: dict[str, Any] = {"type": kind, "name": name, "version": version, "purl": purl}
    # Some packages put the whole text there: its first line names it.
    if named := (licence or "").strip().partition("\n")[0]:
        said["licenses"] = [{"license": {"name": named[:100]}}]
    return said
