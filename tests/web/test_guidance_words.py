"""The pages have a sentence for every reason and every choice that the server knows."""

from __future__ import annotations

import json
import re

import pytest
from msgspec import structs

from fairserver.domain import fit
from fairserver.domain.fair_plan import WorkConditions
from fairserver.domain.provinces import PROVINCES
from fairserver.domain.states import Lane
from fairserver.events import hindrances, overtakes
from fairserver.web.pages import STATIC


@pytest.fixture
def words() -> set[str]:
    return set(json.loads((STATIC / "guidance" / "words" / "vi.json").read_text("utf-8")))


def named(docstring: str | None) -> set[str]:
    """Find the reasons that a docstring names."""
    return set(re.findall(r"``([a-z_]+)``", docstring or ""))


def test_every_hindrance_has_a_sentence(words: set[str]) -> None:
    reasons = named(hindrances.hindrance.__doc__)
    assert len(reasons) == 11
    assert {f"why.now_{reason}" for reason in reasons} <= words


def test_every_overtake_has_a_sentence(words: set[str]) -> None:
    reasons = named(overtakes.why_not.__doc__) - {"called", "waiting", "at"}
    reasons |= {lane.value for lane in Lane if lane is not Lane.ORDINARY} | {"share"}
    assert reasons > overtakes.HINDRANCES
    assert {f"why.before_{reason}" for reason in reasons} <= words


def test_every_reason_to_fit_and_every_province_has_its_words(words: set[str]) -> None:
    assert {f"find.reason_{name}" for name in fit._WEIGHTS} <= words
    assert {f"province.{code}" for code in PROVINCES} <= words


def test_the_conditions_are_those_that_employers_answer(words: set[str]) -> None:
    script = (STATIC / "guidance" / "wish.js").read_text("utf-8")
    for condition in structs.fields(WorkConditions):
        (listed,) = re.findall(rf"^  {condition.name}: \[(.*)\],$", script, re.MULTILINE)
        answers = re.findall(r'"(\w+)"', listed)
        (codes,) = [kind for kind in condition.type.__args__ if kind is not type(None)]
        assert answers == [code.value for code in codes], condition.name
        assert {f"find.{condition.name}_{answer}" for answer in answers} <= words
