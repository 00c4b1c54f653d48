"""What other releases tell and this one does not understand: counted, and otherwise passed over."""

from __future__ import annotations

import logging

from fairserver.events.fair_records import FairRecords
from fairserver.events.fold.moves import Handlers
from fairserver.protocol import events as ev

_log = logging.getLogger(__name__)

#: So many kinds are told apart; what comes beyond that is counted together.
_KINDS = 50
_MORE = "?"


def _unknown(fair: FairRecords, event: ev.UnknownEvent) -> None:
    kind = event.kind if event.kind in fair.unknown or len(fair.unknown) < _KINDS else _MORE
    fair.unknown[kind] += 1
    if fair.unknown[kind] == 1:
        _log.warning(
            "%s: events of the kind %s, of version %d, are not understood here and passed over",
            *(fair.fair_id, kind, event.version),
        )


#: What each event of this module does.
HANDLERS: Handlers = {ev.UnknownEvent: _unknown}
