"""``python -m tests.benchmarks [part …]``: measure and print; the parts are in the table."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.benchmarks.crowd import main as crowd
from tests.benchmarks.growth import main as growth
from tests.benchmarks.joins import main as joins
from tests.benchmarks.ladder import main as ladder
from tests.benchmarks.pictures import main as pictures
from tests.benchmarks.rings import main as rings
from tests.benchmarks.watchers import main as watchers

_PARTS: dict[str, Callable[[], None]] = {
    "joins": joins,
    "growth": growth,
    "watchers": watchers,
    "rings": rings,
    "pictures": pictures,
    "ladder": ladder,
    "crowd": crowd,
}


def main(names: list[str]) -> int:
    """Run the named parts, or all."""
    unknown = set(names) - _PARTS.keys()
    if unknown:
        print(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(_PARTS)}")
        return 2
    for name in names or _PARTS:
        _PARTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
