"""The client's half of the contract, rule by rule, without a socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from booth_client.mirror import Answered, Change, Gap, Greeted, Mirror, cells_of, find_cell
from fairserver.domain.states import DeskState
from fairserver.protocol.answers import (
    Delta,
    Error,
    Message,
    Ok,
    PeerSignal,
    Snapshot,
    StoreStatus,
)
from fairserver.protocol.commands import Accept, AnyCommand, CallNext, Command, Hello, Unwatch
from fairserver.protocol.views import DeskCell, FairCell

Cells = dict[str, Any]
MakeDesk = Callable[..., dict[str, Any]]
HELLO = {"now": 1, "version": "1", "fair_id": "f", "role": "recruiter", "heartbeat_s": 20}


def read(frame: bytes | None) -> Command:
    assert frame is not None
    command: AnyCommand = msgspec.json.decode(frame, type=AnyCommand)
    return command


def say(mirror: Mirror, message: Message) -> Any:
    return mirror.receive(msgspec.json.encode(message))


def greet(mirror: Mirror) -> Greeted:
    greeted = say(mirror, Ok(id=read(mirror.hello()).id, result=HELLO))
    assert isinstance(greeted, Greeted)
    return greeted


def snapshot(seq: int, cells: Cells, view: str = "booth") -> Snapshot:
    return Snapshot(view=view, seq=seq, cells=cells)


def delta(since: int, seq: int, cells: Cells, drop: tuple[str, ...] = ()) -> Delta:
    return Delta(view="booth", from_seq=since, seq=seq, set=cells, drop=list(drop))


@pytest.fixture
def mirror(cells: Cells) -> Mirror:
    """A mirror that was greeted and holds the booth at 5."""
    made = Mirror(["booth"])
    greet(made)
    say(made, snapshot(5, cells))
    return made


def greet_of(mirror: Mirror, incarnation: str) -> Greeted:
    """Say hello after a drop to a server whose store holds that stream."""
    mirror.line_lost()
    hello = read(mirror.hello())
    assert isinstance(hello, Hello)
    assert hello.views == {"booth": 5}
    greeted = say(mirror, Ok(id=hello.id, result={**HELLO, "incarnation": incarnation}))
    assert isinstance(greeted, Greeted)
    return greeted


def test_numbers_of_a_store_set_up_anew_mean_nothing(
    mirror: Mirror, cells: Cells, a_desk: MakeDesk
) -> None:
    greet_of(mirror, "one")
    mirror.submit(Accept(id="k1", ticket_id="t1"))
    again, hello = (read(frame) for frame in greet_of(mirror, "two").resend)
    assert again.id == "k1"
    assert isinstance(hello, Hello)
    assert hello.views == {"booth": None}
    # What was sent by the old number is passed over; the snapshot counts.
    assert say(mirror, delta(5, 7, {"desk/d2": a_desk("d2")})) is None
    say(mirror, Snapshot(view="booth", seq=5, cells=cells, incarnation="two"))
    assert greet_of(mirror, "two").resend == [msgspec.json.encode(again)]


@pytest.mark.parametrize("incarnation", ["one", ""])
def test_the_same_stream_or_a_server_that_names_none_resumes(
    mirror: Mirror, incarnation: str
) -> None:
    greet_of(mirror, "one")
    assert greet_of(mirror, incarnation).resend == []


def test_a_snapshot_of_another_stream_counts_for_the_next_hello(
    mirror: Mirror, cells: Cells
) -> None:
    greet_of(mirror, "one")
    say(mirror, Snapshot(view="booth", seq=5, cells=cells, incarnation="two"))
    assert greet_of(mirror, "two").resend == []


def test_the_first_hello_asks_for_whole_views() -> None:
    hello = read(Mirror(["me", "hall"], "en").hello())
    assert isinstance(hello, Hello)
    assert hello.views == {"me": None, "hall": None}
    assert hello.language == "en"


def test_a_snapshot_gives_typed_cells(mirror: Mirror) -> None:
    desk = find_cell(mirror.cells("booth"), "desk/d1", DeskCell)
    assert desk is not None
    assert desk.state is DeskState.READY
    assert cells_of(mirror.cells("booth"), FairCell)[0].join_limit == 3
    assert mirror.seq("booth") == 5
    assert mirror.complete


def test_a_cell_asked_for_as_another_type_is_not_there(mirror: Mirror) -> None:
    assert find_cell(mirror.cells("booth"), "desk/d1", FairCell) is None
    assert mirror.cells("control") == {}
    assert mirror.seq("control") is None


def test_a_snapshot_names_what_is_gone(mirror: Mirror, cells: Cells) -> None:
    change = say(mirror, snapshot(9, {"fair": cells["fair"]}))
    assert change == Change("booth", change.set, frozenset({"desk/d1"}), True, 9)
    assert set(change.set) == {"fair"}


def test_an_older_snapshot_is_believed(mirror: Mirror, cells: Cells) -> None:
    say(mirror, snapshot(2, cells))
    assert mirror.seq("booth") == 2


def test_a_delta_replaces_whole_cells_and_drops_keys(mirror: Mirror, a_desk: MakeDesk) -> None:
    change = say(mirror, delta(5, 7, {"desk/d2": a_desk("d2")}, ("desk/d1", "desk/never")))
    assert isinstance(change, Change)
    assert set(mirror.cells("booth")) == {"fair", "desk/d2"}
    assert change.drop == {"desk/d1"}
    assert not change.snapshot
    assert mirror.seq("booth") == 7


def test_a_patch_changes_some_fields_of_a_cell(mirror: Mirror) -> None:
    patch = {"desk/d1": {"state": "paused", "since": 9}}
    change = say(mirror, Delta(view="booth", from_seq=5, seq=7, patch=patch))
    before = find_cell(mirror.cells("booth"), "desk/d1", DeskCell)
    assert before is not None
    assert (before.desk_id, before.state, before.since) == ("d1", DeskState.PAUSED, 9)
    assert isinstance(change, Change)
    assert change.set == {"desk/d1": before}


def test_a_patch_of_a_cell_that_is_not_held_is_a_gap(mirror: Mirror) -> None:
    change = say(mirror, Delta(view="booth", from_seq=5, seq=7, patch={"desk/d9": {"since": 9}}))
    assert change == Gap("booth")
    assert mirror.seq("booth") == 5


def test_a_delta_that_begins_earlier_is_applied(mirror: Mirror, a_desk: MakeDesk) -> None:
    assert isinstance(say(mirror, delta(3, 8, {"desk/d2": a_desk("d2")})), Change)
    assert mirror.seq("booth") == 8


def test_the_same_delta_twice_changes_nothing_more(mirror: Mirror, a_desk: MakeDesk) -> None:
    again = delta(5, 7, {"desk/d1": a_desk(state="paused")})
    say(mirror, again)
    before = dict(mirror.cells("booth"))
    say(mirror, again)
    assert mirror.cells("booth") == before


def test_a_late_delta_does_not_bring_old_cells_back(mirror: Mirror, a_desk: MakeDesk) -> None:
    say(mirror, delta(5, 9, {"desk/d1": a_desk(state="paused")}))
    assert say(mirror, delta(5, 7, {"desk/d1": a_desk(state="ready")})) is None
    desk = find_cell(mirror.cells("booth"), "desk/d1", DeskCell)
    assert desk is not None
    assert desk.state is DeskState.PAUSED


def test_a_delta_without_a_new_event_is_applied(mirror: Mirror, a_desk: MakeDesk) -> None:
    change = say(mirror, delta(5, 5, {"desk/d1": a_desk(since=99)}))
    assert isinstance(change, Change)
    assert mirror.seq("booth") == 5


def test_a_gap_asks_to_resume_from_what_is_held(mirror: Mirror) -> None:
    assert say(mirror, delta(6, 7, {})) == Gap("booth")
    hello = read(mirror.hello())
    assert isinstance(hello, Hello)
    assert hello.views == {"booth": 5}


def test_deltas_behind_a_gap_do_not_ask_again(mirror: Mirror) -> None:
    say(mirror, delta(6, 7, {}))
    mirror.hello()
    assert say(mirror, delta(7, 8, {})) is None


def test_a_gap_that_resuming_did_not_fill_asks_for_a_snapshot(mirror: Mirror) -> None:
    assert say(mirror, delta(6, 7, {})) == Gap("booth")
    greet(mirror)
    assert say(mirror, delta(6, 7, {})) == Gap("booth")
    hello = read(mirror.hello())
    assert isinstance(hello, Hello)
    assert hello.views == {"booth": None}


def test_a_filled_gap_is_forgotten(mirror: Mirror) -> None:
    say(mirror, delta(6, 7, {}))
    greet(mirror)
    say(mirror, delta(5, 7, {}))
    say(mirror, delta(8, 9, {}))
    hello = read(mirror.hello())
    assert isinstance(hello, Hello)
    assert hello.views == {"booth": 7}


def test_frames_of_views_that_are_not_watched_are_ignored(mirror: Mirror, cells: Cells) -> None:
    assert say(mirror, snapshot(9, cells, view="hall")) is None
    assert say(mirror, Delta(view="hall", from_seq=1, seq=2, set={})) is None


def test_unknown_frames_and_cells_are_counted_and_skipped(mirror: Mirror, cells: Cells) -> None:
    assert mirror.receive(b'{"type":"news_of_tomorrow"}') is None
    assert mirror.receive(b"\xff") is None
    say(mirror, snapshot(6, {**cells, "weather": {}, "desk/d9": {"desk_id": 9}}))
    assert set(mirror.cells("booth")) == {"fair", "desk/d1"}
    assert mirror.unreadable == 4


def test_a_command_waits_for_the_greeting_and_then_goes_out_once() -> None:
    mirror = Mirror(["me"])
    assert mirror.submit(Accept(id="one", ticket_id="t1")) is None
    assert [read(frame).id for frame in greet(mirror).resend] == ["one"]
    assert greet(mirror).resend == []


def test_pending_commands_go_out_again_with_the_same_id_in_order(mirror: Mirror) -> None:
    for name in ("one", "two", "three"):
        assert mirror.submit(CallNext(id=name, desk_id="d1")) is not None
    answered = say(mirror, Ok(id="two"))
    assert isinstance(answered, Answered)
    mirror.line_lost()
    assert not mirror.ready
    assert [read(frame).id for frame in greet(mirror).resend] == ["one", "three"]


def test_an_answer_is_taken_once(mirror: Mirror) -> None:
    command = CallNext(id="one", desk_id="d1")
    mirror.submit(command)
    refusal = Error(id="one", code="desk_busy", message="bận")
    assert say(mirror, refusal) == Answered(command, refusal)
    assert say(mirror, refusal) is None
    assert say(mirror, Ok(id="unknown")) is None


def test_a_forgotten_command_is_not_sent_again(mirror: Mirror) -> None:
    mirror.submit(CallNext(id="one", desk_id="d1"))
    mirror.forget("one")
    mirror.line_lost()
    assert greet(mirror).resend == []


def test_two_pending_commands_cannot_share_an_id(mirror: Mirror) -> None:
    mirror.submit(CallNext(id="one", desk_id="d1"))
    with pytest.raises(ValueError, match="one"):
        mirror.submit(Accept(id="one", ticket_id="t1"))


def test_ids_fit_the_contract_and_do_not_repeat() -> None:
    first, second = Mirror([]), Mirror([])
    ids = [first.new_id(), first.new_id(), second.new_id()]
    assert len(set(ids)) == 3
    for command_id in ids:
        read(msgspec.json.encode(Accept(id=command_id, ticket_id="t1")))


def test_views_and_numbers_survive_a_dropped_line(mirror: Mirror) -> None:
    mirror.line_lost()
    hello = read(mirror.hello())
    assert isinstance(hello, Hello)
    assert hello.views == {"booth": 5}
    assert mirror.complete


def test_a_refused_hello_and_an_unreadable_command_come_back_as_errors(mirror: Mirror) -> None:
    refused = Error(id=read(mirror.hello()).id, code="not_permitted", message="không")
    assert say(mirror, refused) == refused
    lost = Error(id=None, code="malformed", message="hỏng")
    assert say(mirror, lost) == lost
    assert mirror.receive(b'{"type":"ok","id":null}') is None


def test_the_answer_to_an_older_hello_changes_nothing(mirror: Mirror) -> None:
    older = read(mirror.hello())
    newer = read(mirror.hello())
    assert say(mirror, Ok(id=older.id, result=HELLO)) is None
    assert isinstance(say(mirror, Ok(id=newer.id, result=HELLO)), Greeted)


def test_a_view_added_on_a_live_line_is_asked_for(mirror: Mirror) -> None:
    hello = read(mirror.watch("hall"))
    assert isinstance(hello, Hello)
    assert hello.views == {"booth": 5, "hall": None}
    assert not mirror.complete


def test_a_view_dropped_on_a_live_line_is_said(mirror: Mirror) -> None:
    unwatch = read(mirror.unwatch("booth"))
    assert isinstance(unwatch, Unwatch)
    assert unwatch.views == ["booth"]
    assert mirror.cells("booth") == {}
    assert mirror.unwatch("booth") is None


def test_views_changed_while_hello_is_on_its_way_are_put_right() -> None:
    mirror = Mirror(["hall"])
    hello = read(mirror.hello())
    assert mirror.unwatch("hall") is None
    assert mirror.watch("me") is None
    greeted = say(mirror, Ok(id=hello.id, result=HELLO))
    unwatch, second = map(read, greeted.resend)
    assert isinstance(unwatch, Unwatch)
    assert isinstance(second, Hello)
    assert unwatch.views == ["hall"]
    assert second.views == {"me": None}


def test_signals_and_the_stores_state_pass_through(mirror: Mirror) -> None:
    signal = PeerSignal(ticket_id="t1", peer="page-one", epoch=2, kind="offer", sdp="v=0")
    assert say(mirror, signal) == signal
    assert say(mirror, StoreStatus(state="away")) == StoreStatus(state="away")


def test_a_whole_view_can_be_taken_as_one_change(mirror: Mirror) -> None:
    whole = mirror.whole("booth")
    assert whole is not None
    assert whole.snapshot
    assert set(whole.set) == {"fair", "desk/d1"}
    assert mirror.whole("hall") is None
