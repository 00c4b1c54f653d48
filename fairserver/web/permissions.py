"""Who may do what about what: the one table. What it does not say is not allowed.

A row is an act: a command of the socket, or an act over HTTP. It says for each party how far its
permission reaches; a party that is not named has none. The socket asks the table before a command
runs, ``gate`` before a handler runs; both hand the reach on, and what lies beyond it is looked up
nowhere: to that party it does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
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


class Party(StrEnum):
    """Who knocks: people by their role, and two that are no people.

    A ``device`` is a machine that was let in to work at its booth's desk. It does what the desk
    needs and creates nothing: no link, key, webhook or other machine, no file of people, no change
    of what the booth offers. A ``key`` is an employer's own system.
    """

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    DEVICE = "device"
    ORGANISER = "organiser"
    SUPPORT = "support"
    GUEST = "guest"
    KEY = "key"

    @classmethod
    def of(cls, role: Role, *, is_machine: bool) -> Party:
        """Name the party of somebody who is signed in."""
        return cls.DEVICE if is_machine else cls(role.value)


class Act(StrEnum):
    """What is done over HTTP; every address names one."""

    #: Seeing who one is signed in as; seeing and ending the own sign-ins.
    SESSION = "session"
    #: Who works at the fair: signing them out, letting them go.
    STAFF = "staff"
    #: Signing a person out everywhere who says that it must be.
    CANDIDATE_SESSIONS = "candidate_sessions"
    #: What stopped because who had made it was let go: taking it over, or not.
    LEFT_BEHIND = "left_behind"
    #: Who the person is whom a ticket has brought to the booth.
    PERSON = "person"
    #: Booths that fit a wish.
    SUGGESTIONS = "suggestions"
    #: Why a ticket still waits.
    WHY = "why"
    #: The line of any booth, by numbers.
    BOOTH_LINE = "booth_line"
    #: A second interview with its place, the own rating.
    AFTER = "after"
    CALENDAR_FILE = "calendar_file"
    #: Free times of a booth, and the changing of them.
    SLOTS = "slots"
    CHANGE_SLOTS = "change_slots"
    #: What the own booth has corrected of its vacancies and questions, and correcting it.
    BOOTH = "booth"
    CORRECT_BOOTH = "correct_booth"
    #: Taking somebody on at the own booth.
    NEW_COLLEAGUE = "new_colleague"
    #: Making a link for a third person from outside.
    GUEST_LINK = "guest_link"
    #: Answers to the questions of a booth; taking all of one's own turn back.
    ANSWERS = "answers"
    OWN_ANSWERS = "own_answers"
    #: What the own booth noted of a person before.
    EARLIER = "earlier"
    #: Everything that is stored about a person.
    MY_DATA = "my_data"
    #: The own ticket link once more.
    OWN_LINK = "own_link"
    #: Trying camera and network against the echo.
    ECHO = "echo"
    #: Who the third person of an interview is.
    GUEST = "guest"
    #: Who else works at the own booth.
    COLLEAGUES = "colleagues"
    #: The people whom a booth has met, on the page and as a file.
    PEOPLE_MET = "people_met"
    #: The log of what booths took along.
    DISCLOSURES = "disclosures"
    #: Recordings: sent by the desk, fetched by the booth and the organiser, deleted by these and
    #: by the person in them.
    RECORDING_UPLOAD = "recording_upload"
    RECORDINGS = "recordings"
    RECORDING_REMOVAL = "recording_removal"
    #: Keys of an employer's own system.
    API_KEYS = "api_keys"
    #: A candidate's code given again, and whose number it is.
    NEW_CODE = "new_code"
    #: Machines that work at a booth's desk: letting them in, and letting them go.
    DEVICES = "devices"
    #: What an employer's own system reads, and where it is told.
    EMPLOYER_BOOTH = "employer_booth"
    EMPLOYER_PEOPLE = "employer_people"
    WEBHOOKS = "webhooks"


#: One row: how far the permission of each party reaches.
Row = Mapping[Party, Scope]

_ANYBODY: Row = {
    Party.CANDIDATE: Scope.OWN,
    Party.RECRUITER: Scope.BOOTH,
    Party.DEVICE: Scope.BOOTH,
    Party.ORGANISER: Scope.FAIR,
    Party.SUPPORT: Scope.FAIR,
    Party.GUEST: Scope.OWN,
}
_CANDIDATE: Row = {Party.CANDIDATE: Scope.OWN}
_ORGANISER: Row = {Party.ORGANISER: Scope.FAIR}
_CONTROL: Row = {**_ORGANISER, Party.SUPPORT: Scope.FAIR}
#: The people of a booth; with the machine at their desk.
_RECRUITER: Row = {Party.RECRUITER: Scope.BOOTH}
_BOOTH: Row = {**_RECRUITER, Party.DEVICE: Scope.BOOTH}
_KEY: Row = {Party.KEY: Scope.BOOTH}
_CANDIDATE_OR_ORGANISER: Row = {**_CANDIDATE, **_ORGANISER}
_RECRUITER_OR_ORGANISER: Row = {**_RECRUITER, **_ORGANISER}
_BOOTH_OR_ORGANISER: Row = {**_BOOTH, **_ORGANISER}
_ENDS: Row = {**_CANDIDATE, **_BOOTH}
_ROOM: Row = {**_ENDS, Party.GUEST: Scope.OWN}

#: What is sent over the socket.
PERMISSIONS: dict[type[c.Command], Row] = {
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
    c.RemoveGuest: {**_BOOTH, Party.GUEST: Scope.OWN},
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

#: What is read and written over HTTP.
ACTS: dict[Act, Row] = {
    Act.SESSION: _ANYBODY,
    Act.STAFF: _ORGANISER,
    Act.CANDIDATE_SESSIONS: _ORGANISER,
    Act.LEFT_BEHIND: _RECRUITER_OR_ORGANISER,
    Act.PERSON: _BOOTH,
    Act.SUGGESTIONS: {**_ENDS, **_CONTROL},
    Act.WHY: {**_ENDS, **_CONTROL},
    Act.BOOTH_LINE: _CONTROL,
    Act.AFTER: _ENDS,
    Act.CALENDAR_FILE: _CANDIDATE,
    Act.SLOTS: _BOOTH,
    Act.CHANGE_SLOTS: _RECRUITER,
    Act.BOOTH: _BOOTH,
    Act.CORRECT_BOOTH: _RECRUITER,
    Act.NEW_COLLEAGUE: _RECRUITER,
    Act.GUEST_LINK: _RECRUITER,
    Act.ANSWERS: _ENDS,
    Act.OWN_ANSWERS: _CANDIDATE,
    Act.EARLIER: _BOOTH,
    Act.MY_DATA: _CANDIDATE,
    Act.OWN_LINK: _CANDIDATE,
    Act.ECHO: _ENDS,
    Act.GUEST: _ROOM,
    Act.COLLEAGUES: _BOOTH,
    Act.PEOPLE_MET: _RECRUITER,
    Act.DISCLOSURES: _RECRUITER_OR_ORGANISER,
    Act.RECORDING_UPLOAD: _BOOTH,
    Act.RECORDINGS: _RECRUITER_OR_ORGANISER,
    Act.RECORDING_REMOVAL: {**_CANDIDATE, **_RECRUITER_OR_ORGANISER},
    Act.API_KEYS: _RECRUITER_OR_ORGANISER,
    Act.NEW_CODE: _ORGANISER,
    Act.DEVICES: _RECRUITER_OR_ORGANISER,
    Act.EMPLOYER_BOOTH: _KEY,
    Act.EMPLOYER_PEOPLE: _KEY,
    Act.WEBHOOKS: _KEY,
}

#: The views that each party may watch.
VIEWS: dict[Party, frozenset[str]] = {
    Party.CANDIDATE: frozenset({"me", "hall"}),
    Party.RECRUITER: frozenset({"booth", "hall", "guest"}),
    Party.DEVICE: frozenset({"booth", "hall", "guest"}),
    Party.ORGANISER: frozenset({"control", "hall"}),
    Party.SUPPORT: frozenset({"control", "hall"}),
    Party.GUEST: frozenset({"guest"}),
}


def scope_of(party: Party, act: type[c.Command] | Act) -> Scope | None:
    """Tell how far a party's permission for an act reaches; None is no permission."""
    row = ACTS.get(act) if isinstance(act, Act) else PERMISSIONS.get(act)
    return row.get(party) if row is not None else None
