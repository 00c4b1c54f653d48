"""Random people repeat command ids with other commands, fields, roles and turns: all commands.

A shadow remembers what first took each id. A repeat of the very same gets the first answer or,
where that gave a place in a room, what holds now; anything else under the id is refused. Neither
changes the live store, the record, or who hears whose signals.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, get_args

import msgspec
import pytest
from sqlalchemy import text

from fairserver.ledger import tables
from fairserver.line.keys import prefix
from fairserver.protocol import commands as c
from fairserver.web.permissions import Party, scope_of
from tests.web.support import Person, Server, Servers, Socket

#: About the socket, not about the fair: nothing of them is kept under an id.
_AT_SOCKET = {c.Hello, c.Unwatch, c.Ping, c.Signal}
_COMMANDS = [kind for kind in get_args(c.AnyCommand) if kind not in _AT_SOCKET]
#: Closing the fair would end the game; pausing it as well, for calls.
_PLAYED = [kind for kind in _COMMANDS if kind not in (c.CloseFair, c.PauseFair)]
#: What a place in a room was given by: a repeat is answered by the state of now.
_ROOM = {"enter_room", "report_room"}
_ROOM_NOW = {"ticket_unknown", "ticket_wrong_state", "not_your_room"}
#: Refused before anybody looks at the id.
_BEFORE = {"malformed", "unknown_command", "not_permitted", "too_fast", "not_signed_in"}
_LIMITS = {"commands_per_second": 1000, "commands_burst": 10_000}
_STEPS = 260
#: Seen at any time without a command.
_TIMES = {"last_seen_at", "last_used_at"}
#: What each step writes down of the fair's own time.
_CLOCK = {"at", "beat", "turned", "clock"}


@dataclass
class Actor:
    """Somebody with a socket, and what took each of their ids."""

    client: str
    person: Person
    socket: Socket
    #: By id: the frame without its id, and the answer that it got.
    taken: dict[str, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)


class Game:
    """A fair with people who do anything, many times by the same ids."""

    def __init__(self, server: Server, seed: int) -> None:
        self.server = server
        self.dice = random.Random(seed)
        self.actors: list[Actor] = []
        self.counts: Counter[str] = Counter()
        self.reused: set[str] = set()

    async def begin(self) -> None:
        """Bring five people in, and one of them to a call."""
        await self.server.open_fair()
        for _ in range(2):
            person, socket = await self.server.newcomer()
            await self._add(person, socket)
        for booth_id, desk_id in (("b1", "b1-1"), ("b2", "b2-1")):
            person = await self.server.recruiter(booth_id)
            socket = await self.server.socket(person, ["booth"])
            await socket.do("open_desk", desk_id=desk_id)
            await self._add(person, socket)
        person = await self.server.organiser()
        await self._add(person, await self.server.socket(person, ["control"]))

    async def _add(self, person: Person, socket: Socket) -> None:
        session = await self.server.node.ledger.sessions.find(person.token)
        assert session is not None
        self.actors.append(Actor(session.by, person, socket))

    # --- what they send -------------------------------------------------------------------------

    def command(self, kind: type[c.Command], actor: Actor) -> dict[str, Any]:
        """Make a command that can be read, with fields that somebody might mean."""
        frame: dict[str, Any] = {"type": kind.__struct_config__.tag}
        for one in msgspec.structs.fields(kind):
            if one.name != "id" and (one.required or self.dice.random() < 0.5):
                frame[one.name] = self._value(one.name, actor)
        return frame

    def _value(self, name: str, actor: Actor) -> Any:
        projection = self.server.node.fairs[self.server.fair_id].feed.projection
        tickets = sorted(projection.tickets) or ["t1"]
        people = sorted(projection.candidates)
        pools: dict[str, list[Any]] = {
            "ticket_id": tickets,
            "before_ticket_id": tickets,
            "candidate_id": [None, *people],
            "booth_id": ["b1", "b2", "b3"],
            "to_booth_id": ["b2", "b3"],
            "desk_id": ["b1-1", "b1-2", "b2-1"],
            "peer": ["peer-of-" + actor.person.slot, "peer-of-somebody"],
            "leg": ["main", "desk_guest", "guest_candidate"],
            "epoch": [1, 2, 3],
            "after_epoch": [None, 1],
            "state": ["connected", "lost", "left"],
            "outcome": ["hired", "pending", "shortlisted"],
            "instead_of": [None],
            "reason": [None],
            "note": [None, "một", "hai"],
            "way": ["video", "audio", "phone"],
            "phone": [None, "0912345678"],
            "agree": [True, False],
            "accept": [True, False],
            "passed": [True, False],
            "published": [True, False],
            "online": [True, False],
            "sequence": [0, 1],
            "since": [None],
            "due_at": [_days(1)],
            "starts_at": [_days(7), _days(8)],
            "minutes": [30, 45],
            "place": ["Cổng chính", "Cổng phụ"],
            "slot_id": [None],
            "staff_id": [None],
            "role": ["interpreter", "listener"],
            "name": ["Bà Lan", "Ông Nam"],
            "recording_id": ["r1"],
            "remark": ["tốt", ""],
            "answers": [{"q1": ""}, {"q1": "x"}],
            "endpoint": ["https://fcm.googleapis.com/fcm/send/x"],
            "p256dh": ["A" * 87],
            "auth": ["A" * 22],
            "settings": [{"join_limit": 4}, {"join_limit": 5}],
            "ends_at": [None],
            "mode": [None],
            "questions": [0],
            "revision": [None, 1],
            "kind": ["codes_guessed", "people_read"],
            "subject": ["", "b1"],
        }
        return self.dice.choice(pools.get(name, [None]))

    # --- a step ---------------------------------------------------------------------------------

    async def step(self) -> None:
        """Let somebody send a new command, a repeat, or something else under an old id."""
        actor = self.dice.choice(self.actors)
        roll = self.dice.random()
        if not actor.taken or roll < 0.4:
            await self._new(actor)
        elif roll < 0.6:
            await self._same(actor, self.dice.choice(sorted(actor.taken)))
        else:
            await self._other(actor, self.dice.choice(sorted(actor.taken)))

    async def _new(self, actor: Actor) -> None:
        mine = [
            kind for kind in _PLAYED if scope_of(Party(actor.person.role.value), kind) is not None
        ]
        frame = self.command(self.dice.choice(mine), actor)
        name = f"k{len(actor.taken)}"
        answer = await actor.socket.ask(frame["type"], command_id=name, **_fields(frame))
        if await self._is_taken(actor, name):
            actor.taken[name] = (frame, answer)
        self.counts["new"] += 1

    async def _is_taken(self, actor: Actor, name: str) -> bool:
        key = f"{prefix(self.server.fair_id)}:kept:{actor.client}"
        return bool(await self.server.live.store.hexists(key, name))

    async def _same(self, actor: Actor, name: str) -> None:
        frame, first = actor.taken[name]
        before = await self.state()
        answer = await actor.socket.ask(frame["type"], command_id=name, **_fields(frame))
        self.counts["same"] += 1
        if frame["type"] in _ROOM and first["type"] == "ok":
            assert answer["type"] == "ok" or answer["code"] in _ROOM_NOW
            return  # a place in a room is looked at anew; the socket's name in it is noted
        if first["type"] == "ok":
            assert answer.get("code", "ok") in ("ok", "guest_unknown"), (frame, answer)
        if answer["type"] == "ok" and first["type"] == "ok":
            assert answer.get("result") == first.get("result"), frame
            assert await self.state() == before, frame
        elif answer != first:
            # Refused before the line was asked: it was never done, and may be tried again.
            assert answer["type"] == "ok" or answer["code"] not in _BEFORE, (frame, first, answer)
            actor.taken[name] = (frame, answer)

    async def _other(self, actor: Actor, name: str) -> None:
        frame, _ = actor.taken[name]
        mine = [
            kind for kind in _PLAYED if scope_of(Party(actor.person.role.value), kind) is not None
        ]
        other = self.command(self.dice.choice(mine), actor)
        if self.dice.random() < 0.3:
            other = {**frame, **self._changed(frame, actor)}
        if _canonical(other) == _canonical(frame):
            return
        before = await self.state()
        answer = await actor.socket.ask(other["type"], command_id=name, **_fields(other))
        assert answer["type"] == "error", (frame, other, answer)
        assert answer["code"] in {"id_reused", *_before_the_line(other)}, (frame, other, answer)
        after = await self.state()
        assert after == before, (frame, other, _differences(before, after))
        self.counts[answer["code"]] += 1
        if answer["code"] == "id_reused":
            self.reused.add(other["type"])

    def _changed(self, frame: dict[str, Any], actor: Actor) -> dict[str, Any]:
        names = sorted(_fields(frame))
        if not names:
            return {}
        name = self.dice.choice(names)
        return {name: self._value(name, actor)}

    # --- what must not change -------------------------------------------------------------------

    async def state(self) -> dict[str, Any]:
        """Everything that a command could change, and who stands in which room."""
        store = await self.server.live.dump()
        for name in ("deadlines", "beats"):  # signs of life move them by themselves
            store.pop(name, None)
        store["meta"] = [pair for pair in store["meta"] if pair[0] not in _CLOCK]
        rooms = sorted(
            (end, connection.principal.slot)
            for connection in self.server.node.connections
            for end in connection.ends.values()
        )
        signals = [
            sum(frame["type"] == "signal" for frame in actor.socket.frames) for actor in self.actors
        ]
        return {"store": store, "sql": await self._rows(), "rooms": rooms, "signals": signals}

    async def _rows(self) -> dict[str, Any]:
        database = self.server.node.ledger.people._database
        found = {}
        async with database.read() as connection:
            for table in tables.metadata.sorted_tables:
                if table.name.startswith(("event", "archive")):
                    continue  # the archiver copies in its own time
                columns = [one.name for one in table.columns if one.name not in _TIMES]
                asked = text(f"SELECT {', '.join(map(_quoted, columns))} FROM {table.name}")
                found[table.name] = sorted(map(repr, await connection.execute(asked)))
        return found


def _differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Name what changed, to be read when it should not have."""
    return {
        name: [
            (key, before[name].get(key), held)
            for key, held in found.items()
            if before[name].get(key) != held
        ]
        for name, found in after.items()
        if isinstance(found, dict)
    }


