"""One appointment as a calendar file (RFC 5545, with the methods of RFC 5546)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

#: Octets of a line without its end (RFC 5545, 3.1).
_LINE_OCTETS = 75
#: When a calendar reminds of it: a day and an hour before.
_ALARMS = ("-P1D", "-PT1H")

_ZONE = "Asia/Ho_Chi_Minh"
#: Việt Nam keeps UTC+7 all the year round.
_OFFSET = dt.timezone(dt.timedelta(hours=7))
_TIME_ZONE = (
    "BEGIN:VTIMEZONE",
    f"TZID:{_ZONE}",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0700",
    "TZOFFSETTO:+0700",
    "TZNAME:+07",
    "END:STANDARD",
    "END:VTIMEZONE",
)


class Appointment(NamedTuple):
    """What the calendar shows; ``uid`` stays the same for life, ``sequence`` rises by change."""

    uid: str
    sequence: int
    #: When it was last changed, and when it begins, ms.
    changed_at: int
    starts_at: int
    minutes: int
    summary: str
    place: str
    description: str
    #: Who invites: a name, and an address of the fair's page.
    organizer: str
    url: str
    #: The person has accepted it.
    confirmed: bool = False
    cancelled: bool = False


def calendar_file(appointment: Appointment) -> bytes:
    """Write the file: ``PUBLISH``, or ``CANCEL`` for one that is off, with its own time zone."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Fairserver//Second interview//VI",
        "CALSCALE:GREGORIAN",
        f"METHOD:{'CANCEL' if appointment.cancelled else 'PUBLISH'}",
        *_TIME_ZONE,
        *_event(appointment),
        "END:VCALENDAR",
    ]
    return "".join(f"{piece}\r\n" for line in lines for piece in _folded(line)).encode()


def _event(appointment: Appointment) -> Iterator[str]:
    ends_at = appointment.starts_at + appointment.minutes * 60_000
    yield "BEGIN:VEVENT"
    yield f"UID:{appointment.uid}"
    yield f"SEQUENCE:{appointment.sequence}"
    yield f"DTSTAMP:{_stamp(appointment.changed_at, dt.UTC)}Z"
    yield f"DTSTART;TZID={_ZONE}:{_stamp(appointment.starts_at, _OFFSET)}"
    yield f"DTEND;TZID={_ZONE}:{_stamp(ends_at, _OFFSET)}"
    yield f"SUMMARY:{_text(appointment.summary)}"
    if appointment.place:
        yield f"LOCATION:{_text(appointment.place)}"
    yield f"DESCRIPTION:{_text(appointment.description)}"
    yield f"ORGANIZER;CN={_parameter(appointment.organizer)}:{appointment.url}"
    yield f"URL:{appointment.url}"
    yield f"STATUS:{_status(appointment)}"
    yield "TRANSP:OPAQUE"
    if not appointment.cancelled:
        yield from _alarms(appointment.summary)
    yield "END:VEVENT"


def _status(appointment: Appointment) -> str:
    if appointment.cancelled:
        return "CANCELLED"
    return "CONFIRMED" if appointment.confirmed else "TENTATIVE"


def _alarms(summary: str) -> Iterator[str]:
    for before in _ALARMS:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{_text(summary)}"
        yield f"TRIGGER:{before}"
        yield "END:VALARM"


def _stamp(at: int, zone: dt.tzinfo) -> str:
    return dt.datetime.fromtimestamp(at / 1000, zone).strftime("%Y%m%dT%H%M%S")


def _text(words: str) -> str:
    """Escape a text value (RFC 5545, 3.3.11)."""
    for mark in ("\\", ";", ","):
        words = words.replace(mark, f"\\{mark}")
    return words.replace("\r\n", "\n").replace("\n", "\\n")


def _parameter(words: str) -> str:
    """Quote a parameter's value, which can hold no quotation mark and no line's end."""
    return (
        '"' + "".join(" " if char < " " else "'" if char == '"' else char for char in words) + '"'
    )


def _folded(line: str) -> Iterator[str]:
    """Break a line before it gets too long, never within a character."""
    piece, octets = "", 0
    for char in line:
        size = len(char.encode())
        if octets + size > _LINE_OCTETS:
            yield piece
            piece, octets = " ", 1
        piece += char
        octets += size
    yield piece
