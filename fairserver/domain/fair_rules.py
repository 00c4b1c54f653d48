"""The rules of a fair that reach over more than one field.

Each rule reads what could be read (a field that is missing or wrong is simply not there) and
yields its complaints: a key below its table, what is wrong, what would be right.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections import Counter
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from fairserver.domain.codes import (
    IndustryVersion,
    Ownership,
    QuestionKind,
    SiteRole,
    WageUnit,
)
from fairserver.domain.fair_walk import Fault, Known, join_key, show
from fairserver.domain.provinces import PROVINCES, find_province
from fairserver.domain.states import BoothKind
from fairserver.domain.tax_code import check_digit, is_tax_code

Complaints = Iterator[tuple[str, str, str]]
Rule = Callable[[Known], Complaints]

#: Questions about one vacancy, or about the booth: a person answers them while waiting.
MOST_QUESTIONS = 3

_PAID_BY_TIME = (WageUnit.MONTH, WageUnit.DAY, WageUnit.HOUR)

#: Form 03: starred fields, and what to write.
_EMPLOYER_NEEDS = {
    "ownership": 'its ownership, such as "private"',
    "address": "its address",
    "industry_code": 'the letter of its VSIC section, such as "C"',
    "main_product": "its main product or service",
    "size": 'its number of workers, such as "201_500"',
}


def check_fair(fair: Known) -> Iterator[Fault]:
    """Yield every broken rule of a fair and of its parts."""
    yield from _apply(_FAIR_RULES, fair, "")
    for site_index, site in enumerate(fair.get("sites", [])):
        yield from _apply((_province,), site, f"sites[{site_index}]")
    for index, booth in enumerate(fair.get("booths", [])):
        yield from check_booth(booth, f"booths[{index}]")


def check_booth(booth: Known, key: str = "") -> Iterator[Fault]:
    """Yield every broken rule of a booth, its vacancies and its questions; ``key`` is its own."""
    yield from _apply(_BOOTH_RULES, booth, key)
    yield from _apply(_EMPLOYER_RULES, booth.get("employer", {}), join_key(key, "employer"))
    for index, question in enumerate(booth.get("questions", [])):
        yield from _apply((_choices,), question, join_key(key, f"questions[{index}]"))
    for index, vacancy in enumerate(booth.get("vacancies", [])):
        vacancy_key = join_key(key, f"vacancies[{index}]")
        yield from _apply(_VACANCY_RULES, vacancy, vacancy_key)
        yield from _apply((_province,), vacancy.get("workplace", {}), f"{vacancy_key}.workplace")


def _apply(rules: tuple[Rule, ...], table: Known, key: str) -> Iterator[Fault]:
    for rule in rules:
        for name, problem, right in rule(table):
            yield Fault(join_key(key, name), problem, right)


# --- the fair -----------------------------------------------------------------------------


def _ends_after_start(fair: Known) -> Complaints:
    starts, ends = fair.get("starts"), fair.get("ends")
    if starts and ends and ends <= starts:
        yield "ends", f"{show(ends)} is not after starts {show(starts)}", "write a later time"


def _time_zone(fair: Known) -> Complaints:
    name = fair.get("time_zone")
    if name is None:
        return
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        right = 'write a name of the tz database, such as "Asia/Ho_Chi_Minh"'
        yield "time_zone", f"{show(name)} is not a known time zone", right


def _one_host(fair: Known) -> Complaints:
    roles = [site.get("role") for site in fair.get("sites", [])]
    hosts = roles.count(SiteRole.HOST)
    if roles and None not in roles and hosts != 1:
        yield "sites", f'{hosts} sites have role "host"', "give that role to exactly one site"


def _known_sites(fair: Known) -> Complaints:
    known = [site.get("site_id") for site in fair.get("sites", [])]
    if not known or None in known:
        return  # the sites themselves are told first
    for index, booth in enumerate(fair.get("booths", [])):
        site_id = booth.get("site_id")
        if site_id is not None and site_id not in known:
            yield (
                f"booths[{index}].site_id",
                f"there is no site {show(site_id)}",
                _nearest(site_id, known),
            )


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    listed = ", ".join(map(show, known))
    return f"did you mean {show(near[0])}?" if near else f"sites in this file: {listed}"


def _province(table: Known) -> Complaints:
    code = table.get("province_code")
    if code is None or code in PROVINCES:
        return
    meant = find_province(code)
    if meant is None:
        right = 'write one of the 34 codes since 1 July 2025, such as "80" for Tây Ninh'
    else:
        right = f"write {show(meant.code)} ({meant.name})"
    yield "province_code", f"{show(code)} is not the code of a province", right


def _each_only_once(fair: Known) -> Complaints:
    for name, owners in _named(fair).items():
        first: dict[str, str] = {}
        for key, value in owners:
            if value in first:
                yield key, f"{show(value)} is already at {first[value]}", f"give another {name}"
            first.setdefault(value, key)


def _named(fair: Known) -> dict[str, list[tuple[str, str]]]:
    """Gather where each id and number stands: by kind of id, pairs of (key, value)."""
    sites, booths = fair.get("sites", []), fair.get("booths", [])
    return {
        "site_id": _places(sites, "sites", "site_id"),
        "booth_id": _places(booths, "booths", "booth_id"),
        "number": _places(booths, "booths", "number"),
        "desk_id": _inner_places(booths, "desks", "desk_id"),
        "vacancy_id": _inner_places(booths, "vacancies", "vacancy_id"),
        "question_id": _inner_places(booths, "questions", "question_id"),
    }


def _places(tables: list[Known], key: str, name: str) -> list[tuple[str, str]]:
    return [(f"{key}[{i}].{name}", t[name]) for i, t in enumerate(tables) if name in t]


def _inner_places(booths: list[Known], part: str, name: str) -> list[tuple[str, str]]:
    return [
        place
        for index, booth in enumerate(booths)
        for place in _places(booth.get(part, []), f"booths[{index}].{part}", name)
    ]


def _deadlines(fair: Known) -> Complaints:
    day = fair.get("date")
    for index, booth in enumerate(fair.get("booths", [])):
        for number, vacancy in enumerate(booth.get("vacancies", [])):
            deadline = vacancy.get("deadline")
            if isinstance(day, dt.date) and deadline is not None and deadline < day:
                yield (
                    f"booths[{index}].vacancies[{number}].deadline",
                    f"{deadline} is before the fair's date {day}",
                    "write a later date, or leave the key out: until the openings are filled",
                )


# --- a booth and its employer -------------------------------------------------------------


def _employer_is_whole(booth: Known) -> Complaints:
    employer = booth.get("employer")
    if booth.get("kind") != BoothKind.EMPLOYER or employer is None:
        return
    for name, what in _EMPLOYER_NEEDS.items():
        if employer.get(name, _SOMETHING) in (None, ""):
            yield f"employer.{name}", "is missing (form 03)", f"write {what}"
    taxed = employer.get("ownership") != Ownership.INDIVIDUAL
    if taxed and employer.get("tax_code", _SOMETHING) is None:
        right = 'write its tax code, or ownership = "individual" for a person'
        yield "employer.tax_code", "is missing (form 03)", right


#: Stands for a field that was written, but wrongly: that is one fault, not two.
_SOMETHING = object()


def _employer_offers_work(booth: Known) -> Complaints:
    if booth.get("kind") == BoothKind.EMPLOYER and booth.get("vacancies") == []:
        yield "vacancies", "an employer's booth has no vacancy", "write [[booths.vacancies]]"


def _abroad_by_the_licensed(booth: Known) -> Complaints:
    employer = booth.get("employer", {})
    licence = employer.get("licence_no")
    for index, vacancy in enumerate(booth.get("vacancies", [])):
        key, overseas = f"vacancies[{index}]", vacancy.get("overseas")
        workplace = vacancy.get("workplace", {})
        abroad = workplace.get("province_code", _SOMETHING) is None
        if abroad and "overseas" in vacancy and overseas is None:
            yield from _neither_here_nor_abroad(key, bool(employer.get("sends_abroad")))
        used = (overseas or {}).get("licence_no")
        if licence and used and used != licence:
            right = f"write the employer's licence_no, {show(licence)}"
            yield f"{key}.overseas.licence_no", f"{show(used)} is another licence", right


def _neither_here_nor_abroad(key: str, sends_abroad: bool) -> Complaints:
    needs = "market, licence_no, contract_months, total_cost, deposit, wage and language_level"
    if sends_abroad:
        right = f"write [booths.vacancies.overseas] with {needs}"
        yield f"{key}.overseas", "is missing for work abroad", right
        return
    right = f"write the province's code, or for work abroad the overseas table with {needs}"
    yield f"{key}.workplace.province_code", "is missing", right


def _tax_code(employer: Known) -> Complaints:
    code = employer.get("tax_code")
    if code is None or is_tax_code(code):
        return
    body = code.replace("-", "")
    digit = check_digit(code[:9]) if body.isdecimal() and len(body) in (10, 13) else None
    if digit and code[9:10] != digit:
        right = f"compare it with the certificate (after {code[:9]} comes {digit})"
    else:
        right = 'write 10 digits, or 10-3 for a branch, in quotes, such as "1101234561-001"'
    yield "tax_code", f"{show(code)} is not a tax code", right


def _industry(employer: Known) -> Complaints:
    code, version = employer.get("industry_code"), employer.get("industry_version", _SOMETHING)
    if code and version is None:
        right = 'write "vsic_2025" or "vsic_2018": the same letter means different things'
        yield "industry_version", "is missing beside industry_code", right
    if code == "V" and version == IndustryVersion.VSIC_2018:
        right = 'write a letter from A to U, or industry_version = "vsic_2025"'
        yield "industry_code", '"V" is not a section of VSIC 2018', right


def _licence(employer: Known) -> Complaints:
    if employer.get("sends_abroad") and employer.get("licence_no", "") is None:
        right = "write the number of its licence to send workers abroad, in quotes"
        yield "licence_no", "is missing for a sending company", right


# --- a vacancy ----------------------------------------------------------------------------


def _wage(vacancy: Known) -> Complaints:
    unit, low, high = (vacancy.get(name) for name in ("wage_unit", "wage_min", "wage_max"))
    if unit in _PAID_BY_TIME and vacancy.get("wage_min", _SOMETHING) is None:
        right = 'write whole đồng, or wage_unit = "negotiable"'
        yield "wage_min", f"is missing for pay by the {unit}", right
    if low is not None and high is not None and high < low:
        yield "wage_max", f"{high} is less than wage_min {low}", f"write {low} or more"
    if unit == WageUnit.NEGOTIABLE and (low or high):
        right = 'leave wage_min and wage_max out, or write wage_unit = "month"'
        yield "wage_unit", '"negotiable" stands beside a wage', right


def _ages(vacancy: Known) -> Complaints:
    low, high = vacancy.get("age_from"), vacancy.get("age_to")
    if low is not None and high is not None and high < low:
        yield "age_to", f"{high} is less than age_from {low}", f"write {low} or more"


# --- the questions of an employer -----------------------------------------------------------


def _few_questions(booth: Known) -> Complaints:
    asked = Counter(question.get("vacancy_id") for question in booth.get("questions", []))
    for vacancy_id, count in asked.items():
        if count > MOST_QUESTIONS:
            about = f"vacancy {show(vacancy_id)}" if vacancy_id else "the booth"
            right = f"ask at most {MOST_QUESTIONS}: people answer them while they wait"
            yield "questions", f"there are {count} questions about {about}", right


def _known_vacancies(booth: Known) -> Complaints:
    known = [vacancy.get("vacancy_id") for vacancy in booth.get("vacancies", [])]
    for index, question in enumerate(booth.get("questions", [])):
        asked = question.get("vacancy_id")
        if asked is not None and None not in known and asked not in known:
            right = "write the vacancy_id of one of this booth, or leave the key out"
            key = f"questions[{index}].vacancy_id"
            yield key, f"this booth has no vacancy {show(asked)}", right


def _choices(question: Known) -> Complaints:
    kind, choices = question.get("kind"), question.get("choices")
    if kind is None or choices is None:
        return
    if kind != QuestionKind.CHOICE and choices:
        yield "choices", f"do not belong to kind {show(kind)}", 'write kind = "choice"'
    elif kind == QuestionKind.CHOICE and len(choices) < 2:
        yield "choices", f"{len(choices)} of them are no choice", "write 2 to 6"
    names = [choice.get("vi") for choice in choices]
    if len(set(names)) < len(names):
        yield "choices", "two of them are the same", "write each only once"


_FAIR_RULES: tuple[Rule, ...] = (
    _ends_after_start,
    _time_zone,
    _one_host,
    _known_sites,
    _province,
    _each_only_once,
    _deadlines,
)
_BOOTH_RULES: tuple[Rule, ...] = (
    _employer_is_whole,
    _employer_offers_work,
    _abroad_by_the_licensed,
    _few_questions,
    _known_vacancies,
)
_EMPLOYER_RULES: tuple[Rule, ...] = (_tax_code, _industry, _licence)
_VACANCY_RULES: tuple[Rule, ...] = (_wage, _ages)
