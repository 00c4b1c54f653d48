"""The Python face of the live line: call one transition, get its answer."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from fairserver.domain import tolerant
from fairserver.domain.settings import FairSettings
from fairserver.domain.states import Channel, Role
from fairserver.line.batch import Batcher
from fairserver.line.keys import prefix
from fairserver.line.library import build_library
from fairserver.line.tasks import ALONE, Minder
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.events import BoothPlan

_log = logging.getLogger(__name__)

#: Deadlines fired by one call; more than that fall due in the next call at once.
_DUE_AT_ONCE = 200
#: Of a digest in hexadecimal: 128 bits.
_DIGEST_LETTERS = 32


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts, and what they may touch.

    ``by`` goes into the events; ``client`` owns the command ids; ``scope`` is what the
    transition looks records up in: ``*``, ``candidate:<id>``, ``booth:<id>`` or ``guest:<id>``.
    """

    role: Role
    by: str
    client: str
    scope: str

    @classmethod
    def candidate(cls, candidate_id: str) -> Actor:
        """Give a candidate, who may touch only what is the candidate's own."""
        name = f"candidate:{candidate_id}"
        return cls(role=Role.CANDIDATE, by=name, client=name, scope=name)

    @classmethod
    def recruiter(cls, staff_id: str, booth_id: str) -> Actor:
        """Give a recruiter, who may touch what belongs to one booth."""
        name = f"staff:{staff_id}"
        return cls(role=Role.RECRUITER, by=name, client=name, scope=f"booth:{booth_id}")

    @classmethod
    def guest(cls, staff_id: str) -> Actor:
        """Give a third person, who may touch only the interview one is asked into."""
        name = f"staff:{staff_id}"
        return cls(role=Role.GUEST, by=name, client=name, scope=f"guest:{staff_id}")

    @classmethod
    def staff(cls, role: Role, staff_id: str) -> Actor:
        """Give somebody of the Centre, who may touch everything that the role permits."""
        name = f"staff:{staff_id}"
        return cls(role=role, by=name, client=name, scope="*")


#: A node's own doing; its calls are idempotent by themselves and keep no answers.
SYSTEM = Actor(role=Role.SYSTEM, by="system", client="", scope="*")


class CommandKey(msgspec.Struct, frozen=True):
    """By which a repeat of a command is known: its id, and a digest of all that it says.

    The same id with anything else in it is no repeat, and is refused.
    """

    command_id: str
    digest: str

    @classmethod
    def of(cls, command_id: str, content: bytes) -> CommandKey:
        """Make the key of a command from its id and its whole content as bytes."""
        return cls(command_id, hashlib.sha256(content).hexdigest()[:_DIGEST_LETTERS])


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a transition answered. ``seq`` is the fair's newest event then.

    ``repeated``: it was done at an earlier sending, and not once more.
    """

    seq: int
    repeated: bool = False
    result: dict[str, Any] = {}
    error: Code | None = None
    detail: dict[str, Any] = {}
    #: What went wrong inside the transition, which has changed nothing; for the log only.
    fault: str | None = None


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What came of looking for what is due: how much was done, and how much failed."""

    fired: int
    failed: int
    #: The fair's time, ms.
    now: int
    #: Milliseconds until the next is due; None when nothing is planned.
    due_in_ms: int | None = None


_answers = msgspec.json.Decoder(Answer)
_NO_KEY = CommandKey("", "")


def _answer_in(raw: bytes) -> Answer:
    """Read an answer; another release's, kept with a code of its own, is ``internal``."""
    try:
        return _answers.decode(raw)
    except msgspec.ValidationError:
        answer = tolerant.read_json(raw, Answer)
        return msgspec.structs.replace(answer, error=Code.INTERNAL, detail={})


