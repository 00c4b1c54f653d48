"""What a crowd makes long or many, honest or not, locks nobody out."""

from __future__ import annotations

import json

import pytest

from tests.line.live import ORGANISER
from tests.web.support import Server, Servers


async def long_line(server: Server, booth_id: str, count: int) -> None:
    """Let people stand in a booth's line."""
    for number in range(count):
        person = {"candidate_id": f"cInTheLine{number:03d}"}
        await server.node.line.register(server.fair_id, person["candidate_id"])
        await server.node.line.run(server.fair_id, "join", ORGANISER, **person, booth_id=booth_id)


async def test_a_booth_whose_line_is_longer_than_what_may_wait_for_a_client_is_shown(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await servers.start()
    await server.open_fair()
    await long_line(server, "b1", 20)
    monkeypatch.setattr("fairserver.web.connection._MOST_BYTES", 4096)
    page = await server.socket(await server.recruiter(), ["booth", "hall"])
    shown = next(one for one in page.frames if one.get("view") == "booth")
    assert len(json.dumps(shown)) > 4096
    await page.do("ping")
