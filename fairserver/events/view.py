"""A view: the cells of one kind of client, rendered on change and encoded once for all.

What to render again is worked out from what the events touched; whoever listens is sent only the
fields that really changed. Every cell remembers the ``seq`` at which it last changed, so a client
that comes back gets just the cells newer than what it holds, whole.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest
from typing import Any

import msgspec

from fairserver.domain.states import AlarmKind
from fairserver.events import cells
from fairserver.events.fair_records import Touched
from fairserver.events.projection import Projection
from fairserver.events.records import AlarmName, Booth, Ticket
from fairserver.protocol import views
from fairserver.protocol.answers import Delta, Snapshot
from fairserver.protocol.views import Cell

Sink = Callable[[bytes], None]

_encode = msgspec.json.Encoder().encode


class View(ABC):
    """One view of one fair, kept up to date while it is watched.

    ``pace_s`` is the least time between two frames that nobody is in a hurry for.
    """

    name: str
    pace_s: float = 0.0

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        #: The cells as last told, and the seq at which each last changed or went away.
        self.cells: dict[str, Cell] = {}
        self._changed: dict[str, int] = {}
        #: Number of the newest event that the cells show, and of the oldest known change.
        self.seq = projection.seq
        self._horizon = projection.seq
        #: Keys to render again before the next frame.
        self._stale: set[str] = set()
        self.sinks: set[Sink] = set()
        #: Told of a sink that failed, and is told nothing more.
        self.lost_sink: Callable[[Exception], None] = lambda _: None
        for key in self.keys():
            self._render(key)

    @abstractmethod
    def keys(self) -> Iterable[str]:
        """List the keys of all cells that the view has now."""

    @abstractmethod
    def render(self, key: str) -> Cell | None:
        """Render one cell; None when there is no such cell (any more)."""

    @abstractmethod
    def stale_keys(self, touched: Touched) -> tuple[set[str], bool]:
        """Tell which cells the change concerns, and whether somebody must know at once."""

    # --- keeping up --------------------------------------------------------------------------

    def note(self, touched: Touched) -> bool:
        """Mark what must be rendered again; say whether it is urgent."""
        keys, urgent = self.stale_keys(touched)
        self._stale |= keys
        return urgent and bool(keys)

    @property
    def is_stale(self) -> bool:
        """Whether a frame may be due."""
        return bool(self._stale)

    def flush(self) -> None:
        """Render what is stale and send one delta to everybody watching, if anything changed."""
        before, keys = self.seq, sorted(self._stale)
        held = {key: cell for key in keys if (cell := self.cells.get(key)) is not None}
        changed = [key for key in keys if self._render(key)]
        self._stale.clear()
        if not changed:
            return
        self.seq = self.projection.seq
        for key in changed:
            self._changed[key] = self.seq
        if self.sinks:
            self.tell(_encode(self._delta(before, changed, held)))

    def tell(self, frame: bytes) -> None:
        """Send a frame to everybody watching; whoever cannot be told keeps nobody else from it."""
        for sink in tuple(self.sinks):
            try:
                sink(frame)
            except Exception as error:
                self.sinks.discard(sink)
                self.lost_sink(error)

    def distrust(self, seq: int) -> None:
        """Give a snapshot to whoever holds a number up to ``seq``: it may be another stream's."""
        if seq:
            self._horizon = max(self._horizon, seq + 1)

    def first_frame(self, since: int | None) -> bytes:
        """Give what a client that holds ``since`` lacks: a delta, or a snapshot."""
        self.flush()
        if since is None or not self._horizon <= since <= self.projection.seq:
            cells: dict[str, Any] = dict(self.cells)
            return _encode(
                Snapshot(
                    view=self.name,
                    seq=self.projection.seq,
                    cells=cells,
                    incarnation=self.projection.incarnation,
                )
            )
        newer = [key for key, seq in self._changed.items() if seq > since]
        return _encode(self._delta(since, sorted(newer), {}))

    def _render(self, key: str) -> bool:
        cell = self.render(key)
        if cell is None:
            return self.cells.pop(key, None) is not None
        if self.cells.get(key) == cell:
            return False
        self.cells[key] = cell
        return True

    def _delta(self, since: int, keys: list[str], held: Mapping[str, Cell]) -> Delta:
        """Tell cells by what changed against those that everybody watching holds."""
        whole: dict[str, Any] = {}
        parts: dict[str, dict[str, Any]] = {}
        for key in keys:
            if (cell := self.cells.get(key)) is None:
                continue
            if (before := held.get(key)) is None:
                whole[key] = cell
            else:
                parts[key] = _changes(before, cell)
        gone = [key for key in keys if key not in self.cells]
        seq = max(self.seq, since)
        return Delta(view=self.name, from_seq=since, seq=seq, set=whole, patch=parts, drop=gone)


def _changes(before: Cell, now: Cell) -> dict[str, Any]:
    """Give the fields of a cell that are not as they were."""
    fields = ((name, getattr(now, name)) for name in now.__struct_fields__)
    return {name: value for name, value in fields if value != getattr(before, name)}


