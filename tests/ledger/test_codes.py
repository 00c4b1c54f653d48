"""Number and code: whose they are, how often one may be wrong, and how a code is given again."""

from __future__ import annotations

import asyncio

import pytest

from fairserver.ledger import CodeLocked, CodeWrong, Ledger, guessing, tables
from fairserver.ledger.codes import typed_code
from fairserver.ledger.secrecy import token_hash
from fairserver.ledger.tries import Source, TooManyTries
from fairserver.protocol.errors import Code, Refused
from tests.ledger.makers import FAIR, Clock, OpenLedger, form, plan_json, request_id

HERE = Source("192.0.2.1")


def _other_than(code: str, step: int = 1) -> str:
    return f"{(int(code) + step) % 10**8:08d}"


async def _numbered(ledger: Ledger, number: int = 123) -> tuple[str, str]:
    """Register a person with a number; tell ``candidate_id`` and code."""
    person = await ledger.people.register(FAIR, request_id(number), form())
    await ledger.people.set_number(person.candidate_id, number)
    return person.candidate_id, person.code


async def _wrong(ledger: Ledger, number: int, code: str, source: Source = HERE) -> Refused:
    with pytest.raises(Refused) as caught:
        await ledger.people.by_code(FAIR, number, _other_than(code), source)
    return caught.value


async def test_number_and_code_bring_a_person_back_however_the_code_is_typed(
    ledger: Ledger,
) -> None:
    candidate_id, code = await _numbered(ledger)
    half = f"{code[:4]}{{}}{code[4:]}"
    for typed in (code, half.format(" "), half.format("-"), f" {half.format(' – ')}\n"):
        assert await ledger.people.by_code(FAIR, 123, typed) == candidate_id


@pytest.mark.parametrize(
    ("typed", "read"),
    [("1234 5678", "12345678"), ("１２３４５６７８", "12345678"), ("12.34-56–78", "12345678")],
)
def test_spaces_dashes_and_wide_digits_do_not_matter(typed: str, read: str) -> None:
    assert typed_code(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "1234", "x" * 10_000, "1234567٨9", "²²²²²²²²", "\x00", "\ud800"]
)
async def test_what_is_no_code_is_simply_wrong(ledger: Ledger, typed: str) -> None:
    await _numbered(ledger)
    with pytest.raises(CodeWrong):
        await ledger.people.by_code(FAIR, 123, typed)


@pytest.mark.parametrize("number", [0, -1, 10**9, 10**30])
async def test_a_number_that_cannot_be_is_simply_wrong(ledger: Ledger, number: int) -> None:
    with pytest.raises(CodeWrong):
        await ledger.people.by_code(FAIR, number, "00000000")


async def test_a_wrong_code_gets_the_same_answer_whether_the_number_exists(
    ledger: Ledger,
) -> None:
    _, code = await _numbered(ledger)
    told = [await _wrong(ledger, number, code) for number in (123, 456)]
    assert [(one.code, one.detail) for one in told] == [(Code.CODE_WRONG, {"tries_left": 4})] * 2


@pytest.mark.parametrize("number", [123, 456])
async def test_pauses_after_wrong_codes_grow_and_stop_even_the_right_one(
    ledger: Ledger, clock: Clock, number: int
) -> None:
    candidate_id, code = await _numbered(ledger)
    for minutes in (10, 20, 40):
        for left in (4, 3, 2, 1, 0):
            assert (await _wrong(ledger, number, code)).detail == {"tries_left": left}
        with pytest.raises(CodeLocked) as caught:
            await ledger.people.by_code(FAIR, number, code)
        assert caught.value.detail == {"wait_s": minutes * 60, "wait_min": minutes}
        clock.now += minutes * 60
    if number == 123:
        assert await ledger.people.by_code(FAIR, number, code) == candidate_id
    else:
        assert (await _wrong(ledger, number, code)).code is Code.CODE_WRONG


async def test_many_tries_at_once_gain_nothing_on_two_nodes(open_ledger: OpenLedger) -> None:
    nodes = [await open_ledger(), await open_ledger()]
    await nodes[0].fairs.put(FAIR, plan_json(), "d")
    _, code = await _numbered(nodes[0])
    answers = await asyncio.gather(
        *(
            nodes[step % 2].people.by_code(FAIR, 123, _other_than(code, step))
            for step in range(1, 13)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, CodeWrong) for answer in answers) == 5
    assert sum(isinstance(answer, CodeLocked) for answer in answers) == 7


async def test_the_right_code_forgets_the_wrong_ones_for_its_number_only(ledger: Ledger) -> None:
    candidate_id, code = await _numbered(ledger)
    for _ in range(3):
        for _ in range(4):
            await _wrong(ledger, 123, code)
        assert await ledger.people.by_code(FAIR, 123, code, HERE) == candidate_id
    # An account of one's own washes nothing off one's address.
    for number in range(12, guessing.ADDRESS.most):
        assert await ledger.people.by_code(FAIR, 123, code, HERE) == candidate_id
        assert isinstance(await _wrong(ledger, 1000 + number, code), CodeWrong)
    assert isinstance(await _wrong(ledger, 999, code), TooManyTries)


