"""How vacancies are matched with what a person asks for."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from fairserver.domain import codes
from fairserver.domain.fair_file import read_fair
from fairserver.domain.fair_plan import FairPlan, VacancyEntry, WorkConditions
from fairserver.domain.fit import JobWish, best_fit, fit

ROOT = Path(__file__).resolve().parent.parent.parent
YEAR = 2026


@pytest.fixture(scope="module")
def plan() -> FairPlan:
    return read_fair(ROOT / "config" / "fairs" / "tay-ninh-2026-11.toml")


@pytest.fixture(scope="module")
def sewing(plan: FairPlan) -> VacancyEntry:
    return plan.booth("b01").vacancies[0]


def test_words_match_without_marks_and_in_any_case(sewing: VacancyEntry) -> None:
    found = fit(sewing, JobWish(words="CONG NHAN may"), YEAR)
    assert found is not None
    assert found.share == 1
    assert found.reasons == ["occupation"]


def test_a_wish_for_sewing_finds_the_garment_firm_first(plan: FairPlan) -> None:
    wish = JobWish(words="công nhân may")
    fits = {b.booth_id: found for b in plan.booths if (found := best_fit(b, wish, YEAR))}
    assert max(fits, key=lambda booth_id: fits[booth_id].share) == "b01"


def test_nothing_asked_excludes_nothing_and_gives_no_reason(sewing: VacancyEntry) -> None:
    found = fit(sewing, JobWish(), YEAR)
    assert found is not None
    assert found.reasons == []


def test_age_limits_exclude(sewing: VacancyEntry) -> None:
    limited = msgspec.structs.replace(sewing, age_from=18, age_to=35)
    assert fit(limited, JobWish(birth_year=YEAR - 36), YEAR) is None
    assert fit(limited, JobWish(birth_year=YEAR - 17), YEAR) is None
    assert fit(limited, JobWish(birth_year=YEAR - 35), YEAR) is not None


def test_unwanted_shifts_exclude_and_wanted_ones_are_a_reason(sewing: VacancyEntry) -> None:
    shifts = msgspec.structs.replace(sewing, shift_required=True)
    assert fit(shifts, JobWish(shift_ok=False), YEAR) is None
    found = fit(shifts, JobWish(shift_ok=True), YEAR)
    assert found is not None
    assert found.reasons == ["shift"]


def test_work_abroad_only_for_those_who_want_it(plan: FairPlan, sewing: VacancyEntry) -> None:
    abroad = next(v for v in plan.vacancies() if v.overseas is not None)
    assert fit(abroad, JobWish(abroad=False), YEAR) is None
    assert fit(sewing, JobWish(abroad=True), YEAR) is None
    assert fit(abroad, JobWish(abroad=True), YEAR) is not None


@pytest.mark.parametrize(
    ("needed", "able", "fits"),
    [
        (
            WorkConditions(lifting=codes.Lifting.OVER_20KG),
            WorkConditions(lifting=codes.Lifting.UNDER_5KG),
            False,
        ),
        (
            WorkConditions(lifting=codes.Lifting.UNDER_5KG),
            WorkConditions(lifting=codes.Lifting.OVER_20KG),
            True,
        ),
        (
            WorkConditions(hands=codes.HandsNeeded.BOTH),
            WorkConditions(hands=codes.HandsNeeded.LEFT),
            False,
        ),
        (
            WorkConditions(hands=codes.HandsNeeded.ONE),
            WorkConditions(hands=codes.HandsNeeded.RIGHT),
            True,
        ),
        (
            WorkConditions(place=codes.WorkPlaceKind.OUTDOOR),
            WorkConditions(place=codes.WorkPlaceKind.INDOOR),
            False,
        ),
        (
            WorkConditions(place=codes.WorkPlaceKind.MIXED),
            WorkConditions(place=codes.WorkPlaceKind.INDOOR),
            True,
        ),
        (WorkConditions(), WorkConditions(standing=codes.Standing.HARDLY), True),
    ],
)
def test_conditions_may_ask_for_no_more_than_the_person_can_do(
    sewing: VacancyEntry, needed: WorkConditions, able: WorkConditions, fits: bool
) -> None:
    vacancy = msgspec.structs.replace(sewing, work_conditions=needed)
    assert (fit(vacancy, JobWish(conditions=able), YEAR) is not None) is fits


def test_a_wage_below_the_wish_weighs_by_its_distance(sewing: VacancyEntry) -> None:
    offer = msgspec.structs.replace(sewing, wage_min=8_000_000, wage_max=10_000_000)
    shares = []
    for asked in (9_000_000, 11_000_000, 20_000_000):
        found = fit(offer, JobWish(min_wage=asked), YEAR)
        assert found is not None
        shares.append(found.share)
    assert shares[0] == 1
    assert 0.5 < shares[1] < 1
    assert shares[2] == 0


def test_words_that_many_titles_share_say_little(plan: FairPlan, sewing: VacancyEntry) -> None:
    wish = JobWish(words="công nhân may")
    food = next(v for v in plan.vacancies() if v.title.vi == "Công nhân chế biến thực phẩm")
    other, own = fit(food, wish, YEAR), fit(sewing, wish, YEAR)
    assert other is not None
    assert own is not None
    assert (own.share, own.reasons) == (1, ["occupation"])
    assert other.share < 0.5
    assert other.reasons == []


def test_marks_count_for_who_writes_them_and_not_where_a_tone_stands(
    sewing: VacancyEntry,
) -> None:
    machines = msgspec.structs.replace(
        sewing, title=msgspec.structs.replace(sewing.title, vi="Thợ máy", en=""), description="-"
    )
    share = {
        words: fit(machines, JobWish(words=words), YEAR) for words in ("thợ may", "may", "máy")
    }
    shares = {words: found.share for words, found in share.items() if found}
    assert shares["may"] == shares["máy"] == 1
    assert shares["thợ may"] < 0.5
    harmony = msgspec.structs.replace(
        sewing, title=msgspec.structs.replace(sewing.title, vi="Thợ hoà âm")
    )
    found = fit(harmony, JobWish(words="hòa âm"), YEAR)
    assert found is not None
    assert found.share == 1
