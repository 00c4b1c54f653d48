"""The sum of the guessing, made by the very rules that the sign-in follows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairserver.ledger import guessing
from fairserver.ledger.devices import LENGTH, LETTERS, MOST_DEVICES, PAIRING_MINUTES
from fairserver.ledger.guessing import Budget, Count, Pauses, Rule, expected_openings, most_tries

MORNING_MS = 5 * 3600 * 1000
#: What an attacker of the sum has, and the fair that he attacks.
ADDRESSES, ACCOUNTS = 1_000, 3_000

RULES: list[Rule] = [guessing.NUMBER, guessing.ADDRESS, guessing.FAIR, guessing.PAIRING]


def test_a_morning_of_guessing_opens_fewer_than_one_account_in_a_hundred_mornings() -> None:
    opened = expected_openings(ACCOUNTS, ADDRESSES, MORNING_MS)
    print(
        f"{ACCOUNTS} numbers, {most_tries(guessing.NUMBER, MORNING_MS)} tries each;"
        f" {ADDRESSES} addresses, {most_tries(guessing.ADDRESS, MORNING_MS)} tries each:"
        f" {opened:.5f} accounts a morning"
    )
    assert opened < 0.01
    # Either of the two bounds is enough: for ever so many addresses, for ever so many numbers.
    assert expected_openings(ACCOUNTS, 10**9, MORNING_MS) < 0.01
    assert expected_openings(10**9, ADDRESSES, MORNING_MS) < 0.01


def test_the_figures_that_the_module_names_are_those_of_its_rules() -> None:
    assert guessing.__doc__ is not None
    by_number, by_address = (
        most_tries(rule, MORNING_MS) for rule in (guessing.NUMBER, guessing.ADDRESS)
    )
    for figure in (f"{by_number} tries each", f"{by_address} tries each", "0.00075"):
        assert figure in guessing.__doc__
    assert expected_openings(ACCOUNTS, ADDRESSES, MORNING_MS) == 0.00075


def test_a_morning_of_guessing_pairs_no_machine() -> None:
    # 300 codes may wait at any time, were every booth of a large fair to make all it may.
    waiting, codes = 15 * MOST_DEVICES, len(LETTERS) ** LENGTH
    assert PAIRING_MINUTES <= 15
    tries = ADDRESSES * most_tries(guessing.PAIRING, MORNING_MS)
    assert tries * waiting / codes < 0.01


def test_a_hall_whose_phones_share_an_address_mistypes_unharmed() -> None:
    count, rule, now = Count(), guessing.ADDRESS, 0
    for _ in range(300):  # in two and a half hours
        assert rule.wait_ms(count, now) == 0
        count = rule.take(count, now)
        now += rule.back_ms


@given(
    st.sampled_from(RULES),
    st.lists(st.integers(0, 24 * 3600 * 1000), max_size=60),
    st.integers(1, MORNING_MS),
)
def test_no_rhythm_of_tries_gets_more_than_the_quickest(
    rule: Rule, pauses: list[int], span_ms: int
) -> None:
    count, now, taken = Count(), 1, 0
    for pause in pauses:
        now += pause
        if now > span_ms:
            break
        if rule.wait_ms(count, now) == 0:
            count, taken = rule.take(count, now), taken + 1
    assert taken <= most_tries(rule, span_ms)


@pytest.mark.parametrize("rule", [guessing.NUMBER, Pauses(3, 1000, 5000, 60_000)])
def test_pauses_double_up_to_the_longest_and_are_forgotten_after_quiet(rule: Pauses) -> None:
    count, now, pauses = Count(), 1, []
    for _ in range(8):
        for _ in range(rule.tries):
            assert rule.wait_ms(count, now) == 0
            count = rule.take(count, now)
        pauses.append(rule.wait_ms(count, now))
        now += pauses[-1]
    assert pauses == [min(rule.longest_ms, rule.first_ms * 2**n) for n in range(8)]
    now += rule.forget_ms
    assert rule.take(count, now).tries == 1


def test_a_budget_is_never_overdrawn_by_what_was_taken_of_a_larger_one() -> None:
    large, small = Budget(100, 1000), Budget(2, 1000)
    count = Count()
    for _ in range(100):
        count = large.take(count, 0)
    assert small.wait_ms(count, 0) == 99_000
    assert large.wait_ms(count, 0) == 1000
