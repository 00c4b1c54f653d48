"""The command ``fairserver rehearse``: from its words to what it prints."""

from __future__ import annotations

import msgspec

from fairserver.domain.fair_plan import FairPlan
from fairserver.domain.settings import FairSettings
from fairserver.rehearsal import report
from fairserver.rehearsal.fair_scenario import fair_scenario
from fairserver.rehearsal.policy import Policy, baselines, ours
from fairserver.rehearsal.progress import Progress
from fairserver.rehearsal.scenario import preset
from fairserver.rehearsal.series import Plan, run_series, steps_of


def rehearse_fair(
    fair: FairPlan | None,
    *,
    preset_name: str,
    people: int | None,
    seeds: range,
    what_if: bool,
    as_json: bool,
) -> str:
    """Rehearse a fair, or a preset when there is none, and give what to print.

    Raises ``ValueError`` for an unknown preset or a fair that cannot be rehearsed.
    """
    plan = make_plan(fair, preset_name, people, seeds, what_if=what_if)
    progress = Progress(steps_of(plan))
    try:
        outcome = run_series(plan, progress)
    finally:
        progress.end()
    if as_json:
        return report.as_json(plan, outcome, preset_name).decode()
    return report.as_text(plan, outcome)


def make_plan(
    fair: FairPlan | None, preset_name: str, people: int | None, seeds: range, *, what_if: bool
) -> Plan:
    """Decide what to play: an organiser's own settings, or the defaults for a preset."""
    scenario = preset(preset_name)
    if fair is not None:
        scenario = fair_scenario(fair, scenario, people)
        policy = Policy(name="fairserver", settings=fair.settings)
    else:
        if people is not None:
            scenario = msgspec.structs.replace(scenario, people=people)
        policy = ours(FairSettings(), scenario.wishes_to)
    return Plan(
        scenario=scenario,
        policy=policy,
        baselines=baselines(policy.settings, scenario.wishes_to),
        seeds=seeds,
        what_if=what_if,
    )
