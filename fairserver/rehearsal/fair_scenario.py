"""A scenario for a fair as its organiser wrote it: its booths and hours, a preset's people."""

from __future__ import annotations

import msgspec

from fairserver.domain.fair_plan import BoothEntry, FairPlan
from fairserver.domain.states import BoothMode
from fairserver.rehearsal.scenario import BoothScene, Scenario, preset

#: Candidates for each booth when the organiser gives no number: 200 to 300 at about ten booths
#: is what ordinary sessions see.
PEOPLE_PER_BOOTH = 25
#: Presets whose people answer as at a booth of that mode.
_LIKE = {
    BoothMode.ONSITE: "peak-onsite",
    BoothMode.ONLINE: "peak-online",
    BoothMode.DELEGATED: "peak-online",
}


def fair_scenario(plan: FairPlan, people_like: Scenario, people: int | None) -> Scenario:
    """Build the scenario of a fair.

    Arrivals, stays and no-shows are ``people_like``'s; a booth with more openings is wanted by
    more people; those of an on-site booth walk to it, all others answer on a phone.
    Raises ``ValueError`` when the fair is shorter than half an hour or longer than twelve.
    """
    minutes = int((plan.ends_at - plan.starts_at).total_seconds() // 60)
    if not 30 <= minutes <= 720:
        raise ValueError(f"the fair lasts {minutes} minutes; a rehearsal needs 30 to 720")
    by_openings = sorted(plan.booths, key=_openings, reverse=True)
    return msgspec.structs.replace(
        people_like,
        name=plan.fair_id,
        mode=by_openings[0].mode,
        booths=len(plan.booths),
        people=PEOPLE_PER_BOOTH * len(plan.booths) if people is None else people,
        minutes=minutes,
        scenes=[_scene(booth, people_like) for booth in by_openings],
    )


def _openings(booth: BoothEntry) -> int:
    return sum(vacancy.openings for vacancy in booth.vacancies)


def _scene(booth: BoothEntry, people_like: Scenario) -> BoothScene:
    alike = people_like if booth.mode is people_like.mode else preset(_LIKE[booth.mode])
    return BoothScene(
        booth_id=booth.booth_id,
        mode=booth.mode,
        desks=len(booth.desks),
        length_min=booth.minutes,
        answer_s=alike.answer_s,
        answer_spread=alike.answer_spread,
        site_id=booth.site_id,
    )