def booth_key(booth_id: str) -> str:
    """Name a booth's cell."""
    return f"booth/{booth_id}"


def desk_key(desk_id: str) -> str:
    """Name a desk's cell."""
    return f"desk/{desk_id}"


def ticket_key(ticket_id: str) -> str:
    """Name a ticket's cell."""
    return f"ticket/{ticket_id}"


def alarm_key(name: AlarmName) -> str:
    """Name an alarm's cell."""
    return f"alarm/{name.kind}/{name.subject}"


class HallView(View):
    """What anybody at the fair may know: the booths and how long their lines are."""

    name = "hall"
    pace_s = 1.0

    def keys(self) -> Iterable[str]:
        """List the fair and every booth."""
        return ["fair", *map(booth_key, self.projection.booths)]

    def render(self, key: str) -> Cell | None:
        """Render the fair, or a booth as a newcomer would find it."""
        if key == "fair":
            return cells.fair_cell(self.projection)
        booth = self.projection.booths[key.removeprefix("booth/")]
        return None if booth.withdrawn else cells.hall_booth_cell(self.projection, booth)

    def stale_keys(self, touched: Touched) -> tuple[set[str], bool]:
        """Concern the touched booths; never in a hurry, but for the fair's state."""
        keys = set(map(booth_key, touched.booths))
        return keys | ({"fair"} if touched.fair else set()), touched.fair


class MeView(View):
    """One candidate's own turns. Places move once a second at most; a call goes out at once."""

    name = "me"
    pace_s = 1.0

    def __init__(self, projection: Projection, candidate_id: str) -> None:
        self.candidate_id = candidate_id
        super().__init__(projection)

    def keys(self) -> Iterable[str]:
        """List the fair, the person, and all turns of the day."""
        owner = self.projection.candidates.get(self.candidate_id)
        tickets = owner.tickets if owner else {}
        return ["fair", "me", *map(ticket_key, tickets)]

    def render(self, key: str) -> Cell | None:
        """Render the fair, the person, or one turn."""
        if key == "fair":
            return cells.fair_cell(self.projection)
        owner = self.projection.candidates.get(self.candidate_id)
        if owner is None:
            return None
        if key == "me":
            return cells.me_cell(owner)
        ticket = owner.tickets[key.removeprefix("ticket/")]
        return cells.own_ticket_cell(self.projection, ticket)

    def stale_keys(self, touched: Touched) -> tuple[set[str], bool]:
        """Concern the person's own changes at once, and moves of the lines in their time."""
        keys: set[str] = {"fair"} if touched.fair else set()
        owner = self.projection.candidates.get(self.candidate_id)
        if owner is None:
            return keys, bool(keys)
        if self.candidate_id in touched.candidates:
            keys.add("me")
        keys |= {ticket_key(t) for t in owner.tickets.keys() & touched.tickets}
        urgent = bool(keys)
        # A booth's mode may have changed with the fair: that is told with every turn.
        shown = owner.tickets.values() if touched.fair else owner.waiting()
        keys |= {ticket_key(t.ticket_id) for t in shown if t.booth_id in touched.booths}
        return keys, urgent


class BoothView(View):
    """What the people of one booth see: its line by numbers, its desks, whom it has met."""

    name = "booth"
    pace_s = 0.05

    def __init__(self, projection: Projection, booth_id: str) -> None:
        self.booth_id = booth_id
        #: The tickets in line, as they stood when the booth last changed.
        self._line: list[str] = []
        super().__init__(projection)

    @property
    def _booth(self) -> Booth:
        return self.projection.booths[self.booth_id]

    def keys(self) -> Iterable[str]:
        """List the fair, the booth, its desks and its tickets."""
        booth = self._booth
        tickets = [*(t for _, t in booth.line), *booth.met]
        return ["fair", "booth", *map(desk_key, booth.desk_ids), *map(ticket_key, tickets)]

    def render(self, key: str) -> Cell | None:
        """Render the fair, the booth, a desk or a turn."""
        kind, _, name = key.partition("/")
        if kind == "fair":
            return cells.fair_cell(self.projection)
        if kind == "booth":
            return cells.booth_cell(self._booth)
        if kind == "desk":
            has_it = name in self._booth.desk_ids
            return cells.desk_cell(self.projection, self.projection.desks[name]) if has_it else None
        return self._render_ticket(self.projection.tickets[name])

    def _render_ticket(self, ticket: Ticket) -> Cell | None:
        if ticket.ticket_id in self._booth.met:
            return cells.booth_ticket_cell(self.projection, ticket, 0)
        if not ticket.is_standing:
            return None
        return cells.booth_ticket_cell(self.projection, ticket, self._booth.position(ticket))

    def stale_keys(self, touched: Touched) -> tuple[set[str], bool]:
        """Concern whatever happened at the booth, or to the people in its line.

        In a hurry for the desks and those who are called to them; the line moves in its time.
        """
        keys: set[str] = {"fair"} if touched.fair else set()
        if self.booth_id in touched.booths:
            keys |= {"booth", *map(desk_key, self._booth.desk_ids)}
            keys |= set(map(ticket_key, self._moved()))
            # Also those that went to another booth, or away.
            keys |= self.cells.keys() & set(map(desk_key, touched.desks))
        of_owners = [self.projection.candidates[c].tickets for c in touched.candidates]
        for ticket_id in touched.tickets.union(*of_owners):
            if self.projection.tickets[ticket_id].booth_id == self.booth_id:
                keys.add(ticket_key(ticket_id))
        at_desks = not touched.desks.isdisjoint(self._booth.desk_ids)
        called = not touched.tickets.isdisjoint(self._booth.met)
        return keys, touched.fair or at_desks or called

    def _moved(self) -> list[str]:
        """List those who now stand at another place than when last asked."""
        before, self._line = self._line, [ticket_id for _, ticket_id in self._booth.line]
        return [now for now, old in zip_longest(self._line, before) if now and now != old]


