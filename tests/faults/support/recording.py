"""Robots whose every acknowledged command is written down, and who can be told to hold still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

from booth_client import FairClient
from booth_client.robots.crowd import Crowd, CrowdPlan
from fairserver.protocol.answers import Ok
from fairserver.protocol.commands import Command
from tests.faults.support.journal import Journal

#: Seconds between two looks at a condition that nothing announces.
_LOOK_S = 0.05


class Book:
    """What all robots of a test share: the journal, who is connected, and whether to act."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.clients: set[RecordingClient] = set()
        self.may_act = asyncio.Event()
        self.may_act.set()
        #: Commands sent whose answer has not come.
        self.under_way = 0

    @property
    def acknowledged(self) -> int:
        """Commands acknowledged so far."""
        return len(self.journal.acknowledged)

    @asynccontextmanager
    async def stillness(self) -> AsyncIterator[None]:
        """Hold all robots back, connected as they are, once every answer has come."""
        self.may_act.clear()
        try:
            await until(lambda: self.under_way == 0)
            yield
        finally:
            self.may_act.set()


class RecordingClient(FairClient):
    """A client that notes what it was promised."""

    def __init__(
        self,
        book: Book,
        base_url: str,
        fair_id: str,
        session_token: str,
        *,
        views: Iterable[str],
    ) -> None:
        super().__init__(base_url, fair_id, session_token, views=views)
        self.book = book
        self.base_url = base_url
        self.fair_id = fair_id
        self.session_token = session_token

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.book.clients.add(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.book.clients.discard(self)
        await super().__aexit__(kind, error, trace)

    async def send(self, command: Command, timeout_s: float | None = None) -> Ok:
        await self.book.may_act.wait()
        self.book.under_way += 1
        try:
            ok = await super().send(command, timeout_s)
        finally:
            self.book.under_way -= 1
        self.book.journal.note(command, ok)
        return ok

    def held(self) -> dict[str, dict[str, Any]]:
        """Every cell that this client holds, by view."""
        return {view: dict(self.cells(view)) for view in self.watched}

    @property
    def watched(self) -> list[str]:
        """The views that this client holds now."""
        return [view for view in ("me", "hall", "booth", "control") if self.cells(view)]

    async def fresh(self, base_url: str) -> dict[str, dict[str, Any]]:
        """What a newcomer with the same rights is shown at a node, by view."""
        views = self.watched
        newcomer = FairClient(base_url, self.fair_id, self.session_token, views=views)
        async with newcomer:
            return {view: dict(newcomer.cells(view)) for view in views}


class RecordingCrowd(Crowd):
    """A crowd of recording clients."""

    def __init__(self, plan: CrowdPlan, book: Book) -> None:
        super().__init__(plan)
        self._book = book

    def _client(self, session_token: str, views: Iterable[str]) -> FairClient:
        plan = self.plan
        return RecordingClient(self._book, plan.base_url, plan.fair_id, session_token, views=views)


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition that nothing announces; no limit but the test run's own."""
    while not condition():  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(_LOOK_S)
