"""Behaviours, invented people, rosters and the command line of the robots."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from booth_client.robots.__main__ import main, parser, plan_of
from booth_client.robots.behaviour import Behaviour, Delay, load_behaviour
from booth_client.robots.people import invent_person
from booth_client.robots.roster import Roster, load_roster, load_staff, save_roster
from booth_client.robots.tally import Tally
from fairserver.domain.states import Outcome


def test_a_delay_stays_in_its_range_and_round_its_median() -> None:
    delay, rng = Delay(45, 20, 90, 0.45), Random(1)
    drawn = sorted(delay.draw(rng) for _ in range(2000))
    assert drawn[0] >= 20
    assert drawn[-1] <= 90
    assert drawn[1000] == pytest.approx(45, rel=0.1)


def test_a_behaviour_file_changes_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "calm.toml"
    path.write_text(
        "time_factor = 0.5\n[recruiter]\npause = 1.0\noutcomes = { hired = 1.0 }\n"
        "[candidate]\naccept = { median_s = 1, low_s = 1, high_s = 1 }\n",
        encoding="utf-8",
    )
    behaviour = load_behaviour(path)
    assert behaviour.recruiter.draw_outcome(Random(1)) is Outcome.HIRED
    assert behaviour.candidate.accept.draw(Random(1)) == 1
    assert behaviour.candidate.lines == Behaviour().candidate.lines
    assert behaviour.seconds(10) == 5


@pytest.mark.parametrize("text", ["speed = 2", "[recruiter]\npause = 2", "not toml"])
def test_a_wrong_behaviour_names_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"wrong\.toml"):
        load_behaviour(path)


def test_the_same_seed_invents_the_same_adults() -> None:
    people = [invent_person(Random(seed)) for seed in range(300)]
    assert people[7].full_name == invent_person(Random(7)).full_name
    assert len({person.full_name for person in people}) > 200
    year = datetime.now(UTC).year
    assert all(18 <= year - person.birth_year <= 52 for person in people)
    assert all(person.consents.take_part and person.phone is None for person in people)
    assert {person.sex for person in people} == {"nam", "nu"}


def test_a_roster_is_kept_private_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "roster.json"
    save_roster(path, Roster(fair_id="f", seats={"3": "secret"}))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_roster(path, "f").seats == {"3": "secret"}
    assert load_roster(path, "other-fair").seats == {}
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_or_missing_roster_is_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "roster.json"
    assert load_roster(path, "f").seats == {}
    assert load_roster(None, "f").seats == {}
    path.write_text('{"fair_id": "f", "se', encoding="utf-8")
    assert load_roster(path, "f").seats == {}
    save_roster(None, Roster(fair_id="f"))


def test_the_command_line_makes_a_plan(tmp_path: Path) -> None:
    staff = tmp_path / "staff.json"
    staff.write_text('{"desks": [{"token": "t", "booth_id": "b05", "desk_ids": ["d1"]}]}')
    words = f"--url http://x --fair f --candidates 7 --staff-tokens {staff} --exclude b01,b02"
    plan = plan_of(parser().parse_args(words.split()))
    assert plan.candidates == 7
    assert plan.excluded == {"b01", "b02"}
    assert plan.staff == load_staff(staff)
    assert plan.staff[0].desk_ids == ["d1"]


@pytest.mark.parametrize("content", [None, "[]", '{"desks": [{"token": "t"}]}'])
def test_a_wrong_file_stops_the_command_and_is_named(
    tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "staff.json"
    if content is not None:
        path.write_text(content)
    assert main(["--url", "http://x", "--fair", "f", "--staff-tokens", str(path)]) == 2
    assert "staff.json" in capsys.readouterr().err


def test_the_progress_line_says_how_many_of_how_many_are_there() -> None:
    tally = Tally(wanted=5000, present=1200)
    tally.refused["join_limit"] += 2
    assert tally.line().startswith("candidates 1200 of 5000 · ")
    assert tally.line().endswith("refused join_limit 2")
