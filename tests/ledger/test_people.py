"""Candidates: registered once, found again, shown no further than they agreed."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError

from fairserver.ledger import (
    Channel,
    ConsentChoices,
    Ledger,
    Purpose,
    Statement,
)
from fairserver.ledger.people import PersonShown, Stage
from fairserver.protocol.errors import Code, Refused
from tests.ledger.makers import FAIR, Clock, OpenLedger, form, plan_json, request_id

#: The purposes that the entry form asks for.
FORM = [purpose for purpose in Purpose if purpose is not Purpose.PHONE_CALL]
BY_STAFF = Statement(text_version="1", language="vi", channel=Channel.STAFF, recorded_by="staff:s1")


async def _numbered(ledger: Ledger, number: int = 123) -> tuple[str, str]:
    """Register a person with a number; tell ``candidate_id`` and code."""
    person = await ledger.people.register(FAIR, request_id(number), form())
    await ledger.people.set_number(person.candidate_id, number)
    return person.candidate_id, person.code


async def test_a_registered_person_can_be_read_as_entered(ledger: Ledger) -> None:
    registered = await ledger.people.register(FAIR, request_id(), form())
    person = await ledger.people.get(registered.candidate_id)
    assert (person.full_name, person.phone) == ("Nguyễn Thị Hoà", "+84912345678")
    assert (person.number, person.fair_id) == (None, FAIR)
    assert len(registered.code) == 8
    assert registered.code.isdigit()


async def test_a_repeated_registration_gets_the_first_answer(open_ledger: OpenLedger) -> None:
    ledger = await open_ledger()
    await ledger.fairs.put(FAIR, plan_json(), "d")
    first = await ledger.people.register(FAIR, request_id(), form())
    await ledger.people.set_number(first.candidate_id, 7)
    other_node = await open_ledger()
    again = await other_node.people.register(FAIR, request_id(), form(full_name="Trần An"))
    assert first.created
    assert not again.created
    assert again.number == 7
    assert (again.candidate_id, again.link_token, again.code) == (
        first.candidate_id,
        first.link_token,
        first.code,
    )
    assert (await ledger.people.get(first.candidate_id)).full_name == "Nguyễn Thị Hoà"
    assert len(await ledger.people.consents(first.candidate_id)) == len(FORM)


async def test_one_registration_sent_to_two_nodes_at_once_makes_one_person(
    open_ledger: OpenLedger,
) -> None:
    nodes = [await open_ledger() for _ in range(2)]
    await nodes[0].fairs.put(FAIR, plan_json(), "d")
    answers = await asyncio.gather(
        *(node.people.register(FAIR, request_id(), form()) for node in nodes * 4)
    )
    assert sum(answer.created for answer in answers) == 1
    assert len({answer.candidate_id for answer in answers}) == 1


async def test_another_registration_is_another_person_with_other_secrets(ledger: Ledger) -> None:
    first = await ledger.people.register(FAIR, request_id(1), form())
    second = await ledger.people.register(FAIR, request_id(2), form())
    assert first.candidate_id != second.candidate_id
    assert first.link_token != second.link_token


async def test_nobody_registers_for_a_fair_that_is_not_held_here(ledger: Ledger) -> None:
    with pytest.raises(Refused) as caught:
        await ledger.people.register("elsewhere", request_id(), form())
    assert caught.value.code is Code.FAIR_UNKNOWN


async def test_a_form_with_faults_leaves_nothing_behind(ledger: Ledger) -> None:
    with pytest.raises(Refused):
        await ledger.people.register(FAIR, request_id(), form(sex="?"))
    assert (await ledger.people.register(FAIR, request_id(), form())).created


async def test_two_people_of_a_fair_never_have_the_same_number(ledger: Ledger) -> None:
    await _numbered(ledger, 1)
    other = await ledger.people.register(FAIR, request_id(2), form())
    with pytest.raises(IntegrityError):
        await ledger.people.set_number(other.candidate_id, 1)


async def test_a_ticket_link_finds_its_owner_at_its_fair_only(ledger: Ledger) -> None:
    person = await ledger.people.register(FAIR, request_id(), form())
    assert await ledger.people.by_link(FAIR, person.link_token) == person.candidate_id
    assert await ledger.people.by_link(None, person.link_token) == person.candidate_id
    assert await ledger.people.by_link("elsewhere", person.link_token) is None
    assert await ledger.people.by_link(FAIR, person.link_token + "x") is None


async def _sees(ledger: Ledger, candidate_id: str, stage: Stage = Stage.AFTER) -> PersonShown:
    return await ledger.people.profile_for_booth(candidate_id, "b01", stage)


async def _show(ledger: Ledger, candidate_id: str, given: bool, **more: str) -> None:
    await ledger.people.show_to_booth(candidate_id, "b01", given=given, how=BY_STAFF, **more)


async def test_nothing_is_seen_by_the_form_alone(ledger: Ledger) -> None:
    candidate_id = (await ledger.people.register(FAIR, request_id(), form())).candidate_id
    for stage in Stage:
        with pytest.raises(Refused) as caught:
            await _sees(ledger, candidate_id, stage)
        assert caught.value.code is Code.PROFILE_HIDDEN


async def test_a_booth_sees_the_phone_only_by_the_box_of_the_form_and_after(
    ledger: Ledger,
) -> None:
    silent = form(consents=ConsentChoices(take_part=True))
    for number, answers, phone in ((1, form(), "+84912345678"), (2, silent, None)):
        registered = await ledger.people.register(FAIR, request_id(number), answers)
        await _show(ledger, registered.candidate_id, given=True)
        seen = await _sees(ledger, registered.candidate_id)
        assert (seen.full_name, seen.phone) == ("Nguyễn Thị Hoà", phone)
        assert (await _sees(ledger, registered.candidate_id, Stage.HERE)).phone is None
        called = await _sees(ledger, registered.candidate_id, Stage.CALLED)
        assert called.fields == ["wish"]


async def test_another_booth_sees_nothing(ledger: Ledger) -> None:
    candidate_id = (await ledger.people.register(FAIR, request_id(), form())).candidate_id
    await _show(ledger, candidate_id, given=True)
    with pytest.raises(Refused):
        await ledger.people.profile_for_booth(candidate_id, "b02", Stage.AFTER)


async def test_a_repeated_word_of_before_does_not_undo_what_was_said_since(
    ledger: Ledger,
) -> None:
    candidate_id = (await ledger.people.register(FAIR, request_id(), form())).candidate_id
    await _show(ledger, candidate_id, given=True, command_id="k1")
    await _show(ledger, candidate_id, given=False, command_id="k2")
    await _show(ledger, candidate_id, given=True, command_id="k1")
    with pytest.raises(Refused):
        await _sees(ledger, candidate_id)


async def test_one_no_hides_from_every_booth_until_one_is_given_a_yes_again(
    ledger: Ledger,
) -> None:
    candidate_id = (await ledger.people.register(FAIR, request_id(), form())).candidate_id
    await _show(ledger, candidate_id, given=True)
    await ledger.people.record_consents(candidate_id, {Purpose.SHOW_PROFILE: False}, BY_STAFF)
    with pytest.raises(Refused) as caught:
        await _sees(ledger, candidate_id)
    assert caught.value.code is Code.PROFILE_HIDDEN
    await ledger.people.record_consents(candidate_id, {Purpose.SHOW_PROFILE: True}, BY_STAFF)
    with pytest.raises(Refused):
        await _sees(ledger, candidate_id)
    await _show(ledger, candidate_id, given=True)
    assert (await _sees(ledger, candidate_id)).phone == "+84912345678"


async def test_the_number_for_a_call_is_seen_while_its_own_consent_holds(ledger: Ledger) -> None:
    registered = await ledger.people.register(FAIR, request_id(), form(phone=None))
    candidate_id = registered.candidate_id

    async def number() -> str | None:
        try:
            return (await _sees(ledger, candidate_id, Stage.BY_PHONE)).phone
        except Refused:
            return None

    with pytest.raises(Refused) as caught:
        await ledger.people.let_call(candidate_id, None, BY_STAFF)
    assert caught.value.detail["problem"] == "needed"
    with pytest.raises(Refused) as caught:
        await ledger.people.let_call(candidate_id, "028 3822 1234", BY_STAFF)
    assert caught.value.detail["problem"] == "not_a_mobile"
    assert await number() is None
    await ledger.people.let_call(candidate_id, "0987 654 321", BY_STAFF)
    assert await number() == "+84987654321"
    await ledger.people.end_calls(candidate_id, BY_STAFF)
    await ledger.people.end_calls(candidate_id, BY_STAFF)
    assert await number() is None
    said = await ledger.people.consents(candidate_id)
    assert [row.given for row in said if row.purpose is Purpose.PHONE_CALL] == [True, False]


async def test_a_ticket_link_can_be_given_again_to_its_owner(ledger: Ledger) -> None:
    registered = await ledger.people.register(FAIR, request_id(), form())
    assert await ledger.people.link_token(registered.candidate_id) == registered.link_token


async def test_a_booth_sees_nothing_once_taking_part_is_withdrawn(ledger: Ledger) -> None:
    registered = await ledger.people.register(FAIR, request_id(), form())
    await _show(ledger, registered.candidate_id, given=True)
    await ledger.people.record_consents(
        registered.candidate_id, {Purpose.TAKE_PART: False}, BY_STAFF
    )
    with pytest.raises(Refused) as caught:
        await _sees(ledger, registered.candidate_id)
    assert caught.value.code is Code.PROFILE_HIDDEN


async def test_consents_are_added_and_never_changed(ledger: Ledger, clock: Clock) -> None:
    registered = await ledger.people.register(FAIR, request_id(), form())
    clock.now += 60
    await ledger.people.record_consents(
        registered.candidate_id, {Purpose.SHOW_PROFILE: False}, BY_STAFF
    )
    said = await ledger.people.consents(registered.candidate_id)
    assert [row.purpose for row in said] == [*FORM, Purpose.SHOW_PROFILE]
    assert [row.given for row in said] == [True, True, False, False, False, False]
    assert (said[0].channel, said[0].recorded_by) == (
        Channel.OWN_TAP,
        f"candidate:{registered.candidate_id}",
    )
    assert (said[-1].channel, said[-1].recorded_by) == (Channel.STAFF, "staff:s1")
    assert said[-1].at - said[0].at == 60_000


async def test_staff_find_people_by_part_of_the_name_or_by_number(ledger: Ledger) -> None:
    candidate_id, _ = await _numbered(ledger, 42)
    await ledger.people.register(FAIR, request_id(2), form(full_name="Trần Văn An"))
    for words in ("hòa", "NGUYEN THI", "42"):
        found = await ledger.people.search(FAIR, words)
        assert [person.candidate_id for person in found] == [candidate_id]
    assert await ledger.people.search(FAIR, "%") == []
    assert await ledger.people.search(FAIR, " ") == []


async def test_an_unknown_candidate_is_refused(ledger: Ledger) -> None:
    for read in (ledger.people.get, partial(_sees, ledger)):
        with pytest.raises(Refused) as caught:
            await read("cnobody")
        assert caught.value.code is Code.CANDIDATE_UNKNOWN
