"""A person's rights over what is stored: corrected by the rules, and erased for good."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from fairserver.domain.states import Role, SecondState
from fairserver.ledger import CodeWrong, Ledger, tables
from fairserver.ledger.forms import Answers
from fairserver.ledger.people import Stage
from fairserver.ledger.second_interviews import Turn
from fairserver.ledger.slots import Meeting
from fairserver.protocol.errors import Code, Refused
from tests.ledger.makers import FAIR, SECRET, Clock, form, plan_json, request_id

ANSWERS = Answers(
    full_name=" Trần  Thị Đẹp",
    phone="0987.654.321",
    birth_year=1990,
    sex="nu",
    commune="Phường Long An",
    wish="",
)


async def test_corrected_answers_are_cleaned_and_found_by_the_new_name(ledger: Ledger) -> None:
    candidate_id = (await ledger.people.register(FAIR, request_id(), form())).candidate_id
    await ledger.own_data.correct(FAIR, candidate_id, ANSWERS)
    person = await ledger.people.get(candidate_id)
    assert (person.full_name, person.phone) == ("Trần Thị Đẹp", "+84987654321")
    assert [one.candidate_id for one in await ledger.people.search(FAIR, "tran thi dep")] == [
        candidate_id
    ]
    assert await ledger.people.search(FAIR, "hoa") == []


async def test_a_correction_that_registration_would_refuse_changes_nothing(ledger: Ledger) -> None:
    candidate_id = (await ledger.people.register(FAIR, request_id(), form())).candidate_id
    before = await ledger.people.get(candidate_id)
    wrong = Answers(full_name="7", phone="12", birth_year=1800, sex="x", commune="")
    with pytest.raises(Refused) as caught:
        await ledger.own_data.correct(FAIR, candidate_id, wrong)
    fields = [fault["field"] for fault in caught.value.detail["fields"]]
    assert fields == ["full_name", "phone", "birth_year", "sex", "commune"]
    assert await ledger.people.get(candidate_id) == before


async def whole_person(ledger: Ledger) -> str:
    """Somebody of whom everything is stored that can be."""
    registered = await ledger.people.register(FAIR, request_id(), form())
    candidate_id = registered.candidate_id
    await ledger.people.set_number(candidate_id, 7)
    staff = await ledger.staff.invite(FAIR, Role.RECRUITER, "b01", "Chị Lan")
    await ledger.sessions.open(FAIR, Role.CANDIDATE, candidate_id, None, "7", 60)
    turn = Turn(fair_id=FAIR, ticket_id="t1", booth_id="b01", candidate_id=candidate_id)
    date = Meeting(
        starts_at=ledger._database.now() + 3_600_000, minutes=30, online=True, place="Gọi Zalo"
    )
    await ledger.second_interviews.offer_time(turn, date)
    await ledger.ratings.put(turn, passed=True, remark="Cô Hoà đã giúp")
    await ledger.notes.add(FAIR, "t1", staff.staff_id, "Chị Hoà tay nghề tốt")
    await ledger.notes.add(FAIR, "t2", staff.staff_id, "Người khác")
    return candidate_id


async def test_an_erased_person_is_a_number_and_can_come_back_by_no_way(
    ledger: Ledger, clock: Clock
) -> None:
    candidate_id = await whole_person(ledger)
    code = (await ledger.people.register(FAIR, request_id(), form())).code
    link = (await ledger.people.register(FAIR, request_id(), form())).link_token
    for _ in range(2):
        await ledger.own_data.erase(FAIR, candidate_id, ["t1"])
    person = await ledger.people.get(candidate_id)
    assert (person.number, person.sex, person.birth_year) == (7, "nu", 1990)
    assert (person.full_name, person.phone, person.commune, person.wish) == ("", None, "", "")
    assert await ledger.people.by_link(FAIR, link) is None
    with pytest.raises(CodeWrong):
        await ledger.people.by_code(FAIR, 7, code)
    with pytest.raises(Refused) as caught:
        await ledger.people.profile_for_booth(candidate_id, "b01", Stage.AFTER)
    assert caught.value.code is Code.PROFILE_HIDDEN
    assert (await ledger.people.register(FAIR, request_id(), form())).candidate_id != candidate_id


async def test_what_others_wrote_of_an_erased_person_goes_and_figures_stay(ledger: Ledger) -> None:
    candidate_id = await whole_person(ledger)
    await ledger.own_data.erase(FAIR, candidate_id, ["t1"])
    assert await ledger.notes.of_ticket(FAIR, "t1") == []
    assert len(await ledger.notes.of_ticket(FAIR, "t2")) == 1
    (rating,) = await ledger.ratings.of_candidate(candidate_id)
    assert (rating.passed, rating.remark) == (True, "")
    (second,) = await ledger.second_interviews.of_candidate(candidate_id)
    assert second.state is SecondState.CANCELLED
    assert await ledger.own_data.sign_ins(candidate_id) == []
    assert len(await ledger.people.consents(candidate_id)) == 5  # the proof of what was agreed
    async with ledger._database.read() as connection:
        links = select(func.count()).select_from(tables.candidate_links)
        assert await connection.scalar(links) == 0


def _everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_nothing_of_an_erased_person_is_left_in_the_file(tmp_path: Path) -> None:
    async with await Ledger.open(f"sqlite:///{tmp_path}/ledger.db", secret=SECRET) as ledger:
        await ledger.fairs.put(FAIR, plan_json(), "d")
        candidate_id = await whole_person(ledger)
        await ledger.own_data.erase(FAIR, candidate_id, ["t1"])
        stored = _everything(tmp_path)
    assert candidate_id.encode() in stored
    for private in ("Nguyễn", "nguyen thi hoa", "912345678", "Đức Lập", "tay nghề", "đã giúp"):
        assert private.encode() not in stored, private
