"""A fair's plan: what the public may read, and the few questions that others ask it."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from fairserver.domain import fair_values
from fairserver.domain.codes import WageBand, WageUnit
from fairserver.domain.fair_file import read_fair
from fairserver.domain.fair_plan import FairPlan, Text, wage_band
from fairserver.domain.provinces import PROVINCES, find_province
from fairserver.domain.tax_code import check_digit, is_tax_code
from fairserver.protocol import types as wire

FAIRS = Path(__file__).parents[2] / "config" / "fairs"


@pytest.fixture(scope="module")
def plan() -> FairPlan:
    return read_fair(FAIRS / "tay-ninh-2026-11.toml")


def test_contact_persons_are_in_the_plan_and_not_in_its_public_form(plan: FairPlan) -> None:
    contact = plan.booths[0].employer.contact
    assert contact is not None
    public = json.dumps(plan.public(), ensure_ascii=False)
    assert contact.full_name not in public
    assert str(contact.phone) not in public
    assert "contact" not in public


def test_the_public_form_is_the_whole_plan_otherwise(plan: FairPlan) -> None:
    public = plan.public()
    assert set(public) == set(FairPlan.__struct_fields__)
    assert public["date"] == "2026-11-25"
    booth = public["booths"][10]
    assert booth["desks"][0] == {"desk_id": "b11-1", "label": "Bàn 1"}
    assert booth["vacancies"][0]["overseas"]["wage_currency"] == "JPY"
    assert msgspec.convert(public, FairPlan).desk_ids() == plan.desk_ids()


def test_an_english_text_that_was_not_written_is_the_vietnamese_one(plan: FairPlan) -> None:
    name = Text(vi="Phiên tháng Mười một")
    renamed = msgspec.structs.replace(plan, name=name)
    assert renamed.public()["name"] == {"vi": name.vi, "en": name.vi}


def test_a_booth_is_found_by_its_id_and_by_its_desk(plan: FairPlan) -> None:
    assert plan.booth("b13").number == "13"
    assert plan.booth_of("b13-2") is plan.booth("b13")
    with pytest.raises(KeyError):
        plan.booth("b99")
    with pytest.raises(KeyError):
        plan.booth_of("b99-1")


def test_the_hours_of_a_fair_are_in_its_own_time_zone(plan: FairPlan) -> None:
    assert plan.starts_at.isoformat() == "2026-11-25T07:30:00+07:00"
    assert plan.ends_at > plan.starts_at


def test_ids_in_a_plan_are_those_that_the_contract_carries() -> None:
    for name in ("FairId", "BoothId", "DeskId"):
        ours, theirs = (getattr(module, name).__metadata__[0] for module in (fair_values, wire))
        assert ours.pattern == theirs.pattern


@pytest.mark.parametrize(
    ("wage", "band"),
    [
        (4_999_999, WageBand.UNDER_5),
        (5_000_000, WageBand.FROM_5),
        (10_000_000, WageBand.FROM_10),
        (20_000_000, WageBand.FROM_20),
        (50_000_000, WageBand.OVER_50),
    ],
)
def test_a_monthly_wage_falls_into_the_band_of_the_form(wage: int, band: WageBand) -> None:
    assert wage_band(wage) is band


def test_only_monthly_wages_have_a_band(plan: FairPlan) -> None:
    for vacancy in plan.vacancies():
        assert (vacancy.wage_band is not None) == (vacancy.wage_unit is WageUnit.MONTH)


def test_there_are_34_provinces_and_people_find_them_by_their_old_names() -> None:
    assert len(PROVINCES) == 34
    for text, code in {
        "80": "80",
        "Long An": "80",
        "bac lieu": "96",
        "Thái Bình": "33",
        "Hoà Bình": "25",
        "ĐIỆN BIÊN": "11",
    }.items():
        province = find_province(text)
        assert province is not None
        assert province.code == code
    assert find_province("Atlantis") is None


def test_a_tax_code_has_ten_digits_the_last_of_which_checks_the_others() -> None:
    assert is_tax_code("1199900002")
    assert is_tax_code("1199900002-001")
    for wrong in ("1199900003", "119990000", "1199900002-01", "11999000020", "", "abcdefghij"):
        assert not is_tax_code(wrong)


def test_a_changed_digit_is_noticed() -> None:
    code = "1199900404"
    for place in range(10):
        for digit in set("0123456789") - {code[place]}:
            assert not is_tax_code(code[:place] + digit + code[place + 1 :])


def test_no_tax_code_begins_where_the_check_digit_would_be_ten() -> None:
    assert check_digit("000000000") is None
    assert not is_tax_code("0000000000")
