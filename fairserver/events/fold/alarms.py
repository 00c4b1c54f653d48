"""What the control room is told of beside the line itself."""

from __future__ import annotations

from fairserver.events.fair_records import FairRecords
from fairserver.events.fold.moves import Handlers
from fairserver.events.records import Alarm, AlarmName
from fairserver.protocol import events as ev

#: So many are shown; an older one leaves when a newer one comes.
_SHOWN = 20


def _alarm_raised(fair: FairRecords, event: ev.AlarmRaised) -> None:
    name = AlarmName(event.kind, event.subject)
    fair.alarms.pop(name, None)  # told again: the newest one stands last
    fair.alarms[name] = Alarm(event.count, event.at)
    fair.touched.alarms.add(name)
    if len(fair.alarms) > _SHOWN:
        _forget(fair, next(iter(fair.alarms)))


def _alarm_put_aside(fair: FairRecords, event: ev.AlarmPutAside) -> None:
    _forget(fair, AlarmName(event.kind, event.subject))


def _forget(fair: FairRecords, name: AlarmName) -> None:
    fair.alarms.pop(name, None)
    fair.touched.alarms.add(name)


#: What each event of this module does.
HANDLERS: Handlers = {ev.AlarmRaised: _alarm_raised, ev.AlarmPutAside: _alarm_put_aside}
