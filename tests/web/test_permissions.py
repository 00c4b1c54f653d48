"""Role x command x object over the real socket: exactly what the table says."""

from __future__ import annotations

from typing import Any

import pytest

from fairserver.domain.states import AlarmKind, Role
from fairserver.protocol import commands as c
from fairserver.web.permissions import PERMISSIONS, Scope
from tests.web.support import Server, Servers, Socket

#: What each command acts on, and the fields it needs besides.
_TICKET: dict[type[c.Command], dict[str, Any]] = {
    c.Accept: {},
    c.MoreTime: {},
    c.Start: {},
    c.MarkMissed: {},
    c.RecordOutcome: {"outcome": "hired"},
    c.EnterRoom: {"peer": "peer-of-somebody"},
    c.ReportRoom: {"peer": "peer-of-somebody", "epoch": 1, "state": "lost"},
    c.OfferHandOver: {"to_booth_id": "b3"},
    c.AnswerHandOver: {"agree": False},
    c.Finish: {},
    c.Ready: {},
    c.NotNow: {},
    c.Leave: {},
    c.Recall: {},
    c.PublishResult: {"published": True},
    c.OfferSecondInterview: {"starts_at": 4_000_000_000_000, "place": "Cổng chính"},
    c.AnswerSecondInterview: {"accept": True, "sequence": 0},
    c.CancelSecondInterview: {},
    c.RateAdvice: {"passed": True},
    c.RecordAnswers: {"answers": {"q1": ""}},
    c.InviteGuest: {"role": "interpreter", "name": "Bà Lan"},
    c.AnswerGuest: {"agree": False},
    c.RemoveGuest: {},
    c.AskRecording: {"peer": "peer-desk"},
    c.AnswerRecording: {"recording_id": "r1", "agree": False},
    c.WithdrawRecording: {},
    c.MoveTicket: {"before_ticket_id": "t2"},
}
_BOOTH: dict[type[c.Command], dict[str, Any]] = {
    c.PauseBooth: {},
    c.ResumeBooth: {},
    c.ChangeBooth: {"minutes": 9},
}
_DESK = (c.OpenDesk, c.CallNext, c.PauseDesk, c.CloseDesk)
_FAIR = (c.OpenFair, c.PauseFair, c.CloseFair)
_CONNECTION: dict[type[c.Command], dict[str, Any]] = {
    c.Hello: {"views": {}},
    c.Ping: {},
    c.Unwatch: {"views": []},
}
_BROWSER = {"endpoint": "https://fcm.googleapis.com/x", "p256dh": "A" * 87, "auth": "A" * 22}
_SETTINGS = {"settings": {"join_limit": 2}}
_SIGNAL = {"peer": "peer-of-somebody", "epoch": 1, "kind": "offer", "sdp": "v=0"}

_UNKNOWN = {"ticket_unknown", "desk_unknown", "candidate_unknown", "booth_unknown"}


def test_every_command_is_in_the_table_of_permissions_and_in_this_matrix() -> None:
    push = {c.PushSubscribe, c.PushUnsubscribe}
    alarm = {c.PutAlarmAside}
    rest = {c.Join, c.ChooseWay, c.Signal, c.MakeAppointment, c.ChangeSettings, *alarm, *push}
    mine = {*_TICKET, *_DESK, *_BOOTH, *_FAIR, *_CONNECTION, *rest}
    assert set(PERMISSIONS) == set(c.Command.__subclasses__()) == mine


