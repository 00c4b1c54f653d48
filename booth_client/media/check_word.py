"""The check word: what two people read to each other to know that nobody sits between them.

Spoken as the pages speak it (``static/shared/check_word.js``, which says why it is so): over the
connection itself, the offerer sends {commit}, the answerer {nonce}, the offerer {nonce}. No I/O.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

#: Syllables without a tone mark that no dialect takes for one another: 16 beginnings, 16 ends.
_BEGINS = ("b", "ch", "đ", "g", "h", "c", "kh", "l", "m", "ng", "nh", "ph", "t", "th", "v", "x")
_ENDS = (
    *("a", "ai", "an", "âu", "ây", "em", "eo", "ê"),
    *("i", "ia", "iêu", "ong", "ôm", "ơi", "ưa", "ương"),
)
#: As they are written before e, ê and i.
_BEFORE_E = {"g": "gh", "c": "k", "ng": "ngh"}

#: The other end says no more before it is answered.
_MOST_UNHEARD = 2
_HASH = re.compile(r"[0-9a-f]{64}")
_NONCE = re.compile(r"[0-9a-f]{32}")
_SHA_256 = re.compile(r"a=fingerprint:sha-256 ([0-9a-f]{2}(?::[0-9a-f]{2}){31})\s*", re.IGNORECASE)


class Word(NamedTuple):
    """Three syllables (24 bits), and six digits for those who do not read Vietnamese."""

    syllables: str
    digits: str


class Certified(NamedTuple):
    """A description that only one certificate can fulfil, and that one's SHA-256."""

    sdp: str
    fingerprint: str


class _Said(msgspec.Struct, tag_field="kind", tag="check", omit_defaults=True):
    commit: str = ""
    nonce: str = ""


class _Pair(msgspec.Struct):
    """Two certificates, the own number, and what the other end has said."""

    own: str
    other: str
    nonce: str
    commit: str = ""
    theirs: str = ""


def of_one_certificate(sdp: str) -> Certified:
    """Keep no fingerprint of a description but its SHA-256.

    Raises ``ValueError`` when there is none, or more than one certificate.
    """
    kept: list[str] = []
    found: set[str] = set()
    for line in re.split(r"\r\n|\r|\n", sdp):
        if line.lower().startswith("a=fingerprint:"):
            if not (named := _SHA_256.fullmatch(line)):
                continue
            found.add(named[1].lower())
        if line:
            kept.append(line)
    if len(found) != 1:
        raise ValueError("not one certificate")
    return Certified("\r\n".join(kept) + "\r\n", found.pop())


def commitment_to(nonce: str) -> str:
    """Give what binds an end to its number."""
    return hashlib.sha256(nonce.encode()).hexdigest()


def word_of(fingerprints: Iterable[str], offered: str, answered: str) -> Word:
    """Make the word of two certificates and two numbers, in whatever order the first come."""
    text = "\n".join([*sorted(fingerprints), offered, answered])
    digest = hashlib.sha256(text.encode()).digest()
    digits = f"{int.from_bytes(digest[3:7], 'big') % 1_000_000:06d}"
    syllables = " ".join(_syllable(byte) for byte in digest[:3])
    return Word(syllables, f"{digits[:3]} {digits[3:]}")


def _syllable(byte: int) -> str:
    begin, end = _BEGINS[byte >> 4], _ENDS[byte & 15]
    return (_BEFORE_E.get(begin, begin) if end[0] in "eêi" else begin) + end


def is_check(text: str) -> bool:
    """Whether a text of the connection is about the check word."""
    return text.startswith('{"kind":"check"')


class CheckWord:
    """One end's part in making the word, over all connections of its room.

    ``offers``: this end makes the offers.
    """

    def __init__(self, offers: bool) -> None:
        #: What the person may read out; null before it is known.
        self.word: Word | None = None
        self._offers = offers
        self._pair: _Pair | None = None
        #: An end took back what it had said: no word is to be trusted.
        self._spoilt = False
        self.begin()

    def begin(self) -> None:
        """Begin another connection: whose certificates meet in it is not known yet."""
        self._known = self._open = False
        #: What came before.
        self._unheard: list[str] = []

    def between(self, own: str, other: str) -> list[str | None]:
        """Take the two certificates; the same two keep their word.

        Gives what to say, if the connection was open before.
        """
        if self._pair is None or (self._pair.own, self._pair.other) != (own, other):
            self._pair = _Pair(own, other, secrets.token_hex(16))
            self.word, self._spoilt = None, False
        self._known = True
        said = [self.opened()] if self._open else []
        unheard, self._unheard = self._unheard, []
        return said + [self.heard(text) for text in unheard]

    def opened(self) -> str | None:
        """Give what to say over a connection that has just opened."""
        self._open = True
        if not self._known or self._pair is None or not self._offers:
            return None
        return _text(_Said(commit=commitment_to(self._pair.nonce)))

    def heard(self, text: str) -> str | None:
        """Take what the other end said, and give what to say back."""
        pair = self._pair
        if not self._known:
            self._unheard = [*self._unheard, text][:_MOST_UNHEARD]
        if not self._known or pair is None or self._spoilt:
            return None
        try:
            said = msgspec.json.decode(text, type=_Said)
        except msgspec.DecodeError:
            return None
        if _HASH.fullmatch(said.commit) and not self._offers:
            return self._bound(pair, said.commit)
        if not _NONCE.fullmatch(said.nonce):
            return None
        is_bound = self._offers or commitment_to(said.nonce) == pair.commit
        if not is_bound or pair.theirs not in ("", said.nonce):
            self._spoil()
            return None
        pair.theirs = said.nonce
        numbers = (pair.nonce, said.nonce) if self._offers else (said.nonce, pair.nonce)
        self.word = word_of((pair.own, pair.other), *numbers)
        return _text(_Said(nonce=pair.nonce)) if self._offers else None

    def _bound(self, pair: _Pair, commit: str) -> str | None:
        if pair.commit not in ("", commit):
            self._spoil()
            return None
        pair.commit = commit
        return _text(_Said(nonce=pair.nonce))

    def _spoil(self) -> None:
        self._spoilt, self.word = True, None


def _text(said: _Said) -> str:
    return msgspec.json.encode(said).decode()
