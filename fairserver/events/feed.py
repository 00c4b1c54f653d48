"""One fair on one node: its projection and the views that clients of this node watch."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator

from fairserver.domain.states import TicketState
from fairserver.events.fair_records import Touched
from fairserver.events.projection import Projection
from fairserver.events.promises import PromiseBook
from fairserver.events.records import Booth
from fairserver.events.view import MeView, Sink, View, make_view
from fairserver.line.tasks import ALONE, Minder
from fairserver.protocol.events import AnyEvent

ViewId = tuple[str, str]

#: Seconds for which a view that nobody watches is kept, so that a client that comes back after
#: a drop gets only what it missed.
_KEPT_S = 600.0
#: Seconds until a view that failed is made anew, doubled with each time in a row, and at most.
_MEND_S = 1.0
_LONGEST_MEND_S = 60.0


class Feed:
    """Takes a fair's events in and tells every watching client its own part of the change.

    What fails stops alone: an event is passed over, a listener misses some, a view is made anew.
    """

    def __init__(self, fair_id: str, minder: Minder = ALONE) -> None:
        self._minder = minder
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
        #: Views that failed: until when each is left alone, by a timer, and how often it failed.
        self._mending: dict[ViewId, asyncio.TimerHandle] = {}
        self._failures: Counter[ViewId] = Counter()

    # --- events in -----------------------------------------------------------------------------

    def is_of_another(self, event: AnyEvent) -> bool:
        """Whether an event is of another stream than those before: the store was set up anew.

        One without an id tells nothing: releases that gave none may write beside this one.
        """
        held = self.projection
        return bool(held.seq and event.incarnation) and event.incarnation != held.incarnation

    def take(self, events: list[AnyEvent]) -> None:
        """Apply the next events, and send what is due at once.

        Raises ``ValueError`` at one that is not the next.
        """
        taken = [event for event in events if self._apply(event)]
        self._minder.attempt(self._name("views"), self._tell_watchers)
        for listener in tuple(self.listeners):
            self._minder.attempt(self._name(_name_of(listener)), listener, taken)
        self._ring()

    def pass_over(self, seq: int) -> None:
        """Go on after event ``seq`` without what could not be read up to there."""
        if seq > self.projection.seq:
            self.projection.pass_over(seq)
            self._ring()

    def _apply(self, event: AnyEvent) -> bool:
        """Take one event in; say whether it could be: if not, the fair goes on without it."""
        self.projection.expect(event.seq)
        try:
            self.projection.apply(event)
        except Exception as error:
            self._minder.note(self._name("events"), error)
            self.projection.pass_over(event.seq)
            return False
        return True

    def _tell_watchers(self) -> None:
        touched = self.projection.take_touched()
        self._revive_awaited()
        for view_id in self._concerned_or_all(touched):
            self._note(view_id, touched)
        self._lines_moved(touched.booths)

    def _concerned_or_all(self, touched: Touched) -> list[ViewId]:
        try:
            return self._concerned(touched)
        except Exception as error:  # nobody is left with what is no longer true
            self._minder.note(self._name("views"), error)
            return list(self.views)

    def _ring(self) -> None:
        """Wake those who wait for news."""
        self._news.set()
        self._news = asyncio.Event()

    def _name(self, what: str) -> str:
        return f"{what} {self.projection.fair_id}"

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
        view = self.views.get(view_id)
        if view is None:  # it has failed just now
            return
        try:
            is_urgent = view.note(touched)
        except Exception as error:
            self._failed(view_id, error)
            return
        if is_urgent:
            self._flush(view_id)
        elif view.is_stale:
            self._flush_in_time(view_id)

    # --- views that fail -----------------------------------------------------------------------

    def _failed(self, view_id: ViewId, error: Exception) -> None:
        """Let go of a view that fails, and make it anew after a while for those who watch it."""
        self._minder.note(self._name(f"view {view_id[0]}"), error)
        view = self.views.pop(view_id, None)
        self._shared.discard(view_id)
        if timer := self._timers.pop(view_id, None):
            timer.cancel()
        self._awaited.setdefault(view_id, set()).update(view.sinks if view is not None else ())
        self._failures[view_id] += 1
        pause = _MEND_S * 2 ** min(self._failures[view_id] - 1, 16)
        if timer := self._mending.pop(view_id, None):
            timer.cancel()
        self._mending[view_id] = self._loop.call_later(
            min(_LONGEST_MEND_S, pause), self._mend, view_id
        )

    def _mend(self, view_id: ViewId) -> None:
        self._mending.pop(view_id, None)
        self._revive_awaited()

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
        self._minder.attempt(self._name("moves of lines"), self._tell_all_moves)

    def _tell_all_moves(self) -> None:
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
        for timer in self._mending.values():
            timer.cancel()
        self._timers.clear()
        self._mending.clear()
        self._failures.clear()
        self._forget_moves()
        self._shared.clear()
        self._awaited.update((view_id, view.sinks) for view_id, view in self.views.items())
        self.views = {}
        self._revive_awaited()

    def _revive_awaited(self) -> None:
        for view_id, sinks in tuple(self._awaited.items()):
            if view_id in self._mending:
                continue
            try:
                view = make_view(self.projection, *view_id)
                frame = view.first_frame(None)
            except Exception as error:
                # A KeyError of one that never failed: its booth is not there yet.
                if not isinstance(error, KeyError) or self._failures[view_id]:
                    self._failed(view_id, error)
            else:
                del self._awaited[view_id]
                self._keep(view_id, view).sinks = sinks
                view.tell(frame)

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

        While the store has lost the fair, or the view has failed, it waits. Raises ``KeyError``
        when there is no such view.
        """
        if idle := self._idle.pop(view_id, None):
            idle.cancel()
        view = self._find(view_id)
        if view is None:
            self._awaited.setdefault(view_id, set()).add(sink)
            return
        view.sinks.discard(sink)
        try:
            self._catch_up(view_id, view)
            frame = view.first_frame(since)
        except Exception as error:
            self._failed(view_id, error)
            self._awaited[view_id].add(sink)
            return
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
        view.lost_sink = self._lost_sink
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
        self._failures.pop(view_id, None)
        for timers in (self._timers, self._mending):
            if timer := timers.pop(view_id, None):
                timer.cancel()

    def _lost_sink(self, error: Exception) -> None:
        self._minder.note(self._name("frames to sockets"), error)

    def _flush(self, view_id: ViewId) -> None:
        if timer := self._timers.pop(view_id, None):
            timer.cancel()
        self._sent_at[view_id] = self._loop.time()
        if view := self.views.get(view_id):
            try:
                self._catch_up(view_id, view)
                view.flush()
            except Exception as error:
                self._failed(view_id, error)

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
        for timers in (self._timers, self._idle, self._mending):
            for timer in timers.values():
                timer.cancel()
            timers.clear()
        self._forget_moves()

    def _forget_moves(self) -> None:
        self._moved.clear()
        if self._moves_timer is not None:
            self._moves_timer.cancel()
            self._moves_timer = None


def _name_of(listener: Callable[[list[AnyEvent]], None]) -> str:
    """Name a listener by what it belongs to."""
    name: str = getattr(listener, "__qualname__", type(listener).__name__)
    return name.replace(".<locals>", "")
