"""A figure beside its bar, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; ``bar`` is the most that it may be, None where it is only told."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    #: How it was come by, behind the figure.
    note: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the value is within its bar."""
        return self.bar is None or self.value <= self.bar


def show(title: str, figures: Sequence[Figure]) -> bool:
    """Print a table; tell whether every bar is kept."""
    print(f"\n{title}")
    for one in figures:
        bar = "" if one.bar is None else f"≤ {one.bar:g} {one.unit}"
        mark = "" if one.is_kept else "  OVER"
        value = f"{one.value:.1f} {one.unit}" if one.unit == "KB" else f"{one.value:.2f} {one.unit}"
        print(f"  {one.name:58}{value:>10}   {bar:10}{mark} {one.note}".rstrip())
    return all(one.is_kept for one in figures)
