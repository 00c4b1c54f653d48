"""Characters that nobody can read, in every text that somebody may send: none is kept or told."""

from __future__ import annotations

import re
import sqlite3
import time
import typing
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from fairserver.domain.texts import clean_lines, clean_text, cleaned
from fairserver.line.keys import stream_key
from fairserver.protocol import commands as c
from fairserver.web.contract import CONTRACTS
from tests.web.support import Server

#: NUL, escape, both kinds of direction marks, nothing wide, a byte order mark, a private one,
#: an unassigned one and a tag.
BAD = "\x00\x1b\u202e\u2066\u200b\ufeff\ue000\u0378\U000e0041\x7f"


def bad(text: str) -> str:
    """A text with all of them before, within and behind it."""
    half = len(text) // 2
    return f"{BAD}{text[:half]}{BAD}{text[half:]}{BAD}"


def unreadable(text: str) -> list[str]:
    """What nobody may read in a text; new lines are allowed where people write several."""
    return [f"U+{ord(x):04X}" for x in text if unicodedata.category(x)[0] == "C" and x != "\n"]


def kept_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Every text of every table, with where it is."""
    with closing(sqlite3.connect(path)) as db:
        for (table,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            rows = db.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in rows.description]
            for row in rows:
                for name, value in zip(names, row, strict=True):
                    if isinstance(value, str):
                        yield f"{table}.{name}", value


async def test_nothing_unreadable_is_kept_or_told_of_what_people_and_programs_send(
    server: Server, store: Redis
) -> None:
    answers = {"full_name": bad("Trần Thị Mai"), "commune": bad("Xã Đức Lập"), "wish": bad("May")}
    await server.candidate(**answers)
    meeting = await server.meeting()
    await meeting.talk()
    ticket = {"ticket_id": meeting.ticket_id}
    await meeting.recruiter.do("invite_guest", role="interpreter", name=bad("Bà Lan"), **ticket)
    await meeting.recruiter.do("remove_guest", **ticket)
    await meeting.recruiter.do("finish", outcome="second_interview", **ticket)
    note = bad("Dòng một\nDòng hai")
    await meeting.recruiter.do("record_outcome", outcome="second_interview", note=note, **ticket)
    soon = int(time.time() * 1000) + 3 * 24 * 3600 * 1000
    place = {"starts_at": soon, "place": bad("Cổng chính")}
    await meeting.recruiter.do("offer_second_interview", **ticket, **place)
    recruiter = meeting.recruiter_person.token
    slots = {"starts_at": [soon], "minutes": 30, "place": bad("Phòng 2")}
    bodies = {
        "slots": slots,
        "devices": {"booth_id": "b1", "name": bad("Máy bàn 1")},
        "keys": {"booth_id": "b1", "name": bad("Phần mềm")},
        "colleagues": {"name": bad("Chị Lan")},
    }
    for path, body in bodies.items():
        reply = await server.post(f"{server.fair_url}/{path}", body, token=recruiter)
        assert reply.status in (200, 201, 204), (path, reply.body)
    own = {**answers, "phone": "0912 345 678", "birth_year": 1999, "sex": "nu"}
    path = f"{server.fair_url}/my-data"
    corrected = await server.request("PUT", path, own, token=meeting.person.token)
    assert corrected.status in (200, 204), corrected.body
    found = list(kept_texts(server.node.settings.data / "ledger.sqlite"))
    assert {where: unreadable(text) for where, text in found if unreadable(text)} == {}
    texts = {text for _, text in found}
    expected = {
        "Trần Thị Mai",
        "Dòng một\nDòng hai",
        "Cổng chính",
        "Phòng 2",
        "Chị Lan",
        "Máy bàn 1",
    }
    assert expected <= texts
    for _, fields in await store.xrange(stream_key(server.fair_id)):
        assert unreadable(fields[b"e"].decode()) == []


def _strings(kind: Any, seen: set[Any]) -> Iterator[tuple[str, msgspec.inspect.StrType]]:
    """Walk over every text within a type, with its struct's and field's name."""
    info = msgspec.inspect.type_info(kind) if not isinstance(kind, msgspec.inspect.Type) else kind
    if isinstance(info, msgspec.inspect.StructType) and info.cls not in seen:
        seen.add(info.cls)
        for field in info.fields:
            for where, text in _strings(field.type, seen):
                yield where or f"{info.cls.__name__}.{field.name}", text
    elif isinstance(info, msgspec.inspect.UnionType):
        for one in info.types:
            yield from _strings(one, seen)
    elif isinstance(info, msgspec.inspect.DictType):
        yield from _strings(info.key_type, seen)
        yield from _strings(info.value_type, seen)
    elif isinstance(info, msgspec.inspect.ListType):
        yield from _strings(info.item_type, seen)
    elif isinstance(info, msgspec.inspect.StrType):
        yield "", info


#: Only compared with what there is, or measured by the ledger's own rules, which name the field.
_ELSEWHERE = re.compile(
    r"(SignInRequest|CandidateForm|RegisterRequest|Answers|Choice|NewSlots|JobWish)\..*"
)


def test_every_text_that_may_be_sent_has_a_length() -> None:
    bodies = [said.body for said in CONTRACTS.values() if said.body is not None]
    kinds = [*typing.get_args(c.AnyCommand), *bodies]
    seen: set[Any] = set()
    texts = [found for kind in kinds for found in _strings(kind, seen)]
    assert len(texts) > 50
    loose = [
        where
        for where, text in texts
        if text.max_length is None and text.pattern is None and not _ELSEWHERE.fullmatch(where)
    ]
    assert loose == []


def test_cleaning_keeps_what_people_write() -> None:
    for text in ("Nguyễn Thị Hoà", "Đỗ Mười – «Tân An»", "日本語", "한국어", "a\u0301"):
        assert clean_text(text) == unicodedata.normalize("NFC", text)
    assert clean_lines("một\r\n\n\n\n  hai  \tba\u2028bốn\n") == "một\n\nhai ba bốn"
    command = c.Ping(id="k1")
    assert cleaned(command) is command


@pytest.mark.parametrize(
    "code", [*range(32), 0x7F, 0x85, 0xAD, *range(0x202A, 0x202F), 0x2066, 0xFEFF]
)
def test_no_control_or_direction_mark_is_left(code: int) -> None:
    assert clean_text(f"a{chr(code)}b") in ("ab", "a b")
    sdp = c.Signal(
        id="k", ticket_id="t1", peer="peer-one", epoch=1, kind="offer", sdp=f"v=0\r\n{chr(code)}"
    )
    kept = cleaned(sdp).sdp
    assert kept.startswith("v=0\r\n")
    assert unreadable(kept.replace("\r", "").replace("\t", "")) == []


@pytest.mark.parametrize(
    "char",
    "\u034f\u115f\u1160\u17b4\u180b\u2800\u3164\ufe0f\uffa0\U000e0100",
    ids=lambda char: f"U+{ord(char):04X}",
)
async def test_a_name_of_letters_that_nobody_sees_is_none(server: Server, char: str) -> None:
    refused = await server.register(full_name=char * 8)
    assert (refused.status, refused.json["code"]) == (400, "field_wrong")
    assert clean_text(f"Ho{char}a\u0300") == "Hoà"


def test_marks_do_not_climb_over_other_lines() -> None:
    tower = "a" + "\u0300\u0301\u0302\u0303" * 20
    assert len(clean_text(f"{tower} {tower}")) <= 2 * 5 + 1
    for name in ("Nguyễn Thị Hoà", "Trần Thị Mỹ Hạnh", "Hêrê Bkrông", "วัฒนา", "ស្រី", "👩‍🌾"):
        letters = name.replace("\u200d", "")
        assert clean_text(name) == letters
        assert clean_text(clean_text(name)) == clean_text(name)