class Matrix:
    """One role's socket, and two tickets: t1 of the first person at b1, t2 of another at b2."""

    def __init__(self, server: Server, role: Role, socket: Socket) -> None:
        self.server = server
        self.role = role
        self.socket = socket

    async def code(self, kind: type[c.Command], /, **fields: Any) -> str:
        """Send it; give ``ok`` or the code. Not permitted or unknown means nothing changed."""
        before = await self._state()
        answer = await self.socket.ask(str(kind.__struct_config__.tag), **fields)
        code = str(answer.get("code", "ok"))
        if code == "not_permitted" or code in _UNKNOWN:
            assert await self._state() == before, f"{kind.__name__} {code} changed something"
        return code

    async def _state(self) -> dict[str, Any]:
        return await self.server.live.dump()

    async def check(
        self,
        kind: type[c.Command],
        own: dict[str, Any],
        other: dict[str, Any],
        missing: dict[str, Any],
    ) -> None:
        """Try a command on one's own, somebody else's and a missing object."""
        scope = PERMISSIONS[kind].get(self.role)
        codes = [await self.code(kind, **fields) for fields in (missing, other, own)]
        name = f"{self.role} {kind.__name__}"
        if scope is None:
            assert codes == ["not_permitted"] * 3, name
            return
        assert codes[0] in _UNKNOWN, f"{name}: missing"
        assert (codes[1] in _UNKNOWN) == (scope is not Scope.FAIR), f"{name}: other's"
        assert "not_permitted" not in codes, name
        assert codes[2] not in _UNKNOWN, f"{name}: own"


@pytest.fixture
async def matrix(servers: Servers, role: Role) -> Matrix:
    server = await servers.start(limits={"commands_burst": 1000})
    first, others = await server.candidate(), await server.candidate()
    if role is Role.CANDIDATE:
        person = first
    else:
        person = await server.staff(role, "b1" if role is Role.RECRUITER else None)
    live = server.live
    await live.seen(first.candidate_id, others.candidate_id)
    await live.join(first.candidate_id, "b1")
    await live.join(others.candidate_id, "b2")
    await live.open("b1-1", "b2-1")
    socket = await server.socket(person)
    if role is Role.CANDIDATE:  # its sign of life is in the store before anything is compared
        presence = server.node.fairs[server.fair_id].presence
        await server.live.line.seen(server.fair_id, [first.candidate_id])
        while presence._new:
            await socket.do("ping")
    return Matrix(server, role, socket)


ROLES = [Role.CANDIDATE, Role.RECRUITER, Role.ORGANISER, Role.SUPPORT]


@pytest.mark.parametrize("role", ROLES)
async def test_commands_about_tickets(matrix: Matrix) -> None:
    for kind, fields in _TICKET.items():
        own, other, missing = ({"ticket_id": t, **fields} for t in ("t1", "t2", "t999"))
        await matrix.check(kind, own, other, missing)


@pytest.mark.parametrize("role", ROLES)
async def test_commands_about_desks(matrix: Matrix) -> None:
    for kind in _DESK:
        own, other, missing = ({"desk_id": d} for d in ("b1-1", "b2-1", "b1-99"))
        await matrix.check(kind, own, other, missing)


@pytest.mark.parametrize("role", ROLES)
async def test_commands_about_booths(matrix: Matrix) -> None:
    for kind, fields in _BOOTH.items():
        own, other, missing = ({"booth_id": b, **fields} for b in ("b1", "b2", "b99"))
        await matrix.check(kind, own, other, missing)


@pytest.mark.parametrize("role", ROLES)
async def test_appointments_are_promised_for_ones_own_booth_and_people(matrix: Matrix) -> None:
    own, other, missing = (
        {"ticket_id": ticket_id, "booth_id": booth_id, "due_at": 10**13}
        for ticket_id, booth_id in (("t1", "b1"), ("t2", "b2"), ("t999", "b1"))
    )
    await matrix.check(c.MakeAppointment, own, other, missing)


@pytest.mark.parametrize("role", ROLES)
async def test_only_the_organiser_changes_the_rules(matrix: Matrix) -> None:
    code = await matrix.code(c.ChangeSettings, **_SETTINGS)
    assert code == ("ok" if matrix.role is Role.ORGANISER else "not_permitted")


@pytest.mark.parametrize("role", ROLES)
async def test_only_the_organiser_puts_an_alarm_aside(matrix: Matrix) -> None:
    await matrix.server.node.raise_alarm(matrix.server.fair_id, AlarmKind.STORE_FULL)
    code = await matrix.code(c.PutAlarmAside, kind="store_full")
    assert code == ("ok" if matrix.role is Role.ORGANISER else "not_permitted")


