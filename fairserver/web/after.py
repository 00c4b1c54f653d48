"""After an interview over HTTP: the date and its calendar file, the own rating, a booth's times."""

from __future__ import annotations

import msgspec
from aiohttp import web

from fairserver.domain.calendar_file import Appointment, calendar_file
from fairserver.domain.fair_plan import BoothEntry
from fairserver.domain.states import SecondState
from fairserver.ledger.ratings import Rating
from fairserver.ledger.second_interviews import SecondInterview
from fairserver.ledger.slots import Meeting, Slot
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Language
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response, live_fair, read_body
from fairserver.web.keys import NODE
from fairserver.web.permissions import Act, Scope
from fairserver.web.reach import PERMIT, own_ticket, principal_of
from fairserver.web.words import catalogue, pick_language

routes = web.RouteTableDef()


class After(msgspec.Struct, frozen=True, kw_only=True):
    """What came after one interview; a recruiter is shown no rating."""

    second_interview: SecondInterview | None
    rating: Rating | None


class NewSlots(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Times to be listed, all of the same length at the same place."""

    starts_at: list[int]
    minutes: int
    online: bool = False
    place: str = ""


class CalendarQuery(msgspec.Struct, frozen=True, kw_only=True):
    """In which language a calendar file speaks; without it the browser's."""

    language: Language | None = None


class Slots(msgspec.Struct, frozen=True, kw_only=True):
    """A booth's times from now on."""

    slots: list[Slot]


# --- one turn -----------------------------------------------------------------------------------


@routes.get("/api/fairs/{fair_id}/tickets/{ticket_id}/after")
@contract(Act.AFTER, After, refusals=(Code.TICKET_UNKNOWN,))
async def show_after(request: web.Request) -> web.Response:
    """Show the second interview of a turn with its place and, to the person, the own rating."""
    node, fair = request.app[NODE], live_fair(request)
    ticket = own_ticket(request, fair)
    key = fair.plan.fair_id, ticket.ticket_id
    second = await node.ledger.second_interviews.of_ticket(*key)
    is_own = request[PERMIT].scope is Scope.OWN
    rating = await node.ledger.ratings.of_ticket(*key) if is_own else None
    return json_response(After(second_interview=second, rating=rating))


@routes.get("/api/fairs/{fair_id}/tickets/{ticket_id}/second-interview.ics")
@contract(
    Act.CALENDAR_FILE,
    media=("text/calendar",),
    query=CalendarQuery,
    refusals=(Code.TICKET_UNKNOWN, Code.NO_SECOND_INTERVIEW),
)
async def show_calendar_file(request: web.Request) -> web.Response:
    """Give the person the date as a calendar file; after a change the same event, newer."""
    node, fair = request.app[NODE], live_fair(request)
    ticket = own_ticket(request, fair)
    second = await node.ledger.second_interviews.of_ticket(fair.plan.fair_id, ticket.ticket_id)
    if second is None:
        raise Refused(Code.NO_SECOND_INTERVIEW)
    language = pick_language(
        request.query.get("language", "") or request.headers.get("Accept-Language", "")
    )
    url = f"{node.settings.base_url}/f/{fair.plan.fair_id}/"
    appointment = _appointment(second, fair.plans.booth(ticket.booth_id), url, language)
    return web.Response(
        body=calendar_file(appointment),
        content_type="text/calendar",
        charset="utf-8",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{second.second_interview_id}.ics"',
        },
    )


def _appointment(
    second: SecondInterview, booth: BoothEntry, url: str, language: str
) -> Appointment:
    words = catalogue(language)
    employer = booth.employer.name
    name = booth.employer.english_name if language == "en" else ""
    place = second.place or (words["calendar.online"] if second.online else "")
    how = "calendar.online_how" if second.online else "calendar.in_person_how"
    return Appointment(
        uid=f"{second.second_interview_id}@fairserver",
        sequence=second.sequence,
        changed_at=second.changed_at,
        starts_at=second.starts_at,
        minutes=second.minutes,
        summary=words["calendar.summary"].replace("{employer}", name or employer),
        place=place,
        description=words[how].replace("{number}", booth.number).replace("{place}", place),
        organizer=employer,
        url=url,
        confirmed=second.state is SecondState.ACCEPTED,
        cancelled=second.state in (SecondState.CANCELLED, SecondState.DECLINED),
    )


# --- the times of a booth -----------------------------------------------------------------------


@routes.get("/api/fairs/{fair_id}/slots")
@contract(Act.SLOTS, Slots)
async def show_slots(request: web.Request) -> web.Response:
    """Show a booth its times, free and given."""
    principal = principal_of(request)
    ledger, booth_id = request.app[NODE].ledger, principal.booth_id or ""
    return json_response(Slots(slots=await ledger.slots.of_booth(principal.fair_id, booth_id)))


@routes.post("/api/fairs/{fair_id}/slots")
@contract(
    Act.CHANGE_SLOTS,
    Slots,
    status=201,
    body=NewSlots,
    refusals=(Code.FIELD_WRONG, Code.SLOT_TAKEN),
)
async def add_slots(request: web.Request) -> web.Response:
    """List more times of one's own booth."""
    principal = principal_of(request)
    asked = await read_body(request, NewSlots)
    if not 5 <= asked.minutes <= 480:
        fault = {"field": "minutes", "problem": "out_of_range", "low": 5, "high": 480}
        raise Refused(Code.FIELD_WRONG, **fault, fields=[fault])
    meetings = [
        Meeting(starts_at=at, minutes=asked.minutes, online=asked.online, place=asked.place)
        for at in asked.starts_at
    ]
    found = await request.app[NODE].ledger.slots.add(
        principal.fair_id, principal.booth_id or "", principal.subject_id, meetings
    )
    return json_response(Slots(slots=found), 201)


@routes.delete("/api/fairs/{fair_id}/slots/{slot_id}")
@contract(Act.CHANGE_SLOTS, status=204, refusals=(Code.SLOT_UNKNOWN, Code.SLOT_TAKEN))
async def remove_slot(request: web.Request) -> web.Response:
    """Take a free time off the list."""
    principal = principal_of(request)
    slot_id = request.match_info["slot_id"]
    ledger = request.app[NODE].ledger
    await ledger.slots.remove(principal.fair_id, principal.booth_id or "", slot_id)
    return web.Response(status=204)
