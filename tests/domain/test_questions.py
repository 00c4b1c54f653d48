"""The questions of an employer in the fair's file, and corrections laid over a booth."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from fairserver.domain.booth_correction import (
    BoothCorrection,
    corrected_booth,
    corrected_plan,
    correction_faults,
)
from fairserver.domain.fair_file import faults_of
from fairserver.domain.fair_plan import BoothEntry, FairPlan
from tests.ledger.makers import plan_json


def plan_with(*questions: dict[str, Any]) -> dict[str, Any]:
    """A whole fair whose one booth asks these questions; its employer's form is complete."""
    plan: dict[str, Any] = msgspec.json.decode(plan_json())
    booth = plan["booths"][0]
    booth["kind"] = "advice"
    booth["vacancies"][0]["workplace"]["province_code"] = "80"
    booth["questions"] = list(questions)
    plan["date"] = msgspec.convert(plan["date"], type=dt.date)
    return plan


def a_question(question_id: str = "q1", **fields: Any) -> dict[str, Any]:
    return {"question_id": question_id, "text": {"vi": "Làm ca đêm được không?"}, **fields}


CHOICES = [{"vi": "Sáng"}, {"vi": "Tối", "en": "Evening"}]


def test_questions_of_every_kind_come_with_the_file() -> None:
    raw = plan_with(
        a_question(),
        a_question("q2", kind="yes_no"),
        a_question("q3", kind="choice", choices=CHOICES, vacancy_id="b01-v1"),
    )
    assert faults_of(raw) == []
    booth = msgspec.convert(raw, FairPlan).public_booth("b01")
    assert [one["kind"] for one in booth["questions"]] == ["text", "yes_no", "choice"]
    assert booth["questions"][2]["choices"][0] == {"vi": "Sáng", "en": "Sáng"}


@pytest.mark.parametrize(
    ("questions", "key", "problem"),
    [
        ([a_question(f"q{n}") for n in range(4)], "questions", "4 questions about the booth"),
        ([a_question(kind="choice")], "questions[0].choices", "0 of them are no choice"),
        ([a_question(choices=CHOICES)], "questions[0].choices", "do not belong to kind"),
        (
            [a_question(kind="choice", choices=[{"vi": "Sáng"}, {"vi": "Sáng"}])],
            "questions[0].choices",
            "two of them are the same",
        ),
        ([a_question(vacancy_id="x")], "questions[0].vacancy_id", "no vacancy"),
        ([a_question(), a_question()], "questions[1].question_id", "already at"),
        (
            [{"question_id": "q1", "text": {"vi": "a" * 201}}],
            "questions[0].text.vi",
            "is not right",
        ),
    ],
)
def test_a_wrong_question_is_named_with_its_place(
    questions: list[dict[str, Any]], key: str, problem: str
) -> None:
    (fault,) = faults_of(plan_with(*questions))
    assert fault.key == f"booths[0].{key}"
    assert problem in fault.problem
    assert fault.right


def a_booth() -> BoothEntry:
    return msgspec.convert(plan_with(a_question()), FairPlan).booth("b01")


def a_correction(**changes: Any) -> BoothCorrection:
    vacancy = {
        "vacancy_id": "b01-v1",
        "title": {"vi": "Thợ may chuyền"},
        "openings": 12,
        "description": "May áo sơ mi",
        "wage_unit": "month",
        "wage_min": 9_000_000,
        **changes,
    }
    return msgspec.convert({"vacancies": [vacancy]}, BoothCorrection)


def test_a_correction_is_laid_over_the_file_and_the_rest_stays() -> None:
    before, booth = a_booth(), corrected_booth(a_booth(), a_correction())
    (vacancy,) = booth.vacancies
    assert (vacancy.title.vi, vacancy.openings) == ("Thợ may chuyền", 12)
    assert vacancy.workplace == before.vacancies[0].workplace
    assert booth.questions == before.questions
    plan = msgspec.convert(plan_with(), FairPlan)
    assert corrected_plan(plan, {"gone": a_correction()}) == plan


def test_questions_of_a_correction_replace_those_of_the_file() -> None:
    none = corrected_booth(a_booth(), BoothCorrection(questions=[]))
    assert none.questions == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"wage_min": None}, "vacancies[0].wage_min"),
        ({"wage_max": 8_000_000}, "vacancies[0].wage_max"),
        ({"wage_unit": "negotiable"}, "vacancies[0].wage_unit"),
        ({"vacancy_id": "b01-v9"}, "vacancies[0].vacancy_id"),
    ],
)
def test_a_correction_keeps_to_the_rules_of_the_file(changes: dict[str, Any], key: str) -> None:
    (fault,) = correction_faults(a_booth(), a_correction(**changes))
    assert fault.key == key


def test_corrected_questions_keep_to_the_rules_of_the_file() -> None:
    asked = [a_question(), a_question(), a_question("q3", vacancy_id="x")]
    correction = msgspec.convert({"questions": asked}, BoothCorrection)
    keys = {fault.key for fault in correction_faults(a_booth(), correction)}
    assert keys == {"questions[1].question_id", "questions[2].vacancy_id"}
    assert correction_faults(a_booth(), a_correction()) == []
