"""The referee itself: it lets a fair day pass and names every breach."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.faults.support.referee import Breach, Referee

_BOOTHS = [
    {"booth_id": "b1", "mode": "onsite", "minutes": 10, "desks": ["b1-1"]},
    {"booth_id": "b2", "mode": "onsite", "minutes": 10, "desks": ["b2-1"]},
]


class Stream:
    """Feeds a referee with events numbered as a stream numbers them."""

    def __init__(self) -> None:
        self.referee = Referee()
        self.seq = 0
        self.say("fair_loaded", booths=_BOOTHS, settings={})
        for desk_id in ("b1-1", "b2-1"):
            self.say("desk_changed", desk_id=desk_id, state="ready")
        for person in ("c1", "c2"):
            self.say("candidate_present", candidate_id=person)
        self.issue("t1", "c1", "b1", 1)
        self.issue("t2", "c2", "b1", 2)
        self.issue("t3", "c1", "b2", 3)

    def say(self, event: str, **fields: Any) -> None:
        self.seq += 1
        record = {"event": event, "seq": self.seq, "at": self.seq, "by": "system", **fields}
        self.referee.take(msgspec.json.encode(record))

    def issue(self, ticket_id: str, candidate_id: str, booth_id: str, order: float) -> None:
        self.say(
            "ticket_issued",
            ticket_id=ticket_id,
            candidate_id=candidate_id,
            booth_id=booth_id,
            order=order,
        )

    def call(self, ticket_id: str, desk_id: str, passed_over: int = 0) -> None:
        self.say("ticket_called", ticket_id=ticket_id, desk_id=desk_id, passed_over=passed_over)


def test_a_fair_day_passes() -> None:
    stream = Stream()
    stream.call("t1", "b1-1")
    stream.say("ticket_accepted", ticket_id="t1")
    stream.say("interview_started", ticket_id="t1")
    stream.say("interview_finished", ticket_id="t1", outcome="hired")
    stream.call("t3", "b2-1")
    stream.say("ticket_left", ticket_id="t2")
    stream.referee.check_conservation()
    assert stream.referee.places() == {"done": 1, "called": 1, "left": 1}


def test_a_person_called_to_two_desks_is_a_breach() -> None:
    stream = Stream()
    stream.call("t1", "b1-1")
    with pytest.raises(Breach, match="at a desk with t1"):
        stream.call("t3", "b2-1")


def test_two_people_at_one_desk_are_a_breach() -> None:
    stream = Stream()
    stream.call("t1", "b1-1")
    with pytest.raises(Breach, match="the desk is calling"):
        stream.call("t2", "b1-1", passed_over=1)


def test_a_call_out_of_order_is_a_breach() -> None:
    stream = Stream()
    with pytest.raises(Breach, match="t1 stood before"):
        stream.call("t2", "b1-1", passed_over=1)


def test_a_ticket_served_twice_is_a_breach() -> None:
    stream = Stream()
    stream.call("t1", "b1-1")
    stream.say("ticket_accepted", ticket_id="t1")
    stream.say("interview_finished", ticket_id="t1", outcome="hired")
    with pytest.raises(Breach, match="the ticket is done"):
        stream.say("interview_finished", ticket_id="t1", outcome="hired")


def test_a_second_place_in_the_same_line_is_a_breach() -> None:
    stream = Stream()
    with pytest.raises(Breach, match="stands here already"):
        stream.issue("t4", "c1", "b1", 4)


def test_a_missing_event_is_a_breach() -> None:
    stream = Stream()
    stream.seq += 1
    with pytest.raises(Breach, match="follows 8"):
        stream.call("t1", "b1-1")


def test_a_call_of_somebody_who_is_away_is_a_breach() -> None:
    stream = Stream()
    stream.say("candidate_away", candidate_id="c1")
    with pytest.raises(Breach, match="is away"):
        stream.call("t1", "b1-1")


def test_an_interview_nobody_was_called_to_is_a_breach() -> None:
    stream = Stream()
    with pytest.raises(Breach, match="the ticket is waiting"):
        stream.say("interview_started", ticket_id="t1")
