"""Streams that releases really wrote, added up by today's code; see ``tests.events.record``."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
import pytest

from fairserver.events.projection import Projection
from fairserver.protocol.events import decode_event
from tests.events.record import STREAMS


@pytest.mark.parametrize("path", sorted(STREAMS.glob("*.gz")), ids=lambda path: path.name)
def test_the_stream_of_a_release_says_today_what_it_said_to_that_release(path: Path) -> None:
    first, *events = gzip.decompress(path.read_bytes()).splitlines()
    said = msgspec.json.decode(first)
    assert len(events) == said["seq"] > 200
    fair = Projection("recorded")
    for seq, raw in enumerate(events, start=1):
        fair.apply(decode_event(raw, seq))
    assert not fair.unknown
    assert (fair.seq, fair.state) == (said["seq"], said["state"])
    assert (fair.interviewed, fair.no_shows, fair.left) == (
        said["interviewed"], said["no_shows"], said["left"],
    )  # fmt: skip
    assert {one.candidate_id: one.had for one in fair.candidates.values()} == said["had"]
    assert {
        one.ticket_id: [one.state, one.booth_id, one.misses, one.order]
        for one in fair.tickets.values()
    } == said["tickets"]


def test_there_are_streams() -> None:
    assert len(list(STREAMS.glob("*.gz"))) >= 2
