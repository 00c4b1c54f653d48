"""The states of a fair, a desk and a ticket, as tables that one can read.

The Lua transitions in ``line/lua`` move live state along exactly these tables;
``tests/line`` walks every pair and compares.
"""

from __future__ import annotations

from enum import StrEnum


class FairState(StrEnum):
    """Where a fair stands. People are called only while it is ``open``."""

    PREPARING = "preparing"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class DeskState(StrEnum):
    """What one interviewer's place is doing.

    ``ready`` is the only state in which a desk is given the next person;
    ``wrap_up`` is the pause after an interview, until the recruiter asks for the next.
    """

    CLOSED = "closed"
    READY = "ready"
    CALLING = "calling"
    CONNECTING = "connecting"
    INTERVIEWING = "interviewing"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"


class TicketState(StrEnum):
    """A candidate's turn at one booth."""

    WAITING = "waiting"
    ON_DECK = "on_deck"
    CALLED = "called"
    CONNECTING = "connecting"
    INTERVIEWING = "interviewing"
    DONE = "done"
    HANDED_OVER = "handed_over"
    LEFT = "left"
    NO_SHOW = "no_show"
    CLOSED = "closed"


#: From each ticket state, the states that one transition may lead to.
TICKET_MOVES: dict[TicketState, frozenset[TicketState]] = {
    TicketState.WAITING: frozenset(
        {TicketState.ON_DECK, TicketState.CALLED, TicketState.LEFT, TicketState.CLOSED}
    ),
    TicketState.ON_DECK: frozenset(
        {
            TicketState.WAITING,
            TicketState.CALLED,
            TicketState.NO_SHOW,
            TicketState.LEFT,
            TicketState.CLOSED,
        }
    ),
    TicketState.CALLED: frozenset(
        {
            TicketState.CONNECTING,
            TicketState.WAITING,
            TicketState.NO_SHOW,
            TicketState.LEFT,
            TicketState.CLOSED,
        }
    ),
    TicketState.CONNECTING: frozenset(
        {
            TicketState.INTERVIEWING,
            TicketState.WAITING,
            TicketState.NO_SHOW,
            TicketState.DONE,
            TicketState.LEFT,
            TicketState.CLOSED,
        }
    ),
    TicketState.INTERVIEWING: frozenset({TicketState.DONE, TicketState.HANDED_OVER}),
    TicketState.DONE: frozenset(),
    TicketState.HANDED_OVER: frozenset(),
    TicketState.LEFT: frozenset(),
    TicketState.NO_SHOW: frozenset(),
    TicketState.CLOSED: frozenset(),
}

#: The ticket is somewhere in a line or at a desk; a candidate may hold one such per booth.
OPEN_TICKET = frozenset(state for state, moves in TICKET_MOVES.items() if moves)

#: The ticket's owner stands in a line, free to be called by it or by another.
STANDING_TICKET = frozenset({TicketState.WAITING})

#: The ticket holds its owner, on deck or at a desk: places elsewhere are frozen.
BUSY_TICKET = OPEN_TICKET - STANDING_TICKET

#: The ticket holds a desk too.
AT_DESK_TICKET = BUSY_TICKET - {TicketState.ON_DECK}

#: The desk is held by a ticket.
BUSY_DESK = frozenset({DeskState.CALLING, DeskState.CONNECTING, DeskState.INTERVIEWING})

#: The desk is staffed: it is or soon will be free for somebody.
WORKING_DESK = BUSY_DESK | {DeskState.READY, DeskState.WRAP_UP}


#: What ends each state of a ticket by itself, as the live store plans it (``call:``, ``answer:``…).
#: Where there is nothing, somebody must act, or the state holds nobody up: see ``NO_DEADLINE``.
DEADLINES: dict[TicketState, frozenset[str]] = {
    TicketState.WAITING: frozenset(),
    #: Unanswered; who has said "I'm ready" waits for a desk, and stands down when gone.
    TicketState.ON_DECK: frozenset({"answer"}),
    TicketState.CALLED: frozenset({"call"}),
    #: Not in the room in time; and, however the two meet, not in an interview in time.
    TicketState.CONNECTING: frozenset({"arrive", "connect"}),
    TicketState.INTERVIEWING: frozenset(),
}

#: Why an open state needs no deadline.
NO_DEADLINE: dict[TicketState, str] = {
    TicketState.WAITING: "holds nobody; the end of the fair or the booth closes it",
    TicketState.INTERVIEWING: (
        "ends by finish only, by the desk or the organiser: a dropped line is not a leaving. What "
        "hangs on it (a hand-over offered, a guest asked, a recording asked) ends with it"
    ),
}


class Channel(StrEnum):
    """Where a candidate takes part from."""

    HALL = "hall"
    COMMUNE = "commune"
    ONLINE = "online"


class Lane(StrEnum):
    """Which lane of a line a ticket stands in; the first ones are called before the last."""

    HAND_OVER = "hand_over"
    APPOINTMENT = "appointment"
    RECALL = "recall"
    ORDINARY = "ordinary"


class Way(StrEnum):
    """How a person takes part in an interview that is not in the hall.

    ``phone``: the recruiter calls the person's telephone; ``station``: the person is on the way
    to a computer of the fair, where it will be ``video``.
    """

    VIDEO = "video"
    AUDIO = "audio"
    PHONE = "phone"
    STATION = "station"


