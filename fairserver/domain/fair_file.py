"""Read a fair from the TOML file that its organiser wrote, naming every fault at once."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import msgspec

from fairserver.domain.fair_plan import FairPlan
from fairserver.domain.fair_rules import check_fair
from fairserver.domain.fair_walk import Fault, read_table
from fairserver.domain.toml_lines import key_lines, line_of

__all__ = ["FairFileError", "Fault", "faults_of", "read_fair"]

_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)\Z")
_BARE_CLOCK = re.compile(r"=\s*\d{1,2}:\d{2}\s*(#.*)?\Z")
_VIETNAMESE_DATE = re.compile(r"=\s*(\d{1,2})/(\d{1,2})/(\d{4})")


class FairFileError(ValueError):
    """A fair file cannot be used; ``faults`` holds everything wrong in it."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        super().__init__("\n".join(f"{path}: {fault}" for fault in faults))


def read_fair(path: Path) -> FairPlan:
    """Read and check a fair file; raises FairFileError with all faults, never with the first."""
    text = _read_text(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FairFileError(path, [_syntax_fault(str(error), text)]) from None
    faults = faults_of(raw)
    if faults:
        lines = key_lines(text)
        placed = [msgspec.structs.replace(f, line=line_of(f.key, lines)) for f in faults]
        raise FairFileError(path, sorted(placed, key=lambda fault: fault.line))
    return msgspec.convert(raw, FairPlan)


def faults_of(raw: dict[str, Any]) -> list[Fault]:
    """List everything that keeps plain data from being a FairPlan; empty when it is one."""
    faults: list[Fault] = []
    fair = read_table(raw, FairPlan, faults)
    return faults + list(check_fair(fair))


def _read_text(path: Path) -> str:
    try:
        # Windows' Notepad writes a byte-order mark; composed letters (NFC) make names comparable.
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        fault = Fault("", f"cannot be read ({error.strerror})", "name a fair file that exists")
        raise FairFileError(path, [fault]) from None
    except UnicodeDecodeError as error:
        fault = Fault("", f"byte {error.start} is not UTF-8", 'save the file as "UTF-8"')
        raise FairFileError(path, [fault]) from None
    return unicodedata.normalize("NFC", text)


def _syntax_fault(message: str, text: str) -> Fault:
    lines = text.splitlines()
    found = _AT_LINE.search(message)
    number = int(found[1]) if found and found[1] else max(len(lines), 1)
    written = lines[number - 1].strip() if number <= len(lines) else ""
    reason = _AT_LINE.sub("", message)
    problem = f"{reason}: {written}" if written else reason
    return Fault("", f"not TOML: {problem}", _syntax_hint(written), number)


def _syntax_hint(written: str) -> str:
    if _BARE_CLOCK.search(written):
        return 'put the time in quotes: "07:30"'
    if date := _VIETNAMESE_DATE.search(written):
        return f"write the date as {date[3]}-{int(date[2]):02}-{int(date[1]):02}"
    return 'write key = value, text in "quotes", every key once in its table'
