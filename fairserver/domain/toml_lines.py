"""Find the line of a key in a TOML file, for people who must go there and mend it."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?")
_ASSIGNED = re.compile(r"^\s*([A-Za-z0-9_.-]+)\s*=")
_LAST_PART = re.compile(r"(\[\d+\]|\.?[^.\[\]]+)\Z")


def key_lines(text: str) -> dict[str, int]:
    """Map every key and table that stands at the beginning of a line to that line, from 1."""
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


def line_of(key: str, lines: dict[str, int]) -> int:
    """Find the line of ``booths[3].mode`` or of the nearest table around it; 0 for none.

    A key inside an inline table is found by the line on which that table begins.
    """
    while key:
        if key in lines:
            return lines[key]
        key = _LAST_PART.sub("", key)
    return 0


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
