"""Which events are worth waking a phone for, and the few words that travel then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

import msgspec

from fairserver.domain.states import BoothMode
from fairserver.events.projection import Projection
from fairserver.events.records import Ticket
from fairserver.protocol import events as ev
from fairserver.protocol.types import Millis

#: Milliseconds that a push service may keep a message for a phone it cannot reach.
LONGEST_MS = 60_000
#: Milliseconds for which news without a deadline of its own is true enough to be shown.
_NEWS_MS = 600_000
#: Every message is so many bytes long: its length does not tell its kind.
_BYTES = 160


class Kind(StrEnum):
    """What a push says."""

    ON_DECK = "on_deck"
    CALLED = "called"
    #: Seated without a call: was ready on deck.
    COME = "come"
    HAND_OVER = "hand_over"
    MISSED = "missed"
    NO_SHOW = "no_show"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell one person; ``until`` (ms) is when it is over."""

    fair_id: str
    seq: int
    candidate_id: str
    kind: Kind
    number: int
    booth: str
    at: Millis
    until: Millis

    @property
    def send_until(self) -> Millis:
        """When it is given up, ms."""
        return min(self.until, self.at + LONGEST_MS)

    def payload(self) -> bytes:
        """Give what travels: codes and times, never a name."""
        told = {
            "kind": self.kind,
            "number": self.number,
            "booth": self.booth,
            "seq": self.seq,
            "at": self.at,
            "until": self.until,
        }
        return msgspec.json.encode(told).ljust(_BYTES)


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What a person was told before ``seq`` is an old story; ``notice`` is the new one, if any."""

    candidate_id: str
    seq: int
    notice: Notice | None


def news_of(
    events: list[ev.AnyEvent], projection: Projection, booth_numbers: Mapping[str, str]
) -> Iterator[News]:
    """Tell what a batch of events, which ``projection`` has taken in, means to whom."""
    called: set[str] = set()
    for event in events:
        if not isinstance(event, _TURNS):
            continue
        ticket = projection.tickets.get(event.ticket_id)
        if ticket is None:
            continue
        if isinstance(event, ev.TicketCalled):
            called.add(event.ticket_id)
        told = _kind_and_end(event, ticket, projection, seated=event.ticket_id in called)
        notice = told and Notice(
            fair_id=projection.fair_id,
            seq=event.seq,
            candidate_id=ticket.candidate_id,
            kind=told[0],
            number=projection.candidates[ticket.candidate_id].number,
            booth=booth_numbers.get(ticket.booth_id, ticket.booth_id),
            at=event.at,
            until=told[1],
        )
        yield News(candidate_id=ticket.candidate_id, seq=event.seq, notice=notice)


#: After one of these, what a person was told of the turn before is no longer so.
_TURNS = (
    ev.TicketOnDeck
    | ev.TicketReady
    | ev.TicketStoodDown
    | ev.TicketPushedBack
    | ev.TicketCalled
    | ev.TicketAccepted
    | ev.TicketMissed
    | ev.TicketNoShow
    | ev.TicketLeft
    | ev.TicketClosed
    | ev.InterviewStarted
    | ev.InterviewFinished
    | ev.HandOverOffered
    | ev.HandOverDeclined
    | ev.TicketHandedOver
)


def _kind_and_end(
    event: ev.AnyEvent, ticket: Ticket, projection: Projection, *, seated: bool
) -> tuple[Kind, Millis] | None:
    match event:
        case ev.TicketOnDeck():
            return Kind.ON_DECK, event.deadline
        case ev.TicketCalled():
            return Kind.CALLED, event.deadline
        case ev.TicketAccepted() if seated and event.by != f"candidate:{ticket.candidate_id}":
            # Ready on deck, and called and seated in one step: nobody has tapped just now.
            return Kind.COME, event.at + _accept_ms(ticket, projection)
        case ev.HandOverOffered():
            return Kind.HAND_OVER, event.at + _NEWS_MS
        case ev.TicketMissed():
            return Kind.MISSED, event.at + _NEWS_MS
        case ev.TicketNoShow():
            return Kind.NO_SHOW, event.at + _NEWS_MS
    return None


def _accept_ms(ticket: Ticket, projection: Projection) -> int:
    settings = projection.settings
    onsite = projection.booths[ticket.booth_id].mode is BoothMode.ONSITE
    return 1000 * (settings.accept_onsite_s if onsite else settings.accept_online_s)
