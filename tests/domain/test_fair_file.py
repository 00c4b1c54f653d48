"""A fair file: the examples are right, and a wrong one is told everything at once."""

from __future__ import annotations

import copy
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairserver.domain.fair_file import FairFileError, Fault, faults_of, read_fair
from fairserver.domain.fair_plan import FairPlan
from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothKind, BoothMode

FAIRS = Path(__file__).parents[2] / "config" / "fairs"
EXAMPLE = FAIRS / "tay-ninh-2026-11.toml"
RAW = tomllib.loads(EXAMPLE.read_text("utf-8"))

JAPAN = "booths[10].vacancies[0]"

Change = Callable[[dict[str, Any]], None]


def faults_after(change: Change) -> list[Fault]:
    raw = copy.deepcopy(RAW)
    change(raw)
    return faults_of(raw)


def put(value: Any, *path: str | int) -> Change:
    def change(raw: dict[str, Any]) -> None:
        place: Any = raw
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def drop(*path: str | int) -> Change:
    def change(raw: dict[str, Any]) -> None:
        place: Any = raw
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


@pytest.mark.parametrize("path", sorted(FAIRS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_fair_in_the_configuration_folder_is_right(path: Path) -> None:
    assert read_fair(path).booths


def test_the_example_is_a_fair_of_24_booths_over_six_sites() -> None:
    plan = read_fair(EXAMPLE)
    assert plan.fair_id == "tay-ninh"
    assert [booth.booth_id for booth in plan.booths] == [f"b{n:02}" for n in range(1, 25)]
    assert len(plan.desk_ids()) == 34
    assert len(plan.sites) == 6
    assert plan.settings == FairSettings()
    assert {booth.kind for booth in plan.booths} >= {BoothKind.ADVICE, BoothKind.SCHOOL}
    assert {booth.mode for booth in plan.booths} == set(BoothMode)


def test_the_four_booths_left_to_visitors_interview_online() -> None:
    modes = [booth.mode for booth in read_fair(EXAMPLE).booths[:4]]
    assert modes == [BoothMode.ONLINE] * 4


def test_every_job_abroad_in_the_example_names_licence_and_costs() -> None:
    abroad = [v for v in read_fair(EXAMPLE).vacancies() if v.workplace.province_code is None]
    assert abroad
    assert all(v.overseas is not None for v in abroad)


WRONG: dict[str, tuple[Change, str, str, str]] = {
    "a misspelt key": (
        put(5, "settings", "join_limt"),
        "settings.join_limt",
        "not a known key",
        "did you mean join_limit?",
    ),
    "a key that resembles none": (
        put(1, "facets", "zzz"),
        "facets.zzz",
        "not a known key",
        "known keys: modalities, themes",
    ),
    "a key of the file below a table": (
        put("07:30", "settings", "starts"),
        "settings.starts",
        "not a known key",
        "top of the file",
    ),
    "a missing key": (drop("name"), "name", "missing", "a table with vi"),
    "a missing key deep inside": (
        drop("booths", 3, "desks", 0, "desk_id"),
        "booths[3].desks[0].desk_id",
        "missing",
        "b01-1",
    ),
    "text for a number": (
        put("many", "booths", 0, "vacancies", 0, "openings"),
        "booths[0].vacancies[0].openings",
        '"many" is not right',
        "a whole number, without quotes, from 1 to 100000",
    ),
    "a table for text": (put({}, "place"), "place", "a table is not right", "text in quotes"),
    "text for a table": (put("Phiên", "name"), "name", '"Phiên" is not a table', "vi"),
    "text for a list": (put("x", "sites"), "sites", '"x" is not a list', "1 to 40 long"),
    "an empty list": (put([], "facets", "modalities"), "facets.modalities", "0 entries", "a list"),
    "a number out of range": (
        put(61, "booths", 0, "minutes"),
        "booths[0].minutes",
        "61 is not right",
        "from 3 to 60",
    ),
    "a setting out of range": (
        put(0, "settings", "join_limit"),
        "settings.join_limit",
        "0 is not right",
        "from 1 to 10",
    ),
    "a wage in millions": (
        put(8.5, "booths", 0, "vacancies", 0, "wage_min"),
        "booths[0].vacancies[0].wage_min",
        "8.5 is not right",
        "whole đồng",
    ),
    "an unknown code": (
        put("onlin", "booths", 1, "mode"),
        "booths[1].mode",
        '"onlin" is not right',
        '"online" perhaps',
    ),
    "an unknown code in a list": (
        put(["food"], "booths", 1, "vacancies", 0, "benefits"),
        "booths[1].vacancies[0].benefits[0]",
        '"food" is not right',
        "one of",
    ),
    "an id with capitals": (
        put("B 01", "booths", 0, "booth_id"),
        "booths[0].booth_id",
        '"B 01" is not right',
        'such as "b01"',
    ),
    "an hour that is none": (put("24:00", "ends"), "ends", '"24:00"', 'such as "07:30"'),
    "a date that is none": (put("25/11/2026", "date"), "date", "25/11/2026", "2026-11-25"),
    "a booth_id twice": (
        put("b01", "booths", 1, "booth_id"),
        "booths[1].booth_id",
        '"b01" is already at booths[0].booth_id',
        "another booth_id",
    ),
    "a booth's number twice": (
        put("01", "booths", 1, "number"),
        "booths[1].number",
        "already at booths[0].number",
        "another number",
    ),
    "a desk_id twice in two booths": (
        put("b01-1", "booths", 1, "desks", 0, "desk_id"),
        "booths[1].desks[0].desk_id",
        "already at booths[0].desks[0].desk_id",
        "another desk_id",
    ),
    "a vacancy_id twice": (
        put("b01-v1", "booths", 0, "vacancies", 1, "vacancy_id"),
        "booths[0].vacancies[1].vacancy_id",
        "already at booths[0].vacancies[0].vacancy_id",
        "another vacancy_id",
    ),
    "an unknown site": (
        put("tan-ann", "booths", 0, "site_id"),
        "booths[0].site_id",
        'no site "tan-ann"',
        'did you mean "tan-an"?',
    ),
    "two hosts": (put("host", "sites", 1, "role"), "sites", "2 sites", "exactly one"),
    "an end before the start": (put("07:00", "ends"), "ends", "not after starts", "later"),
    "an unknown time zone": (put("Asia/Nowhere", "time_zone"), "time_zone", "Nowhere", "Ho_Chi"),
    "a wage_max below wage_min": (
        put(8_000_000, "booths", 0, "vacancies", 0, "wage_max"),
        "booths[0].vacancies[0].wage_max",
        "less than wage_min 8500000",
        "8500000 or more",
    ),
    "monthly pay without a wage": (
        drop("booths", 0, "vacancies", 0, "wage_min"),
        "booths[0].vacancies[0].wage_min",
        "missing for pay by the month",
        "negotiable",
    ),
    "a negotiable wage with a number": (
        put("negotiable", "booths", 0, "vacancies", 0, "wage_unit"),
        "booths[0].vacancies[0].wage_unit",
        "beside a wage",
        "leave wage_min",
    ),
    "an age_to below age_from": (
        put(17, "booths", 0, "vacancies", 0, "age_to"),
        "booths[0].vacancies[0].age_to",
        "less than age_from 18",
        "18 or more",
    ),
    "a worker below the legal age": (
        put(14, "booths", 0, "vacancies", 0, "age_from"),
        "booths[0].vacancies[0].age_from",
        "14 is not right",
        "from 15 to 80",
    ),
    "a deadline before the fair": (
        put("2026-11-24", "booths", 0, "vacancies", 0, "deadline"),
        "booths[0].vacancies[0].deadline",
        "before the fair's date",
        "leave the key out",
    ),
    "work abroad without its table": (
        drop("booths", 10, "vacancies", 0, "overseas"),
        f"{JAPAN}.overseas",
        "missing for work abroad",
        "licence_no",
    ),
    "work abroad without its cost": (
        drop("booths", 10, "vacancies", 0, "overseas", "total_cost"),
        f"{JAPAN}.overseas.total_cost",
        "missing",
        "a whole number",
    ),
    "work abroad under another licence": (
        put("1234/XX", "booths", 10, "vacancies", 0, "overseas", "licence_no"),
        f"{JAPAN}.overseas.licence_no",
        "another licence",
        "9901/BNV-GP",
    ),
    "a sending company without licence": (
        drop("booths", 10, "employer", "licence_no"),
        "booths[10].employer.licence_no",
        "missing for a sending company",
        "licence",
    ),
    "a job at home nowhere": (
        drop("booths", 0, "vacancies", 0, "workplace", "province_code"),
        "booths[0].vacancies[0].workplace.province_code",
        "missing",
        "province",
    ),
    "a wrong check digit": (
        put("1199900405", "booths", 0, "employer", "tax_code"),
        "booths[0].employer.tax_code",
        "not a tax code",
        "after 119990040 comes 4",
    ),
    "a tax code of nine digits": (
        put("119990040", "booths", 0, "employer", "tax_code"),
        "booths[0].employer.tax_code",
        "not a tax code",
        "10 digits",
    ),
    "an employer without tax code": (
        drop("booths", 0, "employer", "tax_code"),
        "booths[0].employer.tax_code",
        "missing (form 03)",
        "individual",
    ),
    "an employer without size": (
        drop("booths", 0, "employer", "size"),
        "booths[0].employer.size",
        "missing (form 03)",
        "201_500",
    ),
    "an employer without vacancies": (
        put([], "booths", 0, "vacancies"),
        "booths[0].vacancies",
        "no vacancy",
        "[[booths.vacancies]]",
    ),
    "a province that is none": (
        put("49", "sites", 0, "province_code"),
        "sites[0].province_code",
        '"49" is not the code',
        "34 codes",
    ),
    "a province by its old name": (
        put("Long An", "province_code"),
        "province_code",
        '"Long An"',
        '"80" (Tây Ninh)',
    ),
    "an industry without edition": (
        drop("booths", 0, "employer", "industry_version"),
        "booths[0].employer.industry_version",
        "missing beside industry_code",
        "vsic_2025",
    ),
    "an unknown edition": (
        put("vsic_2019", "booths", 0, "employer", "industry_version"),
        "booths[0].employer.industry_version",
        '"vsic_2019"',
        '"vsic_2018"',
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_fault_is_named_with_its_key_and_its_remedy(case: str) -> None:
    change, key, problem, right = WRONG[case]
    faults = faults_after(change)
    assert [fault.key for fault in faults] == [key]
    assert problem in faults[0].problem
    assert right in faults[0].right


def test_section_v_does_not_exist_in_vsic_2018() -> None:
    def change(raw: dict[str, Any]) -> None:
        raw["booths"][0]["employer"] |= {"industry_code": "V", "industry_version": "vsic_2018"}

    (fault,) = faults_after(change)
    assert fault.key == "booths[0].employer.industry_code"
    assert "from A to U" in fault.right


#: Emptying all vacancies would hide the faults inside them.
TOGETHER = [case for case in WRONG if case != "an employer without vacancies"]


def test_many_faults_in_different_places_are_all_listed_at_once() -> None:
    cases = [
        "a missing key",
        "an unknown code",
        "an unknown site",
        "two hosts",
        "a wrong check digit",
    ]
    cases += [
        "a wage_max below wage_min",
        "work abroad without its cost",
        "an end before the start",
    ]
    raw = copy.deepcopy(RAW)
    for case in cases:
        WRONG[case][0](raw)
    assert sorted(f.key for f in faults_of(raw)) == sorted(WRONG[case][1] for case in cases)


def test_a_wrong_field_does_not_hide_the_other_faults_of_its_booth() -> None:
    def change(raw: dict[str, Any]) -> None:
        booth = raw["booths"][2]
        booth["mode"] = 7
        booth["booth_id"] = "b01"
        booth["vacancies"][0]["title"] = "Thợ may"
        booth["vacancies"][0]["wage_max"] = 10_000

    assert {fault.key for fault in faults_after(change)} == {
        "booths[2].mode",
        "booths[2].booth_id",
        "booths[2].vacancies[0].title",
        "booths[2].vacancies[0].wage_max",
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(sorted(TOGETHER)), min_size=1, max_size=5, unique=True))
def test_any_mixture_of_faults_is_refused_and_never_breaks_the_reader(cases: list[str]) -> None:
    raw = copy.deepcopy(RAW)
    for case in cases:
        try:
            WRONG[case][0](raw)
        except (LookupError, TypeError):
            continue  # an earlier change took the place away
    faults = faults_of(raw)
    assert faults
    assert all(fault.key and fault.problem and fault.right for fault in faults)


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.just([]),
    st.just({}),
)


@st.composite
def spoilt_minimal(draw: st.DrawFn) -> dict[str, Any]:
    """The smallest fair with up to four values anywhere in it replaced or taken out."""
    raw = tomllib.loads((FAIRS / "minimal.toml").read_text("utf-8"))
    for _ in range(draw(st.integers(1, 4))):
        place: Any = raw
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and draw(st.booleans()):
                place = place[key]
                continue
            if draw(st.booleans()):
                place[key] = draw(JUNK)
            else:
                del place[key]
            break
    return raw


@settings(max_examples=150, deadline=None)
@given(spoilt_minimal())
def test_a_fair_without_faults_is_exactly_one_that_can_be_converted(raw: dict[str, Any]) -> None:
    if not faults_of(raw):
        assert msgspec.convert(raw, FairPlan).booths


def written(folder: Path, text: str) -> Path:
    path = folder / "fair.toml"
    path.write_text(text, "utf-8")
    return path


def refusal(path: Path) -> FairFileError:
    with pytest.raises(FairFileError) as caught:
        read_fair(path)
    return caught.value


def test_the_error_names_file_line_key_fault_and_remedy_one_fault_a_line(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8").replace('mode = "online"', 'mode = "onlin"', 2)
    path = written(tmp_path, text.replace("join_limit = 3", "join_limit = 30"))
    lines = str(refusal(path)).splitlines()
    assert len(lines) == 3
    assert "settings.join_limit: 30 is not right; write a whole number" in lines[0]
    for line in lines:
        number = int(line.removeprefix(f"{path}: line ").split(",")[0])
        key = line.split(": ")[1].rpartition(".")[2]
        assert path.read_text("utf-8").splitlines()[number - 1].startswith(f"{key} =")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("starts = 07:30", 'in quotes: "07:30"'),
        ("date = 25/11/2026", "2026-11-25"),
        ("name = Phiên", '"quotes"'),
        ("[centre", '"quotes"'),
    ],
)
def test_a_file_that_is_not_toml_is_told_the_line(tmp_path: Path, wrong: str, right: str) -> None:
    (fault,) = refusal(written(tmp_path, f'fair_id = "x"\n\n{wrong}\nends = "11:30"\n')).faults
    assert fault.line == 3
    assert wrong in fault.problem
    assert right in fault.right


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    error = refusal(tmp_path / "none.toml")
    assert "none.toml" in str(error)
    assert "cannot be read" in str(error)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "fair.toml"
    path.write_bytes("name = 'Phiên'".encode("utf-16"))
    assert "UTF-8" in str(refusal(path))


def test_an_empty_file_is_told_every_key_it_needs(tmp_path: Path) -> None:
    keys = {fault.key for fault in refusal(written(tmp_path, "")).faults}
    assert keys == {field.name for field in msgspec.structs.fields(FairPlan) if field.required}


def test_a_byte_order_mark_and_split_letters_of_other_editors_are_read(tmp_path: Path) -> None:
    text = (FAIRS / "minimal.toml").read_text("utf-8")
    path = tmp_path / "fair.toml"
    path.write_bytes(b"\xef\xbb\xbf" + unicodedata.normalize("NFD", text).encode())
    assert read_fair(path) == read_fair(FAIRS / "minimal.toml")