async def test_an_address_has_its_budget_and_others_have_theirs(
    ledger: Ledger, clock: Clock
) -> None:
    candidate_id, code = await _numbered(ledger)
    for number in range(1000, 1000 + guessing.ADDRESS.most):
        assert isinstance(await _wrong(ledger, number, code), CodeWrong)
    refused = await _wrong(ledger, 999, code)
    assert (refused.code, refused.detail) == (Code.TOO_MANY_TRIES, {"wait_s": 30, "wait_min": 1})
    assert await ledger.people.by_code(FAIR, 123, code, Source("192.0.2.2")) == candidate_id
    clock.now += 30
    assert await ledger.people.by_code(FAIR, 123, code, HERE) == candidate_id


async def test_a_fair_that_is_guessed_at_slows_only_addresses_that_have_failed(
    ledger: Ledger,
) -> None:
    candidate_id, code = await _numbered(ledger)
    for index in range(guessing.FAIR.most + 1):
        wrong = await _wrong(ledger, 1000 + index, code, Source(f"attacker {index // 4}"))
        assert isinstance(wrong, CodeWrong)
    assert isinstance(wrong, CodeWrong)
    assert wrong.attack > guessing.FAIR.most
    stranger = Source("a stranger who mistypes")
    tried = 0
    while not isinstance(await _wrong(ledger, 5000 + tried, code, stranger), TooManyTries):
        tried += 1
    assert tried == guessing.ADDRESS_UNDER_ATTACK.most
    assert await ledger.people.by_code(FAIR, 123, code, Source("at home")) == candidate_id


async def test_a_code_given_again_ends_the_old_one_and_opens_a_locked_number(
    ledger: Ledger,
) -> None:
    candidate_id, old = await _numbered(ledger)
    for _ in range(5):
        await _wrong(ledger, 123, old)
    new = await ledger.people.give_code_again(FAIR, 123)
    assert new != old
    assert await ledger.people.code(candidate_id) == new
    with pytest.raises(CodeWrong):
        await ledger.people.by_code(FAIR, 123, old)
    assert await ledger.people.by_code(FAIR, 123, new) == candidate_id
    with pytest.raises(Refused) as caught:
        await ledger.people.give_code_again(FAIR, 456)
    assert caught.value.code is Code.CANDIDATE_UNKNOWN


async def test_a_renewed_link_ends_every_one_before(ledger: Ledger) -> None:
    person = await ledger.people.register(FAIR, request_id(), form())
    await ledger.people.renew_link(person.candidate_id)
    assert await ledger.people.by_link(FAIR, person.link_token) is None
    again = await ledger.people.link_token(person.candidate_id)
    assert again not in (None, person.link_token)
    assert await ledger.people.by_link(FAIR, again or "") == person.candidate_id


async def test_what_was_counted_is_forgotten_and_names_nobody(ledger: Ledger, clock: Clock) -> None:
    _, code = await _numbered(ledger)
    await _wrong(ledger, 123, code)
    async with ledger._database.read() as connection:
        rows = (await connection.exec_driver_sql("SELECT subject FROM tries")).scalars().all()
    assert len(rows) == 3
    assert not any("192.0.2" in row or FAIR in row for row in rows)
    clock.now += 3 * 24 * 3600
    await _wrong(ledger, 456, code, Source("later"))
    async with ledger._database.read() as connection:
        left = (await connection.exec_driver_sql("SELECT subject FROM tries")).scalars().all()
    assert len(left) == 3


async def test_people_of_a_release_before_keep_their_links_and_get_codes_again(
    open_ledger: OpenLedger,
) -> None:
    ledger = await open_ledger()
    await ledger.fairs.put(FAIR, plan_json(), "d")
    candidate_id, _ = await _numbered(ledger)
    old = "the-name-of-an-old-registration"
    async with ledger._database.write() as connection:
        await connection.execute(tables.people.update().values(request_id=old))
        # The link was made of the name of the registration then.
        await connection.execute(
            tables.candidate_links.update().values(token_hash=token_hash("an old link"))
        )
    again = await open_ledger()
    async with again._database.read() as connection:
        kept = await connection.scalar(
            tables.people.select().with_only_columns(tables.people.c.request_id)
        )
    assert old not in str(kept)
    assert await again.people.by_link(FAIR, "an old link") == candidate_id
    link = await again.people.link_token(candidate_id)
    assert await again.people.by_link(FAIR, link or "") == candidate_id
    assert await again.people.by_code(FAIR, 123, await again.people.code(candidate_id))
    # Whoever reads a backup of then repeats the registration as nobody.
    for name in (old, "old" + candidate_id):
        repeated = await again.people.register(FAIR, name.ljust(16, "x"), form())
        assert repeated.candidate_id != candidate_id
