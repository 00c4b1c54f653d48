"""One node: everything that a running server holds, none of it impossible to lose."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import logging
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from fairserver import security
from fairserver.domain.fair_plan import FairPlan
from fairserver.domain.states import AlarmKind, FairState
from fairserver.events.feed import Feed
from fairserver.events.reader import Reader
from fairserver.ledger import Ledger
from fairserver.ledger.archiver import Archiver
from fairserver.line.line import SYSTEM, Actor, Line
from fairserver.line.tasks import end_task
from fairserver.node.deadlines import DeadlineKeeper
from fairserver.node.guest_keeper import GuestKeeper
from fairserver.node.presence import PresenceKeeper
from fairserver.node.recording_keeper import RecordingKeeper
from fairserver.node.supervisor import Supervisor
from fairserver.node.supplies import Reserve, Supplies
from fairserver.notify.pusher import Pusher
from fairserver.notify.webhooks import Deliverer
from fairserver.protocol.answers import CloseCode, StoreStatus
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.events import BoothPlan
from fairserver.rooms.echo_desk import EchoDesk
from fairserver.rooms.ice import IcePlan
from fairserver.rooms.recordings import RecordingFiles
from fairserver.rooms.signals import SignalBus
from fairserver.security import Deed
from fairserver.settings import ServerSettings, read_turn_secret
from fairserver.web.connection import Connection
from fairserver.web.https import Https
from fairserver.web.limits import Buckets
from fairserver.web.limits.connections import Connections
from fairserver.web.limits.meters import Meters
from fairserver.web.limits.sockets import SocketPlaces
from fairserver.web.plan_desk import PlanDesk
from fairserver.web.principal import Principal
from fairserver.web.words import error_message

_log = logging.getLogger(__name__)

#: Seconds between looks at whether those who are connected are still signed in.
_RECHECK_S = 3.0
#: Seconds for which a node with another plan is waited for: longer than one that has died counts as
#: there (``STALL`` in ``lua/shared/clock.lua``); and between two looks.
_OTHER_PLAN_S = 8.0
_OTHER_PLAN_PAUSE_S = 0.25
#: Refusals of one person that the security log takes: so many a second, so many at once.
_REFUSALS_RATE = 0.1
_REFUSALS_BURST = 10


class LiveFair(NamedTuple):
    """One fair on this node."""

    plans: PlanDesk
    feed: Feed
    deadlines: DeadlineKeeper
    presence: PresenceKeeper
    #: The same for people at desks.
    staff: PresenceKeeper
    guests: GuestKeeper

    @property
    def plan(self) -> FairPlan:
        """The plan with what employers have corrected of their booths."""
        return self.plans.plan


class Node:
    """Owns the connections to both stores and the tasks that keep this node up to date."""

    def __init__(
        self,
        settings: ServerSettings,
        store: Redis,
        ledger: Ledger,
        pusher: Pusher | None = None,
        supervisor: Supervisor | None = None,
    ) -> None:
        self.settings = settings
        #: Looks after everything that goes on here for longer than one request.
        self.supervisor = supervisor or Supervisor()
        #: Tells phones of their turn; None where that is switched off.
        self.pusher = pusher
        #: Tells employers' own systems what happened.
        webhooks = settings.webhooks.decided(production=settings.production)
        self.deliverer = Deliverer(store, ledger.webhooks, ledger.deliveries, webhooks)
        #: HTTPS by this node itself; None when it speaks HTTP only.
        self.https: Https | None = None
        self._origins = settings.origins
        self.ledger = ledger
        self.line = Line(store, self.supervisor)
        self.reader = Reader(store, self._store_changed, self.supervisor)
        self.signals = SignalBus(store)
        self.archiver = Archiver(store, ledger)
        self.ice = IcePlan(
            settings.ice.stun,
            settings.ice.turn,
            read_turn_secret(settings) or b"",
            settings.ice.turn_ttl_s,
        )
        self.echo = EchoDesk(settings.echo.places, settings.echo.seconds, self.supervisor)
        #: Recordings of interviews.
        self.recordings = RecordingKeeper(ledger, RecordingFiles(settings.recordings_folder))
        self.fairs: dict[str, LiveFair] = {}
        self.connections: set[Connection] = set()
        #: Who may have how many sockets, and what a person may send.
        self.places = SocketPlaces(settings.limits)
        self.doors = Connections(settings)
        self.meters = Meters(settings.limits)
        #: The store's memory and the disk.
        reserve = Reserve(settings.data, settings.reserve_mb * 1024 * 1024)
        self.supplies = Supplies(store, reserve, self._tell_all)
        #: The node is going down: sockets close, rooms are not given up.
        self.draining = False
        self._tasks: list[asyncio.Task[None]] = []
        #: How often the log takes a refusal of one person.
        self._refusals = Buckets(_REFUSALS_RATE, _REFUSALS_BURST)

    @property
    def origins(self) -> frozenset[str]:
        """The origins from which pages may speak to this node now."""
        return self._origins | self.https.origins if self.https else self._origins

    async def load_fair(self, plan: FairPlan) -> None:
        """Put a fair into both stores, and read what has happened in it so far.

        Raises ``Refused`` (``plan_differs``) while another node runs it by another plan.
        """
        desk = PlanDesk(self.ledger.corrections, plan)
        await self._load_live(desk)
        await self._keep_plan(desk)
        feed = Feed(plan.fair_id, self.supervisor)
        # Before the first event: a correction may be told while it is read.
        desk.follow(feed, self.supervisor)
        await self.reader.add(feed)
        deadlines, presence = DeadlineKeeper(self.line, feed), PresenceKeeper(self.line.seen, feed)
        await deadlines.learn_time()
        staff = PresenceKeeper(self.line.staffed, feed, "staff")
        guests = GuestKeeper(self.ledger.staff, feed, self.end_subject)
        self.fairs[plan.fair_id] = LiveFair(desk, feed, deadlines, presence, staff, guests)

    async def _load_live(self, desk: PlanDesk) -> None:
        """Load a plan into the live store, which holds only one at a time.

        A node that was ended with the plan before is waited for until it counts as gone.
        """
        loop = asyncio.get_running_loop()
        patience = loop.time() + _OTHER_PLAN_S
        while True:
            plan = await desk.read()
            try:
                await self.line.load_fair(
                    plan.fair_id,
                    plan.settings,
                    live_booths(plan, desk.held),
                    ends_at=_ms(plan.ends_at),
                    day_over=_ms(plan.day_over),
                    plan=desk.filed.digest(),
                )
                return
            except Refused as refused:
                if refused.code is not Code.PLAN_DIFFERS or loop.time() >= patience:
                    raise
            await asyncio.sleep(_OTHER_PLAN_PAUSE_S)

    async def _keep_plan(self, desk: PlanDesk) -> None:
        """Keep a plan in the ledger, after the live store has taken it."""
        plan_json = msgspec.json.encode(desk.filed)
        digest = hashlib.sha256(plan_json).hexdigest()
        await self.ledger.fairs.put(desk.filed.fair_id, plan_json, digest)
        desk.former = await self.ledger.fairs.former_booths(desk.filed.fair_id)
        if desk.plan != desk.filed:
            await self.ledger.fairs.put_vacancies(desk.plan)

    async def open_fair(self, fair_id: str) -> None:
        """Open a fair that is still being prepared; do nothing to any other."""
        if self.fairs[fair_id].feed.projection.state is FairState.PREPARING:
            with contextlib.suppress(Refused):  # another node was quicker
                await self.line.run(fair_id, "open_fair", SYSTEM)

    def start(self) -> None:
        """Begin to follow the fairs, fire their deadlines and archive their events."""
        minder = self.supervisor
        self.reader.start()
        self.signals.start(self.fairs, minder)
        for fair_id, fair in self.fairs.items():
            fair.deadlines.start(minder)
            fair.presence.start(minder)
            fair.staff.start(minder)
            fair.guests.start(minder)
            self.archiver.follow(fair_id)
            self.deliverer.follow(fair.feed)
            if self.pusher is not None:
                numbers = {booth.booth_id: booth.number for booth in fair.plan.booths}
                self.pusher.follow(fair.feed, numbers)
        if self.pusher is not None:
            self.pusher.start(minder)
        self.deliverer.start(minder)
        self.archiver.start(minder)
        self._tasks += [
            minder.keep("recheck", self._recheck),
            minder.keep("supplies", self.supplies.run),
            minder.keep("recordings", self.recordings.run),
        ]
        if self.https is not None:
            self._tasks.append(minder.keep("https", self.https.follow))

    async def stop(self) -> None:
        """Close every socket with "restart" and stop all tasks; running calls go on."""
        self.draining = True
        for connection in tuple(self.connections):
            connection.end(CloseCode.RESTART)
        for fair in tuple(self.fairs.values()):
            await fair.deadlines.stop()
            await fair.presence.stop()
            await fair.staff.stop()
            await fair.guests.stop()
            await fair.plans.stop()
            fair.feed.close()
        await self.echo.stop()
        if self.pusher is not None:
            await self.pusher.stop()
        await self.deliverer.stop()
        await self.signals.stop()
        await self.reader.stop()
        await self.archiver.stop()
        for task in tuple(self._tasks):
            await end_task(task)

    def why_not_ready(self) -> list[str]:
        """Say why this node should get no newcomers now: nothing when it is ready."""
        said = [f"down: {name}" for name in self.supervisor.down()]
        if not self.reader.store_is_there:
            said.append("the live store is away")
        if self.draining:
            said.append("stopping")
        return said

    async def raise_alarm(
        self, fair_id: str, kind: AlarmKind, subject: str = "", count: int = 0
    ) -> None:
        """Tell the control room of trouble; a repeat of the same stays quiet for a while.

        ``subject`` is a booth's id or "", never a person or an address. Raises nothing: a store
        that is away has alarms of its own.
        """
        security.note(Deed.ALARM, who="system", of=subject, fair_id=fair_id, why=kind, count=count)
        with contextlib.suppress(Refused, RedisError, OSError):
            await self.line.run(
                fair_id, "raise_alarm", SYSTEM, kind=kind, subject=subject, count=count
            )

    async def _tell_all(self, kind: AlarmKind, count: int) -> None:
        """Raise an alarm that is no fair's own at every fair of this node."""
        for fair_id in tuple(self.fairs):
            await self.raise_alarm(fair_id, kind, count=count)

    def not_understood(self) -> list[str]:
        """Count the events of other releases that this node has passed over: one line a kind."""
        return [
            f"{fair_id}: {count} events of the kind {kind} not understood"
            for fair_id, fair in self.fairs.items()
            for kind, count in sorted(fair.feed.projection.unknown.items())
        ]

    # --- what happens to connections -----------------------------------------------------------

    def _store_changed(self, there: bool) -> None:
        for connection in tuple(self.connections):
            connection.say(StoreStatus(state="ok" if there else "away"))

    async def lose_peer(
        self, transition: str, actor: Actor, fair_id: str, end: dict[str, str]
    ) -> None:
        """Note that one end of a room is gone without a word: its socket, the ``link``, closed."""
        if self.draining:
            return
        # Refused: the interview is over, or another page has taken over. That is as well.
        with contextlib.suppress(Refused, RedisError, OSError):
            await self.line.run(fair_id, transition, actor, **end, state="lost", gone=True)

    def note_refusal(self, principal: Principal, of: str, address: str = "") -> None:
        """Tell the security log of something that a person may not do; not of each of many."""
        if self._refusals.take(principal.subject_id):
            security.note(
                security.Deed.NOT_PERMITTED,
                who=principal.by,
                of=of,
                fair_id=principal.fair_id,
                address=address,
            )

    def end_slot(self, slot: str) -> None:
        """Close the sockets of an identity that has signed out."""
        for connection in tuple(self.connections):
            if connection.principal.slot == slot:
                _show_out(connection)

    def end_subject(self, subject_id: str, *, but: str = "") -> None:
        """Close the sockets of a person who is signed in no more, on this node.

        ``but`` is a slot that stays.
        """
        for connection in tuple(self.connections):
            principal = connection.principal
            if principal.subject_id == subject_id and principal.slot != but:
                _show_out(connection)

    async def _recheck(self) -> None:
        """Close the sockets of those whose right has ended: soon, not at the next visit.

        It may have been ended on another node, by a command, or by the clock, so the record is
        asked: once for all who are connected here.
        """
        while True:
            await asyncio.sleep(_RECHECK_S)
            try:
                await self._show_out_ended()
            except (SQLAlchemyError, OSError) as error:
                _log.warning("cannot see now whose right has ended: %s", type(error).__name__)

    async def _show_out_ended(self) -> None:
        here = tuple(self.connections)
        active = {one.principal.slot for one in here if one.was_active}
        for connection in here:
            connection.was_active = False
        slots = {connection.principal.slot for connection in here}
        holding = await self.ledger.sessions.holding(slots, active)
        for connection in here:
            if connection.principal.slot not in holding:
                _show_out(connection)


def _show_out(connection: Connection) -> None:
    told = error_message(Code.NOT_SIGNED_IN, connection.language)
    connection.end(CloseCode.SIGN_IN, told.message)


def _ms(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1000)


def live_booths(plan: FairPlan, corrected: Mapping[str, int] | None = None) -> list[BoothPlan]:
    """Take from a plan what the live line needs; ``corrected`` counts the corrections of booths."""
    return [
        BoothPlan(
            booth_id=booth.booth_id,
            mode=booth.mode,
            minutes=booth.minutes,
            desks=[desk.desk_id for desk in booth.desks],
            questions=len(booth.questions),
            plan=(corrected or {}).get(booth.booth_id, 0),
        )
        for booth in plan.booths
    ]
