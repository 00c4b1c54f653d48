"""Communes are found as people say them: by new and old names, with marks or without."""

from __future__ import annotations

from collections import Counter

import pytest

from fairserver.domain.communes import FILE, find_communes
from fairserver.domain.provinces import PROVINCES

#: Of the seed's provinces, domain.md 4.11: Điện Biên, Lào Cai, Hưng Yên, Tây Ninh, Cà Mau.
COUNTS = {"11": 45, "15": 99, "33": 104, "80": 96, "96": 64}


def found(search: str, near: str = "80") -> list[str]:
    return [one.text for one in find_communes(search, frozenset([near]))]


def test_there_are_as_many_communes_as_since_july_2025() -> None:
    lines = [line for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    by_province = Counter(line.split("\t")[1] for line in lines)
    kinds = Counter(line.split("\t")[2] for line in lines)
    assert kinds == {"xã": 2621, "phường": 687, "đặc khu": 13}
    assert by_province.keys() == PROVINCES.keys()
    assert {code: by_province[code] for code in COUNTS} == COUNTS


@pytest.mark.parametrize("search", ["Tân Ninh", "tan ninh", "  TÂN   NINH ", "phường tân ninh"])
def test_a_commune_of_the_fairs_province_comes_first(search: str) -> None:
    assert found(search)[0] == "Phường Tân Ninh, Tây Ninh"


def test_an_old_commune_district_and_province_find_todays_commune() -> None:
    (one,) = find_communes("xa my khanh, phong dien")
    assert one.text == "Phường An Bình, Cần Thơ"
    assert one.former == "Xã Mỹ Khánh, Huyện Phong Điền, Cần Thơ"


def test_both_places_of_a_tone_are_the_same_word() -> None:
    assert found("Hoà Bình") == found("Hòa Bình")
    assert "Phường Hòa Bình, Phú Thọ" in found("hoà bình")


def test_words_of_two_parts_of_an_address_do_not_join_to_a_name() -> None:
    assert "Xã Minh Tân, Ninh Bình" not in found("tan ninh")[:2]


@pytest.mark.parametrize("search", ["", "   ", "!?", "qwertz", "x" * 5000, "\x00", "tân ninh zz"])
def test_a_search_for_nothing_finds_nothing(search: str) -> None:
    assert found(search) == []


def test_a_list_is_short() -> None:
    assert len(found("t")) == 6
