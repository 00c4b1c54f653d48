"""Render records as the cells of the contract; pure functions of the projection."""

from __future__ import annotations

from collections import Counter

from fairserver.domain.states import LEG_SIDES, Leg, RoomSide
from fairserver.events import waits
from fairserver.events.hindrances import IdleCause, idle_cause
from fairserver.events.projection import Projection
from fairserver.events.records import (
    Alarm,
    AlarmName,
    Booth,
    Candidate,
    Desk,
    Guest,
    Room,
    Second,
    Ticket,
)
from fairserver.protocol import views


def fair_cell(projection: Projection) -> views.FairCell:
    """Render the fair's own standing."""
    return views.FairCell(
        state=projection.state,
        join_limit=projection.settings.join_limit,
        not_now_limit=projection.settings.not_now_limit,
        ends_at=projection.ends_at or None,
        recording=projection.settings.recording,
    )


def hall_booth_cell(projection: Projection, booth: Booth) -> views.HallBoothCell:
    """Render what anybody may know of a booth."""
    return views.HallBoothCell(
        booth_id=booth.booth_id,
        mode=booth.mode,
        waiting=len(booth.line),
        desks_working=waits.working_desks(projection, booth),
        wait=waits.newcomer_wait(projection, booth),
    )


def me_cell(candidate: Candidate) -> views.MeCell:
    """Render a candidate's own standing."""
    return views.MeCell(
        candidate_id=candidate.candidate_id,
        number=candidate.number,
        present=candidate.present,
        interviews=candidate.had,
        busy_ticket_id=candidate.busy_ticket_id,
        way=candidate.way,
        stands_back=candidate.stands_back,
    )


def own_ticket_cell(projection: Projection, ticket: Ticket) -> views.OwnTicketCell:
    """Render one of a candidate's own turns, with the quantised number of people ahead."""
    booth = projection.booths[ticket.booth_id]
    told = waits.quantise(projection.ahead(ticket))
    return views.OwnTicketCell(
        ticket_id=ticket.ticket_id,
        booth_id=ticket.booth_id,
        mode=booth.mode,
        state=ticket.state,
        since=ticket.since,
        ahead=told,
        ahead_exact=told <= 10,
        wait=waits.wait_of(projection, booth, ticket),
        misses=ticket.misses,
        returned=ticket.returned,
        closed_cause=ticket.closed_cause,
        not_now=ticket.not_now,
        desk_id=ticket.desk_id,
        ready=ticket.ready,
        deadline=ticket.deadline,
        extended=ticket.extended,
        hand_over_to=ticket.hand_over_to,
        interview_mode=ticket.interview_mode,
        room=room_cell(ticket.room),
        finished_at=ticket.finished_at,
        result=ticket.outcome if ticket.published else None,
        second_interview=second_cell(ticket.second),
        advice_passed=ticket.advice_passed,
        guest=guest_cell(ticket.guest, Leg.GUEST_CANDIDATE),
        questions=booth.questions,
        answered=ticket.answered,
        recording=recording_cell(projection, ticket),
        shown=is_shown(projection, ticket),
    )


def is_shown(projection: Projection, ticket: Ticket) -> bool:
    """Say whether the booth of a turn may read who its person is, as the line knows it."""
    owner = projection.candidates[ticket.candidate_id]
    return ticket.booth_id in owner.shown_to and not owner.withdrawn


def second_cell(second: Second | None) -> views.SecondInterviewCell | None:
    """Render a second interview's date, or nothing when none was offered."""
    if second is None:
        return None
    return views.SecondInterviewCell(
        state=second.state, starts_at=second.starts_at, sequence=second.sequence
    )


def room_cell(room: Room | None) -> views.RoomCell | None:
    """Render an interview's room, or nothing when there is none."""
    if room is None:
        return None
    return views.RoomCell(
        epoch=room.epoch,
        candidate_peer=room.peers[RoomSide.CANDIDATE],
        desk_peer=room.peers[RoomSide.DESK],
        candidate_state=room.states[RoomSide.CANDIDATE],
        desk_state=room.states[RoomSide.DESK],
        talk_ms=room.talk_ms,
        talking_since=room.talking_since,
    )


def leg_cell(leg: Leg, room: Room) -> views.LegCell:
    """Render a third person's connection with one of the two others."""
    offering, answering = LEG_SIDES[leg]
    return views.LegCell(
        epoch=room.epoch,
        offering_peer=room.peers[offering],
        answering_peer=room.peers[answering],
        offering_state=room.states[offering],
        answering_state=room.states[answering],
    )


def guest_cell(guest: Guest | None, leg: Leg) -> views.GuestCell | None:
    """Render the third person for who stands at the other end of a connection."""
    if guest is None:
        return None
    return views.GuestCell(
        guest_id=guest.guest_id,
        role=guest.role,
        state=guest.state,
        joined=guest.joined,
        leg=leg_cell(leg, guest.legs[leg]),
    )


def recording_cell(projection: Projection, ticket: Ticket) -> views.RecordingCell | None:
    """Render the recording that was asked for last, the same for everybody in the interview."""
    recording = ticket.recording
    if recording is None:
        return None
    return views.RecordingCell(
        recording_id=recording.recording_id,
        state=recording.state,
        waits_for=ticket.recording_waits_for,
        ended=recording.ended,
        ended_by=recording.ended_by,
        keep_days=projection.settings.recording_keep_days,
    )