def _quoted(name: str) -> str:
    return f'"{name}"'


def _before_the_line(frame: dict[str, Any]) -> set[str]:
    """What may be said of a command before its id is looked at: it names what is not there."""
    if frame["type"] == "make_appointment":
        return {"ticket_unknown", "candidate_unknown"}
    if frame["type"] in ("join", "choose_way"):
        return {"candidate_unknown"}
    return set()


def _fields(frame: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in frame.items() if name != "type"}


def _canonical(frame: dict[str, Any]) -> bytes:
    return msgspec.json.encode(msgspec.convert({**frame, "id": "k"}, c.AnyCommand))


def _days(count: int) -> int:
    return (int(time.time()) // 60 * 60 + count * 24 * 3600) * 1000


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_no_id_that_was_used_has_an_effect_or_an_answer_of_somebody_elses(
    servers: Servers, seed: int, record_property: Any
) -> None:
    game = Game(await servers.start(limits=_LIMITS), seed)
    await game.begin()
    for _ in range(_STEPS):
        await game.step()
    record_property("counts", dict(game.counts))
    print(f"seed {seed}: {dict(game.counts)}, {len(game.reused)} kinds of command under a used id")
    assert game.counts["same"] > 20
    assert game.counts["id_reused"] > 50
    assert len(game.reused) > 15
