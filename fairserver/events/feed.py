"""One fair on one node: its projection and the views that clients of this node watch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fairserver.events.projection import Projection
from fairserver.events.promises import PromiseBook
from fairserver.events.view import Sink, View, make_view
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

    # --- events in -----------------------------------------------------------------------------

    def take(self, events: list[AnyEvent]) -> None:
        """Apply the next events, and send what is due at once."""
        for event in events:
            self.projection.apply(event)
        touched = self.projection.take_touched()
        for view_id, view in self.views.items():
            if view.note(touched):
                self._flush(view_id)
            elif view.is_stale:
                self._flush_in_time(view_id)
        for listener in self.listeners:
            listener(events)
        self._news.set()
        self._news = asyncio.Event()

    def restart(self) -> None:
        """Forget everything: the live store's stream is another one than before."""
        self.projection = Projection(self.projection.fair_id, PromiseBook())
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        watched = {view_id: view.sinks for view_id, view in self.views.items()}
        self.views = {}
        for (name, subject), sinks in watched.items():
            self._revive((name, subject), sinks)

    def _revive(self, view_id: ViewId, sinks: set[Sink]) -> None:
        try:
            view = make_view(self.projection, *view_id)
        except KeyError:  # its booth is not there (yet): those clients say hello again
            return
        self.views[view_id] = view
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

        Raises ``KeyError`` when there is no such view.
        """
        view = self.views.get(view_id)
        if view is None:
            view = self.views[view_id] = make_view(self.projection, *view_id)
        if idle := self._idle.pop(view_id, None):
            idle.cancel()
        view.sinks.discard(sink)
        frame = view.first_frame(since)
        view.sinks.add(sink)
        sink(frame)

    def unwatch(self, view_id: ViewId, sink: Sink) -> None:
        """Stop sending a view to a client."""
        view = self.views.get(view_id)
        if view is None:
            return
        view.sinks.discard(sink)
        if not view.sinks and view_id not in self._idle:
            self._idle[view_id] = self._loop.call_later(_KEPT_S, self._drop, view_id)

    def _drop(self, view_id: ViewId) -> None:
        self._idle.pop(view_id, None)
        self.views.pop(view_id, None)
        self._sent_at.pop(view_id, None)
        if timer := self._timers.pop(view_id, None):
            timer.cancel()

    def _flush(self, view_id: ViewId) -> None:
        if timer := self._timers.pop(view_id, None):
            timer.cancel()
        self._sent_at[view_id] = self._loop.time()
        if view := self.views.get(view_id):
            view.flush()

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
