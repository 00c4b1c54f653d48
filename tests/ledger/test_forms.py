"""The rules for what a person fills in."""

from __future__ import annotations

import unicodedata

import pytest

from fairserver.domain.texts import clean_text
from fairserver.ledger.forms import ConsentChoices, checked, clean_phone, plain
from fairserver.protocol.errors import Code, Refused
from tests.ledger.makers import FAIR_DAY, form, request_id


def _refused(**changes: object) -> Refused:
    with pytest.raises(Refused) as caught:
        checked(form(**changes), FAIR_DAY, request_id())
    return caught.value


def _problems(refused: Refused) -> dict[str, str]:
    return {fault["field"]: fault["problem"] for fault in refused.detail["fields"]}


def test_a_name_is_kept_composed_and_with_single_spaces() -> None:
    typed = unicodedata.normalize("NFD", "  Nguyễn  Thị\tHoà ")
    assert checked(form(full_name=typed), FAIR_DAY, request_id()).full_name == "Nguyễn Thị Hoà"


@pytest.mark.parametrize(
    "name", ["Đỗ Hà", "H'Bia Ayŭn", "Y-Moan Ênuôl", "Thạch Sô Phi", "ថាច់ សុភី", "Nguyễn Văn A."]
)
def test_names_of_all_peoples_of_the_country_are_taken(name: str) -> None:
    assert checked(form(full_name=name), FAIR_DAY, request_id()).full_name == name


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "needed"),
        (" ", "needed"),
        ("A", "too_short"),
        ("a" * 81, "too_long"),
        ("Nguyễn 2", "letters_only"),
        ("<b>An</b>", "letters_only"),
        ("--", "letters_only"),
    ],
)
def test_what_is_no_name_is_refused_with_what_is_wrong(name: str, problem: str) -> None:
    refused = _refused(full_name=name)
    assert (refused.code, _problems(refused)) == (Code.FIELD_WRONG, {"full_name": problem})


def test_direction_marks_and_control_characters_never_reach_a_screen() -> None:
    assert clean_text("An\u202e\u0000\nBình\u200b") == "An Bình"


@pytest.mark.parametrize(
    "typed",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "+84 912 345 678",
        "84912345678",
        "0084912345678",
    ],
)
def test_every_way_to_write_a_mobile_number_becomes_one(typed: str) -> None:
    assert clean_phone(typed) == "+84912345678"


@pytest.mark.parametrize("typed", [None, "", "   "])
def test_a_person_may_have_no_phone(typed: str | None) -> None:
    assert checked(form(phone=typed), FAIR_DAY, request_id()).phone is None


@pytest.mark.parametrize(
    "typed", ["0123456789", "091234567", "09123456789", "+1 202 555 0100", "x"]
)
def test_a_number_that_is_no_mobile_is_refused(typed: str) -> None:
    assert _problems(_refused(phone=typed)) == {"phone": "not_a_mobile"}


def test_fifteen_in_the_year_of_the_fair_is_old_enough_and_fourteen_is_not() -> None:
    year = FAIR_DAY.year
    assert checked(form(birth_year=year - 15), FAIR_DAY, request_id()).birth_year == year - 15
    assert _refused(birth_year=year - 14).code is Code.TOO_YOUNG


@pytest.mark.parametrize("year", [0, 1899, FAIR_DAY.year + 1, 199])
def test_a_birth_year_that_cannot_be_is_a_slip_and_not_youth(year: int) -> None:
    refused = _refused(birth_year=year)
    assert refused.code is Code.FIELD_WRONG
    assert (refused.detail["low"], refused.detail["high"]) == (1926, 2011)


def test_nobody_takes_part_without_saying_so_and_boxes_are_empty_by_default() -> None:
    refused = _refused(consents=ConsentChoices())
    assert refused.code is Code.CONSENT_NEEDED
    assert refused.detail["field"] == "consents.take_part"


def test_all_faults_are_told_at_once_in_the_order_of_the_form() -> None:
    refused = _refused(
        full_name="",
        phone="12",
        birth_year=FAIR_DAY.year - 3,
        sex="x",
        commune="",
        wish="a" * 201,
        language="fr",
        consents=ConsentChoices(),
    )
    assert refused.code is Code.FIELD_WRONG
    assert refused.detail["field"] == "full_name"
    assert list(_problems(refused).items()) == [
        ("full_name", "needed"),
        ("phone", "not_a_mobile"),
        ("birth_year", "under_15"),
        ("sex", "not_a_choice"),
        ("commune", "needed"),
        ("wish", "too_long"),
        ("language", "not_a_choice"),
        ("consents.take_part", "not_given"),
    ]


@pytest.mark.parametrize("name", ["", "short", "with spaces in the middle", "a" * 65])
def test_a_registration_that_could_be_guessed_is_refused(name: str) -> None:
    with pytest.raises(Refused) as caught:
        checked(form(), FAIR_DAY, name)
    assert caught.value.detail["field"] == "request_id"


@pytest.mark.parametrize("written", ["Đỗ Thị Hoà", "ĐỖ THỊ HÒA", "do thi hoa"])
def test_search_finds_a_name_with_and_without_marks_and_either_tone_place(written: str) -> None:
    assert plain(written) == "do thi hoa"
