"""Today's communes, found by their names or by those of the units that they were made of.

3,321 communes since 1 July 2025; people still say and write the old commune, the old district and
the old province.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from fairserver.domain.provinces import PROVINCES

FILE = Path(__file__).with_name("communes.tsv")

#: Letters of a search that are looked at.
_LONGEST_SEARCH = 80
#: Words of a search that are looked at: a commune, a district and a province have no more.
_MOST_WORDS = 12


class Commune(msgspec.Struct, frozen=True, kw_only=True):
    """A commune, ward or special zone of today; ``kind`` is xã, phường or đặc khu."""

    code: str
    province_code: str
    kind: str
    name: str

    @property
    def text(self) -> str:
        """Write it as in an address: ``Xã Mỹ Lộc, Ninh Bình``."""
        kind = self.kind[0].upper() + self.kind[1:]
        return f"{kind} {self.name}, {PROVINCES[self.province_code].name}"


class FoundCommune(msgspec.Struct, frozen=True, kw_only=True):
    """A commune that a search has found, and the former unit by which it was, or null."""

    text: str
    former: str | None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A commune with the words by which it is found, a space before and after each."""

    commune: Commune
    own: str
    #: Each former unit, and its words.
    former: tuple[tuple[str, str], ...]
    #: All of them: what is not in here is in none.
    all: str


def find_communes(
    search: str, near: frozenset[str] = frozenset(), most: int = 6
) -> list[FoundCommune]:
    """Find the communes in whose name, or former name, each word of a search begins a word.

    Marks, case and the place of a tone do not matter. First come those in which the search stands
    as it was typed, of these first the provinces ``near`` (codes), then whole words before parts.
    """
    words = tuple(dict.fromkeys(_fold(search[:_LONGEST_SEARCH]).split()[:_MOST_WORDS]))
    return list(_find(words, near, most)) if words else []


@lru_cache(maxsize=2048)
def _find(words: tuple[str, ...], near: frozenset[str], most: int) -> tuple[FoundCommune, ...]:
    """Search anew; the first letters of a name are typed by everybody, so answers are kept."""
    entries = (entry for entry in _begun_by(words) if _has(entry.all, words))
    found = [(_rank(entry, words, near, hit), entry, hit) for entry in entries
             if (hit := _hit(entry, words))]  # fmt: skip
    found.sort(key=lambda one: one[0])
    return tuple(
        FoundCommune(text=entry.commune.text, former=former)
        for _, entry, (former, _) in found[:most]
    )


def _begun_by(words: tuple[str, ...]) -> tuple[_Entry, ...]:
    """Give the entries with a word that begins as the rarest of these does, by two letters."""
    index = _index()
    return min((index.get(word[:2], ()) for word in words), key=len)


@cache
def _index() -> dict[str, tuple[_Entry, ...]]:
    """Sort the entries by the first letter and by the first two of each of their words."""
    index: dict[str, list[_Entry]] = {}
    for entry in _entries():
        for begin in {word[:size] for word in entry.all.split() for size in (1, 2)}:
            index.setdefault(begin, []).append(entry)
    return {begin: tuple(entries) for begin, entries in index.items()}


_Hit = tuple[str | None, str]


def _hit(entry: _Entry, words: tuple[str, ...]) -> _Hit | None:
    """Give the former unit (None: its own name) by which a commune is found, and its words."""
    units = ((None, entry.own), *entry.former)
    return next((unit for unit in units if _has(unit[1], words)), None)


def _has(text: str, words: tuple[str, ...]) -> bool:
    return all(f" {word}" in text for word in words)


def _rank(
    entry: _Entry, words: tuple[str, ...], near: frozenset[str], hit: _Hit
) -> tuple[bool, bool, int, bool, int, str]:
    """Order what was found, the best smallest."""
    former, text = hit
    as_typed = f" {' '.join(words)}" in text
    whole = sum(f" {word} " in text for word in words)
    is_far = entry.commune.province_code not in near
    return not as_typed, is_far, -whole, former is not None, len(text), entry.commune.code


def _fold(text: str) -> str:
    """Fold case, marks and Đ: ``Hoà Bình`` and ``hòa bình`` are the same words."""
    spread = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    plain = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def _words(address: str) -> str:
    """Fold an address for a search: a space around every word, and a comma between its parts."""
    return f" {' , '.join(map(_fold, address.split(',')))} "


@cache
def _entries() -> tuple[_Entry, ...]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return tuple(_entry(line) for line in lines if not line.startswith("#"))


def _entry(line: str) -> _Entry:
    code, province_code, kind, name, units = line.split("\t")
    commune = Commune(code=code, province_code=province_code, kind=kind, name=name)
    former = tuple((unit, _words(unit)) for unit in units.split("|") if unit)
    own = _words(commune.text)
    return _Entry(commune, own, former, own + "".join(words for _, words in former))
