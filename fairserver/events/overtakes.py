"""Why somebody with a later ticket was called first: the true reason, as a category.

The reasons are in the order in which they decide. Nothing here says anything about the person
who was called that this person would not want told: ``priority`` is never a group's name.
"""

from __future__ import annotations

from fairserver.domain.states import Lane
from fairserver.events.records import Candidate, Ticket

#: Lanes from the one called first to the last.
_LANES = list(Lane)


#: Reasons that lie with the person who waits: nobody could have called.
HINDRANCES = frozenset({"busy_elsewhere", "away", "resting"})


def why_not(waiting: Ticket, owner: Candidate, called: Ticket, caller: Candidate, at: int) -> str:
    """Say why ``called`` came before the earlier ticket ``waiting`` at time ``at`` (ms).

    One of ``busy_elsewhere``, ``away``, ``resting``, a lane of the one called,
    ``moved_by_organiser``, ``stood_back``, ``had_interview``, ``missed``, ``not_now``,
    ``priority``; or ``unknown``, which no call may ever give. (``share`` is told by the call's own
    event.)
    """
    if owner.busy_ticket_id is not None:
        return "busy_elsewhere"
    if not owner.present:
        return "away"
    if waiting.rest_until > at:
        return "resting"
    if _LANES.index(called.lane) < _LANES.index(waiting.lane):
        return called.lane.value
    if called.moved or waiting.moved:
        return "moved_by_organiser"
    if owner.stands_back and not caller.stands_back:
        return "stood_back"
    if owner.had > caller.had:
        return "had_interview"
    if waiting.misses > 0:
        return "missed"
    if waiting.not_now > 0:
        return "not_now"
    if caller.head_start_ms > owner.head_start_ms:
        return "priority"
    return "unknown"
