"""What the readings of a call on a falling link amount to, phase by phase, each beside its bar."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Phase(NamedTuple):
    """So much of the link, for so long."""

    name: str
    kbit_s: int
    seconds: float


#: The call is a minute old when its link falls: what a browser remembers of a younger one is
#: the call's beginning.
PHASES = (
    Phase("2 Mbit/s", 2_000, 60),
    Phase("200 kbit/s", 200, 20),
    Phase("80 kbit/s", 80, 20),
    Phase("2 Mbit/s again", 2_000, 40),
)
#: Width of the picture that each end gets at its full size.
_FULL = {"phone": 640, "desk": 480}
#: A fall counts as settled after so many seconds; the whole phase is printed as well.
_SETTLED_S = 5.0
#: Sound that is later than this on a good link waits for a processor, not for the network.
_BUSY_MS = 150.0
#: The bars: (phase, figure) to the most that it may be.
_BARS = {
    (1, "freezes"): 0.0,
    (1, "sound delay, ms"): 100.0,
    (2, "sound concealed, %"): 2.0,
    (2, "sound delay, ms"): 250.0,
    (3, "full size after, s"): 30.0,
}


class Reading(NamedTuple):
    """What one end said at one time: ``into`` seconds into a phase."""

    phase: int
    into: float
    side: str
    figures: dict[str, float]


def _figures(readings: Sequence[Reading], settled: bool) -> dict[str, float]:
    """Sum up one end's phase."""
    kept = [r for r in readings if not settled or r.into >= _SETTLED_S]
    first, last = kept[0].figures, kept[-1].figures

    def grew(name: str) -> float:
        return last.get(name, 0) - first.get(name, 0)

    seconds = kept[-1].into - kept[0].into
    buffered_s = grew("audio.jitterBufferDelay") / max(1, grew("audio.jitterBufferEmittedCount"))
    trip_s = statistics.mean(r.figures["trip"] for r in kept[1:])
    samples = max(1, grew("audio.totalSamplesReceived"))
    return {
        "sound concealed, %": 100 * grew("audio.concealedSamples") / samples,
        "sound delay, ms": 1000 * (buffered_s + trip_s / 2),
        "freezes": grew("video.freezeCount"),
        "longest stand-still, ms": max(r.figures["longest"] for r in kept[1:]),
        "frames/s": grew("frames") / seconds,
        "width": last["width"],
    }


def full_size_after(readings: Sequence[Reading], side: str) -> float:
    """Seconds into the last phase until an end has the whole picture for good; else infinite."""
    back = [r for r in readings if r.phase == len(PHASES) - 1 and r.side == side]
    small = [r.into for r in back if r.figures["width"] < _FULL[side]]
    after = [r.into for r in back if not small or r.into > small[-1]]
    return after[0] if after else float("inf")


def _worse(readings: Sequence[Reading], phase: int, settled: bool) -> dict[str, float]:
    """The worse of both ends, figure by figure."""
    ends = [
        _figures([r for r in readings if r.phase == phase and r.side == side], settled)
        for side in _FULL
    ]
    less_is_worse = ("frames/s", "width")
    return {
        name: (min if name in less_is_worse else max)(end[name] for end in ends) for name in ends[0]
    }


def table(found: Mapping[str, Sequence[Reading]]) -> list[str]:
    """Lines of a table: every figure of each phase, ours, the browser's own, the bar."""
    lines = [f"  {'':44}{'ours':>10}{'own':>10}   bar    ours after {_SETTLED_S:.0f} s"]
    for phase, (name, _, _) in enumerate(PHASES):
        whole = {who: _worse(readings, phase, False) for who, readings in found.items()}
        later = _worse(found["ours"], phase, True)
        if phase == len(PHASES) - 1:
            for who, readings in found.items():
                longest = max(full_size_after(readings, side) for side in _FULL)
                whole[who]["full size after, s"] = longest
        for figure, ours in whole["ours"].items():
            bar = _BARS.get((phase, figure))
            said = "–" if bar is None else f"≤ {bar:g}"
            kept = f"{later[figure]:>10.4g}" if figure in later else ""
            lines.append(
                f"  {f'{name}: {figure}':44}{ours:>10.4g}{whole['bare'][figure]:>10.4g}"
                f"   {said:7}{kept}"
            )
    quiet = _worse(found["ours"], 0, True)
    if quiet["freezes"] or quiet["sound delay, ms"] > _BUSY_MS:
        lines.append(
            "  Freezes or late sound before the link fell: this machine was too busy, and the"
            " figures say more of it than of the link. Run it again when it is quiet."
        )
    return lines
