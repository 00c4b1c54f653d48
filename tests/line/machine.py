"""Random mornings: six people, three booths, four desks, every command in any order.

A ``MorningMachine`` runs on a real live store with a clock of its own; after every step the
``Checker`` holds the store, the events and every view against each other.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, ClassVar

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import OPEN_TICKET, BoothMode, Outcome, RoomSide, TicketState, Way
from fairserver.events.projection import Projection
from fairserver.line.line import Actor
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.events import BoothPlan
from tests.line.checker import Checker
from tests.line.live import BOOTHS, ORGANISER, LiveFair, recruiter
from tests.line.situations import SHOWN

_fairs = itertools.count(1)

PEOPLE = [f"c{number}" for number in range(1, 7)]
DESKS = [desk_id for booth in BOOTHS for desk_id in booth.desks]


def _plan(**desks: str) -> list[BoothPlan]:
    """A plan with these desks of its booths; those with none are not in it."""
    modes = {booth.booth_id: booth for booth in BOOTHS}
    return [
        msgspec.structs.replace(modes[booth_id], desks=named.split())
        for booth_id, named in desks.items()
    ]


#: Plans that may be loaded while the morning runs: as it began, a desk fewer, desks elsewhere, a
#: booth fewer.
PLANS = [
    list(BOOTHS),
    _plan(b1="b1-1", b2="b2-1", b3="b3-1"),
    _plan(b1="b1-2", b2="b2-1 b1-1", b3="b3-1"),
    _plan(b1="b1-1 b2-1", b2="b1-2", b3="b3-1"),
    _plan(b1="b1-1 b1-2", b3="b3-1"),
    _plan(b2="b2-1 b1-1", b3="b3-1"),
]

#: What a person may say to a call or a heads-up.
ANSWERS = ["accept", "accept", "ready", "ready", "not_now", "leave", "more_time"]

people = st.sampled_from(PEOPLE)
booths = st.sampled_from([booth.booth_id for booth in BOOTHS])
desks = st.sampled_from(DESKS)
#: Which of the tickets issued so far.
picks = st.integers(0, 19)

#: Rules that change while the morning runs.
rules = st.fixed_dictionaries(
    {
        "deck_per_desk": st.integers(0, 2),
        "missed_back": st.integers(1, 3),
        "not_now_limit": st.integers(0, 3),
        "none_yet_first_min": st.sampled_from([0, 30, 1440]),
        "recording": st.sampled_from([True, True, True, False]),
    }
)

_GONE = frozenset({TicketState.NO_SHOW, TicketState.LEFT})

#: Codes that only a fault of the test could bring about.
_NEVER = frozenset({Code.MALFORMED, Code.INTERNAL, Code.FAIR_UNKNOWN})


class MorningMachine(RuleBasedStateMachine):
    """One random morning; the class attributes are set by who runs it."""

    runner: ClassVar[asyncio.Runner]
    store: ClassVar[Redis]
    #: Makes the fair and its projection; a planted fault puts other ones here.
    make_fair: ClassVar[Callable[[Redis, str], LiveFair]] = LiveFair
    make_projection: ClassVar[Callable[[str], Projection]] = Projection
    #: What was tried: mornings, commands carried out and refused, states checked.
    tried: ClassVar[Counter[str]] = Counter()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    @initialize(
        none_yet_first=st.sampled_from([0, 30, 1440]),
        head_start=st.sampled_from([0, 20]),
        back=st.integers(1, 3),
        presence_s=st.sampled_from([100, 3600]),
        staffed=st.integers(2, 4),
        deck=st.sampled_from([1, 1, 0, 2]),
        crowded=st.booleans(),
    )
    def begin(
        self,
        none_yet_first: int,
        head_start: int,
        back: int,
        presence_s: int,
        staffed: int,
        deck: int,
        crowded: bool,
    ) -> None:
        fair_id = f"morning-{next(_fairs)}"
        self.fair = type(self).make_fair(self.store, fair_id)
        self.checker = Checker(self.fair, type(self).make_projection(fair_id))
        self.settings = FairSettings(
            none_yet_first_min=none_yet_first,
            missed_back=back,
            join_limit=2,
            turns_per_booth=100,  # a random morning may join and leave without end
            presence_s=presence_s,
            deck_per_desk=deck,
            recording=True,
        )
        self.tried["mornings"] += 1
        self._run(self._begin(self.settings, head_start, staffed))
        if crowded:
            self._run(self._crowd())

    async def _begin(self, settings: FairSettings, head_start: int, staffed: int) -> None:
        await self.fair.load(settings)
        for number, candidate_id in enumerate(PEOPLE):
            early = head_start if number % 3 == 2 else 0
            await self.fair.candidate(candidate_id, head_start_min=early, present=number < 4)
        await self.fair.open(*DESKS[-staffed:])

    async def _crowd(self) -> None:
        """Let three people come to b1, and one of them be through already."""
        first, *_ = [await self.fair.join(name, "b1") for name in PEOPLE[:3]]
        with suppress(Refused):  # a planted fault may stand in the way
            await self.fair.desk("open_desk", "b1-1")
            await self.fair.interview(first, minutes=0)

    async def _try(self, name: str, actor: Actor, **args: Any) -> None:
        """Send one command; a refusal is as good an answer as any."""
        try:
            await self.fair.do(name, actor, **args)
            self.tried["commands"] += 1
        except Refused as refused:
            self.tried["refusals"] += 1
            if refused.code in _NEVER:
                raise

    def _ticket(self, pick: int) -> str | None:
        """Pick a turn that goes on, or at times any of the morning's."""
        tickets = self.checker.projection.tickets
        lively = [name for name, ticket in tickets.items() if ticket.state in OPEN_TICKET]
        names = list(tickets) if pick % 5 == 4 or not lively else lively
        return names[pick % len(names)] if names else None

    def _owner(self, ticket_id: str) -> Actor:
        return Actor.candidate(self.checker.projection.tickets[ticket_id].candidate_id)

    def _recruiter(self, desk_id: str) -> Actor:
        """Somebody of the booth at which a desk stands now."""
        return recruiter(self.checker.projection.desks[desk_id].booth_id)

    def _booth(self, ticket_id: str) -> Actor:
        return recruiter(self.checker.projection.tickets[ticket_id].booth_id)

    # --- candidates -----------------------------------------------------------------------------

    @rule(candidate_id=people, booth_id=booths)
    def join(self, candidate_id: str, booth_id: str) -> None:
        actor = Actor.candidate(candidate_id)
        self._run(self._try("join", actor, candidate_id=candidate_id, booth_id=booth_id))

    @rule(name=st.sampled_from(ANSWERS), pick=picks)
    def answer_call(self, name: str, pick: int) -> None:
        if ticket_id := self._ticket(pick):
            self._run(self._try(name, self._owner(ticket_id), ticket_id=ticket_id))

    @rule(candidate_ids=st.lists(people, min_size=1, max_size=4, unique=True))
    def seen(self, candidate_ids: list[str]) -> None:
        self._run(self.fair.seen(*candidate_ids))

    @rule(candidate_id=people, way=st.sampled_from(Way))
    def choose_way(self, candidate_id: str, way: Way) -> None:
        actor = Actor.candidate(candidate_id)
        self._run(self._try("choose_way", actor, candidate_id=candidate_id, way=way))

    # --- desks ----------------------------------------------------------------------------------

    @rule(
        name=st.sampled_from(["open_desk", "call_next", "call_next", "pause_desk", "close_desk"]),
        desk_id=desks,
    )
    def desk(self, name: str, desk_id: str) -> None:
        self._run(self._try(name, self._recruiter(desk_id), desk_id=desk_id))

    @rule(name=st.sampled_from(["mark_missed", "start"]), pick=picks)
    def at_desk(self, name: str, pick: int) -> None:
        if ticket_id := self._ticket(pick):
            actor = ORGANISER if name == "mark_missed" else self._booth(ticket_id)
            self._run(self._try(name, actor, ticket_id=ticket_id))

    @rule(
        name=st.sampled_from(["finish", "record_outcome"]),
        pick=picks,
        outcome=st.sampled_from(Outcome),
    )
    def close_turn(self, name: str, pick: int, outcome: Outcome) -> None:
        if ticket_id := self._ticket(pick):
            args = {"ticket_id": ticket_id, "outcome": outcome}
            self._run(self._try(name, self._booth(ticket_id), **args))

    @rule(pick=picks, booth_id=booths, answer=st.sampled_from(["yes", "no", "silence"]))
    def hand_over(self, pick: int, booth_id: str, answer: str) -> None:
        """Offer a person to a booth; an answer may come without any offer too."""
        if ticket_id := self._ticket(pick):
            offer = {"ticket_id": ticket_id, "to_booth_id": booth_id}
            self._run(self._try("offer_hand_over", self._booth(ticket_id), **offer))
            if answer != "silence":
                says = {"ticket_id": ticket_id, "agree": answer == "yes"}
                self._run(self._try("answer_hand_over", self._owner(ticket_id), **says))

    @rule(candidate_id=people, booth_id=booths, in_s=st.sampled_from([0, 20, 300]))
    def appointment(self, candidate_id: str, booth_id: str, in_s: int) -> None:
        what = {"candidate_id": candidate_id, "booth_id": booth_id}
        due_at = self.fair.now + in_s * 1000
        self._run(self._try("make_appointment", recruiter(booth_id), due_at=due_at, **what))

    # --- rooms ----------------------------------------------------------------------------------

    @rule(pick=picks, is_desk=st.booleans(), peer=st.sampled_from(["peer-1", "peer-2"]))
    def enter_room(self, pick: int, is_desk: bool, peer: str) -> None:
        if ticket_id := self._ticket(pick):
            actor = self._booth(ticket_id) if is_desk else self._owner(ticket_id)
            named = {"desk_id": peer.replace("peer", "b1")} if is_desk else {}
            self._run(self._try("enter_room", actor, ticket_id=ticket_id, peer=peer, **named))

    @rule(pick=picks, is_desk=st.booleans(), state=st.sampled_from(["connected", "lost", "left"]))
    def report_room(self, pick: int, is_desk: bool, state: str) -> None:
        if ticket_id := self._ticket(pick):
            room = self.checker.projection.tickets[ticket_id].room
            peer = room.peers["desk" if is_desk else "candidate"] if room else "peer-1"  # type: ignore[index]
            actor = self._booth(ticket_id) if is_desk else self._owner(ticket_id)
            self._run(self._try("report_room", actor, ticket_id=ticket_id, peer=peer, state=state))

    @rule(pick=picks, answer=st.sampled_from(["yes", "yes", "no", "silence"]), goes=st.booleans())
    def guest(self, pick: int, answer: str, goes: bool) -> None:
        """Let a third person be asked into an interview, come in perhaps, and perhaps go."""
        if ticket_id := self._ticket(pick):
            self._run(self._guest(ticket_id, answer, goes=goes))

    async def _guest(self, ticket_id: str, answer: str, *, goes: bool) -> None:
        booth, guest = self._booth(ticket_id), Actor.guest("s-guest")
        asked = {"ticket_id": ticket_id, "guest_id": "s-guest", "role": "colleague"}
        await self._try("invite_guest", booth, **asked)
        if answer != "silence":
            says = {"ticket_id": ticket_id, "agree": answer == "yes"}
            await self._try("answer_guest", self._owner(ticket_id), **says)
        end = {"ticket_id": ticket_id, "leg": "desk_guest"}
        for actor, peer in ((guest, "peer-guest"), (booth, "peer-desk")):
            await self._try("enter_leg", actor, peer=peer, **end)
            await self._try("report_leg", actor, peer=peer, state="connected", **end)
        if goes:
            await self._try("remove_guest", guest, ticket_id=ticket_id)

    @rule(
        pick=picks,
        answer=st.sampled_from(["yes", "yes", "no", "silence"]),
        guest=st.sampled_from(["yes", "yes", "no", "silence"]),
        stops=st.sampled_from(["desk", "candidate", "nobody", "nobody"]),
    )
    def recording(self, pick: int, answer: str, guest: str, stops: str) -> None:
        """Ask whether an interview may be recorded; some answer, and somebody may stop it."""
        if ticket_id := self._ticket(pick):
            self._run(self._recording(ticket_id, answer, guest, stops))

    async def _recording(self, ticket_id: str, answer: str, guest: str, stops: str) -> None:
        booth, owner = self._booth(ticket_id), self._owner(ticket_id)
        room = self.checker.projection.tickets[ticket_id].room
        ask = {"ticket_id": ticket_id, "peer": room.peers[RoomSide.DESK] if room else "", **SHOWN}
        await self._try("ask_recording", booth, **ask)
        found = await self.fair.record("ticket", ticket_id)
        says = {"ticket_id": ticket_id, "recording_id": found.get("recording_id", "r0"), **SHOWN}
        for actor, answers in ((owner, answer), (Actor.guest("s-guest"), guest)):
            if answers != "silence":
                await self._try("answer_recording", actor, agree=answers == "yes", **says)
        if stops != "nobody":
            actor = booth if stops == "desk" else owner
            await self._try("withdraw_recording", actor, ticket_id=ticket_id)

    @rule(pick=picks)
    def whole_interview(self, pick: int) -> None:
        """Bring a called ticket into the interview, so that mornings get beyond the first calls."""
        if (ticket_id := self._ticket(pick)) and self.checker.projection.tickets[ticket_id].is_busy:
            with suppress(Refused):
                self._run(self.fair.talk(ticket_id))

    @rule(pick=picks)
    def comes_in(self, pick: int) -> None:
        """Let a called person answer and enter the room, before anybody is there."""
        if ticket_id := self._ticket(pick):
            self._run(self._try("accept", self._owner(ticket_id), ticket_id=ticket_id))
            enters = {"ticket_id": ticket_id, "peer": "peer-1"}
            self._run(self._try("enter_room", self._owner(ticket_id), **enters))

    @rule(pick=picks)
    def called_again(self, pick: int) -> None:
        """Let somebody answer, be gone again, rest, and be called once more."""
        if ticket_id := self._ticket(pick):
            self._run(self._called_again(ticket_id))

    async def _called_again(self, ticket_id: str) -> None:
        owner = self._owner(ticket_id)
        await self._try("accept", owner, ticket_id=ticket_id)
        await self._try("enter_room", owner, ticket_id=ticket_id, peer="peer-1")
        await self._try("mark_missed", ORGANISER, ticket_id=ticket_id)
        await self.fair.pass_time(31)
        await self.fair.seen(self.checker.projection.tickets[ticket_id].candidate_id)
        await self.fair.fire()
        await self._try("accept", owner, ticket_id=ticket_id)

    @rule(pick=picks, goes_away=st.booleans())
    def gets_ready(self, pick: int, goes_away: bool) -> None:
        """Let somebody on deck be ready, and perhaps be silent for longer than the grace."""
        tickets = self.checker.projection.tickets.values()
        on_deck = [t.ticket_id for t in tickets if t.state is TicketState.ON_DECK]
        if on_deck:
            ticket_id = on_deck[pick % len(on_deck)]
            self._run(self._try("ready", self._owner(ticket_id), ticket_id=ticket_id))
            self._run(self._ahead(ticket_id, pick))
            if goes_away:
                self._run(self.fair.pass_time(101))
                self._run(self.fair.fire())

    async def _ahead(self, ticket_id: str, pick: int) -> None:
        """Let some desk of the booth, right or wrong, make the connection ahead."""
        await self._try("enter_room", self._owner(ticket_id), ticket_id=ticket_id, peer="peer-1")
        booth_id = self.checker.projection.tickets[ticket_id].booth_id
        desk_id = f"{booth_id}-{pick % 2 + 1}"
        enters = {"ticket_id": ticket_id, "peer": "peer-2", "desk_id": desk_id}
        await self._try("enter_room", self._booth(ticket_id), **enters)

    # --- the organiser --------------------------------------------------------------------------

    @rule(pick=picks)
    def recall(self, pick: int) -> None:
        gone = [t for t in self.checker.projection.tickets.values() if t.state in _GONE]
        if gone:
            ticket_id = gone[pick % len(gone)].ticket_id
            self._run(self._try("recall", ORGANISER, ticket_id=ticket_id))

    @rule(pick=picks, other=picks)
    def move_ticket(self, pick: int, other: int) -> None:
        if (ticket_id := self._ticket(pick)) and (before := self._ticket(other)):
            args = {"ticket_id": ticket_id, "before_ticket_id": before}
            self._run(self._try("move_ticket", ORGANISER, **args))

    @rule(name=st.sampled_from(["pause_booth", "resume_booth", "resume_booth"]), booth_id=booths)
    def booth_state(self, name: str, booth_id: str) -> None:
        self._run(self._try(name, recruiter(booth_id), booth_id=booth_id))

    @rule(booth_id=booths, mode=st.sampled_from(BoothMode), minutes=st.integers(3, 60))
    def change_booth(self, booth_id: str, mode: BoothMode, minutes: int) -> None:
        args = {"booth_id": booth_id, "mode": mode, "minutes": minutes}
        self._run(self._try("change_booth", ORGANISER, **args))

    @rule(changes=rules, ends_in_min=st.sampled_from([None, 0, 5, 600]))
    def change_settings(self, changes: dict[str, int], ends_in_min: int | None) -> None:
        self.settings = msgspec.structs.replace(self.settings, **changes)
        args: dict[str, Any] = {"settings_json": msgspec.json.encode(self.settings).decode()}
        if ends_in_min is not None:
            args["ends_at"] = ends_in_min and self.fair.now + ends_in_min * 60_000
        self._run(self._try("change_settings", ORGANISER, **args))

    @rule(really=st.integers(0, 3), plan=st.sampled_from(PLANS), changes=rules)
    def load_plan(self, really: int, plan: list[BoothPlan], changes: dict[str, int]) -> None:
        """The plan is loaded again, by a node that has another one now."""
        if really == 0:
            settings = msgspec.structs.replace(self.settings, **changes)
            self._run(self.fair.line.load_fair(self.fair.fair_id, settings, plan))

    # --- the fair and its time ------------------------------------------------------------------

    @rule(name=st.sampled_from(["open_fair", "open_fair", "pause_fair"]))
    def fair_state(self, name: str) -> None:
        self._run(self._try(name, ORGANISER))

    @rule(really=st.integers(0, 19))
    def close_fair(self, really: int) -> None:
        if really == 0:
            self._run(self._try("close_fair", ORGANISER))

    @rule(seconds=st.sampled_from([0.5, 10, 31, 61, 121, 600]), fires=st.booleans())
    def time_passes(self, seconds: float, fires: bool) -> None:
        self._run(self.fair.pass_time(seconds))
        if fires:
            self._run(self.fair.fire())

    @rule()
    def fire(self) -> None:
        self._run(self.fair.fire())

    @rule(
        candidate_ids=st.lists(people, min_size=2, max_size=4, unique=True),
        booth_id=booths,
        desk_id=desks,
    )
    def all_at_once(self, candidate_ids: list[str], booth_id: str, desk_id: str) -> None:
        """Several clients act in the same moment; the store decides on the order."""

        async def burst() -> None:
            desk = self._try("open_desk", self._recruiter(desk_id), desk_id=desk_id)
            joins = [
                self._try("join", Actor.candidate(c), candidate_id=c, booth_id=booth_id)
                for c in candidate_ids
            ]
            await asyncio.gather(*joins, desk, self.fair.fire(), self.fair.fire())

        self._run(burst())

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "checker"):
            self._run(self.checker.check())
            self.tried["states"] += 1
