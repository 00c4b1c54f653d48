"""Alarms reach the control room, and nobody else; a store that is away is no further trouble."""

from __future__ import annotations

from unittest.mock import AsyncMock

import pytest
from redis.exceptions import ConnectionError as StoreGone

from fairserver.domain.states import AlarmKind
from fairserver.line.line import Line
from tests.web.support import Server


async def test_the_control_room_sees_an_alarm_until_it_is_put_aside(server: Server) -> None:
    socket = await server.socket(await server.organiser(), ["control"])
    await server.node.raise_alarm(server.fair_id, AlarmKind.PEOPLE_READ, "b1", 40)
    key = "alarm/people_read/b1"
    await socket.until(lambda: socket.cell("control", key))
    cell = socket.cell("control", key)
    assert (cell["kind"], cell["subject"], cell["count"]) == ("people_read", "b1", 40)
    await socket.do("put_alarm_aside", kind="people_read", subject="b1")
    await socket.until(lambda: not socket.cell("control", key))
    assert await socket.refused("put_alarm_aside", kind="people_read", subject="b1") == (
        "alarm_unknown"
    )


async def test_a_store_that_is_away_swallows_the_alarm(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as gone:
        gone.setattr(Line, "run", AsyncMock(side_effect=StoreGone))
        await server.node.raise_alarm(server.fair_id, AlarmKind.STORE_FULL)
