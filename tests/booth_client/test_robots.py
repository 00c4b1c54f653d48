"""One candidate and one recruiter, played by robots over real sockets at a small booth."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from booth_client import FairClient
from booth_client.robots.behaviour import Behaviour, CandidateBehaviour, Delay, RecruiterBehaviour
from booth_client.robots.candidate import CandidateRobot
from booth_client.robots.recruiter import play_booth
from booth_client.robots.tally import Tally
from fairserver.protocol import commands as c
from fairserver.protocol.answers import Error, Message, Ok

if TYPE_CHECKING:
    from conftest import SmallFair

PATIENCE_S = 60
NOW = Delay(0, 0, 0)
#: Everything without delay, and nobody does anything on a whim.
STEADY = Behaviour(
    candidate=CandidateBehaviour(
        look_around=NOW,
        accept=NOW,
        connect=NOW,
        miss_call=0,
        get_ready=NOW,
        miss_heads_up=0,
        not_now=0,
        consider=NOW,
        agree=1,
        lines=(1, 1),
        interviews=(1, 1),
        whim=Delay(900, 900, 900),
    ),
    recruiter=RecruiterBehaviour(
        open_desk=NOW,
        walk=NOW,
        connect=NOW,
        wrap_up=NOW,
        interview=NOW,
        pause=0,
        hand_over=0,
        hand_over_wait=NOW,
        patience=Delay(900, 900, 900),
    ),
)


class PlayedBooth:
    """The line of one booth with one desk and one candidate, enough for two robots."""

    def __init__(self, fair: SmallFair, mode: str) -> None:
        self.fair, self.mode = fair, mode
        self.desk, self.ticket, self.misses, self.epoch, self.interviews = "closed", "", 0, 0, 0
        self.peers = {"candidate": "", "desk": ""}
        self.sides = {"candidate": "away", "desk": "away"}
        self.heads_up, self.is_ready, self.offered = False, False, None
        self.left_out: set[type[c.Command]] = set()
        fair.rule, fair.after = self.answer, self.show
        self._put()

    def answer(self, command: c.Command) -> Message:
        name = type(command).__name__.lower()
        if type(command) in self.left_out:
            self.left_out.remove(type(command))
            return Error(id=command.id, code="too_fast", message="")
        result = getattr(self, f"on_{name}")(command) or {}
        self._put()
        return Ok(id=command.id, seq=self.fair.seq, result=result)

    def on_join(self, _: c.Join) -> None:
        self.ticket = "on_deck" if self.heads_up else "waiting"
        self._call()

    def on_ready(self, _: c.Ready) -> None:
        self.is_ready = True
        self._call()

    def on_notnow(self, _: c.NotNow) -> None:
        self.ticket = "waiting"
        self._call()

    def on_offerhandover(self, command: c.OfferHandOver) -> None:
        self.offered = command.to_booth_id

    def on_answerhandover(self, command: c.AnswerHandOver) -> None:
        self.offered = None
        if command.agree:
            self.ticket, self.desk, self.interviews = "handed_over", "wrap_up", 1

    def on_leave(self, _: c.Leave) -> None:
        self.ticket = "left"

    def on_accept(self, _: c.Accept) -> None:
        self.ticket = self.desk = "connecting"

    def on_opendesk(self, _: c.OpenDesk) -> None:
        self.desk = "ready"
        self._call()

    on_callnext = on_opendesk

    def on_pausedesk(self, _: c.PauseDesk) -> None:
        self.desk = "paused"

    def on_start(self, _: c.Start) -> None:
        self.ticket = self.desk = "interviewing"

    def on_markmissed(self, _: c.MarkMissed) -> None:
        self.ticket, self.desk, self.misses = "waiting", "wrap_up", self.misses + 1

    def on_finish(self, command: c.Finish) -> None:
        assert command.outcome
        self.ticket, self.desk, self.interviews = "done", "wrap_up", self.interviews + 1

    def on_enterroom(self, command: c.EnterRoom) -> dict[str, Any]:
        known = [side for side, peer in self.peers.items() if peer == command.peer]
        free = "candidate" if command.peer in self.candidate_peers else "desk"
        side = known[0] if known else free
        self.epoch += 1
        self.peers[side] = command.peer
        self.sides = {side: "joined" if peer else "away" for side, peer in self.peers.items()}
        return {"epoch": self.epoch, "ice_servers": []}

    def on_reportroom(self, command: c.ReportRoom) -> None:
        side = "candidate" if self.peers["candidate"] == command.peer else "desk"
        if command.epoch == self.epoch:
            self.sides[side] = command.state
        if set(self.sides.values()) == {"connected"} and self.ticket == "connecting":
            self.ticket = self.desk = "interviewing"

    #: Peers of the candidate's robot, told by the test (a real server knows its clients).
    candidate_peers: set[str] = frozenset()  # type: ignore[assignment]

    def _call(self) -> None:
        if self.desk == "ready" and self.ticket == "waiting":
            self.desk, self.ticket = "calling", "called"
        if self.desk == "ready" and self.ticket == "on_deck" and self.is_ready:
            self.desk = self.ticket = "connecting"

    def _put(self) -> None:
        at_desk = self.ticket in {"called", "connecting", "interviewing"}
        room = None
        if self.epoch:
            room = {
                "epoch": self.epoch,
                "talk_ms": 0,
                "talking_since": None,
                **{f"{side}_peer": peer for side, peer in self.peers.items()},
                **{f"{side}_state": state for side, state in self.sides.items()},
            }
        desk_id = "d1" if at_desk else None
        turn = {"ticket_id": "t1", "state": self.ticket, "since": 0, "misses": self.misses}
        turn |= {"desk_id": desk_id, "deadline": None, "room": room, "finished_at": None}
        turn |= {"ready": self.is_ready, "hand_over_to": self.offered, "interview_mode": None}
        wait = {"reason": "later"}
        own = turn | {"booth_id": "b05", "mode": self.mode, "ahead": 0, "ahead_exact": True}
        own |= {"wait": wait, "extended": False, "not_now": 0}
        seen = turn | {"number": 1, "position": 0, "present": True, "frozen": False}
        seen |= {"first_interview": True, "outcome": None, "reason": None}
        seen |= {"lane": "ordinary", "way": "video"}
        me = {"candidate_id": "c1", "number": 1, "present": True, "busy_ticket_id": None}
        me |= {"way": "video"}
        tickets = bool(self.ticket)
        rules = {"join_limit": 3, "not_now_limit": 2, "ends_at": None}
        everyone = {"fair": {"state": "open", **rules}}
        booth = {"booth_id": "b05", "mode": self.mode, "waiting": 0}
        hall = booth | {"desks_working": 1, "wait": wait}
        figures = booth | {"minutes": 5, "interviewed": self.interviews, "mean_min": None}
        figures |= {"paused": False, "on_deck": 0}
        desk = {"desk_id": "d1", "booth_id": "b05", "state": self.desk, "since": 0}
        desk |= {"ticket_id": "t1" if at_desk else None, "idle_reason": None}
        desk |= {"idle_booth_id": None, "idle_since": None, "idle_number": None}
        self.cells = {
            "me": everyone
            | {"me": me | {"interviews": self.interviews}}
            | ({"ticket/t1": own} if tickets else {}),
            "hall": everyone | {"booth/b05": hall},
            "booth": everyone
            | {"booth": figures, "desk/d1": desk}
            | ({"ticket/t1": seen} if tickets else {}),
        }
        for view, cells in self.cells.items():
            self.fair.change(view, cells)

    async def show(self, _: c.Command) -> None:
        for delta in self.fair.history[-3:]:
            await self.fair.say(delta)


async def play(
    fair: SmallFair,
    booth: PlayedBooth,
    behaviour: Behaviour,
    tally: Tally | None = None,
    elsewhere: Sequence[str] = (),
) -> Tally:
    """Let both robots play until the candidate goes home."""
    tally = tally or Tally()
    async with (
        FairClient(fair.url, "f", "one", views=("me", "hall")) as phone,
        FairClient(fair.url, "f", "two", views=("booth",)) as laptop,
    ):
        robot = CandidateRobot(phone, behaviour, Random(1), tally, {"b05": 1.0})
        booth.candidate_peers = Peers(robot)
        recruiting = play_booth(laptop, behaviour, Random(2), tally, ["d1"], elsewhere)
        recruiter = asyncio.create_task(recruiting)
        try:
            await asyncio.wait_for(robot.live(), PATIENCE_S)
        finally:
            recruiter.cancel()
            await asyncio.wait([recruiter])
    return tally


class Peers(set[str]):
    """The names under which a candidate's robot enters rooms, as of now."""

    def __init__(self, robot: CandidateRobot) -> None:
        super().__init__()
        self.robot = robot

    def __contains__(self, peer: object) -> bool:
        return peer == self.robot.seat.peer


