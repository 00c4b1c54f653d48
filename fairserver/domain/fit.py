"""How well a vacancy fits what a person asks for, with the reasons in codes.

Only the words that forms 01a and 03a ask of both sides are compared: occupation, place, wage,
shift, age and working conditions. No priority group and no disability is needed, or looked at.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated

import msgspec
from msgspec import Meta

from fairserver.domain import codes
from fairserver.domain.fair_plan import BoothEntry, VacancyEntry, WorkConditions

#: What each agreement adds; what a person did not ask about adds nothing and costs nothing.
_WEIGHTS = {"occupation": 4.0, "place": 2.0, "wage": 2.0, "shift": 1.0, "conditions": 2.0}

#: Conditions that are scales: a vacancy may ask for no more than the person can do.
_SCALES: dict[str, list[str]] = {
    "lifting": list(codes.Lifting),
    "standing": list(codes.Standing),
    "speech": list(codes.Speech),
    "sight": list(codes.Sight),
    "hand_work": list(codes.HandWork),
}
#: Hands that a person can use, and the needs of a vacancy that these meet.
_HANDS = {
    codes.HandsNeeded.BOTH: set(codes.HandsNeeded),
    codes.HandsNeeded.SOMETIMES_BOTH: set(codes.HandsNeeded) - {codes.HandsNeeded.BOTH},
    codes.HandsNeeded.ONE: {codes.HandsNeeded.ONE},
    codes.HandsNeeded.LEFT: {codes.HandsNeeded.ONE, codes.HandsNeeded.LEFT},
    codes.HandsNeeded.RIGHT: {codes.HandsNeeded.ONE, codes.HandsNeeded.RIGHT},
}

#: Words, without marks, that say little about an occupation, and what one of them counts.
_COMMON = frozenset({
    "cong", "nhan", "vien", "tho", "lao", "dong", "pho", "thong", "viec", "lam", "nguoi", "nghe",
    "tim", "muon", "worker", "staff", "employee", "job", "work", "labour", "general",
})  # fmt: skip
_COMMON_WEIGHT = 0.15
#: What a word counts that only the description has: by itself it is no reason to fit.
_IN_DESCRIPTION = 0.4


class JobWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person asks for (form 01a); every field may be left out."""

    #: Việc làm mong muốn, in words, with or without marks; None when nothing was said of it.
    words: Annotated[str, Meta(max_length=200)] | None = None
    #: Nơi làm việc ưu tiên: province codes.
    province_codes: Annotated[list[str], Meta(max_length=10)] = []
    #: Mức lương: VND a month, at least.
    min_wage: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None
    #: Làm ca: false excludes shift work.
    shift_ok: bool | None = None
    #: Đi làm việc ở nước ngoài: false excludes it, true asks for it.
    abroad: bool | None = None
    birth_year: Annotated[int, Meta(ge=1900, le=2100)] | None = None
    #: Điều kiện làm việc that the person can do.
    conditions: WorkConditions = WorkConditions()


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """How one vacancy fits: ``share`` of what was asked (0 to 1), and what agrees."""

    vacancy_id: str
    share: float
    #: ``occupation``, ``place``, ``wage``, ``shift``, ``conditions``, in order of weight.
    reasons: list[str]


def best_fit(booth: BoothEntry, wish: JobWish, year: int) -> Fit | None:
    """Give the vacancy of a booth that fits best in a year; None when every one is excluded."""
    fits = [found for v in booth.vacancies if (found := fit(v, wish, year)) is not None]
    return max(fits, key=lambda found: found.share, default=None)


