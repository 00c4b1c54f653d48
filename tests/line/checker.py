"""The invariants of the live line, checked on the real store and on what the events add up to.

Independent of the product's own bookkeeping where it can be: the store is read raw, and views
are followed by a client model of a dozen lines.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import (
    AT_DESK_TICKET,
    BUSY_DESK,
    BUSY_TICKET,
    OPEN_TICKET,
    TICKET_MOVES,
    BoothMode,
    DeskState,
    FairState,
    TicketState,
)
from fairserver.events.projection import Projection
from fairserver.events.records import Booth, Ticket
from fairserver.events.view import View, make_view
from fairserver.line.keys import prefix
from fairserver.line.stream import read_events
from fairserver.protocol.events import (
    FairLoaded,
    SettingsChanged,
    TicketCalled,
    TicketOnDeck,
)
from tests.events.strict import check_event
from tests.line.live import LiveFair

Hash = dict[str, str]


class Live(msgspec.Struct, frozen=True):
    """The live store's records of one fair."""

    meta: Hash
    ticket: dict[str, Hash]
    candidate: dict[str, Hash]
    places: dict[str, Hash]
    desk: dict[str, Hash]
    #: By booth: tickets of those who are there and of those who are away, desks; with scores.
    line: dict[str, dict[str, float]]
    absent: dict[str, dict[str, float]]
    ready: dict[str, dict[str, float]]
    #: By booth: tickets on deck; desks that will need a person soon, and the booth's own record.
    deck: dict[str, dict[str, float]]
    wants: dict[str, list[str]]
    booth: dict[str, Hash]
    deadlines: dict[str, float]


#: Read the records of the named ids in one step: ``{kind: [id]}`` to ``{kind: {id: record}}``.
_READ = """
local function read(name, is_sorted_set)
  local key = KEYS[1] .. ':' .. name
  if redis.call('TYPE', key).ok == 'set' then return redis.call('SMEMBERS', key) end
  local flat = is_sorted_set and redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
               or redis.call('HGETALL', key)
  local record = {}
  for i = 1, #flat, 2 do
    record[flat[i]] = is_sorted_set and tonumber(flat[i + 1]) or flat[i + 1]
  end
  return record
end
local SORTED = { line = true, absent = true, ready = true, deck = true }
local found = { meta = read('meta'), deadlines = read('deadlines', true) }
for kind, ids in pairs(cjson.decode(ARGV[1])) do
  found[kind] = {}
  for _, id in ipairs(ids) do found[kind][id] = read(kind .. ':' .. id, SORTED[kind]) end
end
return cjson.encode(found)
"""


async def read_live(fair: LiveFair, projection: Projection) -> Live:
    """Read everything in one step; the ids are those that the events name."""
    booths, people = list(projection.booths), list(projection.candidates)
    ids = {
        "ticket": list(projection.tickets),
        "candidate": people,
        "places": people,
        "desk": list(projection.desks),
        "line": booths,
        "absent": booths,
        "ready": booths,
        "deck": booths,
        "wants": booths,
        "booth": booths,
    }
    raw = await fair.store.eval(_READ, 1, prefix(fair.fair_id), json.dumps(ids))
    # An empty Lua table is `{}`, whatever it would have held.
    return msgspec.convert(_lists(msgspec.json.decode(raw)), Live)


def _lists(found: dict[str, Any]) -> dict[str, Any]:
    found["wants"] = {booth: list(desks) for booth, desks in found["wants"].items()}
    return found


