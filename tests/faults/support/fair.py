"""How large a fair under stress is, and its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fairserver.domain.states import BoothMode
from tests.fair_text import BoothText, write_fair


@dataclass(frozen=True, kw_only=True)
class FairShape:
    """How large a fair is, and by which rules it goes."""

    fair_id: str
    booths: int = 8
    #: Desks of each booth.
    desks: int = 3
    mode: BoothMode = BoothMode.ONSITE
    settings: dict[str, int] = field(default_factory=dict)

    @property
    def booth_ids(self) -> list[str]:
        """The booths, in the order of the file."""
        return [f"b{number}" for number in range(1, self.booths + 1)]

    def desk_ids(self, booth_id: str) -> list[str]:
        """The desks of one booth."""
        return [f"{booth_id}-{number}" for number in range(1, self.desks + 1)]


def write_shape(path: Path, shape: FairShape) -> Path:
    """Write a fair's file and give its path."""
    booths = [
        BoothText(booth_id, shape.mode.value, shape.desk_ids(booth_id))
        for booth_id in shape.booth_ids
    ]
    # The referee judges each call against the line alone; the deck has its own checker.
    return write_fair(path, shape.fair_id, {"deck_per_desk": 0, **shape.settings}, booths)
