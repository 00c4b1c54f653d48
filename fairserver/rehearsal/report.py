"""What a rehearsal says: in words and bars for the organiser, as one object for machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from fairserver.rehearsal.detail import QUARTER_MIN, Detail
from fairserver.rehearsal.run import Result
from fairserver.rehearsal.scenario import Scenario
from fairserver.rehearsal.series import Outcome, Plan, WhatIf

_BAR = 28
_NAMES = {
    "fairserver": "this order",
    "one_line_at_a_time": "one line",
    "first_come_first_served": "first come",
}
_CHANGES = {
    "one_more_desk": "one more desk at {}",
    "one_hour_more": "one hour more",
    "first_come_first_served_with_deck": "first come, first served (with heads-up)",
}


def as_json(plan: Plan, outcome: Outcome, preset: str) -> bytes:
    """Give everything as one JSON object with the averages at its top level."""
    top: dict[str, Any] = {
        "preset": preset,
        "scenario": plan.scenario.name,
        "seed": plan.seeds.start,
        "seeds": len(plan.seeds),
        **msgspec.structs.asdict(outcome.result),
        **msgspec.structs.asdict(outcome.detail),
        "baselines": outcome.baselines,
        "what_if": outcome.what_if,
    }
    return msgspec.json.format(msgspec.json.encode(top), indent=2)


def as_text(plan: Plan, outcome: Outcome) -> str:
    """Give the tables and drawings for a console."""
    parts = [_head(plan), _comparison(outcome), _groups(outcome.detail)]
    parts.append(_promises(outcome.detail))
    parts.append(_drawing(plan.scenario, outcome.detail))
    if outcome.what_if:
        parts.append(_what_if(outcome))
    return "\n\n".join("\n".join(part) for part in parts)


def _head(plan: Plan) -> Iterator[str]:
    scenario, seeds = plan.scenario, plan.seeds
    scenes = scenario.all_scenes()
    desks = sum(scene.desks for scene in scenes)
    yield f"Rehearsal of {scenario.name} / Diễn tập phiên {scenario.name}"
    yield (
        f"{scenario.people} people, {len(scenes)} booths, {desks} desks, {scenario.end_min} "
        f"minutes; mean of {len(seeds)} run{'s' * (len(seeds) > 1)} (seed {seeds.start} on)"
    )


# --- ours beside today's usual orders -------------------------------------------------------


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) or value >= 100 else f"{value:,.1f}"


def _share(value: float) -> str:
    return f"{value:.1%}"


def _minutes(value: float) -> str:
    return f"{value:.1f} min"


#: Field, what the organiser calls it, and how it is printed; None begins a group.
_ROWS: list[tuple[str, str, Callable[[float], str]] | None] = [
    ("people_seen", "people seen / được phỏng vấn", _number),
    ("people_never_seen", "people never seen / chưa được gặp", _number),
    ("interviews", "interviews / lượt phỏng vấn", _number),
    ("coverage", "share of people seen", _share),
    ("coverage_of_bound", "  of the most possible", _share),
    ("seat_use", "desk time used / sử dụng bàn", _share),
    ("seat_use_of_bound", "  of the most possible", _share),
    None,
    ("first_wait_mean_min", "wait for the first interview, mean", _minutes),
    ("first_wait_p95_min", "  19 of 20 wait less than", _minutes),
    ("first_wait_longest_min", "  longest", _minutes),
    ("priority_first_wait_mean_min", "  priority people, mean", _minutes),
    ("on_deck_mean_min", "on deck / chờ sẵn, mean", _minutes),
    None,
    ("double_calls", "people held twice", _number),
    ("lost_tickets", "lost tickets", _number),
    ("overtakes", "overtakes / vượt lượt", _number),
    ("overtakes_without_reason", "  without a reason", _number),
]


def _comparison(outcome: Outcome) -> Iterator[str]:
    columns = [outcome.result, *outcome.baselines.values()]
    names = [_NAMES.get(column.policy, column.policy) for column in columns]
    yield f"{'':38}" + "".join(f"{name:>14}" for name in names)
    for row in _ROWS:
        yield "" if row is None else _compared(*row, columns)


def _compared(name: str, words: str, printed: Callable[[float], str], columns: list[Result]) -> str:
    return f"{words:38}" + "".join(f"{printed(getattr(column, name)):>14}" for column in columns)


# --- by lane, by site, over the morning -----------------------------------------------------


def _groups(found: Detail) -> Iterator[str]:
    yield f"{'by lane':18}{'people':>9}{'seen':>9}{'first wait':>13}{'p95':>12}"
    for lane in found.lanes:
        seen = _share(lane.people_seen / max(1, lane.people))
        waits = _minutes(lane.first_wait_mean_min), _minutes(lane.first_wait_p95_min)
        yield f"{lane.lane:18}{_number(lane.people):>9}{seen:>9}{waits[0]:>13}{waits[1]:>12}"
    yield ""
    yield f"{'by site':18}{'desks':>9}{'in use':>9}{'interviews':>13}{'wait to call':>14}"
    for site in found.sites:
        yield (
            f"{site.site:18}{_number(site.desks):>9}{_share(site.seat_use):>9}"
            f"{_number(site.interviews):>13}{_minutes(site.wait_mean_min):>14}"
        )


def _promises(found: Detail) -> Iterator[str]:
    yield (
        f"{'the wait promised / hẹn giờ':30}{'kept':>8}{'late >5':>9}{'width':>9}"
        f"{'told later':>12}{'elsewhere':>11}"
    )
    for row in found.promises:
        yield (
            f"{row.estimator + ', ' + row.moment:30}{_share(row.kept):>8}"
            f"{_share(row.late_5min):>9}{row.width_median_min:>5.0f} min"
            f"{_share(row.later):>12}{_share(row.elsewhere):>11}"
        )


def _drawing(scenario: Scenario, found: Detail) -> Iterator[str]:
    desks = sum(scene.desks for scene in scenario.all_scenes())
    most = max([1.0, *(quarter.waiting for quarter in found.quarters)])
    yield f"the morning{'desks talking':>21}{'':{_BAR - 6}}people waiting"
    for quarter in found.quarters:
        end = min(quarter.from_min + QUARTER_MIN, scenario.end_min)
        talking, waiting = _bar(quarter.talking / desks), _bar(quarter.waiting / most)
        yield (
            f"{quarter.from_min:4.0f}–{end:3.0f} min  {talking}{quarter.talking:5.0f}"
            f"  {waiting}{quarter.waiting:5.0f}"
        )


def _bar(share: float) -> str:
    return f"{'█' * round(min(1.0, share) * _BAR):·<{_BAR}}"


# --- what if --------------------------------------------------------------------------------


def _what_if(outcome: Outcome) -> Iterator[str]:
    base = outcome.result
    yield f"{'what if':42}{'seen':>12}{'interviews':>12}{'first wait':>14}{'desks used':>12}"
    for change in outcome.what_if:
        yield _changed(change, base)


def _changed(change: WhatIf, base: Result) -> str:
    kind, _, booth_id = change.change.partition(":")
    words = _CHANGES[kind].format(booth_id)
    seen = change.people_seen - base.people_seen
    interviews = change.interviews - base.interviews
    wait = change.first_wait_mean_min - base.first_wait_mean_min
    used = change.seat_use - base.seat_use
    return f"{words:42}{seen:>+12,.1f}{interviews:>+12,.1f}{wait:>+10.1f} min{100 * used:>+10.1f} %"
