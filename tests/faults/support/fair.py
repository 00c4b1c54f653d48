"""Write the file of a fair of any size, as an organiser would."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fairserver.domain.states import BoothMode

_HEAD = """\
fair_id = "{fair_id}"
name = {{ vi = "Phiên thử sức chịu đựng", en = "A fair under stress" }}
report_kind = "dinh_ky"
province_code = "80"
date = 2026-11-25
starts = "07:30"
ends = "11:30"
place = "Phường Long An, tỉnh Tây Ninh"

[facets]
modalities = ["on_site", "online"]

[centre]
name = {{ vi = "Trung tâm Dịch vụ việc làm tỉnh Tây Ninh" }}

[settings]
{settings}

[[sites]]
site_id = "trung-tam"
name = {{ vi = "Sàn giao dịch Trung tâm" }}
role = "host"
place = "Phường Long An"
province_code = "80"
"""

_BOOTH = """
[[booths]]
booth_id = "{booth_id}"
number = "{number}"
kind = "advice"
mode = "{mode}"
site_id = "trung-tam"
employer = {{ name = "Bàn tư vấn {number}" }}
desks = [{desks}]
"""


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


def write_fair(path: Path, shape: FairShape) -> Path:
    """Write a fair's file and give its path."""
    # The referee judges each call against the line alone; the deck has its own checker.
    chosen = {"deck_per_desk": 0, **shape.settings}
    settings = "\n".join(f"{key} = {value}" for key, value in chosen.items())
    parts = [_HEAD.format(fair_id=shape.fair_id, settings=settings)]
    for number, booth_id in enumerate(shape.booth_ids, 1):
        desks = ", ".join(
            f'{{ desk_id = "{desk_id}", label = "Bàn {desk_id}" }}'
            for desk_id in shape.desk_ids(booth_id)
        )
        parts.append(
            _BOOTH.format(booth_id=booth_id, number=number, mode=shape.mode.value, desks=desks)
        )
    path.write_text("".join(parts), encoding="utf-8")
    return path