class Client:
    """What an honest client does with snapshots and deltas; knows nothing of the server."""

    def __init__(self) -> None:
        self.seq: int | None = None
        self.cells: dict[str, Any] = {}

    def take(self, frame: bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "snapshot":
            self.cells = message["cells"]
        else:
            assert self.seq is not None, "a delta before any snapshot"
            assert message["from"] <= self.seq, "a gap between two deltas"
            self.cells = {**self.cells, **message.get("set", {})}
            for key, fields in message.get("patch", {}).items():
                self.cells[key] = {**self.cells[key], **fields}
            for key in message.get("drop", ()):
                self.cells.pop(key, None)
        assert self.seq is None or message["seq"] >= self.seq
        self.seq = message["seq"]


class Watched:
    """One view kept up to date, with a client that listens and one that comes back at times."""

    def __init__(self, projection: Projection, name: str, subject: str, every: int) -> None:
        self.name, self.subject, self.every = name, subject, every
        self.view: View = make_view(projection, name, subject)
        self.listener, self.returner = Client(), Client()
        self.listener.take(self.view.first_frame(None))
        self.returner.take(self.view.first_frame(None))
        self.view.sinks.add(self.listener.take)

    def check(self, step: int) -> None:
        """Flush at times, and compare with a view made afresh."""
        if step % self.every:
            return
        self.view.flush()
        for booth in self.view.projection.booths.values():
            booth.counted = False  # nothing of the fresh view comes from before
        fresh = make_view(self.view.projection, self.name, self.subject)
        right = json.loads(msgspec.json.encode(fresh.cells))
        whose = f"view {self.name} {self.subject}"
        assert self.listener.cells == right, f"{whose}: its deltas lead elsewhere"
        if step % 4 == 0:
            self.returner.take(self.view.first_frame(self.returner.seq))
            assert self.returner.cells == right, f"{whose}: a return leads elsewhere"


class Checker:
    """Checks one fair after every step; fails with ``AssertionError``."""

    def __init__(self, fair: LiveFair, projection: Projection | None = None) -> None:
        self.fair = fair
        self.projection = projection or Projection(fair.fair_id)
        self.watched: dict[tuple[str, str], Watched] = {}
        self._step = 0
        #: How many were on deck at each booth when it was looked at last.
        self._deck: dict[str, int] = {}

    async def check(self) -> None:
        """Take the new events in and hold everything against everything."""
        await self._take_events()
        live = await read_live(self.fair, self.projection)
        check_desks(live)
        check_conservation(live)
        check_deadlines(live)
        check_recordings(live)
        self._check_decks(live)
        check_matching(live, self.projection)
        check_standing_back(live, self.projection)
        compare(live, self.projection)
        self._check_views()
        self._step += 1

    async def _take_events(self) -> None:
        """Fold the new events, one by one, along the table of moves."""
        entries = await read_events(
            self.fair.store, self.fair.fair_id, self.projection.seq, count=100_000
        )
        for entry in entries:
            event = check_event(entry.raw)
            assert event.seq == entry.seq == self.projection.seq + 1, "events have a gap"
            before = {t.ticket_id: t.state for t in self.projection.tickets.values()}
            if isinstance(event, TicketCalled | TicketOnDeck):
                self._check_may_call(event.ticket_id)
            self.projection.apply(event)
            if isinstance(event, SettingsChanged | FairLoaded):  # who is on deck stays there
                self._deck = {b.booth_id: b.on_deck for b in self.projection.booths.values()}
            self._check_moves(before)

    def _check_may_call(self, ticket_id: str) -> None:
        assert self.projection.state is FairState.OPEN, "a call while the fair is not open"
        booth = self.projection.booths[self.projection.tickets[ticket_id].booth_id]
        assert not booth.paused, "a call while the booth is paused"

    def _check_decks(self, live: Live) -> None:
        """Nobody comes on deck beyond the number that desks will need."""
        per_desk = self.projection.settings.deck_per_desk
        for booth_id, deck in live.deck.items():
            before = self._deck.get(booth_id, 0)
            # A call takes a desk and one person: with more kept per desk, the others stay.
            desks = live.wants[booth_id] if per_desk == 1 else self._working(booth_id)
            enough = len(desks) * per_desk
            assert len(deck) <= max(before, enough), f"{booth_id}: {len(deck)} on deck"
            self._deck[booth_id] = len(deck)

    def _working(self, booth_id: str) -> list[str]:
        desks = self.projection.desks.values()
        return [d.desk_id for d in desks if d.booth_id == booth_id and d.is_working]

    def _check_moves(self, before: dict[str, TicketState]) -> None:
        for ticket_id, was in before.items():
            now = self.projection.tickets[ticket_id].state
            assert now is was or now in TICKET_MOVES[was], f"{ticket_id}: {was} to {now}"

    def _check_views(self) -> None:
        touched = self.projection.take_touched()
        for watched in self.watched.values():
            watched.view.note(touched)
        for number, key in enumerate(self._keys()):
            if key not in self.watched:
                self.watched[key] = Watched(self.projection, *key, every=1 + number % 3)
            self.watched[key].check(self._step)

    def _keys(self) -> list[tuple[str, str]]:
        people = [("me", name) for name in self.projection.candidates]
        booths = [("booth", name) for name in self.projection.booths]
        return [("hall", ""), ("control", ""), *booths, *people]


def check_desks(live: Live) -> None:
    """Nobody stands at two desks, no desk has two people; both sides say the same."""
    bound = {i: t for i, t in live.ticket.items() if t["state"] in BUSY_TICKET}
    owners = [ticket["candidate_id"] for ticket in bound.values()]
    assert len(owners) == len(set(owners)), "one person at two desks, or on deck beside one"
    at_desk = {i: t for i, t in bound.items() if t["state"] in AT_DESK_TICKET}
    places = [ticket["desk_id"] for ticket in at_desk.values()]
    assert len(places) == len(set(places)), "two people at one desk"
    assert {i: t["desk_id"] for i, t in at_desk.items()} == {
        desk["ticket_id"]: desk_id for desk_id, desk in live.desk.items() if "ticket_id" in desk
    }
    assert {t["candidate_id"]: i for i, t in bound.items()} == {
        i: person["busy"] for i, person in live.candidate.items() if "busy" in person
    }
    for desk_id, desk in live.desk.items():
        assert ("ticket_id" in desk) == (desk["state"] in BUSY_DESK), desk_id
        is_listed = desk_id in live.ready[desk["booth_id"]]
        assert is_listed == (desk["state"] == DeskState.READY), f"{desk_id}: ready, or not"


def check_conservation(live: Live) -> None:
    """Every open ticket is in exactly one place, every ended one in none."""
    for ticket_id, ticket in live.ticket.items():
        owner = live.candidate[ticket["candidate_id"]]
        places = [
            *(
                s
                for s in ("line", "absent", "deck")
                for t in _set(live, s, ticket)
                if t == ticket_id
            ),
            *("desk" for desk in live.desk.values() if desk.get("ticket_id") == ticket_id),
        ]
        state = ticket["state"]
        right: list[str] = []
        if state in AT_DESK_TICKET:
            right = ["desk"]
        elif state == TicketState.ON_DECK:
            right = ["deck"]
            assert owner["present"] == "1", f"{ticket_id} is on deck and away"
        elif state in OPEN_TICKET:
            right = ["line" if owner["present"] == "1" else "absent"]
        assert places == right, f"{ticket_id} ({state}) is at {places}"
        held = live.places[ticket["candidate_id"]].get(ticket["booth_id"]) == ticket_id
        assert held == (state in OPEN_TICKET), f"{ticket_id} ({state}): the place it holds"


def check_deadlines(live: Live) -> None:
    """Exactly what may fall due is planned."""
    for ticket_id, ticket in live.ticket.items():
        state = ticket["state"]
        call, answer = (
            f"call:{ticket_id}" in live.deadlines,
            f"answer:{ticket_id}" in live.deadlines,
        )
        assert call == (state == TicketState.CALLED), f"{ticket_id}: its deadline"
        unanswered = state == TicketState.ON_DECK and ticket.get("ready") != "1"
        assert answer == unanswered, f"{ticket_id}: the deadline of its heads-up"
        if f"arrive:{ticket_id}" in live.deadlines:
            assert state == TicketState.CONNECTING, f"{ticket_id}: its arrival is due"
            is_in = ticket.get("candidate_state") in ("joined", "connected")
            assert not is_in, f"{ticket_id} has arrived"
        connect = f"connect:{ticket_id}" in live.deadlines
        assert connect == (state == TicketState.CONNECTING), f"{ticket_id}: a limit to connecting"
    for desk_id, desk in live.desk.items():
        if f"ahead:{desk_id}" in live.deadlines:
            assert desk["state"] == DeskState.INTERVIEWING, f"{desk_id}: its heads-up"


def _set(live: Live, name: str, ticket: Hash) -> dict[str, float]:
    found: dict[str, dict[str, float]] = getattr(live, name)
    return found[ticket["booth_id"]]


def check_matching(live: Live, projection: Projection) -> None:
    """No ready desk, and no room on deck, while somebody callable stands in the line."""
    if live.meta["state"] != FairState.OPEN:
        return
    for booth_id, desks in live.ready.items():
        if projection.booths[booth_id].paused:
            continue
        assert not (desks and live.deck[booth_id]), f"on deck at {booth_id}, and a desk is ready"
        kept = len(live.wants[booth_id]) * projection.settings.deck_per_desk
        has_room = kept > len(live.deck[booth_id])
        for ticket_id in live.line[booth_id]:
            owner = live.candidate[live.ticket[ticket_id]["candidate_id"]]
            if "busy" not in owner and f"rest:{ticket_id}" not in live.deadlines:
                assert not desks, f"{ticket_id} could be called to {set(desks)}"
                assert not has_room, f"{ticket_id} could be on deck"


def check_standing_back(live: Live, projection: Projection) -> None:
    """Who stands back is behind all others of the same lane who were not met yet either.

    Where the organiser has put somebody by hand, that is the order.
    """
    for booth_id in live.line:
        together = {**live.line[booth_id], **live.absent[booth_id]}
        if any(projection.tickets[ticket_id].moved for ticket_id in together):
            continue
        last: dict[str, float] = {}
        first: dict[str, float] = {}
        for ticket_id, order in together.items():
            lane = live.ticket[ticket_id]["lane"]
            owner = live.candidate[live.ticket[ticket_id]["candidate_id"]]
            if owner.get("stands_back") == "1":
                first[lane] = min(order, first.get(lane, order))
            elif owner["had"] == "0":
                last[lane] = max(order, last.get(lane, order))
        for lane, order in first.items():
            assert last.get(lane, order - 1) < order, f"{booth_id}: before others, standing back"


def compare(live: Live, projection: Projection) -> None:
    """What the events add up to is what the live store holds."""
    assert int(live.meta.get("seq", 0)) == projection.seq, "the count of events"
    assert live.meta["state"] == projection.state
    settings = msgspec.json.decode(live.meta["settings"], type=FairSettings)
    assert settings == projection.settings
    assert int(live.meta["ends_at"]) == projection.ends_at
    assert not projection.overtakes["unknown"], "an overtake without a reason"
    for desk_id, desk in projection.desks.items():
        found = live.desk[desk_id]
        assert found["state"] == desk.state, desk_id
        assert found.get("ticket_id") == desk.ticket_id, desk_id
        assert int(found["since"]) == desk.since, desk_id
    for candidate_id, person in projection.candidates.items():
        found = live.candidate[candidate_id]
        assert int(found["number"]) == person.number
        assert (found["present"] == "1") == person.present, candidate_id
        assert found.get("busy") == person.busy_ticket_id, candidate_id
        assert int(found["had"]) == person.had, candidate_id
        assert found.get("way", "video") == person.way, candidate_id
        assert (found.get("stands_back") == "1") == person.stands_back, candidate_id
        assert not (person.stands_back and person.had), f"{candidate_id} was met"
    for ticket_id, ticket in projection.tickets.items():
        _compare_ticket(live.ticket[ticket_id], ticket)
    for booth_id, booth in projection.booths.items():
        together = {**live.line[booth_id], **live.absent[booth_id]}
        in_order = sorted((order, ticket_id) for ticket_id, order in together.items())
        assert in_order == booth.line, f"the line of {booth_id}"
        _compare_booth(live.booth[booth_id], booth)
        assert len(live.deck[booth_id]) == booth.on_deck, f"the deck of {booth_id}"


def _compare_booth(found: Hash, booth: Booth) -> None:
    assert (found.get("paused") == "1") == booth.paused, booth.booth_id
    assert BoothMode(found["mode"]) == booth.mode, booth.booth_id
    assert float(found["minutes"]) == booth.minutes, booth.booth_id


def _compare_ticket(found: Hash, ticket: Ticket) -> None:
    assert found["state"] == ticket.state, ticket.ticket_id
    assert float(found["order"]) == ticket.order, ticket.ticket_id
    assert int(found["misses"]) == ticket.misses, ticket.ticket_id
    assert found.get("outcome") == ticket.outcome, ticket.ticket_id
    assert found["lane"] == ticket.lane, ticket.ticket_id
    assert int(found["not_now"]) == ticket.not_now, ticket.ticket_id
    if ticket.state in AT_DESK_TICKET:
        assert found["desk_id"] == ticket.desk_id, ticket.ticket_id
    if ticket.state is TicketState.ON_DECK:
        assert (found.get("ready") == "1") == ticket.ready, ticket.ticket_id
        deadline = found.get("deadline")
        assert (int(deadline) if deadline else None) == ticket.deadline, ticket.ticket_id
    if ticket.state is TicketState.INTERVIEWING:
        assert found.get("hand_over_to") == ticket.hand_over_to, ticket.ticket_id
    if ticket.state is TicketState.CALLED:
        assert int(found["deadline"]) == ticket.deadline, ticket.ticket_id
        assert (found["extended"] == "1") == ticket.extended, ticket.ticket_id
    if ticket.room is not None:
        assert int(found.get("epoch", 0)) == ticket.room.epoch, ticket.ticket_id
        assert int(found.get("talk_ms", 0)) == ticket.room.talk_ms, ticket.ticket_id
        since = int(found.get("talking_since", 0)) or None
        assert since == ticket.room.talking_since, ticket.ticket_id
        assert found.get("room_desk") == ticket.room.desk_id, ticket.ticket_id
        for side in ticket.room.peers:
            assert found.get(f"{side}_peer", "") == ticket.room.peers[side], ticket.ticket_id
            state = found.get(f"{side}_state", "away")
            assert state == ticket.room.states[side], ticket.ticket_id
    _compare_guest(found, ticket)
    _compare_recording(found, ticket)


def check_recordings(live: Live) -> None:
    """Nothing is recorded without everybody's yes, and nothing outside of an interview."""
    for ticket_id, ticket in live.ticket.items():
        state = ticket.get("recording_state")
        if state in ("asked", "on"):
            assert ticket["state"] == TicketState.INTERVIEWING, f"{ticket_id}: recorded after"
            assert ticket["interview_mode"] == "online", f"{ticket_id}: recorded without a room"
            assert "recording_no_candidate" not in ticket, f"{ticket_id}: recorded after a no"
            agreed = ticket.get("recording_candidate") == "1"
            if "guest_joined" in ticket:
                agreed = agreed and ticket.get("recording_guest") == "1"
                assert "recording_no_guest" not in ticket, f"{ticket_id}: recorded after a no"
            assert agreed == (state == "on"), f"{ticket_id}: recorded without everybody's yes"


def _compare_recording(found: Hash, ticket: Ticket) -> None:
    recording = ticket.recording
    assert found.get("recording_id") == (recording.recording_id if recording else None)
    if recording is None:
        return
    assert found["recording_state"] == recording.state, ticket.ticket_id
    assert found["recording_by"] == recording.asked_by, ticket.ticket_id
    for side in ("candidate", "guest"):
        agreed = found.get(f"recording_{side}") == "1"
        assert agreed == (side in recording.agreed), f"{ticket.ticket_id}: the yes of {side}"


def _compare_guest(found: Hash, ticket: Ticket) -> None:
    guest = ticket.guest
    assert found.get("guest_id") == (guest.guest_id if guest else None), ticket.ticket_id
    if guest is None:
        assert not [name for name in found if name.endswith((":guest_peer", ":guest_state"))]
        return
    assert found["guest_role"] == guest.role, ticket.ticket_id
    assert found["guest_state"] == guest.state, ticket.ticket_id
    assert (found.get("guest_joined") == "1") == guest.joined, ticket.ticket_id
    for leg, room in guest.legs.items():
        for side, peer in room.peers.items():
            assert found.get(f"{leg}:{side}_peer", "") == peer, ticket.ticket_id
            assert found.get(f"{leg}:{side}_state", "away") == room.states[side], ticket.ticket_id
        if any(room.peers.values()):  # the count goes on from guest to guest
            assert int(found[f"{leg}:epoch"]) == room.epoch, ticket.ticket_id
