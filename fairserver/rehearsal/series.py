"""Several seeds under several orders of calling, averaged, and what a change would bring."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import msgspec
from redis import Redis

from fairserver.rehearsal.bounds import BoundBook, bound_book
from fairserver.rehearsal.detail import (
    Detail,
    average_details,
    average_rows,
    busiest_booth,
    detail,
)
from fairserver.rehearsal.policy import Policy
from fairserver.rehearsal.progress import Progress
from fairserver.rehearsal.run import Result, average, judge, rehearse, scratch_store
from fairserver.rehearsal.scenario import Draws, Scenario

#: What "one hour more" means.
_LONGER_MIN = 60


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to rehearse: a scenario, the order to judge, those beside it, and the seeds."""

    scenario: Scenario
    policy: Policy
    baselines: list[Policy]
    seeds: range
    what_if: bool = False


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the morning and what it would bring, on average."""

    change: str
    interviews: float
    people_seen: float
    seat_use: float
    first_wait_mean_min: float


@dataclass(kw_only=True)
class Outcome:
    """What came of a plan."""

    result: Result
    detail: Detail
    baselines: dict[str, Result] = field(default_factory=dict)
    what_if: list[WhatIf] = field(default_factory=list)


def run_series(plan: Plan, progress: Progress) -> Outcome:
    """Rehearse a plan: every order meets the same people, seed by seed."""
    with scratch_store() as store, bound_book(plan.scenario) as book:
        for seed in plan.seeds:
            book.order(seed)
        return _Series(plan, store, book, progress).run()


def steps_of(plan: Plan) -> int:
    """Count the mornings that a plan plays."""
    return len(plan.seeds) * (1 + len(plan.baselines) + 3 * plan.what_if)


class _Series:
    def __init__(self, plan: Plan, store: Redis, book: BoundBook, progress: Progress) -> None:
        self._plan = plan
        self._store = store
        self._book = book
        self._progress = progress
        self._details: list[Detail] = []
        #: How often each booth was the busiest.
        self._busiest: Counter[str] = Counter()

    def run(self) -> Outcome:
        plan = self._plan
        result = self._average(plan.policy, is_own=True)
        baselines = {policy.name: self._average(policy) for policy in plan.baselines}
        return Outcome(
            result=result,
            detail=average_details(self._details),
            baselines=baselines,
            what_if=self._what_if() if plan.what_if else [],
        )

    def _average(self, policy: Policy, *, is_own: bool = False) -> Result:
        tallies = []
        for seed in self._plan.seeds:
            draws = Draws(self._plan.scenario, seed)
            self._progress.begin(f"seed {seed}: {policy.name}")
            tally = rehearse(self._store, draws, policy, self._progress.inside)
            if is_own:
                self._details.append(detail(tally))
                self._busiest[busiest_booth(tally)] += 1
            tallies.append((seed, tally))
            self._progress.step()
        return average(
            [judge(policy, tally, self._book.get(seed)) for seed, tally in tallies],
            [tally.promise_figures() for _, tally in tallies],
        )

    # --- what if ------------------------------------------------------------------------------

    def _what_if(self) -> list[WhatIf]:
        plan = self._plan
        booth_id = self._busiest.most_common(1)[0][0]
        longer = msgspec.structs.replace(plan.scenario, longer_min=_LONGER_MIN)
        in_turn = msgspec.structs.replace(plan.policy.settings, none_yet_first_min=0)
        by_ticket = msgspec.structs.replace(plan.policy, settings=in_turn)
        return [
            self._change(f"one_more_desk:{booth_id}", self._one_more_desk(booth_id), plan.policy),
            self._change("one_hour_more", longer, plan.policy),
            self._change("first_come_first_served_with_deck", plan.scenario, by_ticket),
        ]

    def _one_more_desk(self, booth_id: str) -> Scenario:
        scenes = [
            msgspec.structs.replace(scene, desks=scene.desks + 1)
            if scene.booth_id == booth_id
            else scene
            for scene in self._plan.scenario.all_scenes()
        ]
        return msgspec.structs.replace(self._plan.scenario, scenes=scenes)

    def _change(self, change: str, scenario: Scenario, policy: Policy) -> WhatIf:
        rows = []
        for seed in self._plan.seeds:
            self._progress.begin(f"seed {seed}: {change}")
            tally = rehearse(self._store, Draws(scenario, seed), policy, self._progress.inside)
            waits = tally.first_waits()
            rows.append(
                WhatIf(
                    change=change,
                    interviews=tally.interviews,
                    people_seen=len(waits),
                    seat_use=tally.seat_use(),
                    first_wait_mean_min=sum(waits) / max(1, len(waits)),
                )
            )
            self._progress.step()
        return average_rows(rows)
