"""Orders of calling to compare: ours, and what fairs do today."""

from __future__ import annotations

import msgspec

from fairserver.domain.settings import FairSettings


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One way to run the lines of a morning."""

    name: str
    settings: FairSettings
    #: Whether only people are called whose phone is known to be on the line.
    sees_presence: bool = True
    #: Whether people choose the shortest of their lines, as they do where they see it.
    shortest_first: bool = False
    #: Whether desks get people early in the way this program does it.
    refuses_late: bool = True


def ours(settings: FairSettings, wishes: int) -> Policy:
    """Give this program's own order with a fair's settings; people may stand in all lines."""
    limit = max(settings.join_limit, min(wishes, 10))
    return Policy(name="fairserver", settings=msgspec.structs.replace(settings, join_limit=limit))


def baselines(settings: FairSettings, wishes: int) -> list[Policy]:
    """Give today's usual orders: one line at a time; several, first come first served."""
    plain = msgspec.structs.replace(
        settings,
        none_yet_first_min=0,
        priority_head_start_min=0,
        deck_per_desk=0,
        join_limit=1,
    )
    several = msgspec.structs.replace(plain, join_limit=max(1, min(wishes, 10)))
    return [
        Policy(
            name="one_line_at_a_time",
            settings=plain,
            sees_presence=False,
            shortest_first=True,
            refuses_late=False,
        ),
        Policy(
            name="first_come_first_served",
            settings=several,
            sees_presence=False,
            refuses_late=False,
        ),
    ]
