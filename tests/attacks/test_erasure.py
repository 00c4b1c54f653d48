"""A mark in everything that is written of a person: after the erasure it stands nowhere."""

from __future__ import annotations

import time
from pathlib import Path

from redis.asyncio import Redis

from tests.web.support import Server

MARK = "Zebra"


async def test_nothing_of_what_was_written_survives_an_erasure(
    server: Server, store: Redis
) -> None:
    meeting = await server.meeting()
    person, ticket = meeting.person, {"ticket_id": meeting.ticket_id}
    own = f"{server.fair_url}/my-data"
    said = {"full_name": f"Nguyễn {MARK}", "commune": f"Xã {MARK}", "wish": f"May {MARK}"}
    rest = {"phone": "0912 345 678", "birth_year": 1999, "sex": "nu"}
    corrected = await server.request("PUT", own, {**said, **rest}, token=person.token)
    assert corrected.status in (200, 204), corrected.body
    await meeting.talk()
    await meeting.recruiter.do("finish", outcome="second_interview", **ticket)
    await meeting.recruiter.do(
        "record_outcome", outcome="second_interview", note=f"Ghi {MARK}", **ticket
    )
    soon = int(time.time() * 1000) + 3 * 24 * 3600 * 1000
    place = {"starts_at": soon, "place": f"Nhà {MARK}"}
    await meeting.recruiter.do("offer_second_interview", **place, **ticket)
    folder = server.node.settings.data
    assert _where(folder) != []
    gone = await server.request("DELETE", own, {"number": person.number}, token=person.token)
    assert gone.status == 204, gone.body
    assert _where(folder) == []
    for key in await store.keys("*"):
        assert MARK.encode() not in await store.dump(key), key


def _where(folder: Path) -> list[str]:
    """Name the files of a data folder in which the mark stands: the record, its log, our logs."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if MARK.encode() in path.read_bytes()]
