"""Who may send which command about what: the one table.

The socket asks it before a command runs; the transition itself then looks records up only
within the scope given here, so what a person may not touch is to them as if it did not exist.
"""

from __future__ import annotations

from enum import StrEnum

from fairserver.domain.states import Role
from fairserver.protocol import commands as c


class Scope(StrEnum):
    """How far a permission reaches."""

    #: The candidate's own turns; the interview that a guest is asked into.
    OWN = "own"
    #: What belongs to the recruiter's booth.
    BOOTH = "booth"
    #: Everything of the fair.
    FAIR = "fair"


_ANYBODY = {
    Role.CANDIDATE: Scope.OWN,
    Role.RECRUITER: Scope.BOOTH,
    Role.ORGANISER: Scope.FAIR,
    Role.SUPPORT: Scope.FAIR,
    Role.GUEST: Scope.OWN,
}
_CANDIDATE = {Role.CANDIDATE: Scope.OWN}
_CANDIDATE_OR_ORGANISER = {Role.CANDIDATE: Scope.OWN, Role.ORGANISER: Scope.FAIR}
_BOOTH_OR_ORGANISER = {Role.RECRUITER: Scope.BOOTH, Role.ORGANISER: Scope.FAIR}
_BOOTH = {Role.RECRUITER: Scope.BOOTH}
_ENDS = {Role.CANDIDATE: Scope.OWN, Role.RECRUITER: Scope.BOOTH}
_ROOM = {**_ENDS, Role.GUEST: Scope.OWN}
_ORGANISER = {Role.ORGANISER: Scope.FAIR}

#: Role by role, how far each command reaches; a role that is not named may not send it.
PERMISSIONS: dict[type[c.Command], dict[Role, Scope]] = {
    c.Hello: _ANYBODY,
    c.Unwatch: _ANYBODY,
    c.Ping: _ANYBODY,
    c.PushSubscribe: _CANDIDATE,
    c.PushUnsubscribe: _CANDIDATE,
    c.Join: _CANDIDATE_OR_ORGANISER,
    c.Leave: _CANDIDATE_OR_ORGANISER,
    c.Accept: _CANDIDATE_OR_ORGANISER,
    c.MoreTime: _CANDIDATE_OR_ORGANISER,
    c.Ready: _CANDIDATE_OR_ORGANISER,
    c.NotNow: _CANDIDATE_OR_ORGANISER,
    c.AnswerHandOver: _CANDIDATE_OR_ORGANISER,
    c.ChooseWay: _CANDIDATE_OR_ORGANISER,
    c.OpenDesk: _BOOTH,
    c.CallNext: _BOOTH,
    c.PauseDesk: _BOOTH_OR_ORGANISER,
    c.CloseDesk: _BOOTH_OR_ORGANISER,
    c.MarkMissed: _BOOTH_OR_ORGANISER,
    c.Start: _BOOTH,
    c.Finish: _BOOTH_OR_ORGANISER,
    c.RecordOutcome: _BOOTH,
    c.OfferHandOver: _BOOTH,
    c.MakeAppointment: _BOOTH_OR_ORGANISER,
    c.PublishResult: _BOOTH,
    c.OfferSecondInterview: _BOOTH,
    c.AnswerSecondInterview: _CANDIDATE,
    c.CancelSecondInterview: _BOOTH,
    c.RateAdvice: _CANDIDATE,
    c.RecordAnswers: _ENDS,
    c.Recall: _BOOTH_OR_ORGANISER,
    c.PauseBooth: _BOOTH_OR_ORGANISER,
    c.ResumeBooth: _BOOTH_OR_ORGANISER,
    c.InviteGuest: _BOOTH,
    c.AnswerGuest: _CANDIDATE,
    c.RemoveGuest: {Role.RECRUITER: Scope.BOOTH, Role.GUEST: Scope.OWN},
    c.AskRecording: _BOOTH,
    c.AnswerRecording: _ROOM,
    c.WithdrawRecording: _ROOM,
    c.EnterRoom: _ROOM,
    c.ReportRoom: _ROOM,
    c.Signal: _ROOM,
    c.OpenFair: _ORGANISER,
    c.PauseFair: _ORGANISER,
    c.CloseFair: _ORGANISER,
    c.MoveTicket: _ORGANISER,
    c.ChangeSettings: _ORGANISER,
    c.ChangeBooth: _ORGANISER,
    c.PutAlarmAside: _ORGANISER,
}

#: The views that each role may watch.
VIEWS: dict[Role, frozenset[str]] = {
    Role.CANDIDATE: frozenset({"me", "hall"}),
    Role.RECRUITER: frozenset({"booth", "hall", "guest"}),
    Role.ORGANISER: frozenset({"control", "hall"}),
    Role.SUPPORT: frozenset({"control", "hall"}),
    Role.GUEST: frozenset({"guest"}),
}

#: Who may try camera and network against the echo.
MAY_TRY: frozenset[Role] = frozenset({Role.CANDIDATE, Role.RECRUITER})


#: What is read and written over HTTP after an interview, in the same terms.
RESOURCES: dict[str, dict[Role, Scope]] = {
    #: A second interview with its place, the own rating.
    "after": _ENDS,
    "calendar_file": _CANDIDATE,
    #: Free times of a booth.
    "slots": _BOOTH,
    #: Vacancies and questions of the own booth, and who works there.
    "booth": _BOOTH,
    "new_colleague": _BOOTH,
    #: Answers to the questions of a booth; taking all of one's own turn back.
    "answers": _ENDS,
    "own_answers": _CANDIDATE,
    #: What the own booth noted of a person before.
    "earlier": _BOOTH,
    #: Everything that is stored about a person.
    "my_data": _CANDIDATE,
    #: Who the third person of an interview is.
    "guest": _ROOM,
    #: Who else works at the own booth.
    "colleagues": _BOOTH,
    #: The people whom a booth has met, on the page and as a file.
    "people_met": _BOOTH,
    #: The log of what booths took along.
    "disclosures": _BOOTH_OR_ORGANISER,
    #: Recordings: sent by the desk, fetched by the booth and the organiser, deleted by these and
    #: by the person in them.
    "recording_upload": _BOOTH,
    "recordings": _BOOTH_OR_ORGANISER,
    "recording_removal": {**_CANDIDATE_OR_ORGANISER, **_BOOTH},
    #: Keys of an employer's own system.
    "api_keys": _BOOTH_OR_ORGANISER,
    #: Machines that work at a booth's desk: letting them in, and letting them go.
    "devices": _BOOTH_OR_ORGANISER,
}


def scope_of(role: Role, command: type[c.Command]) -> Scope | None:
    """Tell how far a role's permission for a command reaches; None is no permission."""
    return PERMISSIONS[command].get(role)
