"""The documents on security say what is so: every requirement once, every proof where it is said.

A requirement that is met names a test or a place, and both must exist; one that is open or does not
apply gives its reason. A limit that is written down is that of the code.
"""

from __future__ import annotations

import ast
import importlib
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ASVS = ROOT / "docs" / "asvs.md"
SECURITY = ROOT / "docs" / "security.md"

#: How many requirements of level 1 and 2 each section of ASVS 5.0.0 has, by its last number; what
#: is left out is of level 3 only.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
REQUIREMENTS = [f"{section}.{n}" for section, last in SECTIONS.items() for n in range(1, last + 1)]

STATES = ("met", "not applicable", "open")
_ROW = re.compile(r"\| (\d+\.\d+\.\d+) \| ([12]) \| (.*?) \| (.*?) \| (.*) \|")
_LIMIT = re.compile(
    r"\| (.*?) \| (\d+(?:\.\d+)?) ?([A-Za-z]*)(?:,.*?)? \| `([\w/]+\.(?:py|lua))::([\w.]+)` \|"
)
#: A word in backticks that begins like this is a place in the project.
_PLACE = re.compile(
    r"`((?:tests|fairserver|booth_client|static|docs|config)/[^`\s]+|pyproject\.toml[^`]*)`"
)
#: Words that a reason has at least: less is none.
_LEAST_WORDS = 5


def rows() -> list[tuple[str, str, str, str, str]]:
    """Read the table: number, level, what is asked, state, what shows it."""
    return [found.groups() for found in map(_ROW.fullmatch, ASVS.read_text().splitlines()) if found]  # type: ignore[misc]


ROWS = rows()


def test_every_requirement_of_level_1_and_2_is_there_once_in_its_order() -> None:
    assert [number for number, *_ in ROWS] == REQUIREMENTS
    assert len(ROWS) == 253


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_requirement_is_met_or_says_why_not(row: tuple[str, str, str, str, str]) -> None:
    _, _, asked, state, shown = row
    assert asked
    assert state in STATES
    places = _PLACE.findall(shown)
    if state == "met":
        assert places, "nothing shows it"
    else:
        words = re.sub(r"`[^`]*`", "", shown).split()
        assert len(words) >= _LEAST_WORDS, "no reason"
    for place in places:
        find(place)


@pytest.mark.parametrize("path", [ASVS, SECURITY], ids=lambda path: path.name)
def test_every_place_that_a_document_names_exists(path: Path) -> None:
    for place in _PLACE.findall(path.read_text()):
        find(place)


def test_the_counts_that_are_told_are_those_of_the_table() -> None:
    counts = {state: sum(row[3] == state for row in ROWS) for state in STATES}
    told = "{} are met, {} do not apply, {} are open".format(*counts.values())
    assert told in ASVS.read_text().replace("\n", " ")


def test_what_is_open_stands_in_both_documents() -> None:
    _, _, last = SECURITY.read_text().partition("## What is left open\n")
    listed = re.findall(r"\b\d+\.\d+\.\d+\b", last)
    assert listed == [number for number, _, _, state, _ in ROWS if state == "open"]


def find(place: str) -> None:
    """Make sure that a file is there, and what is named in it: a function, a name, a heading."""
    name, _, part = place.partition("::")
    name, _, heading = name.partition("#")
    path = ROOT / name.rstrip("/")
    assert path.exists(), f"{name} is not there"
    if heading:
        assert heading in headings(path), f"{name} has no heading {heading}"
    if part:
        # Of a constant's field the constant; what it is worth is looked at with the limits.
        known = {part, part.partition(".")[0]} & names(path) if path.suffix == ".py" else None
        is_there = bool(known) if known is not None else part in path.read_text()
        assert is_there, f"{name} has no {part}"


@cache
def names(path: Path) -> set[str]:
    """Collect what a module defines, by its own name and by that of its class."""
    found: set[str] = set()
    tree = ast.parse(path.read_text())
    for node in [tree, *(one for one in tree.body if isinstance(one, ast.ClassDef))]:
        prefix = "" if isinstance(node, ast.Module) else f"{node.name}."
        for one in node.body:
            if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found.add(prefix + one.name)
            elif isinstance(one, (ast.Assign, ast.AnnAssign)):
                targets = one.targets if isinstance(one, ast.Assign) else [one.target]
                found |= {prefix + target.id for target in targets if isinstance(target, ast.Name)}
    return found


@cache
def headings(path: Path) -> set[str]:
    """Collect the names under which the headings of a document are linked to."""
    lines = re.findall(r"(?m)^#+ (.*)$", path.read_text())
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


# --- limits ---------------------------------------------------------------------------------------

_UNITS = {
    "": 1.0, "bytes": 1.0, "KiB": 1024.0, "MiB": 1024.0**2, "GiB": 1024.0**3,
    "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "digits": 1.0,
}  # fmt: skip
#: What a name says of its number, as parts of the units above.
_NAMED = {"ms": 0.001, "minutes": 60.0, "min": 60.0}
LIMITS = [found for found in map(_LIMIT.fullmatch, SECURITY.read_text().splitlines()) if found]


def test_limits_are_written_down() -> None:
    section = SECURITY.read_text().partition("\n## Limits\n")[2].partition("\n## ")[0]
    assert len(LIMITS) == sum("::" in line for line in section.splitlines()) >= 30


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit[1])
def test_every_limit_is_that_of_the_code(limit: re.Match[str]) -> None:
    _, number, unit, path, name = limit.groups()
    assert float(number) * _UNITS[unit] == pytest.approx(value_of(path, name))


def value_of(path: str, name: str) -> float:
    """Read a constant, a field of one, or the default of a setting, in bytes or seconds."""
    said = [_NAMED[part] for part in re.split(r"[._]", name.lower()) if part in _NAMED]
    return constant(path, name) * (said[0] if said else 1.0)


def constant(path: str, name: str) -> float:
    if path.endswith(".lua"):
        written = re.search(rf"(?m)^ *local {name} = (\d+)$", (ROOT / path).read_text())
        assert written, f"{path} has no {name}"
        return float(written[1])
    found: object = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    for part in name.split("."):
        whole = found() if isinstance(found, type) else found
        found = whole[part] if isinstance(whole, dict) else getattr(whole, part)
    assert isinstance(found, (int, float))
    return float(found)
