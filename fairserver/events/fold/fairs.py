"""The fair itself, its booths and its desks."""

from __future__ import annotations

from fairserver.domain.states import BoothMode, FairState, TicketState
from fairserver.events.fair_records import FairRecords
from fairserver.events.fold import moves
from fairserver.events.fold.moves import Handlers
from fairserver.events.records import Booth, Desk
from fairserver.protocol import events as ev


def _fair_loaded(fair: FairRecords, event: ev.FairLoaded) -> None:
    fair.settings, fair.ends_at, fair.day_over = event.settings, event.ends_at, event.day_over
    fair.touched.fair = True
    for plan in event.booths:
        booth = fair.booths.setdefault(
            plan.booth_id, Booth(plan.booth_id, BoothMode(plan.mode), plan.minutes)
        )
        booth.mode, booth.minutes, booth.withdrawn = plan.mode, plan.minutes, False
        # The node that loaded it may have read an older correction than was told meanwhile.
        if plan.plan >= booth.plan:
            booth.plan, booth.questions = plan.plan, plan.questions
        # Desks that are no longer named stay until they are withdrawn: a person may be at one.
        unnamed = [desk_id for desk_id in booth.desk_ids if desk_id not in plan.desks]
        booth.desk_ids = [*plan.desks, *unnamed]
        fair.touch_booth(plan.booth_id)
        for desk_id in plan.desks:
            fair.desks.setdefault(desk_id, Desk(desk_id, plan.booth_id, since=event.at))
            fair.touched.desks.add(desk_id)


def _fair_state_changed(fair: FairRecords, event: ev.FairStateChanged) -> None:
    fair.state = event.state
    if fair.opened_at is None and event.state is FairState.OPEN:
        fair.opened_at = event.at
    fair.touched.fair = True
    fair.touch_all()
    fair.touched.desks.update(fair.desks)


def _settings_changed(fair: FairRecords, event: ev.SettingsChanged) -> None:
    fair.settings, fair.ends_at = event.settings, event.ends_at
    fair.touched.fair = True
    fair.touch_all()


def _time_lost(fair: FairRecords, event: ev.TimeLost) -> None:
    for ticket in fair.tickets.values():
        waits = ticket.state is TicketState.CALLED or (
            ticket.state is TicketState.ON_DECK and not ticket.ready
        )
        if waits and ticket.deadline is not None:
            ticket.deadline += event.lost_ms
            fair.touch_ticket(ticket.ticket_id)


def _booth_changed(fair: FairRecords, event: ev.BoothChanged) -> None:
    booth = fair.booths[event.booth_id]
    # Two corrections at once may be told in the other order: the ledger has counted them.
    asked = event.questions if event.plan > booth.plan else booth.questions
    booth.plan = max(booth.plan, event.plan)
    # Both are told with every turn, an ended one too.
    if booth.mode is not event.mode or booth.questions != asked:
        mine = (t.ticket_id for t in fair.tickets.values() if t.booth_id == event.booth_id)
        fair.touched.tickets.update(mine)
    booth.paused, booth.mode, booth.minutes = event.paused, event.mode, event.minutes
    booth.withdrawn = booth.withdrawn or event.withdrawn
    booth.questions = asked
    booth.site_id = event.site_id or booth.site_id
    fair.touch_booth(event.booth_id)


def _desk_added(fair: FairRecords, event: ev.DeskAdded) -> None:
    _take_away(fair, event.desk_id)
    fair.booths[event.booth_id].desk_ids.append(event.desk_id)
    fair.desks[event.desk_id] = Desk(event.desk_id, event.booth_id, since=event.at)
    fair.touched.desks.add(event.desk_id)
    fair.touch_booth(event.booth_id)


def _desk_changed(fair: FairRecords, event: ev.DeskChanged) -> None:
    moves.set_desk(fair, event.desk_id, event.state, event.at, None)
    desk = fair.desks[event.desk_id]
    desk.left = event.cause == "away"
    if event.cause == "withdrawn":
        desk.gone = True
        _take_away(fair, event.desk_id)


def _take_away(fair: FairRecords, desk_id: str) -> None:
    """Take a desk away from the booth that it stands at, if it stands at any."""
    desk = fair.desks.get(desk_id)
    if desk is None:
        return
    booth = fair.booths[desk.booth_id]
    booth.desk_ids = [one for one in booth.desk_ids if one != desk_id]
    fair.touch_booth(desk.booth_id)


#: What each event of this module does.
HANDLERS: Handlers = {
    ev.FairLoaded: _fair_loaded,
    ev.FairStateChanged: _fair_state_changed,
    ev.SettingsChanged: _settings_changed,
    ev.TimeLost: _time_lost,
    ev.BoothChanged: _booth_changed,
    ev.DeskAdded: _desk_added,
    ev.DeskChanged: _desk_changed,
}
