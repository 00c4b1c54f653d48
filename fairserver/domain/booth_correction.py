"""What an employer corrects of its own booth after the fair's file was written.

The plan as everybody reads it is the file with the corrections laid over it: a file that is
loaded again does not undo them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from fairserver.domain import codes
from fairserver.domain.fair_plan import (
    BoothEntry,
    Entry,
    FairPlan,
    QuestionEntry,
    Text,
    VacancyEntry,
    WorkConditions,
)
from fairserver.domain.fair_rules import check_booth
from fairserver.domain.fair_values import Dong, LongText, Openings, VacancyId
from fairserver.domain.fair_walk import Fault, Known


class VacancyCorrection(Entry, frozen=True, kw_only=True):
    """What a booth may correct of a vacancy: all that people ask about first (form 03a)."""

    vacancy_id: VacancyId
    title: Text
    openings: Openings
    description: LongText
    wage_unit: codes.WageUnit
    wage_min: Dong | None = None
    wage_max: Dong | None = None
    shift_required: bool = False
    work_conditions: WorkConditions = WorkConditions()


class BoothCorrection(Entry, frozen=True, kw_only=True):
    """Vacancies as the booth has confirmed them, and its questions; null where the file holds."""

    vacancies: Annotated[list[VacancyCorrection], Meta(max_length=100)] | None = None
    questions: Annotated[list[QuestionEntry], Meta(max_length=12)] | None = None


def merged(before: BoothCorrection, said: BoothCorrection) -> BoothCorrection:
    """Put what is said now in the place of what was said before of the same."""
    return BoothCorrection(
        vacancies=before.vacancies if said.vacancies is None else said.vacancies,
        questions=before.questions if said.questions is None else said.questions,
    )


def corrected_plan(plan: FairPlan, corrections: Mapping[str, BoothCorrection]) -> FairPlan:
    """Lay corrections, by ``booth_id``, over a plan; those of booths that are gone are left."""
    booths = [
        corrected_booth(booth, corrections[booth.booth_id])
        if booth.booth_id in corrections
        else booth
        for booth in plan.booths
    ]
    return msgspec.structs.replace(plan, booths=booths)


def corrected_booth(booth: BoothEntry, correction: BoothCorrection) -> BoothEntry:
    """Lay a correction over a booth; what it says of vacancies that are gone is left."""
    said = {one.vacancy_id: one for one in correction.vacancies or []}
    known = {vacancy.vacancy_id for vacancy in booth.vacancies}
    questions = booth.questions if correction.questions is None else correction.questions
    return msgspec.structs.replace(
        booth,
        vacancies=[_corrected(one, said.get(one.vacancy_id)) for one in booth.vacancies],
        questions=[one for one in questions if one.vacancy_id in {None, *known}],
    )


def _corrected(vacancy: VacancyEntry, said: VacancyCorrection | None) -> VacancyEntry:
    if said is None:
        return vacancy
    fields = {name: getattr(said, name) for name in VacancyCorrection.__struct_fields__}
    return msgspec.structs.replace(vacancy, **fields)


def correction_faults(booth: BoothEntry, correction: BoothCorrection) -> list[Fault]:
    """List what the rules of the fair's file say against a correction, with keys in the booth."""
    known = {vacancy.vacancy_id for vacancy in booth.vacancies}
    faults = [
        Fault(f"vacancies[{index}].vacancy_id", "is no vacancy of this booth", "leave it out")
        for index, one in enumerate(correction.vacancies or [])
        if one.vacancy_id not in known
    ]
    written = _as_written(booth, correction)
    table: Known = msgspec.to_builtins(written, builtin_types=(dt.date,))
    return [*faults, *check_booth(table), *_repeated(correction.questions or [])]


def _as_written(booth: BoothEntry, correction: BoothCorrection) -> BoothEntry:
    """Lay it over with questions about unknown vacancies too, so that the rules name them."""
    questions = booth.questions if correction.questions is None else correction.questions
    return msgspec.structs.replace(corrected_booth(booth, correction), questions=questions)


def _repeated(questions: list[QuestionEntry]) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for index, question in enumerate(questions):
        if question.question_id in seen:
            key = f"questions[{index}].question_id"
            faults.append(Fault(key, "is there twice", "give another question_id"))
        seen.add(question.question_id)
    return faults
