"""``python -m tests.benchmarks [part …]``: measure and print; the parts are in the table."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.benchmarks.crowd import main as crowd
from tests.benchmarks.growth import main as growth
from tests.benchmarks.joins import main as joins
from tests.benchmarks.ladder import main as ladder
from tests.benchmarks.meter import processor_ticks
from tests.benchmarks.opening import main as opening
from tests.benchmarks.pictures import main as pictures
from tests.benchmarks.rings import main as rings
from tests.benchmarks.watchers import main as watchers

_PARTS: dict[str, Callable[[], None]] = {
    "joins": joins,
    "growth": growth,
    "watchers": watchers,
    "opening": opening,
    "rings": rings,
    "pictures": pictures,
    "ladder": ladder,
    "crowd": crowd,
}


#: Where more of the processors went elsewhere, figures say more of that than of what is measured.
_TAKEN_AWAY = 0.05


def _run(name: str) -> None:
    """Run a part, and say how much of the processors other machines had meanwhile."""
    before = processor_ticks()
    _PARTS[name]()
    gone, ticks = (after - then for after, then in zip(processor_ticks(), before, strict=True))
    if gone > _TAKEN_AWAY * ticks:
        print(f"  Other machines on this host took {gone / ticks:.0%} of the processors meanwhile.")


def main(names: list[str]) -> int:
    """Run the named parts, or all."""
    unknown = set(names) - _PARTS.keys()
    if unknown:
        print(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(_PARTS)}")
        return 2
    for name in names or _PARTS:
        _run(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
