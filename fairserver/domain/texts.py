"""Free text as it is kept and passed on: nothing in it that is not to be read.

A NUL ends a text for PostgreSQL, an escape sequence turns a clerk's terminal, a mark of direction
makes a name read backwards, a filler that Unicode calls a letter makes a name of nothing: all
control, format, private, unassigned and invisible characters are left out, of whatever a person or
a program sends, where it comes in. Of marks upon one letter four stay: more climb over other lines.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final, TypeVar

import msgspec

_T = TypeVar("_T")

#: Fields in which people write several lines.
MANY_LINES: Final = frozenset({"note", "remark", "text", "sdp"})
#: Of those, what another program reads: only what nobody may read is taken out.
_AS_IT_IS: Final = frozenset({"sdp"})
#: Letters, marks and spaces of Latin script, Vietnamese too, as one finds them in nearly all text.
_PLAIN: Final = re.compile(r"[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u1e00-\u1eff]*")
#: Letters, marks and a symbol that nobody sees (Unicode's Default_Ignorable_Code_Point without what
#: is of category C anyway, and the empty pattern of Braille).
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
#: Marks upon one letter.
_MARKS: Final = 4
_MOST_EMPTY: Final = re.compile(r"\n{3,}")


def clean_text(text: str) -> str:
    """Bring text to NFC on one line: no control or direction marks, single spaces."""
    return " ".join(_readable(text, keep="").split())


def clean_lines(text: str) -> str:
    """The same for text of several lines: they stay, with one empty line between two at most."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _MOST_EMPTY.sub("\n\n", "\n".join(map(clean_text, lines))).strip("\n")


def _readable(text: str, keep: str) -> str:
    """Bring text to NFC without what cannot be read; every white space is one plain space."""
    seen = "".join(
        char if char in keep else " " if char.isspace() else char
        for char in _INVISIBLE.sub("", text)
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    # At the end: what was left out may have stood between a letter and its mark.
    return _without_towers(unicodedata.normalize("NFC", seen))


def _without_towers(text: str) -> str:
    """Leave of the marks upon one letter as many as languages need."""
    kept, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        if marks <= _MARKS:
            kept.append(char)
    return "".join(kept)


def cleaned(value: _T) -> _T:
    """Clean every text within what a client has sent; the same object where nothing was to do."""
    found: _T = _walk(value, "")
    return found


def _walk(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else _clean(value, name)
    if isinstance(value, msgspec.Struct):
        return _walk_struct(value)
    if isinstance(value, dict):
        return {_walk(key, name): _walk(one, name) for key, one in value.items()}
    if isinstance(value, list):
        return [_walk(one, name) for one in value]
    return value


def _walk_struct(value: msgspec.Struct) -> msgspec.Struct:
    changed = {}
    for name in value.__struct_fields__:
        before = getattr(value, name)
        if (after := _walk(before, name)) != before:
            changed[name] = after
    return msgspec.structs.replace(value, **changed) if changed else value


def _clean(text: str, name: str) -> str:
    if name in _AS_IT_IS:
        return _readable(text, keep="\r\n\t")
    return clean_lines(text) if name in MANY_LINES else clean_text(text)