def fit(vacancy: VacancyEntry, wish: JobWish, year: int) -> Fit | None:
    """Compare one vacancy with a wish; None when something hard excludes it.

    Hard are age limits, shift work that is not wanted, work abroad that is not wanted, and
    conditions beyond what the person can do. Everything else only weighs.
    """
    if _is_excluded(vacancy, wish, year):
        return None
    asked = {
        "occupation": bool(words := (wish.words or "").strip())
        and _occupation_share(vacancy, words),
        "place": bool(wish.province_codes)
        and float(vacancy.workplace.province_code in wish.province_codes),
        "wage": wish.min_wage is not None and _wage_share(vacancy, wish.min_wage),
        "shift": wish.shift_ok is not None and 1.0,
        "conditions": wish.conditions != WorkConditions() and 1.0,
    }
    weights = {name: _WEIGHTS[name] for name, share in asked.items() if share is not False}
    total = sum(weights.values())
    share = sum(asked[name] * weight for name, weight in weights.items()) / total if total else 0.5
    reasons = [name for name in weights if asked[name] >= 0.5]
    return Fit(vacancy_id=vacancy.vacancy_id, share=round(share, 3), reasons=reasons)


def _is_excluded(vacancy: VacancyEntry, wish: JobWish, year: int) -> bool:
    age = None if wish.birth_year is None else year - wish.birth_year
    return (
        (age is not None and vacancy.age_from is not None and age < vacancy.age_from)
        or (age is not None and vacancy.age_to is not None and age > vacancy.age_to)
        or (wish.shift_ok is False and vacancy.shift_required)
        or (wish.abroad is not None and wish.abroad is not (vacancy.overseas is not None))
        or not _can_do(vacancy.work_conditions, wish.conditions)
    )


def _can_do(needed: WorkConditions, able: WorkConditions) -> bool:
    for name, scale in _SCALES.items():
        need, can = getattr(needed, name), getattr(able, name)
        if need is not None and can is not None and scale.index(need) > scale.index(can):
            return False
    if needed.hands and able.hands and needed.hands not in _HANDS[able.hands]:
        return False
    places = {needed.place, able.place} - {None, codes.WorkPlaceKind.MIXED}
    return len(places) < 2


def _occupation_share(vacancy: VacancyEntry, words: str) -> float:
    """Tell the share of the wish's words found in title (fully) or description.

    Words that many titles have in common count little: a worker is not yet a sewing worker.
    """
    marked = _has_marks(words)
    title, description = _words(vacancy.title.vi, marked), _words(vacancy.description, marked)
    title |= _words(vacancy.title.en, marked)
    weights = {w: _COMMON_WEIGHT if _plain(w) in _COMMON else 1.0 for w in _words(words, marked)}
    found = (
        weight * (1.0 if word in title else _IN_DESCRIPTION if word in description else 0.0)
        for word, weight in weights.items()
    )
    return sum(found) / sum(weights.values()) if weights else 0.0


def _wage_share(vacancy: VacancyEntry, min_wage: int) -> float:
    """Tell how near the vacancy's best monthly wage comes to what is asked; half if open."""
    offered = vacancy.wage_max or vacancy.wage_min
    if offered is None or vacancy.wage_unit is not codes.WageUnit.MONTH or min_wage == 0:
        return 0.5
    return min(1.0, max(0.0, 1 - 3 * (min_wage - offered) / min_wage))


def _words(text: str, marked: bool) -> set[str]:
    """Split into words without case; without marks too, unless the wish was written with them.

    Who writes "may" (to sew) with marks elsewhere does not mean "máy" (a machine).
    """
    bare = text.casefold() if marked else _plain(text)
    kept = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in _spread(bare))
    return {_ordered(word) for word in kept.split()}


def _spread(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _ordered(word: str) -> str:
    """Put marks last: a tone is written over either vowel, as in "hoà" and "hòa"."""
    return "".join(sorted(word, key=lambda c: bool(unicodedata.combining(c))))


def _plain(text: str) -> str:
    bare = _spread(text.casefold().replace("đ", "d"))
    return "".join(c for c in bare if not unicodedata.combining(c))


def _has_marks(text: str) -> bool:
    return _plain(text) != text.casefold()
