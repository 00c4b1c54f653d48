"""The claim protocol as a model: every order of events, with kills, repeats and two nodes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.line.model import (
    COMMAND_TWICE,
    MISSED_TWICE,
    PERSON_TWICE,
    Found,
    Rules,
    explore,
)

#: Two commands of each desk and a kill; one of each, two kills and deadlines that both nodes fire.
QUICK = (Rules(deadlines=0), Rules(desk_commands=1, kills=2, deadlines=2))
SOAK = (Rules(deadlines=1), Rules(kills=2, deadlines=0))


def told(found: Found, rules: Rules) -> str:
    """Say what a search has gone through."""
    bounds = f"{rules.desk_commands} commands a desk, {rules.kills} kills, {rules.deadlines} due"
    return f"claim model ({bounds}): {found.states:,} states, {found.steps:,} steps, violations 0"


def search(rules: Rules, report: Callable[[str], None]) -> None:
    found = explore(rules)
    assert found.fault == "", "\n".join(found.way)
    report(told(found, rules))


@pytest.mark.parametrize("rules", QUICK)
def test_nothing_that_can_happen_breaks_the_protocol(
    rules: Rules, report: Callable[[str], None]
) -> None:
    search(rules, report)


@pytest.mark.soak
@pytest.mark.parametrize("rules", SOAK)
def test_nothing_that_can_happen_in_a_longer_run_breaks_the_protocol(
    rules: Rules, report: Callable[[str], None]
) -> None:
    search(rules, report)


def test_a_check_apart_from_its_act_brings_one_person_to_two_desks() -> None:
    found = explore(Rules(atomic=False, kills=0, deadlines=0), looking_for=PERSON_TWICE)
    assert found.fault == PERSON_TWICE
    assert found.way[-4:] == (
        "desk 0: call #0 is checked",
        "desk 1: call #0 is checked",
        "desk 0: call #0 is carried out",
        "desk 1: call #0 is carried out",
    )


def test_a_check_apart_from_its_act_misses_one_call_twice() -> None:
    rules = Rules(atomic=False, kills=0, deadlines=2)
    assert explore(rules, looking_for=MISSED_TWICE).fault == MISSED_TWICE


def test_without_remembered_answers_a_repeated_command_takes_effect_twice() -> None:
    found = explore(Rules(remembers=False, kills=0))
    assert found.fault == COMMAND_TWICE


def test_without_remembered_answers_a_kill_before_the_answer_is_enough() -> None:
    """The client is patient: it repeats only what a killed node never answered."""
    found = explore(Rules(remembers=False, hasty=False))
    assert found.fault == COMMAND_TWICE
    assert any(step.endswith("is killed") for step in found.way)
