"""A rehearsed morning: the same for a seed, within the rules, told as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from redis import Redis

from fairserver.cli import main
from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, TicketState
from fairserver.line.keys import stream_key
from fairserver.protocol.events import AnyEvent, BoothPlan
from fairserver.rehearsal.bound import Bound
from fairserver.rehearsal.cast import Cast
from fairserver.rehearsal.policy import Policy, baselines
from fairserver.rehearsal.run import judge
from fairserver.rehearsal.scenario import MINUTE, Draws, preset, preset_names
from fairserver.rehearsal.stage import Stage
from fairserver.rehearsal.tally import Tally
from tests.rehearsal.conftest import SMALL, play

MINIMAL = Path(__file__).resolve().parents[2] / "config" / "fairs" / "minimal.toml"
PROMISED = [
    "baselines",
    "coverage",
    "coverage_of_bound",
    "double_calls",
    "first_wait_mean_min",
    "first_wait_p95_min",
    "interviews",
    "lost_tickets",
    "on_deck_mean_min",
    "overtakes_without_reason",
    "policy",
    "preset",
    "priority_first_wait_mean_min",
    "promises_kept",
    "promises_late_5min",
    "seat_use",
    "seat_use_of_bound",
    "seed",
]


def events_in(store: Redis, policy: Policy, seed: int) -> list[object]:
    tally = play(store, policy, seed)
    return list(store.xrange(stream_key(tally.projection.fair_id)))


def test_a_seed_gives_the_same_events_twice(stage_store: Redis, our_policy: Policy) -> None:
    first = events_in(stage_store, our_policy, 1)
    assert len(first) > 200
    assert events_in(stage_store, our_policy, 1) == first
    assert events_in(stage_store, our_policy, 2) != first


def test_nobody_is_held_twice_lost_or_overtaken_without_a_reason(
    stage_store: Redis, our_policy: Policy
) -> None:
    for seed in range(1, 4):
        result = judge(our_policy, play(stage_store, our_policy, seed), Bound(1, 1))
        assert result.interviews > 15
        assert result.overtakes > 0
        assert result.double_calls == 0
        assert result.lost_tickets == 0
        assert result.overtakes_without_reason == 0
        assert 0 < result.seat_use <= 1
        assert result.people_seen + result.people_never_seen == SMALL.people


def test_every_order_of_calling_meets_the_same_people(
    stage_store: Redis, our_policy: Policy
) -> None:
    tallies = [
        play(stage_store, policy)
        for policy in (our_policy, *baselines(FairSettings(), SMALL.wishes_to))
    ]
    people = [tally.draws.people for tally in tallies]
    assert people[0] == people[1] == people[2]
    draws = tallies[0].draws
    assert draws.length_ms("c00001", "b001") == Draws(SMALL, 1).length_ms("c00001", "b001")
    assert [t.projection.settings.deck_per_desk for t in tallies] == [1, 0, 0]
    for tally in tallies:
        assert len(tally.projection.candidates) == SMALL.people


def test_one_line_at_a_time_is_one_line_at_a_time(stage_store: Redis) -> None:
    one_line, _ = baselines(FairSettings(), SMALL.wishes_to)
    tally = play(stage_store, one_line)
    assert max(c.lines for c in tally.projection.candidates.values()) <= 1


def test_after_the_end_nobody_stands_in_a_line(stage_store: Redis, our_policy: Policy) -> None:
    tally = play(stage_store, our_policy)
    states = {ticket.state for ticket in tally.projection.tickets.values()}
    assert TicketState.WAITING not in states
    assert TicketState.ON_DECK not in states


def test_the_clock_of_the_stage_never_runs_backwards(
    stage_store: Redis, our_policy: Policy
) -> None:
    stage_store.flushall()
    stage = Stage(stage_store, "clock")
    draws = Draws(SMALL, 1)
    plans = [
        BoothPlan(booth_id=b, mode=BoothMode.ONLINE, minutes=4, desks=[f"{b}-1"])
        for b in draws.scenes
    ]
    stage.load(our_policy.settings, plans, draws.end_ms)
    Cast(stage, draws, our_policy, Tally(stage.projection, draws)).enter()
    heard = stage.listener
    times: list[int] = []

    def listen(event: AnyEvent) -> None:
        times.append(event.at)
        assert event.at == stage.now
        heard(event)

    stage.listener = listen
    shown: list[float] = []
    stage.play(draws.end_ms, shown.append)
    assert len(times) > 200
    assert times == sorted(times)
    assert shown == sorted(shown)
    assert stage.now == draws.end_ms


def test_what_is_planned_for_the_past_happens_now(stage_store: Redis, our_policy: Policy) -> None:
    stage_store.flushall()
    stage = Stage(stage_store, "past")
    stage.load(our_policy.settings, [], 0)
    happened: list[int] = []
    stage.at(5 * MINUTE, lambda: stage.at(MINUTE, lambda: happened.append(stage.now)))
    stage.play(10 * MINUTE, lambda _: None)
    assert happened == [5 * MINUTE]


# --- the command ----------------------------------------------------------------------------


def test_the_command_prints_every_promised_figure_as_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["rehearse", "--preset", "commune", "--people", "40", "--seeds", "2", "--json"]
    assert main([*words, "--what-if"]) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert set(PROMISED) <= set(found)
    assert (found["preset"], found["seed"], found["seeds"]) == ("commune", 1, 2)
    assert found["policy"] == "fairserver"
    assert set(found["baselines"]) == {"one_line_at_a_time", "first_come_first_served"}
    for order in found["baselines"].values():
        assert set(PROMISED) - {"preset", "seed", "baselines"} <= set(order)
    assert {row["estimator"] for row in found["promises"]} == {"fairserver", "rank_times_mean"}
    assert {row["lane"] for row in found["lanes"]} == {"priority", "ordinary"}
    assert len(found["quarters"]) == 10
    assert [change["change"].split(":")[0] for change in found["what_if"]] == [
        "one_more_desk",
        "one_hour_more",
        "first_come_first_served_with_deck",
    ]
    assert said.err == ""  # a bar is for terminals only


def test_a_fair_of_ones_own_is_rehearsed_with_its_booths(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["rehearse", str(MINIMAL), "--people", "20"]) == 0
    said = capsys.readouterr().out
    assert "20 people" in said
    for words in ("people seen", "by lane", "by site", "the wait promised", "the morning"):
        assert words in said


def test_an_unknown_preset_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "--preset", "no"]) == 1
    said = capsys.readouterr().err
    assert "'no'" in said
    assert all(name in said for name in preset_names())


def test_numbers_that_are_none_are_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["rehearse", "--seeds", "many"])
    assert "'many'" in capsys.readouterr().err


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_is_a_scenario_of_its_name(name: str) -> None:
    assert preset(name).name == name
