"""The archived events."""

from __future__ import annotations

import asyncio

from fairserver.ledger import Ledger
from fairserver.ledger.archive import UNREADABLE, ArchivedEvent, archived_event
from fairserver.protocol.events import TicketIssued, TicketLeft
from tests.ledger.makers import FAIR, OpenLedger, stream_event


def _rows(first: int, last: int) -> list[ArchivedEvent]:
    return [
        archived_event(seq, stream_event(TicketLeft, seq, ticket_id=f"t{seq}"))
        for seq in range(first, last + 1)
    ]


async def test_events_come_back_as_they_were_written(ledger: Ledger) -> None:
    raw = stream_event(
        TicketIssued, 1, ticket_id="t1", candidate_id="c1", booth_id="b01", order=1.5
    )
    assert await ledger.archive.append(FAIR, [archived_event(1, raw)]) == 1
    (kept,) = await ledger.archive.read(FAIR)
    assert kept.raw == raw
    assert (kept.kind, kept.by) == ("ticket_issued", "system")
    assert (kept.ticket_id, kept.candidate_id, kept.booth_id) == ("t1", "c1", "b01")


async def test_an_event_is_kept_once_however_often_it_is_appended(ledger: Ledger) -> None:
    assert await ledger.archive.append(FAIR, _rows(1, 3)) == 3
    assert await ledger.archive.append(FAIR, _rows(2, 5)) == 2
    assert [row.seq for row in await ledger.archive.read(FAIR)] == [1, 2, 3, 4, 5]


async def test_the_first_copy_of_an_event_stays(ledger: Ledger) -> None:
    first = archived_event(1, stream_event(TicketLeft, 1, ticket_id="t1"))
    other = archived_event(1, stream_event(TicketLeft, 1, ticket_id="t2"))
    await ledger.archive.append(FAIR, [first])
    assert await ledger.archive.append(FAIR, [other]) == 0
    assert await ledger.archive.read(FAIR) == [first]


async def test_nodes_that_append_the_same_events_at_once_do_no_harm(
    open_ledger: OpenLedger,
) -> None:
    nodes = [await open_ledger() for _ in range(3)]
    added = await asyncio.gather(*(node.archive.append(FAIR, _rows(1, 700)) for node in nodes))
    assert sum(added) == 700
    assert await nodes[0].archive.gaps(FAIR) == []
    assert await nodes[0].archive.last_seq(FAIR) == 700


async def test_missing_events_are_named(ledger: Ledger) -> None:
    await ledger.archive.append(FAIR, [*_rows(3, 4), *_rows(8, 9), *_rows(11, 11)])
    assert await ledger.archive.gaps(FAIR) == [(1, 2), (5, 7), (10, 10)]
    assert await ledger.archive.gaps("elsewhere") == []


async def test_fairs_do_not_mix_and_reading_goes_by_pages(ledger: Ledger) -> None:
    await ledger.archive.append(FAIR, _rows(1, 5))
    await ledger.archive.append("elsewhere", _rows(1, 2))
    page = await ledger.archive.read(FAIR, since=2, limit=2)
    assert [row.seq for row in page] == [3, 4]
    assert await ledger.archive.last_seq("elsewhere") == 2
    assert await ledger.archive.last_seq("nowhere") == 0


async def test_what_is_no_event_is_kept_all_the_same(ledger: Ledger) -> None:
    broken = [b"", b"{", b"\xff\x00", b'{"event": 1}']
    rows = [archived_event(seq, raw) for seq, raw in enumerate(broken, 1)]
    assert await ledger.archive.append(FAIR, rows) == 4
    kept = await ledger.archive.read(FAIR)
    assert {row.kind for row in kept} == {UNREADABLE}
    assert [row.raw for row in kept] == [b"", b"{", b"\\xff\\x00", b'{"event": 1}']


async def test_nothing_to_append_is_no_fault(ledger: Ledger) -> None:
    assert await ledger.archive.append(FAIR, []) == 0
