"""What is stored about me: see it, take it along, correct it, take a consent back, be erased.

Everything is asked and answered for the person who is signed in: no address names anybody.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta

from fairserver import security
from fairserver.domain.states import FairState, Lane, Outcome, TicketState
from fairserver.events.projection import Projection
from fairserver.events.records import Ticket
from fairserver.ledger import Ledger
from fairserver.ledger.consents import Channel, Consent, Purpose, Statement
from fairserver.ledger.disclosures import Form
from fairserver.ledger.forms import CONSENT_TEXT, Answers
from fairserver.ledger.own_data import SignIn
from fairserver.ledger.people import Person
from fairserver.ledger.ratings import Rating
from fairserver.ledger.screening import ScreeningAnswer
from fairserver.ledger.second_interviews import SecondInterview
from fairserver.ledger.shown import Word, shown
from fairserver.line.line import Actor
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import BoothId, Language, Millis
from fairserver.security import Deed
from fairserver.web.access import drop_cookie
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response, live_fair, read_body
from fairserver.web.keys import NODE
from fairserver.web.node import LiveFair, Node
from fairserver.web.permissions import Act
from fairserver.web.principal import Principal
from fairserver.web.reach import principal_of

routes = web.RouteTableDef()


class OwnTurn(msgspec.Struct, frozen=True, kw_only=True):
    """One turn, as the person may know it: an outcome only once it is published."""

    ticket_id: str
    booth_id: str
    booth: str
    employer: str
    state: TicketState
    lane: Lane
    issued_at: Millis
    started_at: Millis | None
    finished_at: Millis | None
    result: Outcome | None
    #: An outcome is written down that the recruiter has not published.
    result_held_back: bool


class OwnNote(msgspec.Struct, frozen=True, kw_only=True):
    """What a recruiter wrote about a turn; who wrote it is another person's data."""

    ticket_id: str
    at: Millis
    text: str


class OwnRecording(msgspec.Struct, frozen=True, kw_only=True):
    """A recording of one's own interview that is not deleted; it can be, at any time.

    ``expires_at`` is when it is deleted by itself; null while nothing of it has come to the server.
    """

    recording_id: str
    ticket_id: str
    expires_at: Millis | None


