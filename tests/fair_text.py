"""The file of a fair for tests, of any size, as an organiser would write it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

_HEAD = """\
fair_id = "{fair_id}"
name = {{ vi = "Phiên thử", en = "A fair for tests" }}
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
desks = [{desks}]
[booths.employer]
name = "Bàn tư vấn {number}"
contact = {{ full_name = "Người Liên Hệ", phone = "0912345678" }}
"""


class BoothText(NamedTuple):
    """One booth: its id, its mode as the file spells it, and the ids of its desks."""

    booth_id: str
    mode: str
    desk_ids: list[str]


def write_fair(
    path: Path, fair_id: str, settings: Mapping[str, int], booths: Iterable[BoothText]
) -> Path:
    """Write a fair's file and give its path."""
    lines = "\n".join(f"{key} = {value}" for key, value in settings.items())
    parts = [_HEAD.format(fair_id=fair_id, settings=lines)]
    for number, (booth_id, mode, desk_ids) in enumerate(booths, 1):
        desks = ", ".join(
            f'{{ desk_id = "{desk_id}", label = "Bàn {n}" }}'
            for n, desk_id in enumerate(desk_ids, 1)
        )
        parts.append(_BOOTH.format(booth_id=booth_id, number=number, mode=mode, desks=desks))
    path.write_text("".join(parts), encoding="utf-8")
    return path