def names(fair: SmallFair) -> list[str]:
    return [type(command).__name__ for command in fair.received]


@pytest.fixture(params=["online", "onsite"])
def booth(fair: SmallFair, request: pytest.FixtureRequest) -> PlayedBooth:
    return PlayedBooth(fair, request.param)


async def test_a_candidate_joins_is_interviewed_and_goes_home(
    fair: SmallFair, booth: PlayedBooth
) -> None:
    tally = await play(fair, booth, STEADY)
    assert booth.interviews == 1
    assert (tally.joined, tally.accepted, tally.finished) == (1, 1, 1)
    assert not tally.refused
    online = booth.mode == "online"
    assert names(fair).count("EnterRoom") == (2 if online else 0)
    assert names(fair).count("Start") == (0 if online else 1)


async def test_a_candidate_on_deck_says_ready_and_sits_down_without_a_call(
    fair: SmallFair, booth: PlayedBooth
) -> None:
    booth.heads_up = True
    tally = await play(fair, booth, STEADY)
    assert booth.interviews == 1
    assert (tally.ready, tally.accepted) == (1, 0)
    assert not tally.refused


async def test_a_candidate_may_say_not_now_to_a_heads_up(fair: SmallFair) -> None:
    booth = PlayedBooth(fair, "onsite")
    booth.heads_up = True
    tally = await play(fair, booth, replace_candidate(not_now=1.0))
    assert "NotNow" in names(fair)
    assert (tally.ready, tally.accepted, booth.interviews) == (0, 1, 1)