class BoothConsent(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one booth may read who the person is; ``at`` is when that was said last of it."""

    booth_id: str
    booth: str
    employer: str
    given: bool
    at: Millis | None


class OwnDisclosure(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a booth was shown this person, or took something of the person along."""

    booth_id: str
    booth: str
    employer: str
    form: Form
    fields: list[str]
    at: Millis


class MyData(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is stored about one person at one fair."""

    fair_id: str
    person: Person
    #: What holds now, by purpose, and everything ever said, oldest first.
    standing: dict[str, bool]
    #: Whether each booth that was spoken of or has a turn of the person may read who they are.
    booths: list[BoothConsent]
    consents: list[Consent]
    #: Who has read what of the person, the newest first.
    disclosures: list[OwnDisclosure]
    turns: list[OwnTurn]
    second_interviews: list[SecondInterview]
    ratings: list[Rating]
    #: Notes on turns whose result is published, or all once the fair has ended.
    notes: list[OwnNote]
    notes_held_back: int
    #: Answers to questions of booths, also those that an adviser wrote down.
    answers: list[ScreeningAnswer]
    recordings: list[OwnRecording]
    sign_ins: list[SignIn]


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One purpose that a person agrees to or takes back.

    With ``booth_id``, only of ``show_profile``: that the booth may read who the person is.
    """

    purpose: Purpose
    booth_id: BoothId | None = None
    given: bool
    language: Language = "vi"


class Erasure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The second yes: one's own number, so that no stray request erases anybody."""

    number: Annotated[int, Meta(ge=1)]


# --- see it, take it along ----------------------------------------------------------------------


@routes.get("/api/fairs/{fair_id}/my-data")
@contract(Act.MY_DATA, MyData, refusals=(Code.CANDIDATE_UNKNOWN,))
async def show_my_data(request: web.Request) -> web.Response:
    """Show a person everything that is stored about them."""
    principal = principal_of(request)
    return json_response(await _gather(request.app[NODE], live_fair(request), principal))


@routes.get("/api/fairs/{fair_id}/my-data/file")
@contract(Act.MY_DATA, MyData, refusals=(Code.CANDIDATE_UNKNOWN,))
async def download_my_data(request: web.Request) -> web.Response:
    """Give the same as a file to keep."""
    principal = principal_of(request)
    found = await _gather(request.app[NODE], live_fair(request), principal)
    person = f"candidate:{principal.subject_id}"
    security.note(Deed.EXPORTED, who=person, of=person, fair_id=principal.fair_id, why="my_data")
    response = json_response(found)
    response.body = msgspec.json.format(msgspec.json.encode(found), indent=2)
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


async def _gather(node: Node, fair: LiveFair, principal: Principal) -> MyData:
    candidate_id, ledger = principal.subject_id, node.ledger
    projection = fair.feed.projection
    consents = await ledger.people.consents(candidate_id)
    said = {one.purpose: one.given for one in consents if one.booth_id is None}
    tickets = _tickets(projection, candidate_id)
    notes, held_back = await _notes(ledger, projection, fair.plan.fair_id, tickets)
    return MyData(
        fair_id=fair.plan.fair_id,
        person=await ledger.people.get(candidate_id),
        standing={purpose.value: said.get(purpose, False) for purpose in Purpose},
        consents=consents,
        booths=_booths(fair, consents, tickets),
        disclosures=await _disclosures(ledger, fair, candidate_id),
        turns=[_turn(fair, ticket) for ticket in tickets],
        second_interviews=await ledger.second_interviews.of_candidate(candidate_id),
        ratings=await ledger.ratings.of_candidate(candidate_id),
        notes=notes,
        notes_held_back=held_back,
        answers=await ledger.screening.of_candidate(candidate_id),
        recordings=await _recordings(ledger, projection, fair.plan.fair_id, candidate_id),
        sign_ins=await ledger.own_data.sign_ins(candidate_id),
    )


def _booths(fair: LiveFair, consents: list[Consent], tickets: list[Ticket]) -> list[BoothConsent]:
    """List the booths that a person has turned to, with what holds by the rule of all readers."""
    words = [Word(one.purpose, one.booth_id, one.given) for one in consents]
    spoken = {one.booth_id: one.at for one in consents if one.booth_id is not None}
    known = dict.fromkeys([*(ticket.booth_id for ticket in tickets), *spoken])
    return [
        BoothConsent(
            **_named(fair, booth_id), given=shown(words, booth_id).profile, at=spoken.get(booth_id)
        )
        for booth_id in known
    ]


async def _disclosures(ledger: Ledger, fair: LiveFair, candidate_id: str) -> list[OwnDisclosure]:
    return [
        OwnDisclosure(**_named(fair, one.booth_id), form=one.form, fields=one.fields, at=one.at)
        for one in await ledger.disclosures.of_candidate(candidate_id)
    ]


def _named(fair: LiveFair, booth_id: str) -> dict[str, str]:
    booth = fair.plans.booth(booth_id)
    return {"booth_id": booth_id, "booth": booth.number, "employer": booth.employer.name}


def _tickets(projection: Projection, candidate_id: str) -> list[Ticket]:
    owner = projection.candidates.get(candidate_id)
    return list(owner.tickets.values()) if owner is not None else []


def _turn(fair: LiveFair, ticket: Ticket) -> OwnTurn:
    booth = fair.plans.booth(ticket.booth_id)
    return OwnTurn(
        ticket_id=ticket.ticket_id,
        booth_id=ticket.booth_id,
        booth=booth.number,
        employer=booth.employer.name,
        state=ticket.state,
        lane=ticket.lane,
        issued_at=ticket.issued_at,
        started_at=ticket.started_at,
        finished_at=ticket.finished_at,
        result=ticket.outcome if ticket.published else None,
        result_held_back=not ticket.published and ticket.outcome not in (None, Outcome.PENDING),
    )


async def _notes(
    ledger: Ledger, projection: Projection, fair_id: str, tickets: list[Ticket]
) -> tuple[list[OwnNote], int]:
    """Read the notes that may be seen now, and count the others.

    A note could tell an outcome before its time; no note stays hidden after the fair.
    """
    shown: list[OwnNote] = []
    held_back = 0
    for ticket in tickets:
        notes = await ledger.notes.of_ticket(fair_id, ticket.ticket_id)
        if ticket.published or projection.state is FairState.CLOSED:
            shown += [OwnNote(ticket_id=n.ticket_id, at=n.at, text=n.text) for n in notes]
        else:
            held_back += len(notes)
    return shown, held_back


async def _recordings(
    ledger: Ledger, projection: Projection, fair_id: str, candidate_id: str
) -> list[OwnRecording]:
    """List what was recorded of a person, also what is still on its way to the server."""
    files = await ledger.recordings.of_fair(fair_id, candidate_id=candidate_id)
    until = {file.recording_id: file.expires_at for file in files}
    own: list[OwnRecording] = []
    for recording in tuple(projection.recordings.values()):
        name, ticket = recording.recording_id, projection.tickets[recording.ticket_id]
        if ticket.candidate_id != candidate_id or not recording.was_on:
            continue
        if name in until or not await ledger.recordings.is_gone(fair_id, name):
            found = OwnRecording(
                recording_id=name, ticket_id=ticket.ticket_id, expires_at=until.get(name)
            )
            own.append(found)
    return own


# --- change it ----------------------------------------------------------------------------------


@routes.put("/api/fairs/{fair_id}/my-data")
@contract(Act.MY_DATA, MyData, body=Answers, refusals=(Code.FIELD_WRONG, Code.TOO_YOUNG))
async def correct_my_data(request: web.Request) -> web.Response:
    """Correct the own answers, by the rules of registration; booths read them anew."""
    principal = principal_of(request)
    node, fair = request.app[NODE], live_fair(request)
    answers = await read_body(request, Answers)
    await node.ledger.own_data.correct(principal.fair_id, principal.subject_id, answers)
    await _tell(node, principal, withdrawn=_has_withdrawn(fair, principal))
    return json_response(await _gather(node, fair, principal))


@routes.post("/api/fairs/{fair_id}/my-data/consents")
@contract(
    Act.MY_DATA,
    MyData,
    body=Choice,
    refusals=(Code.IN_INTERVIEW, Code.BOOTH_UNKNOWN, Code.MALFORMED),
)
async def change_consent(request: web.Request) -> web.Response:
    """Give or take back one consent; what follows from it happens before the answer.

    Without ``take_part`` every line is left and none can be joined, and booths read nothing of
    the person any more. ``show_profile`` with a booth lets that booth read who the person is, or
    no more; taken back without one, no booth does.
    """
    principal = principal_of(request)
    node, fair = request.app[NODE], live_fair(request)
    choice = await read_body(request, Choice)
    if choice.booth_id is not None:
        await _show_to_booth(node, fair, principal, choice, choice.booth_id)
        return json_response(await _gather(node, fair, principal))
    is_taking_part = choice.purpose is Purpose.TAKE_PART
    withdrawn = not choice.given if is_taking_part else _has_withdrawn(fair, principal)
    if withdrawn and is_taking_part:  # may be refused, in an interview: nothing is noted then
        await _tell(node, principal, withdrawn=True)
    await node.ledger.people.record_consents(
        principal.subject_id, {choice.purpose: choice.given}, _own_word(principal, choice)
    )
    hidden = choice.purpose is Purpose.SHOW_PROFILE and not choice.given
    await _tell(node, principal, withdrawn=withdrawn, hidden=hidden)
    return json_response(await _gather(node, fair, principal))


async def _show_to_booth(
    node: Node, fair: LiveFair, principal: Principal, choice: Choice, booth_id: str
) -> None:
    """Let one booth read who the person is, or no more; the booth hears of it after the proof."""
    if choice.purpose is not Purpose.SHOW_PROFILE:
        raise Refused(Code.MALFORMED, problem="booth_id goes with show_profile only")
    if booth_id not in fair.feed.projection.booths:
        raise Refused(Code.BOOTH_UNKNOWN, booth_id=booth_id)
    await node.ledger.people.show_to_booth(
        principal.subject_id, booth_id, given=choice.given, how=_own_word(principal, choice)
    )
    await node.line.run(
        principal.fair_id,
        "show_profile",
        Actor.candidate(principal.subject_id),
        candidate_id=principal.subject_id,
        booth_id=booth_id,
        shown=choice.given,
    )


def _own_word(principal: Principal, choice: Choice) -> Statement:
    return Statement(
        text_version=CONSENT_TEXT,
        language=choice.language,
        channel=Channel.OWN_TAP,
        recorded_by=f"candidate:{principal.subject_id}",
    )


def _has_withdrawn(fair: LiveFair, principal: Principal) -> bool:
    owner = fair.feed.projection.candidates.get(principal.subject_id)
    return owner is not None and owner.withdrawn


async def _tell(node: Node, principal: Principal, **what: Any) -> None:
    """Let booths read the person anew; who has withdrawn leaves every line in the same step."""
    actor = Actor.candidate(principal.subject_id)
    await node.line.run(
        principal.fair_id, "change_profile", actor, candidate_id=principal.subject_id, **what
    )


@routes.delete("/api/fairs/{fair_id}/my-data")
@contract(Act.MY_DATA, status=204, body=Erasure, refusals=(Code.FIELD_WRONG, Code.IN_INTERVIEW))
async def erase_my_data(request: web.Request) -> web.Response:
    """Erase the person who is signed in: lines left, answers emptied, signed out everywhere.

    Raises ``Refused`` ``in_interview`` before anything is changed.
    """
    principal = principal_of(request)
    node, fair = request.app[NODE], live_fair(request)
    asked = await read_body(request, Erasure)
    if str(asked.number) != principal.display_name:
        fault = {"field": "number", "problem": "not_a_choice"}
        raise Refused(Code.FIELD_WRONG, **fault, fields=[fault])
    tickets = _tickets(fair.feed.projection, principal.subject_id)
    person = f"candidate:{principal.subject_id}"
    await _tell(node, principal, withdrawn=True)
    security.note(Deed.ERASED, who=person, of=person, fair_id=principal.fair_id)
    projection = fair.feed.projection
    await node.recordings.remove_of(principal.fair_id, projection, principal.subject_id)
    await node.ledger.own_data.erase(
        principal.fair_id, principal.subject_id, [ticket.ticket_id for ticket in tickets]
    )
    await _tell(node, principal, withdrawn=True, erased=True)
    await _take_back_dates(node, principal)
    node.end_subject(principal.subject_id)
    response = web.Response(status=204)
    drop_cookie(request, response, node.settings, principal.slot)
    return response


async def _take_back_dates(node: Node, principal: Principal) -> None:
    """Tell booths of the second interviews that went with the person."""
    for second in await node.ledger.second_interviews.of_candidate(principal.subject_id):
        await node.line.run(
            principal.fair_id,
            "note_second_interview",
            Actor.candidate(principal.subject_id),
            ticket_id=second.ticket_id,
            state=second.state.value,
            starts_at=second.starts_at,
            sequence=second.sequence,
        )
