"""One fair on one node: its projection and the views that clients of this node watch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from fairserver.domain.states import TicketState
from fairserver.events.fair_records import Touched
from fairserver.events.projection import Projection
from fairserver.events.promises import PromiseBook
from fairserver.events.records import Booth
from fairserver.events.view import MeView, Sink, View, make_view
from fairserver.protocol.events import AnyEvent

ViewId = tuple[str, str]

#: Seconds for which a view that nobody watches is kept, so that a client that comes back after
#: a drop gets only what it missed.
_KEPT_S = 600.0


class Feed:
    """Takes a fair's events in and tells every watching client its own part of the change."""

    def __init__(self, fair_id: str) -> None:
        self.projection = Projection(fair_id, PromiseBook())
        self.views: dict[ViewId, View] = {}
        #: Called with each batch of events after the projection has taken it in.
        self.listeners: list[Callable[[list[AnyEvent]], None]] = []
        self._loop = asyncio.get_running_loop()
        #: Views whose next frame waits for its pace, and since when idle views are idle.
        self._timers: dict[ViewId, asyncio.TimerHandle] = {}
        self._sent_at: dict[ViewId, float] = {}
        self._idle: dict[ViewId, asyncio.TimerHandle] = {}
        self._news = asyncio.Event()
        #: Views that many people share: all but each candidate's own.
        self._shared: set[ViewId] = set()
        #: Booths whose lines moved since the people in them were told, and when that was.
        self._moved: set[str] = set()
        self._moves_timer: asyncio.TimerHandle | None = None
        self._moves_told_at = 0.0
        #: Who watches views that cannot be made yet: the store lost the fair they are of.
        self._awaited: dict[ViewId, set[Sink]] = {}
        #: Up to here numbers may be of a stream that is gone; 0 when none ever was.
        self._gone_seq = 0

    # --- events in -----------------------------------------------------------------------------

    def is_of_another(self, event: AnyEvent) -> bool:
        """Whether an event is of another stream than those before: the store was set up anew.

        One without an id tells nothing: releases that gave none may write beside this one.
        """
        held = self.projection
        return bool(held.seq and event.incarnation) and event.incarnation != held.incarnation

    def take(self, events: list[AnyEvent]) -> None:
        """Apply the next events, and send what is due at once."""
        for event in events:
            self.projection.apply(event)
        touched = self.projection.take_touched()
        self._revive_awaited()
        for view_id in self._concerned(touched):
            self._note(view_id, touched)
        self._lines_moved(touched.booths)
        for listener in self.listeners:
            listener(events)
        self._news.set()
        self._news = asyncio.Event()

    def _concerned(self, touched: Touched) -> list[ViewId]:
        """List the views that the change may concern at once.

        Thousands watch their own view: only those whose person was touched are asked. That a
        line moved is told to the people in it by ``_tell_moves``.
        """
        if touched.fair:
            return list(self.views)
        tickets = self.projection.tickets
        people = touched.candidates | {tickets[t].candidate_id for t in touched.tickets}
        own = [(MeView.name, person) for person in people]
        return [*(v for v in own if v in self.views), *self._shared]

    def _note(self, view_id: ViewId, touched: Touched) -> None:
        view = self.views[view_id]
        if view.note(touched):
            self._flush(view_id)
        elif view.is_stale:
            self._flush_in_time(view_id)

    # --- lines that moved ----------------------------------------------------------------------

    def _lines_moved(self, booth_ids: set[str]) -> None:
        """Tell the people in these lines: now, or when their last telling is long enough ago."""
        self._moved |= booth_ids
        if self._moved and self._moves_timer is None:
            due = max(self._loop.time(), self._moves_told_at + MeView.pace_s)
            if due <= self._loop.time():
                self._tell_moves()
            else:
                self._moves_timer = self._loop.call_at(due, self._tell_moves)

    def _tell_moves(self) -> None:
        self._moves_timer, self._moves_told_at = None, self._loop.time()
        moved, self._moved = Touched(booths=self._moved), set()
        booths = [self.projection.booths[booth_id] for booth_id in moved.booths]
        people = {owner for booth in booths for owner in self._waiting_at(booth)}
        for view_id in ((MeView.name, person) for person in people):
            if view_id in self.views:
                self._note(view_id, moved)

    def _waiting_at(self, booth: Booth) -> Iterator[str]:
        """Name the people in a booth's line and on its deck."""
        for _, ticket_id in booth.line:
            yield self.projection.tickets[ticket_id].candidate_id
        for ticket in booth.met.values():
            if ticket.state is TicketState.ON_DECK:
                yield ticket.candidate_id

    def restart(self) -> None:
        """Forget everything: the live store's stream is another one than before.

        Whoever watches gets the new views, as soon as there is something to see; who comes back
        with a number of the old stream gets a snapshot.
        """
        self._gone_seq = max(self._gone_seq, self.projection.seq)
        self.projection = Projection(self.projection.fair_id, PromiseBook())
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._forget_moves()
        self._shared.clear()
        self._awaited.update((view_id, view.sinks) for view_id, view in self.views.items())
        self.views = {}
        self._revive_awaited()

    def _revive_awaited(self) -> None:
        for view_id, sinks in tuple(self._awaited.items()):
            try:
                view = make_view(self.projection, *view_id)
            except KeyError:  # its booth is not there yet
                continue
            del self._awaited[view_id]
            self._revive(view_id, view, sinks)

    def _revive(self, view_id: ViewId, view: View, sinks: set[Sink]) -> None:
        self._keep(view_id, view)
        view.sinks = sinks
        for sink in tuple(sinks):
            sink(view.first_frame(None))

    async def reached(self, seq: int, timeout_s: float = 5.0) -> bool:
        """Wait until this node has taken event ``seq`` in; say whether it has."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.projection.seq < seq:
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    # --- frames out ----------------------------------------------------------------------------

    def watch(self, view_id: ViewId, since: int | None, sink: Sink) -> None:
        """Send a client what it lacks of a view, and everything that changes from then on.

        While the store has lost the fair it waits. Raises ``KeyError`` when there is no such view.
        """
        if idle := self._idle.pop(view_id, None):
            idle.cancel()
        view = self._find(view_id)
        if view is None:
            self._awaited.setdefault(view_id, set()).add(sink)
            return
        self._catch_up(view_id, view)
        view.sinks.discard(sink)
        frame = view.first_frame(since)
        view.sinks.add(sink)
        sink(frame)

    def _find(self, view_id: ViewId) -> View | None:
        """Find or make a view; None while it is of a fair that the store has lost."""
        if view_id in self._awaited:
            return None
        try:
            return self.views.get(view_id) or self._keep(
                view_id, make_view(self.projection, *view_id)
            )
        except KeyError:
            if self._gone_seq and not self.projection.booths:
                return None
            raise

    def _keep(self, view_id: ViewId, view: View) -> View:
        view.distrust(self._gone_seq)
        self.views[view_id] = view
        if view_id[0] != MeView.name:
            self._shared.add(view_id)
        return view

    def unwatch(self, view_id: ViewId, sink: Sink) -> None:
        """Stop sending a view to a client."""
        view = self.views.get(view_id)
        sinks = view.sinks if view is not None else self._awaited.get(view_id)
        if sinks is None:
            return
        sinks.discard(sink)
        if not sinks and view_id not in self._idle:
            self._idle[view_id] = self._loop.call_later(_KEPT_S, self._drop, view_id)

    def _drop(self, view_id: ViewId) -> None:
        self._idle.pop(view_id, None)
        self.views.pop(view_id, None)
        self._awaited.pop(view_id, None)
        self._shared.discard(view_id)
        self._sent_at.pop(view_id, None)
        if timer := self._timers.pop(view_id, None):
            timer.cancel()

    def _flush(self, view_id: ViewId) -> None:
        if timer := self._timers.pop(view_id, None):
            timer.cancel()
        self._sent_at[view_id] = self._loop.time()
        if view := self.views.get(view_id):
            self._catch_up(view_id, view)
            view.flush()

    def _catch_up(self, view_id: ViewId, view: View) -> None:
        """Take into the next frame what would be told later: a frame shows all up to its seq."""
        if view_id[0] == MeView.name and self._moved:
            view.note(Touched(booths=set(self._moved)))

    def _flush_in_time(self, view_id: ViewId) -> None:
        """Flush now if the last frame is long enough ago, otherwise when it will be."""
        if view_id in self._timers:
            return
        due = self._sent_at.get(view_id, 0.0) + self.views[view_id].pace_s
        if due <= self._loop.time():
            self._flush(view_id)
        else:
            self._timers[view_id] = self._loop.call_at(due, self._flush, view_id)

    def close(self) -> None:
        """Cancel all timers."""
        for timer in (*self._timers.values(), *self._idle.values()):
            timer.cancel()
        self._timers.clear()
        self._idle.clear()
        self._forget_moves()

    def _forget_moves(self) -> None:
        self._moved.clear()
        if self._moves_timer is not None:
            self._moves_timer.cancel()
            self._moves_timer = None