class Outcome(StrEnum):
    """The result of one interview (session sheet of the Centres: G1 to G6).

    The order is the order of the recruiter's keys 1 to 7.
    """

    HIRED = "hired"
    SECOND_INTERVIEW = "second_interview"
    SHORTLISTED = "shortlisted"
    NOT_SUITABLE = "not_suitable"
    OVERSEAS_REGISTERED = "overseas_registered"
    TRAINING = "training"
    PENDING = "pending"


class OutcomeReason(StrEnum):
    """Why a person was ``not_suitable``; codes only, never free text about a person."""

    SKILL = "skill"
    EXPERIENCE = "experience"
    WAGE = "wage"
    PLACE = "place"
    SHIFT = "shift"
    CONDITIONS = "conditions"
    WITHDREW = "withdrew"
    OTHER = "other"


class SecondState(StrEnum):
    """Where the appointment for a second interview stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"


#: From each state, those that one step may lead to; a changed date is offered anew.
SECOND_MOVES: dict[SecondState, frozenset[SecondState]] = {
    SecondState.OFFERED: frozenset(SecondState),
    SecondState.ACCEPTED: frozenset(SecondState),
    SecondState.DECLINED: frozenset({SecondState.OFFERED}),
    SecondState.CANCELLED: frozenset({SecondState.OFFERED}),
}


class DeliveryState(StrEnum):
    """Where a message to an employer's own system stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    #: Given up after the last try; it can be sent again by hand.
    DEAD = "dead"


class BoothMode(StrEnum):
    """How a booth meets people."""

    ONSITE = "onsite"
    ONLINE = "online"
    DELEGATED = "delegated"


class BoothKind(StrEnum):
    """Who stands at a booth."""

    EMPLOYER = "employer"
    ADVICE = "advice"
    SCHOOL = "school"
    BANK = "bank"


class ReportKind(StrEnum):
    """The kinds of session that Centres count; they exclude each other and add up."""

    DINH_KY = "dinh_ky"
    LUU_DONG = "luu_dong"
    TRUC_TUYEN = "truc_tuyen"
    CHUYEN_DE = "chuyen_de"
    DOT_XUAT = "dot_xuat"
    NGAY_HOI = "ngay_hoi"


class RoomSide(StrEnum):
    """Who stands at one end of a connection: a third person is a ``guest``."""

    CANDIDATE = "candidate"
    DESK = "desk"
    GUEST = "guest"


class Leg(StrEnum):
    """One connection between two of the people in a room; each two have one of their own."""

    MAIN = "main"
    DESK_GUEST = "desk_guest"
    GUEST_CANDIDATE = "guest_candidate"


#: The two ends of each connection; the first one offers, the second answers.
LEG_SIDES: dict[Leg, tuple[RoomSide, RoomSide]] = {
    Leg.MAIN: (RoomSide.DESK, RoomSide.CANDIDATE),
    Leg.DESK_GUEST: (RoomSide.DESK, RoomSide.GUEST),
    Leg.GUEST_CANDIDATE: (RoomSide.GUEST, RoomSide.CANDIDATE),
}


class GuestRole(StrEnum):
    """As what a third person is in an interview; everybody in it is told.

    A ``listener`` is neither seen nor heard, and shown all the same.
    """

    COLLEAGUE = "colleague"
    INTERPRETER = "interpreter"
    LISTENER = "listener"


class GuestState(StrEnum):
    """Where the third person stands: not let in before the candidate has agreed."""

    INVITED = "invited"
    AGREED = "agreed"


class RecordingState(StrEnum):
    """Where the recording of an interview stands; ``on`` only while everybody has agreed.

    ``asked`` again means that somebody came in who has not answered yet.
    """

    ASKED = "asked"
    ON = "on"
    STOPPED = "stopped"


class RecordingEnd(StrEnum):
    """Why a recording stopped.

    ``declined`` and ``withdrawn`` by somebody in the room, before and after a yes; ``ended`` with
    the interview or its video; ``not_allowed`` by the fair any more.
    """

    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    NOT_ALLOWED = "not_allowed"


class InterviewMode(StrEnum):
    """How the two talk to each other."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    PHONE = "phone"


class SideState(StrEnum):
    """What the server knows of one end of a room."""

    AWAY = "away"
    JOINED = "joined"
    CONNECTED = "connected"
    LOST = "lost"
    LEFT = "left"


class AlarmKind(StrEnum):
    """What the control room is told of beside the line itself.

    Each kind has its sentence, with what to do, in the words of the organiser's page.
    """

    CODES_GUESSED = "codes_guessed"
    REGISTRATIONS_FLOOD = "registrations_flood"
    #: A booth reads many people and talks with few.
    PEOPLE_READ = "people_read"
    STORE_FULL = "store_full"
    DISK_FULL = "disk_full"
    CLOCK_MOVED = "clock_moved"


class Role(StrEnum):
    """Who sends a command.

    A ``guest`` is invited into one interview by a link that works once; ``system`` is a node
    itself (deadlines, presence).
    """

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    ORGANISER = "organiser"
    SUPPORT = "support"
    GUEST = "guest"
    SYSTEM = "system"