@pytest.mark.parametrize("role", ROLES)
async def test_commands_about_the_fair_and_the_connection(matrix: Matrix) -> None:
    for kind, fields in _CONNECTION.items():
        assert await matrix.code(kind, **fields) == "ok"
    for kind in _FAIR:
        permitted = matrix.role in PERMISSIONS[kind]
        assert (await matrix.code(kind) != "not_permitted") == permitted


@pytest.mark.parametrize("role", ROLES)
async def test_only_candidates_are_told_by_push(matrix: Matrix) -> None:
    codes = [
        await matrix.code(c.PushSubscribe, **_BROWSER),
        await matrix.code(c.PushUnsubscribe),
    ]
    is_candidate = matrix.role is Role.CANDIDATE
    # Allowed to ask; these keys are no browser's.
    assert codes == (["push_refused", "ok"] if is_candidate else ["not_permitted"] * 2)


@pytest.mark.parametrize("role", ROLES)
async def test_signals_go_only_from_a_room_one_has_entered(matrix: Matrix) -> None:
    permitted = matrix.role in PERMISSIONS[c.Signal]
    for ticket_id in ("t1", "t2", "t999"):
        code = await matrix.code(c.Signal, ticket_id=ticket_id, **_SIGNAL)
        assert code == ("not_your_room" if permitted else "not_permitted")


@pytest.mark.parametrize("role", ROLES)
async def test_joining_for_somebody_else_is_for_staff_who_may(matrix: Matrix) -> None:
    others = (await matrix.server.live.record("ticket", "t2"))["candidate_id"]
    code = await matrix.code(c.Join, booth_id="b3", candidate_id=others)
    if matrix.role in (Role.RECRUITER, Role.SUPPORT):
        assert code == "not_permitted"
        return
    assert code == "ok"
    owner = (await matrix.server.live.record("ticket", "t3"))["candidate_id"]
    if matrix.role is Role.CANDIDATE:  # whomever a page names, its own person joins
        assert owner == (await matrix.server.live.record("ticket", "t1"))["candidate_id"]
    else:
        assert owner == others
        assert await matrix.code(c.Join, booth_id="b3", candidate_id="cNobody") == (
            "candidate_unknown"
        )
        assert await matrix.code(c.Join, booth_id="b3") == "candidate_unknown"


@pytest.mark.parametrize("role", ROLES)
async def test_choosing_a_way_for_somebody_else_is_for_staff_who_may(matrix: Matrix) -> None:
    own = (await matrix.server.live.record("ticket", "t1"))["candidate_id"]
    others = (await matrix.server.live.record("ticket", "t2"))["candidate_id"]
    code = await matrix.code(c.ChooseWay, way="audio", candidate_id=others)
    if matrix.role in (Role.RECRUITER, Role.SUPPORT):
        assert code == "not_permitted"
        return
    assert code == "ok"
    changed = own if matrix.role is Role.CANDIDATE else others  # a page can name only its own
    for candidate_id in (own, others):
        found = await matrix.server.live.record("candidate", candidate_id)
        assert found.get("way", "video") == ("audio" if candidate_id == changed else "video")
    if matrix.role is not Role.CANDIDATE:
        assert await matrix.code(c.ChooseWay, way="audio", candidate_id="cNobody") == (
            "candidate_unknown"
        )
        assert await matrix.code(c.ChooseWay, way="audio") == "candidate_unknown"


async def test_a_guest_may_do_nothing_in_a_fair_but_be_in_the_own_interview(
    server: Server,
) -> None:
    socket = await server.socket(await server.staff(Role.GUEST, "b1"), ["guest"])
    matrix = Matrix(server, Role.GUEST, socket)
    person = await server.candidate()
    await server.live.seen(person.candidate_id)
    await server.live.join(person.candidate_id, "b1")
    for kind, fields in _TICKET.items():
        code = await matrix.code(kind, ticket_id="t1", **fields)
        permitted = Role.GUEST in PERMISSIONS[kind]
        assert code == ("ticket_unknown" if permitted else "not_permitted"), kind
    for kind in (*_DESK, *_FAIR, *_BOOTH, c.Join, c.ChooseWay, c.MakeAppointment):
        assert Role.GUEST not in PERMISSIONS[kind]
    for view in ("booth", "hall", "control", "me"):
        assert await socket.refused("hello", views={view: None}) == "not_permitted"
