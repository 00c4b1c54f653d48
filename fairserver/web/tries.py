"""From where somebody tries to come in, and what a try that fails is followed by.

Every way of signing in ends here when it is refused: it is counted, written into the security
log, and the control room is told when there is more of it than people make by mistake.
"""

from __future__ import annotations

from aiohttp import web

from fairserver import security
from fairserver.domain.states import AlarmKind, Role
from fairserver.ledger.codes import CodeLocked, CodeWrong
from fairserver.ledger.entry import Registered
from fairserver.ledger.guessing import Budget
from fairserver.ledger.registrations import Pace, TooManyRegistrations
from fairserver.ledger.tries import SignInWay, Source, TooManyTries
from fairserver.protocol.errors import Refused
from fairserver.security import Deed
from fairserver.settings import LimitSettings, Network
from fairserver.web.address import client_address
from fairserver.web.keys import ALARMS, KNOWN, NODE, SLOW_LINES, WRONG_TOKENS
from fairserver.web.limits.addresses import is_in, one_line

#: A burst of registrations: as many as come in so many minutes at the rate of always.
_BURST_MIN = 2
#: The same of one of the Centre's own addresses: all of a hall registers when the doors open.
_KNOWN_BURST_MIN = 5


def source_of(request: web.Request) -> Source:
    """Say where a request comes from: an address, of IPv6 its /64."""
    address = client_address(request)
    known: tuple[Network, ...] = request.app[KNOWN]
    return Source(one_line(address), is_in(address, known))


def pace_of(source: Source, limits: LimitSettings) -> Pace:
    """Say how many registrations may come from there."""
    a_minute, minutes = limits.registrations_per_minute, _BURST_MIN
    if source.known:
        a_minute, minutes = 60 * limits.registrations_per_second, _KNOWN_BURST_MIN
    return Pace(source, Budget(a_minute * minutes, back_ms=max(1, 60_000 // a_minute)))


async def note_refusal(
    request: web.Request, way: SignInWay, refused: Refused, fair_id: str = ""
) -> None:
    """Write a refused try down; raise the alarm where it is one of many."""
    deed = {CodeWrong: Deed.CODE_WRONG, CodeLocked: Deed.CODE_LOCKED}.get(type(refused))
    deed = deed or Deed.SIGN_IN_REFUSED
    security.note(deed, fair_id=fair_id, why=refused.code, way=way.value)
    many = refused.tries if isinstance(refused, TooManyTries) else 0
    many = refused.attack if isinstance(refused, CodeWrong) else many
    if many:
        await _alarm(request, AlarmKind.CODES_GUESSED, fair_id, many)


def note_sign_in(role: str, subject_id: str, fair_id: str, way: SignInWay) -> None:
    """Write down who has signed in, how and from where."""
    who = f"{'candidate' if role == Role.CANDIDATE else 'staff'}:{subject_id}"
    security.note(Deed.SIGNED_IN, who=who, fair_id=fair_id, way=way.value)


async def note_registration(request: web.Request, found: Registered, fair_id: str) -> None:
    """Write a registration down; tell the control room where it is one of a flood."""
    who = f"candidate:{found.candidate_id}"
    if found.created:
        security.note(Deed.REGISTERED, who=who, fair_id=fair_id)
    security.note(Deed.SIGNED_IN, who=who, fair_id=fair_id, way="registration")
    if found.flooded:
        await _alarm(request, AlarmKind.REGISTRATIONS_FLOOD, fair_id, found.flooded)


async def note_flood(request: web.Request, refused: TooManyRegistrations, fair_id: str) -> None:
    """Write down that an address registers too many, and tell the control room."""
    security.note(Deed.TOO_FAST, fair_id=fair_id, why=refused.code)
    await _alarm(request, AlarmKind.REGISTRATIONS_FLOOD, fair_id, refused.made)


async def wrong_token(request: web.Request, way: SignInWay, why: str, fair_id: str = "") -> None:
    """Count a link, key or session that never was.

    Nobody guesses one, and nobody is kept out for trying; who tries again and again is told of. A
    node counts the first tries of a minute only: the others would cost the record a line each.
    """
    source = source_of(request)
    if not request.app[WRONG_TOKENS].take(source.network):
        request.app[SLOW_LINES].slow(source.network)
        return
    security.note(Deed.SIGN_IN_REFUSED, fair_id=fair_id, why=why, way=way.value)
    if many := await request.app[NODE].ledger.tries.failed(way, source):
        await _alarm(request, AlarmKind.CODES_GUESSED, fair_id, many)


async def _alarm(request: web.Request, kind: AlarmKind, fair_id: str, count: int) -> None:
    """Tell the control room of a fair, or of every fair; a node does so twice a minute at most."""
    node = request.app[NODE]
    for one in [fair_id] if fair_id in node.fairs else list(node.fairs):
        if request.app[ALARMS].take(f"{kind} {one}"):
            await node.raise_alarm(one, kind, count=count)
