"""Which signals an end of a room takes: of the end and the epoch that the room names."""

from __future__ import annotations

from typing import Any

import pytest

from booth_client.media.inbox import MOST_EARLY, Inbox, Named
from fairserver.protocol.answers import PeerSignal

NAMED = Named(4, "p-desk")


def a_signal(**changes: Any) -> PeerSignal:
    """A signal of the end that the room names; ``changes`` make it another's."""
    fields = {"ticket_id": "t1", "peer": "p-desk", "epoch": 4, "kind": "candidate", **changes}
    return PeerSignal(**fields)


def test_a_signal_of_the_end_and_the_epoch_that_the_room_names_is_taken() -> None:
    inbox = Inbox()
    assert inbox.takes(a_signal(), NAMED, 4)
    assert inbox.dropped == 0


@pytest.mark.parametrize("kind", ["offer", "answer", "candidate", "talk"])
def test_of_any_other_end_or_epoch_nothing_is_taken_or_kept(kind: str) -> None:
    inbox = Inbox()
    assert not inbox.takes(a_signal(kind=kind, peer="p-stranger"), NAMED, 4)
    assert not inbox.takes(a_signal(kind=kind, epoch=3), NAMED, 4)
    assert not inbox.takes(a_signal(kind=kind), Named(4, ""), 4)
    assert (inbox.dropped, inbox.early) == (3, [])


def test_a_signal_before_its_cell_waits_for_it() -> None:
    inbox = Inbox()
    early = [a_signal(epoch=5, kind="offer"), a_signal(epoch=5, peer="p-stranger")]
    for one in early:
        assert not inbox.takes(one, NAMED, 4)
    assert inbox.release(Named(5, "p-desk")) == early[:1]
    assert (inbox.dropped, inbox.early) == (1, [])


def test_a_signal_of_the_rooms_epoch_waits_for_the_connection() -> None:
    inbox = Inbox()
    assert not inbox.takes(a_signal(), NAMED, 3)
    assert not inbox.takes(a_signal(), NAMED, 0)
    assert len(inbox.release(NAMED)) == 2


def test_no_flood_of_signals_for_later_fills_the_program() -> None:
    inbox = Inbox()
    for index in range(MOST_EARLY + 10):
        inbox.takes(a_signal(epoch=5 + index), NAMED, 4)
    assert len(inbox.early) == MOST_EARLY
    assert inbox.dropped == 10