class Line:
    """All live lines of all fairs, through the store's functions."""

    def __init__(self, store: Redis, minder: Minder = ALONE) -> None:
        self.store = store
        self._batcher = Batcher(store, minder)
        self._library = build_library()
        #: By what the store knows this process's clock.
        self._node = secrets.token_hex(8)

    async def load(self) -> None:
        """Load the library of transitions; do nothing when the store has it already."""
        try:
            await self.store.execute_command("FUNCTION", "LOAD", self._library.code)
        except ResponseError as error:
            if "already exists" not in str(error):
                raise

    async def run(
        self,
        fair_id: str,
        transition: str,
        actor: Actor,
        key: CommandKey | str = "",
        **args: Any,
    ) -> Answer:
        """Carry out one transition, atomically with its events.

        A repeat of the same ``key`` by the same client gives the first answer; for a bare
        command id, what is compared are the transition and its arguments. Raises ``Refused`` when
        a rule says no (``id_reused`` when the id belongs to something else), or with ``internal``
        when the transition itself failed, which changes nothing; ``redis.exceptions.RedisError``
        when the store is away (the same call may then be repeated).
        """
        encoded = msgspec.json.encode({k: v for k, v in args.items() if v is not None})
        if isinstance(key, str):
            key = CommandKey.of(key, transition.encode() + encoded) if key else _NO_KEY
        client = actor.client if key.command_id else ""
        call = ("FCALL", f"{self._library.prefix}_{transition}", 1, prefix(fair_id))
        argv = (actor.by, client, key.command_id, key.digest, actor.scope, encoded)
        try:
            raw = await self._batcher.call(*call, *argv)
        except ResponseError as error:
            if "Function not found" not in str(error):
                raise
            await self.load()
            raw = await self._batcher.call(*call, *argv)
        answer = _answer_in(raw)
        if answer.fault is not None:
            _log.error("%s of %s failed and was taken back: %s", transition, fair_id, answer.fault)
        if answer.error is not None:
            raise Refused(answer.error, **answer.detail)
        return answer

    async def claim(self, fair_id: str, actor: Actor, key: CommandKey) -> Answer | None:
        """Take a command id before doing anything beside the line; give the answer if it is done.

        None: it is to be done, now or once more after an earlier sending was cut off. Then its
        transition, or ``settle``, keeps the answer. Raises as ``run`` does.
        """
        answer = await self.run(fair_id, "claim", actor, key)
        return answer if answer.repeated else None

    async def settle(self, fair_id: str, actor: Actor, key: CommandKey) -> Answer:
        """Keep that a claimed command without a transition of its own is done."""
        return await self.run(fair_id, "settle", actor, key)

    async def load_fair(
        self,
        fair_id: str,
        settings: FairSettings,
        booths: Sequence[BoothPlan],
        *,
        ends_at: int = 0,
        day_over: int = 0,
        plan: str = "",
    ) -> bool:
        """Put a fair's plan into the live store; say whether anything was new.

        What was changed on the day stays, and so do lines. ``ends_at`` (ms, 0 for none) is the
        planned end, by which booths refuse newcomers whom they could not serve, and ``day_over``
        (the same) when the fair's day is over. With ``plan``, the digest of the plan that this node
        runs by, it is refused (``plan_differs``) while a node with another one is there.
        Raises ``msgspec.ValidationError`` for a setting that is out of its range.
        """
        settings_json = msgspec.json.encode(settings).decode()
        msgspec.json.decode(settings_json, type=FairSettings)  # what is written is right today
        booths_json = msgspec.json.encode(list(booths)).decode()
        content = f"{settings_json}{booths_json}{ends_at} {day_over}"
        digest = hashlib.sha256(content.encode()).hexdigest()
        node: dict[str, Any] = {}
        if plan:
            node = {"node": self._node, "beat": _own_clock(), "plan": plan}
        answer = await self.run(
            fair_id,
            "load_fair",
            SYSTEM,
            digest=digest,
            ends_at=ends_at,
            day_over=day_over,
            settings_json=settings_json,
            booths_json=booths_json,
            incarnation=secrets.token_hex(8),
            **node,
        )
        return bool(answer.result["changed"])

    async def register(
        self,
        fair_id: str,
        candidate_id: str,
        *,
        head_start_min: int = 0,
        channel: Channel = Channel.ONLINE,
    ) -> int:
        """Give a candidate a number; a repeat gives the same.

        Raises ``Refused`` (``fair_closed``, ``fair_unknown``).
        """
        answer = await self.run(
            fair_id,
            "register",
            SYSTEM,
            candidate_id=candidate_id,
            head_start_ms=head_start_min * 60_000,
            channel=channel,
        )
        return int(answer.result["number"])

    async def seen(self, fair_id: str, candidate_ids: Iterable[str]) -> None:
        """Note a sign of life; whoever was away may be called at once."""
        await self.run(fair_id, "seen", SYSTEM, candidate_ids=list(candidate_ids))

    async def staffed(self, fair_id: str, staff_ids: Iterable[str]) -> None:
        """Note a sign of life of people at desks; a desk that was left is taken up again."""
        await self.run(fair_id, "staffed", SYSTEM, staff_ids=list(staff_ids))

    async def fire_due(self, fair_id: str) -> tuple[int, int | None]:
        """Do what is due; give how much was done, and milliseconds until the next, or None."""
        done = await self._fire(fair_id)
        return done.fired, done.due_in_ms

    async def beat(self, fair_id: str) -> Due:
        """Say that this node is there, and do what is due.

        After a while in which no node could say so, what waits for people waits longer by as much.
        """
        return await self._fire(fair_id, node=self._node, clock=_own_clock())

    async def _fire(self, fair_id: str, **beat: Any) -> Due:
        answer = await self.run(fair_id, "fire_due", SYSTEM, limit=_DUE_AT_ONCE, **beat)
        done = msgspec.convert(answer.result, Due)
        if done.failed:
            _log.error("%d deadlines of %s failed and will be tried again", done.failed, fair_id)
        return done


def _own_clock() -> int:
    """Give this process's clock that nobody can turn, ms."""
    return int(time.monotonic() * 1000)