@pytest.mark.parametrize(("agree", "ended"), [(1, "handed_over"), (0, "done")])
async def test_a_recruiter_offers_another_booth_and_the_candidate_answers(
    fair: SmallFair, agree: int, ended: str
) -> None:
    booth = PlayedBooth(fair, "onsite")
    candidate = replace_candidate(agree=agree).candidate
    ways = {f: getattr(STEADY.recruiter, f) for f in STEADY.recruiter.__struct_fields__}
    # The alarm that ends the wait must not come before the answer.
    ways |= {"hand_over": 1, "hand_over_wait": Delay(2, 2, 2)}
    behaviour = Behaviour(candidate=candidate, recruiter=RecruiterBehaviour(**ways))
    tally = await play(fair, booth, behaviour, elsewhere=["b06"])
    assert booth.ticket == ended
    assert tally.handed_over == agree
    assert not tally.refused


async def test_refused_commands_are_tried_again_and_counted(
    fair: SmallFair, booth: PlayedBooth
) -> None:
    booth.left_out = {c.Join, c.OpenDesk, c.Finish}
    tally = await play(fair, booth, with_factor(0.001))
    assert booth.interviews == 1
    assert tally.refused == {"too_fast": 3}


async def test_a_candidate_who_never_hears_goes_home_when_the_stay_is_over(
    fair: SmallFair, until: Callable[[Callable[[], object]], Awaitable[None]]
) -> None:
    booth, tally = PlayedBooth(fair, "online"), Tally()
    playing = asyncio.create_task(play(fair, booth, replace_candidate(miss_call=1.0), tally))
    await until(lambda: tally.ignored_calls == 1)
    assert isinstance(booth.candidate_peers, Peers)
    await booth.candidate_peers.robot.alarm_rings()
    booth.ticket = "waiting"
    booth._put()
    await booth.show(c.Ping(id="p"))
    await playing
    assert tally.accepted == 0
    assert booth.ticket == "left"


async def test_whims_cut_the_line_and_the_interview_goes_on(fair: SmallFair) -> None:
    booth = PlayedBooth(fair, "online")
    behaviour = Behaviour(
        time_factor=0.01,
        candidate=CandidateBehaviour(
            look_around=NOW,
            interviews=(1, 1),
            lines=(1, 1),
            miss_call=0,
            whim=Delay(8, 8, 8),
            whim_leaves=0,
            reload=1,
            away=Delay(1, 1, 1),
        ),
        recruiter=RecruiterBehaviour(
            open_desk=NOW, interview=Delay(40, 40, 40), patience=Delay(900, 900, 900)
        ),
    )
    tally = await play(fair, booth, behaviour)
    assert tally.cuts > 1
    assert booth.interviews == 1
    assert names(fair).count("EnterRoom") > 2


async def test_a_person_who_does_not_appear_is_marked_missed(fair: SmallFair) -> None:
    booth = PlayedBooth(fair, "online")
    recruiter = RecruiterBehaviour(open_desk=NOW, patience=Delay(1, 1, 1), wrap_up=NOW, pause=1)
    behaviour = Behaviour(time_factor=0.01, recruiter=recruiter)
    booth.ticket = "waiting"
    async with FairClient(fair.url, "f", "two") as laptop:
        playing = asyncio.create_task(play_booth(laptop, behaviour, Random(2), Tally(), ["d1"]))
        await fair.until(lambda: booth.ticket == "called")
        booth.on_accept(c.Accept(id="a", ticket_id="t1"))
        booth._put()
        await booth.show(c.Ping(id="p"))
        await fair.until(lambda: "PauseDesk" in names(fair))
        playing.cancel()
        await asyncio.wait([playing])
    assert booth.misses == 1


def with_factor(factor: float) -> Behaviour:
    return Behaviour(time_factor=factor, candidate=STEADY.candidate, recruiter=STEADY.recruiter)


def replace_candidate(**changed: Any) -> Behaviour:
    ways = {**{f: getattr(STEADY.candidate, f) for f in STEADY.candidate.__struct_fields__}}
    return Behaviour(
        candidate=CandidateBehaviour(**{**ways, **changed}), recruiter=STEADY.recruiter
    )
