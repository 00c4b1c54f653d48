"""Find the line of a key in a TOML file, for people who must go there and mend it."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?")
_ASSIGNED = re.compile(r"^\s*([A-Za-z0-9_.-]+)\s*=")


def line_of(key: str, text: str) -> int:
    """Find the line (from 1) of ``booths[3].mode`` or of the nearest table around it.

    0 when not even a table of the key stands in the text. Keys inside an inline table are
    found by the line of the table.
    """
    places = _places(text)
    while key:
        if key in places:
            return places[key]
        key = re.sub(r"(\[\d+\]|\.?[^.\[\]]+)$", "", key)
    return 0


def _places(text: str) -> dict[str, int]:
    places: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _full_name(header[2], header[1] == "[[", counts)
            places.setdefault(table, number)
        elif assigned := _ASSIGNED.match(line):
            places.setdefault(f"{table}.{assigned[1]}" if table else assigned[1], number)
    return places


def _full_name(name: str, is_list: bool, counts: dict[str, int]) -> str:
    """Turn ``booths.vacancies`` into ``booths[3].vacancies[1]`` by counting the headers so far."""
    full = ""
    parts = name.split(".")
    for index, part in enumerate(parts):
        full = f"{full}.{part}" if full else part
        if index == len(parts) - 1 and is_list:
            counts[full] = counts.get(full, -1) + 1
        if full in counts:
            full = f"{full}[{counts[full]}]"
    return full
