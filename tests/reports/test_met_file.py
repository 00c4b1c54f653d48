"""The list of people met as CSV and as a workbook, read back as a spreadsheet would."""

from __future__ import annotations

import csv
import io
import zipfile
from xml.etree import ElementTree

import msgspec
import pytest

from fairserver.domain.states import InterviewMode, Outcome, SecondState, TicketState
from fairserver.ledger.met import SharedAnswer
from fairserver.ledger.people import BoothProfile
from fairserver.reports.met import FIELDS, MetPerson, SecondMeeting
from fairserver.reports.met_file import Origin, met_csv, met_workbook

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
#: 2026-11-25 09:30 in Việt Nam.
_AT = 1_795_573_800_000

ORIGIN = Origin(fair="Phiên thử", booth="07 · May Việt Tiến", by="=1+1", at=_AT)


def somebody(**changes: object) -> MetPerson:
    """A person who shares everything and was offered a second interview."""
    shown = BoothProfile(
        full_name="Nguyễn Thị Hoà",
        birth_year=1999,
        sex="nu",
        commune="Xã Đức Lập",
        wish="May công nghiệp",
        phone="+84912345678",
    )
    second = SecondMeeting(
        state=SecondState.ACCEPTED, starts_at=_AT, minutes=30, online=False, place="Cổng 2"
    )
    person = MetPerson(
        ticket_id="t1",
        number=42,
        state=TicketState.DONE,
        started_at=_AT,
        finished_at=_AT + 600_000,
        minutes=10,
        mode=InterviewMode.ONLINE,
        outcome=Outcome.SECOND_INTERVIEW,
        reason=None,
        published=True,
        person=shown,
        notes=["Tay nghề tốt", "Gọi lại"],
        answers=[said("q1", "text", "Hai năm"), said("q2", "yes_no", "yes")],
        second_interview=second,
    )
    return msgspec.structs.replace(person, **changes)


def said(name: str, kind: str, answer: str, side: str = "candidate") -> SharedAnswer:
    """An answer to a question that is called by its name."""
    fields = {"question_id": name, "question": f"Câu {name}", "kind": kind}
    return msgspec.convert({**fields, "side": side, "answer": answer}, SharedAnswer)


def rows_of(body: bytes) -> list[list[str]]:
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def cells_of(body: bytes, sheet: int = 1) -> dict[str, tuple[str, str]]:
    """Read a sheet: by place the kind of the cell (``s`` text, ``n`` number) and its value."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        strings = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        shared = ["".join(one.itertext()) for one in strings.iter(f"{_MAIN}si")]
        root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
    found = {}
    for cell in root.iter(f"{_MAIN}c"):
        assert cell.find(f"{_MAIN}f") is None, "a formula"
        kind, value = cell.get("t", "n"), cell.findtext(f"{_MAIN}v", "")
        found[cell.get("r", "")] = (kind, shared[int(value)] if kind == "s" else value)
    return found


def test_csv_is_read_with_its_marks_and_says_the_telephone_as_it_is_dialled() -> None:
    head, row = rows_of(met_csv([somebody()], "vi"))
    told = dict(zip(head, row, strict=True))
    assert len(head) == len(FIELDS)
    assert told["Họ và tên"] == "Nguyễn Thị Hoà"
    assert told["Điện thoại"] == "0912 345 678"
    assert told["Gặp lúc"] == "25/11/2026 09:30"
    assert told["Kết quả"] == "Hẹn lần hai"
    assert told["Ghi chú"] == "Tay nghề tốt\nGọi lại"
    assert told["Trả lời câu hỏi của gian"] == "Câu q1 – Hai năm\nCâu q2 – Có"
    assert (told["Hẹn lần hai"], told["Trạng thái hẹn"]) == ("25/11/2026 09:30", "Đã nhận lời")


@pytest.mark.parametrize(
    "text", ["=1+1", "+84", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "＋1", "－1", "＠a"]
)
def test_no_cell_of_a_csv_begins_like_a_formula(text: str) -> None:
    profile = msgspec.structs.replace(somebody().person, full_name=text, wish=text, commune=text)
    person = somebody(person=profile, notes=[text])
    _, row = rows_of(met_csv([person], "en"))
    assert [cell for cell in row if cell.endswith(text.strip())]
    assert all(cell[:1] not in ("=", "+", "-", "@", "\t", "\r", " ", "＝", "＋") for cell in row)


def test_a_workbook_holds_numbers_dates_and_text_but_no_formula() -> None:
    people = [somebody(notes=["=HYPERLINK(1)"]), somebody(number=43, second_interview=None)]
    body = met_workbook(people, "en", ORIGIN)
    cells = cells_of(body)
    assert cells["A1"] == ("s", "Number")
    assert cells["A2"] == ("n", "42")
    assert cells["B2"] == ("s", "Nguyễn Thị Hoà")
    assert cells["N2"] == ("s", "=HYPERLINK(1)")
    kind, day = cells["H2"]
    assert kind == "n"
    assert round(float(day) % 1 * 24 * 60) == 9 * 60 + 30
    about = dict(cells_of(body, 2).values())
    assert "s" in about
    assert ("s", "=1+1") in cells_of(body, 2).values()


def test_who_shares_nothing_is_a_number_with_an_outcome() -> None:
    _, row = rows_of(met_csv([somebody(person=None, notes=[])], "en"))
    assert row[:7] == ["42", *["(not shared)"] * 6]
    assert row[10] == "Second interview"


def test_what_an_adviser_wrote_down_stands_in_the_place_of_the_persons_own_answer() -> None:
    answers = [said("q1", "text", "Hai năm ở Bến Lức", "desk"), said("q1", "text", "Hai năm")]
    _, row = rows_of(met_csv([somebody(answers=answers)], "en"))
    assert row[FIELDS.index("answers")] == "Câu q1 – Hai năm ở Bến Lức"


def test_a_hand_over_is_no_outcome_of_this_booth() -> None:
    person = somebody(state=TicketState.HANDED_OVER, outcome=None)
    _, row = rows_of(met_csv([person], "en"))
    assert row[10] == "Handed over"