class ControlView(View):
    """What the organiser sees: every booth and desk, the totals, the morning's curve."""

    name = "control"
    pace_s = 0.2

    def keys(self) -> Iterable[str]:
        """List the fair, totals, curve, every booth and every desk."""
        booths = map(booth_key, self.projection.booths)
        return [
            "fair",
            "settings",
            "totals",
            "curve",
            *booths,
            *map(desk_key, self.projection.desks),
            *map(alarm_key, self.projection.alarms),
        ]

    def render(self, key: str) -> Cell | None:
        """Render the fair, the figures, a booth's tile or a desk."""
        kind, _, name = key.partition("/")
        if kind == "fair":
            return cells.fair_cell(self.projection)
        if kind == "settings":
            return views.SettingsCell(settings=self.projection.settings)
        if kind == "totals":
            return cells.totals_cell(self.projection)
        if kind == "curve":
            return cells.curve_cell(self.projection)
        if kind == "booth":
            booth = self.projection.booths[name]
            return None if booth.withdrawn else cells.control_booth_cell(self.projection, booth)
        if kind == "alarm":
            return self._render_alarm(name)
        desk = self.projection.desks[name]
        return None if desk.gone else cells.desk_cell(self.projection, desk)

    def _render_alarm(self, name: str) -> Cell | None:
        kind, _, subject = name.partition("/")
        alarm = self.projection.alarms.get(named := AlarmName(AlarmKind(kind), subject))
        return cells.alarm_cell(named, alarm) if alarm else None

    def stale_keys(self, touched: Touched) -> tuple[set[str], bool]:
        """Concern everything, five times a second at most."""
        booths = self.projection.booths
        keys = {"totals", *map(alarm_key, touched.alarms)}
        if touched.fair:
            keys |= {"fair", "settings", "curve"}
        for booth_id in touched.booths:
            keys.add(booth_key(booth_id))
            keys |= set(map(desk_key, booths[booth_id].desk_ids))
        return keys | set(map(desk_key, touched.desks)), False


def guest_key(ticket_id: str) -> str:
    """Name the cell of an interview for its third person."""
    return f"guest/{ticket_id}"


class GuestView(View):
    """The interviews that one third person is asked into: nothing else of the fair."""

    name = "guest"

    def __init__(self, projection: Projection, guest_id: str) -> None:
        self.guest_id = guest_id
        super().__init__(projection)

    def keys(self) -> Iterable[str]:
        """List the fair and the interviews."""
        return ["fair", *map(guest_key, self.projection.guests.get(self.guest_id, ()))]

    def render(self, key: str) -> Cell | None:
        """Render the fair, or an interview while this person is asked into it."""
        if key == "fair":
            return cells.fair_cell(self.projection)
        ticket = self.projection.tickets[key.removeprefix("guest/")]
        if ticket.guest is None or ticket.guest.guest_id != self.guest_id:
            return None
        return cells.guest_ticket_cell(self.projection, ticket)

    def stale_keys(self, touched: Touched) -> tuple[set[str], bool]:
        """Concern the own interviews, at once."""
        own = self.projection.guests.get(self.guest_id, set())
        held = {key.removeprefix("guest/") for key in self.cells}
        keys = set(map(guest_key, touched.tickets & (own | held)))
        return keys | ({"fair"} if touched.fair else set()), True


def make_view(projection: Projection, name: str, subject: str) -> View:
    """Make the view of that name; ``subject`` is its candidate, booth or guest, or empty.

    Raises ``KeyError`` for a name that is no view.
    """
    makers: Mapping[str, Callable[[], View]] = {
        "hall": lambda: HallView(projection),
        "me": lambda: MeView(projection, subject),
        "booth": lambda: BoothView(projection, subject),
        "guest": lambda: GuestView(projection, subject),
        "control": lambda: ControlView(projection),
    }
    return makers[name]()
