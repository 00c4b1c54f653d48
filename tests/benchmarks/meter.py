"""Take turns between ours and a bare peer, count processor time, and show what came of it."""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
#: Characters of the longest bar.
_BAR = 40
#: Where the figures of the last run are kept, by part; not under version control.
RESULTS = Path(__file__).parent / "results"


@dataclass(slots=True)
class Series:
    """One figure of ours beside a bare peer's, measured in turn in one run.

    ``bar`` is the ratio that ours should stay below (or above, where ``more_is_better``).
    """

    name: str
    unit: str
    #: What the bare peer is.
    peer: str
    more_is_better: bool = False
    bar: float | None = None
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Ours over the bare peer's, both medians."""
        return statistics.median(self.ours) / statistics.median(self.bare)


def processor_s(pid: int) -> float:
    """Seconds of processor time that a process and all its threads have used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_kib(pid: int) -> int:
    """Memory that a process holds now, KiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:", 1)[1].split(maxsplit=1)[0])


def processor_ticks() -> tuple[int, int]:
    """Ticks of all processors that went to other machines on the same host, and all there were.

    Both are sums since this machine started (``/proc/stat``: the eighth figure is ``steal``).
    """
    with Path("/proc/stat").open(encoding="ascii") as stat:
        ticks = [int(figure) for figure in stat.readline().split()[1:9]]
    return ticks[7], sum(ticks)


def show(part: str, series: Sequence[Series]) -> None:
    """Print a table and drawn bars, and keep the figures."""
    print(f"\n{part}")
    print(f"  {'':44}{'ours':>10}{'bare':>10}{'ratio':>8}   bar   rounds (min – max of the ratio)")
    for one in series:
        print(_row(one))
    print()
    for one in series:
        print(_bars(one))
    sys.stdout.flush()
    _keep(part, series)


def _row(one: Series) -> str:
    each = [o / b for o, b in zip(one.ours, one.bare, strict=False)]
    bar = "–" if one.bar is None else f"{'≥' if one.more_is_better else '≤'} {one.bar:g}"
    return (
        f"  {one.name + ', ' + one.unit:44}{statistics.median(one.ours):>10.4g}"
        f"{statistics.median(one.bare):>10.4g}{one.ratio:>8.2f}   {bar:5} "
        f"{len(one.ours)} ({min(each):.2f} – {max(each):.2f})"
    )


def _bars(one: Series) -> str:
    ours, bare = statistics.median(one.ours), statistics.median(one.bare)
    unit = _BAR / max(ours, bare)
    lines = [f"  {one.name}"]
    for label, value in (("ours", ours), (one.peer, bare)):
        lines.append(f"    {label:32} {'█' * max(1, round(value * unit))} {value:.4g} {one.unit}")
    return "\n".join(lines)


def _keep(part: str, series: Sequence[Series]) -> None:
    RESULTS.mkdir(exist_ok=True)
    name = part.split(":", 1)[0].lower().replace(" ", "-")
    figures = [{**asdict(one), "ratio": one.ratio} for one in series]
    (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
