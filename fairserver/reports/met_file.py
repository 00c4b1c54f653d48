"""The list of people met as a file for Excel: CSV or a workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import xlsxwriter

from fairserver.domain.codes import QuestionKind
from fairserver.domain.states import RoomSide, TicketState
from fairserver.ledger.met import SharedAnswer
from fairserver.protocol.types import Millis
from fairserver.reports.met import FIELDS, MetPerson

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_WIDTHS = {
    "number": 9,
    "birth_year": 9,
    "sex": 9,
    "minutes": 8,
    "note": 40,
    "answers": 40,
    "wish": 24,
}
_WIDTH = 18
#: What a spreadsheet may take for the beginning of a formula (OWASP, "CSV Injection"), also as
#: East Asian keyboards write it and behind spaces.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_MOBILE = re.compile(r"\+84(\d{3})(\d{3})(\d{3})")

Cell = str | int | dt.datetime


class Origin(NamedTuple):
    """What a file says of itself; ``at`` in ms."""

    fair: str
    booth: str
    by: str
    at: Millis


@cache
def words(language: str) -> dict[str, str]:
    """Read the words of files in one language; Vietnamese for any other."""
    name = language if language == "en" else "vi"
    raw = (files("fairserver.reports") / "words" / f"{name}.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, str])


def met_csv(people: Iterable[MetPerson], language: str) -> bytes:
    """Write CSV (RFC 4180) in UTF-8 with the mark by which Excel knows it."""
    text = words(language)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(text[f"met.column.{name}"] for name in FIELDS)
    for person in people:
        writer.writerow(_plain(cell) for cell in met_row(person, text))
    return out.getvalue().encode("utf-8-sig")


def met_workbook(people: list[MetPerson], language: str, origin: Origin) -> bytes:
    """Write an Excel workbook: the list, and a sheet that says what it is."""
    text = words(language)
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": text["met.sheet"], "author": "", "comments": ""})
        _write_list(book, people, text)
        _write_about(book, len(people), text, origin)
    return out.getvalue()


def met_row(person: MetPerson, text: Mapping[str, str]) -> list[Cell]:
    """Say one person in words, numbers and times, in the order of ``FIELDS``."""
    shown, second = person.person, person.second_interview
    moved = person.state is TicketState.HANDED_OVER
    outcome = "handed_over" if moved else person.outcome or "pending"
    hidden = text["met.not_shared"]
    return [
        person.number,
        shown.full_name if shown else hidden,
        shown.birth_year if shown else hidden,
        text[f"sex.{shown.sex}"] if shown else hidden,
        shown.commune if shown else hidden,
        shown.wish if shown else hidden,
        _local(shown.phone) if shown else hidden,
        _time(person.started_at or person.finished_at),
        person.minutes,
        text[f"mode.{person.mode}"] if person.mode else "",
        text[f"outcome.{outcome}"],
        text[f"reason.{person.reason}"] if person.reason else "",
        text["met.yes" if person.published else "met.no"],
        "\n".join(person.notes),
        "\n".join(_answers(person.answers, text)) if shown else hidden,
        _time(second.starts_at) if second else "",
        text[f"second.{second.state}"] if second else "",
        (second.place or text["second.online"]) if second else "",
    ]


def _answers(answers: list[SharedAnswer], text: Mapping[str, str]) -> list[str]:
    """Say question and answer on a line each; what an adviser wrote down stands for both."""
    said = {one.question_id: one for one in answers if one.side is RoomSide.CANDIDATE}
    said |= {one.question_id: one for one in answers if one.side is RoomSide.DESK}
    return [f"{one.question} – {_answer(one, text)}" for one in said.values()]


def _answer(one: SharedAnswer, text: Mapping[str, str]) -> str:
    is_yes_no = one.kind is QuestionKind.YES_NO
    return text[f"answer.{one.answer}"] if is_yes_no else one.answer


def _write_list(
    book: xlsxwriter.Workbook, people: list[MetPerson], text: Mapping[str, str]
) -> None:
    sheet = book.add_worksheet(text["met.sheet"])
    head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
    body = book.add_format({"valign": "top", "text_wrap": True})
    time = book.add_format({"valign": "top", "num_format": "dd/mm/yyyy hh:mm"})
    for column, name in enumerate(FIELDS):
        sheet.set_column(column, column, _WIDTHS.get(name, _WIDTH))
        sheet.write_string(0, column, text[f"met.column.{name}"], head)
    for row, person in enumerate(people, 1):
        for column, cell in enumerate(met_row(person, text)):
            if isinstance(cell, dt.datetime):
                sheet.write_datetime(row, column, cell, time)
            elif isinstance(cell, int):
                sheet.write_number(row, column, cell, body)
            else:  # always text, whatever it begins with
                sheet.write_string(row, column, cell, body)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(people), 1), len(FIELDS) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_about(
    book: xlsxwriter.Workbook, people: int, text: Mapping[str, str], origin: Origin
) -> None:
    sheet = book.add_worksheet(text["met.about"])
    sheet.set_column(0, 0, _WIDTH)
    sheet.set_column(1, 1, 70)
    wrap = book.add_format({"valign": "top", "text_wrap": True})
    at = f"{_time(origin.at):%d/%m/%Y %H:%M}"
    said = (
        *(("fair", origin.fair), ("booth", origin.booth), ("by", origin.by), ("at", at)),
        *(("people", str(people)), ("rule", text["met.about.rule_text"])),
    )
    for row, (name, value) in enumerate(said):
        sheet.write_string(row, 0, text[f"met.about.{name}"], wrap)
        sheet.write_string(row, 1, value, wrap)


def _plain(cell: Cell) -> str:
    """Write a cell as text that no spreadsheet takes for a formula."""
    if isinstance(cell, dt.datetime):
        return f"{cell:%d/%m/%Y %H:%M}"
    said = str(cell)
    return f"'{said}" if _FORMULA.match(said) else said


def _local(phone: str | None) -> str:
    """Write a number as it is dialled, with spaces: text to every spreadsheet."""
    match = _MOBILE.fullmatch(phone or "")
    return f"0{match[1]} {match[2]} {match[3]}" if match else phone or ""


def _time(at: Millis) -> dt.datetime:
    """Give the time in Việt Nam, to the second, as spreadsheets hold it: without a zone."""
    return dt.datetime.fromtimestamp(at // 1000, _ZONE).replace(tzinfo=None)