def guest_ticket_cell(projection: Projection, ticket: Ticket) -> views.GuestTicketCell:
    """Render an interview for the third person who is asked into it."""
    guest = ticket.guest
    assert guest is not None
    assert ticket.desk_id is not None
    return views.GuestTicketCell(
        ticket_id=ticket.ticket_id,
        booth_id=ticket.booth_id,
        desk_id=ticket.desk_id,
        number=projection.candidates[ticket.candidate_id].number,
        role=guest.role,
        state=guest.state,
        joined=guest.joined,
        desk_leg=leg_cell(Leg.DESK_GUEST, guest.legs[Leg.DESK_GUEST]),
        candidate_leg=leg_cell(Leg.GUEST_CANDIDATE, guest.legs[Leg.GUEST_CANDIDATE]),
        recording=recording_cell(projection, ticket),
    )


def booth_cell(booth: Booth) -> views.BoothCell:
    """Render a booth's own figures for its people."""
    return views.BoothCell(
        booth_id=booth.booth_id,
        mode=booth.mode,
        minutes=booth.minutes,
        paused=booth.paused,
        waiting=len(booth.line),
        on_deck=booth.on_deck,
        interviewed=booth.interviewed,
        mean_min=_rounded(booth.mean_min),
        plan=booth.plan,
    )


def desk_cell(projection: Projection, desk: Desk) -> views.DeskCell:
    """Render a desk, with the reason when it is ready although people wait."""
    is_idle = desk.state == "ready"
    cause = idle_cause(projection, projection.booths[desk.booth_id]) if is_idle else IdleCause()
    return views.DeskCell(
        desk_id=desk.desk_id,
        booth_id=desk.booth_id,
        state=desk.state,
        since=desk.since,
        ticket_id=desk.ticket_id,
        idle_reason=cause.reason,
        idle_booth_id=cause.booth_id,
        idle_since=cause.since,
        idle_number=cause.number,
    )


def booth_ticket_cell(
    projection: Projection, ticket: Ticket, position: int
) -> views.BoothTicketCell:
    """Render a turn for the booth's people: a number, never a name."""
    owner = projection.candidates[ticket.candidate_id]
    return views.BoothTicketCell(
        ticket_id=ticket.ticket_id,
        number=owner.number,
        state=ticket.state,
        since=ticket.since,
        position=position,
        present=owner.present,
        frozen=owner.busy_ticket_id not in (None, ticket.ticket_id),
        first_interview=owner.had == 0,
        lane=ticket.lane,
        misses=ticket.misses,
        desk_id=ticket.desk_id,
        ready=ticket.ready,
        deadline=ticket.deadline,
        hand_over_to=ticket.hand_over_to,
        way=owner.way,
        interview_mode=ticket.interview_mode,
        room=room_cell(ticket.room),
        finished_at=ticket.finished_at,
        outcome=ticket.outcome,
        reason=ticket.reason,
        published=ticket.published,
        second_interview=second_cell(ticket.second),
        profile=owner.revision(ticket.booth_id),
        shown=is_shown(projection, ticket),
        answers=ticket.answers,
        guest=guest_cell(ticket.guest, Leg.DESK_GUEST),
        recording=recording_cell(projection, ticket),
    )


def control_booth_cell(projection: Projection, booth: Booth) -> views.ControlBoothCell:
    """Render one tile of the control room."""
    callable_now = sum(projection.is_callable(projection.tickets[t]) for _, t in booth.line)
    return views.ControlBoothCell(
        booth_id=booth.booth_id,
        mode=booth.mode,
        paused=booth.paused,
        waiting=len(booth.line),
        callable=callable_now,
        on_deck=booth.on_deck,
        longest_since=waits.longest_since(projection, booth),
        desks_working=waits.working_desks(projection, booth),
        interviewed=booth.interviewed,
        mean_min=_rounded(booth.mean_min),
        wait=waits.newcomer_wait(projection, booth),
        called=booth.called,
        read=booth.read,
        talked=booth.talked,
        missed_by_hand=booth.missed_by_hand,
    )


def totals_cell(projection: Projection) -> views.TotalsCell:
    """Count people and desks as the report will."""
    people = projection.candidates.values()
    desks = projection.desks.values()
    waiting_booths = {b.booth_id for b in projection.booths.values() if b.line}
    promises = projection.promises
    decided = promises.decided if promises else 0
    ratings = Counter(t.advice_passed for t in projection.tickets.values())
    outcomes = Counter(str(t.outcome) for t in projection.tickets.values() if t.outcome)
    return views.TotalsCell(
        registered=len(projection.candidates),
        present=sum(c.present for c in people),
        waiting=sum(c.is_waiting for c in people),
        on_deck=sum(c.is_on_deck for c in people),
        in_interview=projection.in_interview(),
        interviewed=projection.interviewed,
        interviews=sum(b.interviewed for b in projection.booths.values()),
        none_yet=sum(c.had == 0 for c in people),
        desks_working=sum(d.is_working for d in desks),
        desks_idle_with_waiting=sum(
            d.state == "ready" and d.booth_id in waiting_booths for d in desks
        ),
        no_shows=projection.no_shows,
        left=projection.left,
        promises_decided=decided,
        promises_kept=promises.kept if promises else 0,
        promises_late=promises.late if promises else 0,
        promise_error_min=round(promises.error_min / decided, 1) if promises and decided else None,
        outcomes=dict(sorted(outcomes.items())),
        advice_passed=ratings[True],
        advice_not_passed=ratings[False],
    )


def alarm_cell(name: AlarmName, alarm: Alarm) -> views.AlarmCell:
    """Render something that needs the organiser's eye."""
    return views.AlarmCell(kind=name.kind, subject=name.subject, count=alarm.count, at=alarm.at)


def curve_cell(projection: Projection) -> views.CurveCell:
    """Render the morning so far."""
    return views.CurveCell(start=projection.opened_at or 0, points=list(projection.curve))


def _rounded(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes, 1)
