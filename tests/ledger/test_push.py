"""Browsers that asked to be told: one a sign-in, few a person, gone with either."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from fairserver.domain.states import Role
from fairserver.ledger import Ledger, OpenSession, PushAddress
from fairserver.ledger.push import MOST_PER_PERSON
from fairserver.protocol.errors import Refused
from tests.ledger.makers import FAIR, Clock, form, request_id

KEY = "k" * 16


def address(name: str) -> PushAddress:
    return PushAddress(endpoint=f"https://push.example.com/{name}", p256dh="p", auth="a")


async def _person(ledger: Ledger, number: int = 1) -> str:
    found = await ledger.people.register(FAIR, request_id(number), form())
    return found.candidate_id


async def _sign_in(ledger: Ledger, candidate_id: str) -> OpenSession:
    return await ledger.sessions.open(FAIR, Role.CANDIDATE, candidate_id, None, "1", 3600)


async def _names(ledger: Ledger, candidate_id: str, key_id: str = KEY) -> list[str]:
    found = await ledger.push.of(candidate_id, key_id)
    return sorted(one.endpoint.rpartition("/")[2] for one in found)


async def test_a_sign_in_has_one_subscription_and_a_person_several(ledger: Ledger) -> None:
    person = await _person(ledger)
    first, second = await _sign_in(ledger, person), await _sign_in(ledger, person)
    await ledger.push.put(first.slot, person, KEY, address("old"))
    await ledger.push.put(first.slot, person, KEY, address("new"))
    await ledger.push.put(second.slot, person, KEY, address("other"))
    assert await _names(ledger, person) == ["new", "other"]
    assert await _names(ledger, person, "another key") == []


async def test_a_browser_tells_only_who_asked_in_it_last(ledger: Ledger) -> None:
    one, two = await _person(ledger, 1), await _person(ledger, 2)
    for person in (one, two):
        slot = (await _sign_in(ledger, person)).slot
        await ledger.push.put(slot, person, KEY, address("shared"))
    assert await _names(ledger, one) == []
    assert await _names(ledger, two) == ["shared"]


async def test_a_person_has_only_so_many_and_the_oldest_goes(ledger: Ledger, clock: Clock) -> None:
    person = await _person(ledger)
    for number in range(MOST_PER_PERSON + 2):
        clock.now += 1
        slot = (await _sign_in(ledger, person)).slot
        await ledger.push.put(slot, person, KEY, address(str(number)))
    assert await _names(ledger, person) == ["2", "3", "4", "5", "6"]


async def test_it_goes_with_the_sign_in_however_that_ends(ledger: Ledger, clock: Clock) -> None:
    person = await _person(ledger)
    for end in ("token", "slot", "subject", "time"):
        opened = await _sign_in(ledger, person)
        await ledger.push.put(opened.slot, person, KEY, address(end))
        assert await _names(ledger, person) == [end]
        if end == "token":
            await ledger.sessions.end(opened.token)
        elif end == "slot":
            await ledger.sessions.end_slot(opened.slot)
        elif end == "subject":
            await ledger.sessions.end_subject(person)
        else:
            clock.now += 3601
        assert await _names(ledger, person) == []
        if end != "time":
            with pytest.raises(Refused, match="not_signed_in"):
                await ledger.push.put(opened.slot, person, KEY, address("late"))


async def test_it_goes_with_the_person_the_fair_or_the_service(ledger: Ledger) -> None:
    person = await _person(ledger)
    slot = (await _sign_in(ledger, person)).slot
    await ledger.push.put(slot, person, KEY, address("one"))
    await ledger.push.drop(address("one").endpoint)
    assert await _names(ledger, person) == []
    await ledger.push.put(slot, person, KEY, address("two"))
    await ledger.push.end_fair("another-fair")
    assert await _names(ledger, person) == ["two"]
    await ledger.push.end_fair(FAIR)
    assert await _names(ledger, person) == []
    await ledger.push.put(slot, person, KEY, address("three"))
    await ledger.own_data.erase(FAIR, person, [])
    async with ledger._database.read() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM push_subscriptions")) == 0
