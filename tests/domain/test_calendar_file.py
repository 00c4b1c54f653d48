"""The calendar file: what RFC 5545 asks of one, and what a calendar reads in it."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from fairserver.domain.calendar_file import Appointment, calendar_file

_STARTS = dt.datetime(2026, 11, 27, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))
SECOND = Appointment(
    uid="i123@fairserver",
    sequence=2,
    changed_at=1_795_600_000_000,
    starts_at=int(_STARTS.timestamp() * 1000),
    minutes=45,
    summary="Phỏng vấn lần hai – Công ty May; Việt, Tiến \\ Long An và các chi nhánh trong tỉnh",
    place="Cổng 2,\nKCN Long Hậu",
    description="Mời đến",
    organizer='Công ty "May"',
    url="https://viec-lam.example/f/tay-ninh/",
)


def unfolded(raw: bytes) -> list[str]:
    """The lines as they were before they were broken."""
    return re.sub(r"\r\n[ \t]", "", raw.decode()).split("\r\n")


def test_lines_end_as_they_must_and_none_is_too_long_or_broken_within_a_letter() -> None:
    raw = calendar_file(SECOND)
    assert raw.endswith(b"\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def test_the_event_keeps_its_name_and_says_when_where_and_what() -> None:
    lines = unfolded(calendar_file(SECOND))
    assert "UID:i123@fairserver" in lines
    assert "SEQUENCE:2" in lines
    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20261127T083000" in lines
    assert "DTEND;TZID=Asia/Ho_Chi_Minh:20261127T091500" in lines
    assert "LOCATION:Cổng 2\\,\\nKCN Long Hậu" in lines
    assert any("May\\; Việt\\, Tiến \\\\ Long An" in line for line in lines)
    assert "ORGANIZER;CN=\"Công ty 'May'\":https://viec-lam.example/f/tay-ninh/" in lines
    assert lines.count("TRIGGER:-P1D") == lines.count("TRIGGER:-PT1H") == 1


@pytest.mark.parametrize(
    ("changes", "method", "status", "alarms"),
    [
        ({}, "PUBLISH", "TENTATIVE", 2),
        ({"confirmed": True}, "PUBLISH", "CONFIRMED", 2),
        ({"cancelled": True}, "CANCEL", "CANCELLED", 0),
    ],
)
def test_what_is_off_is_cancelled_and_reminds_nobody(
    changes: dict[str, bool], method: str, status: str, alarms: int
) -> None:
    lines = unfolded(calendar_file(SECOND._replace(**changes)))
    assert f"METHOD:{method}" in lines
    assert f"STATUS:{status}" in lines
    assert lines.count("BEGIN:VALARM") == alarms


def test_a_calendar_library_reads_the_same() -> None:
    icalendar = pytest.importorskip("icalendar")
    calendar = icalendar.Calendar.from_ical(calendar_file(SECOND))
    assert calendar["METHOD"] == "PUBLISH"
    (event,) = calendar.walk("VEVENT")
    assert event["UID"] == SECOND.uid
    assert event["SUMMARY"] == SECOND.summary
    assert event["LOCATION"] == SECOND.place
    assert event.decoded("DTSTART") == _STARTS
    assert event.decoded("DTEND") - _STARTS == dt.timedelta(minutes=45)
    assert len(event.walk("VALARM")) == 2
