"""A fair in a real live store with a clock that the test moves, and short words for commands."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import pytest
from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, DeskState, Role, TicketState
from fairserver.events.projection import Projection
from fairserver.line.keys import deadlines_key, meta_key, prefix
from fairserver.line.line import SYSTEM, Actor, Answer, Line
from fairserver.line.stream import read_events
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.events import AnyEvent, BoothPlan
from tests.events.strict import check_event

#: When every test's fair begins, ms.
BEGIN = 1_795_600_000_000

BOOTHS = (
    BoothPlan(booth_id="b1", mode=BoothMode.ONLINE, minutes=10, desks=["b1-1", "b1-2"]),
    BoothPlan(booth_id="b2", mode=BoothMode.DELEGATED, minutes=6, desks=["b2-1"]),
    BoothPlan(booth_id="b3", mode=BoothMode.ONSITE, minutes=8, desks=["b3-1"]),
)

ORGANISER = Actor.staff(Role.ORGANISER, "s-organiser")

CANDIDATE_PEER, DESK_PEER = "peer-candidate", "peer-desk"


def booth_of(desk_id: str) -> str:
    """The booth of one of the tests' desks."""
    return desk_id.partition("-")[0]


#: For command ids that nobody repeats.
_ids = itertools.count(1)


class LiveFair:
    """One fair in the live store."""

    def __init__(self, store: Redis, fair_id: str) -> None:
        self.store = store
        self.fair_id = fair_id
        self.line = Line(store)
        self.now = BEGIN

    async def load(
        self, settings: FairSettings | None = None, booths: Sequence[BoothPlan] = BOOTHS
    ) -> bool:
        """Put the fair in, its clock standing at ``BEGIN`` the first time."""
        await self.set_clock(self.now)
        return await self.line.load_fair(self.fair_id, settings or FairSettings(), booths)

    # --- the clock --------------------------------------------------------------------------

    async def set_clock(self, now: int) -> None:
        """Let the fair's own clock stand at a time, ms."""
        self.now = now
        await self.store.hset(meta_key(self.fair_id), "clock", now)

    async def pass_time(self, seconds: float) -> None:
        """Move the clock; nothing that falls due is done."""
        await self.set_clock(self.now + int(seconds * 1000))

    async def fire(self) -> int:
        """Do what is due; say how much it was."""
        fired, _ = await self.line.fire_due(self.fair_id)
        return fired

    async def wait(self, seconds: float) -> None:
        """Let time pass as on a real day: everything due is done at its own time."""
        end = self.now + int(seconds * 1000)
        while True:
            due = await self.store.zrange(deadlines_key(self.fair_id), 0, 0, withscores=True)
            if not due or int(due[0][1]) > end:
                break
            await self.set_clock(max(self.now, int(due[0][1])))
            await self.fire()
        await self.set_clock(end)

    # --- commands ---------------------------------------------------------------------------

    async def do(self, name: str, actor: Actor, command_id: str = "", **args: Any) -> Answer:
        """Run one transition; raises ``Refused``."""
        return await self.line.run(self.fair_id, name, actor, command_id, **args)

    async def refused(self, code: Code, name: str, actor: Actor, **args: Any) -> dict[str, Any]:
        """Run a transition that must be refused and change nothing; give the detail."""
        before = await self.dump()
        with pytest.raises(Refused) as caught:
            await self.do(name, actor, command_id=f"refused-{next(_ids)}", **args)
        assert caught.value.code == code
        assert await self.dump() == before
        return caught.value.detail

    async def candidate(
        self, candidate_id: str, *, head_start_min: int = 0, present: bool = True
    ) -> str:
        """Register a person who is there (or not)."""
        await self.line.register(self.fair_id, candidate_id, head_start_min=head_start_min)
        if present:
            await self.line.seen(self.fair_id, [candidate_id])
        return candidate_id

    async def seen(self, *candidate_ids: str) -> None:
        """Note signs of life."""
        await self.line.seen(self.fair_id, candidate_ids)

    async def join(self, candidate_id: str, booth_id: str) -> str:
        """Stand in a line; gives the ticket's id."""
        answer = await self.do(
            "join", Actor.candidate(candidate_id), candidate_id=candidate_id, booth_id=booth_id
        )
        return str(answer.result["ticket_id"])

    async def come(self, candidate_id: str, booth_id: str) -> str:
        """Register, be there and join at once."""
        await self.candidate(candidate_id)
        return await self.join(candidate_id, booth_id)

    async def as_owner(self, name: str, ticket_id: str, **args: Any) -> Answer:
        """Let a ticket's owner do something with it."""
        owner = (await self.record("ticket", ticket_id))["candidate_id"]
        return await self.do(name, Actor.candidate(owner), ticket_id=ticket_id, **args)

    async def as_booth(self, name: str, ticket_id: str, **args: Any) -> Answer:
        """Let the recruiter of a ticket's booth do something with it."""
        booth_id = (await self.record("ticket", ticket_id))["booth_id"]
        return await self.do(name, recruiter(booth_id), ticket_id=ticket_id, **args)

    async def miss(self, ticket_id: str) -> None:
        """Let the organiser say that a person did not come; a booth may only after a while."""
        await self.do("mark_missed", ORGANISER, ticket_id=ticket_id)

    async def desk(self, name: str, desk_id: str) -> Answer:
        """Let a desk's recruiter do something with it."""
        return await self.do(name, recruiter(booth_of(desk_id)), desk_id=desk_id)

    async def open(self, *desk_ids: str) -> None:
        """Open the fair and staff some desks."""
        await self.do("open_fair", ORGANISER)
        for desk_id in desk_ids:
            await self.desk("open_desk", desk_id)

    async def talk(self, ticket_id: str) -> None:
        """Bring a called ticket into a video interview, as two pages do."""
        await self.as_owner("accept", ticket_id)
        await self.enter(ticket_id)
        await self.connect(ticket_id)

    async def enter(self, ticket_id: str) -> int:
        """Let both ends come into the room; gives the epoch."""
        await self.as_owner("enter_room", ticket_id, peer=CANDIDATE_PEER)
        answer = await self.as_booth("enter_room", ticket_id, peer=DESK_PEER)
        return int(answer.result["epoch"])

    async def connect(self, ticket_id: str) -> None:
        """Let both ends report that they see each other."""
        epoch = int((await self.record("ticket", ticket_id))["epoch"])
        seen = {"epoch": epoch, "state": "connected"}
        await self.as_owner("report_room", ticket_id, peer=CANDIDATE_PEER, **seen)
        await self.as_booth("report_room", ticket_id, peer=DESK_PEER, **seen)

    async def interview(self, ticket_id: str, minutes: float = 5, outcome: str = "pending") -> None:
        """Carry a called ticket through a whole interview; the desk is in wrap-up then."""
        await self.talk(ticket_id)
        await self.pass_time(minutes * 60)
        await self.as_booth("finish", ticket_id, outcome=outcome)

    # --- what is there ----------------------------------------------------------------------

    async def record(self, kind: str, record_id: str) -> dict[str, str]:
        """Read a hash of the live store; empty when it is not there."""
        found = await self.store.hgetall(f"{prefix(self.fair_id)}:{kind}:{record_id}")
        return {key.decode(): value.decode() for key, value in found.items()}

    async def ticket_state(self, ticket_id: str) -> TicketState:
        """Where a ticket is."""
        return TicketState((await self.record("ticket", ticket_id))["state"])

    async def desk_state(self, desk_id: str) -> DeskState:
        """What a desk is doing."""
        return DeskState((await self.record("desk", desk_id))["state"])

    async def at_desk(self, desk_id: str) -> str | None:
        """The ticket at a desk."""
        return (await self.record("desk", desk_id)).get("ticket_id")

    async def events(self, since: int = 0) -> list[AnyEvent]:
        """All events after a number."""
        entries = await read_events(self.store, self.fair_id, since, count=100_000)
        return [check_event(entry.raw) for entry in entries]

    async def news(self, since: int) -> list[str]:
        """The names of the events after a number."""
        return [str(event.__struct_config__.tag) for event in await self.events(since)]

    async def seq(self) -> int:
        """The number of the newest event."""
        return int(await self.store.hget(meta_key(self.fair_id), "seq") or 0)

    async def fold(self) -> Projection:
        """The events so far, added up."""
        projection = Projection(self.fair_id)
        for event in await self.events():
            projection.apply(event)
        return projection

    async def line_of(self, booth_id: str) -> list[str]:
        """The tickets of the people who are there, in the order of the line."""
        found = await self.store.zrange(f"{prefix(self.fair_id)}:line:{booth_id}", 0, -1)
        return [ticket_id.decode() for ticket_id in found]

    async def dump(self) -> dict[str, Any]:
        """Everything the store holds of this fair, but the kept answers and the nodes' beats."""
        raw = await self.store.eval(_DUMP, 1, prefix(self.fair_id))
        found: dict[str, Any] = json.loads(raw)
        found.pop("beats", None)
        if "meta" in found:
            found["meta"] = [pair for pair in found["meta"] if pair[0] not in _BEATEN]
        return found


#: What each beat writes down of the fair's time.
_BEATEN = {"beat", "turned"}


#: Read every key of a fair in one step; of the stream its length.
_DUMP = """
local READ = {
  hash = function(key)
    local flat, fields = redis.call('HGETALL', key), {}
    for i = 1, #flat, 2 do fields[#fields + 1] = { flat[i], flat[i + 1] } end
    table.sort(fields, function(a, b) return a[1] < b[1] end)
    return fields
  end,
  zset = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
  set = function(key) return redis.call('SMEMBERS', key) end,
  stream = function(key) return redis.call('XLEN', key) end,
}
local found = {}
for _, key in ipairs(redis.call('KEYS', KEYS[1] .. ':*')) do
  local name = string.sub(key, #KEYS[1] + 2)
  if string.sub(name, 1, 4) ~= 'kept' then
    found[name] = READ[redis.call('TYPE', key).ok](key)
  end
end
return cjson.encode(found)
"""


def recruiter(booth_id: str) -> Actor:
    """The recruiter of a booth."""
    return Actor.recruiter(f"s-{booth_id}", booth_id)


__all__ = ["BEGIN", "BOOTHS", "ORGANISER", "SYSTEM", "LiveFair", "booth_of", "recruiter"]
