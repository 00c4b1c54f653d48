"""Names, telephone numbers and secrets stay where they belong."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec
from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, Outcome, Role
from fairserver.ledger import Ledger
from fairserver.ledger.archiver import Archiver
from fairserver.line.line import Actor, Line
from fairserver.protocol.events import AnyEvent, BoothPlan
from tests.ledger.makers import FAIR, SECRET, form, plan_json, request_id

#: Every text that an event may carry: identifiers, states and causes, nothing a person writes.
_TEXTS = {
    *("lane", "channel", "appointment_id", "to_booth_id", "site_id", "paused"),
    "passed",  # ticket ids, each with a reason's code; of advice: yes or no
    *("published", "withdrawn", "erased", "hidden", "shown"),
    "incarnation",  # a random id that the server gives
    *("by", "candidate_id", "ticket_id", "booth_id", "desk_id", "desks", "peer", "cause"),
    *("recording_id", "text_version", "language", "guest_id", "role", "leg"),
    *("state", "outcome", "reason", "side", "mode", "way", "settings", "booths"),
    *("kind", "subject"),  # of an alarm: the subject is a booth
}


def _field_names(kind: type[msgspec.Struct]) -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        if field.type not in (int, float):
            yield field.name


def test_no_event_has_a_place_for_what_a_person_wrote() -> None:
    kinds = [*typing.get_args(AnyEvent), BoothPlan]
    assert {name for kind in kinds for name in _field_names(kind)} <= _TEXTS


async def test_the_archive_of_a_whole_turn_holds_no_name_and_no_telephone_number(
    ledger: Ledger, live_store: Redis
) -> None:
    registered = await ledger.people.register(FAIR, request_id(), form())
    seq = await _whole_turn(ledger, Line(live_store), registered.candidate_id)
    archiver = Archiver(live_store, ledger, [FAIR])
    archiver.follow(FAIR)
    archiver.start()
    await archiver.settled(FAIR, seq)
    await archiver.stop()
    kept = await ledger.archive.read(FAIR)
    assert {"ticket_issued", "interview_finished", "outcome_recorded"} <= {row.kind for row in kept}
    everything = b"".join(row.raw for row in kept).decode()
    assert registered.candidate_id in everything
    for private in ("Nguyễn", "Hoà", "nguyen", "912345678", "1999", "Đức Lập", "tay nghề"):
        assert private not in everything


async def _whole_turn(ledger: Ledger, line: Line, candidate_id: str) -> int:
    """Live one turn from the line to a corrected outcome; tell the last event's ``seq``."""
    staff = await ledger.staff.invite(FAIR, Role.RECRUITER, "b01", "Chị Lan")
    booth = BoothPlan(booth_id="b01", mode=BoothMode.ONSITE, minutes=10, desks=["b01-1"])
    person = Actor.candidate(candidate_id)
    recruiter = Actor.recruiter(staff.staff_id, "b01")
    organiser = Actor.staff(Role.ORGANISER, staff.staff_id)
    await line.load_fair(FAIR, FairSettings(), [booth])
    await ledger.people.set_number(candidate_id, await line.register(FAIR, candidate_id))
    await line.run(FAIR, "open_fair", organiser)
    await line.seen(FAIR, [candidate_id])
    joined = await line.run(FAIR, "join", person, booth_id="b01", candidate_id=candidate_id)
    ticket = {"ticket_id": joined.result["ticket_id"]}
    await line.run(FAIR, "open_desk", recruiter, desk_id="b01-1")
    await line.run(FAIR, "accept", person, **ticket)
    await line.run(FAIR, "start", recruiter, **ticket)
    await line.run(FAIR, "finish", recruiter, **ticket, outcome=Outcome.PENDING)
    await ledger.notes.add(FAIR, ticket["ticket_id"], staff.staff_id, "tay nghề tốt")
    done = await line.run(FAIR, "record_outcome", recruiter, **ticket, outcome=Outcome.HIRED)
    return done.seq


def _everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_no_link_code_or_token_can_be_read_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with await Ledger.open(f"sqlite:///{path}", secret=SECRET) as ledger:
        await ledger.fairs.put(FAIR, plan_json(), "d")
        person = await ledger.people.register(FAIR, request_id(), form())
        staff = await ledger.staff.invite(FAIR, Role.RECRUITER, "b01", "Chị Lan")
        session = await ledger.sessions.open(
            FAIR, Role.CANDIDATE, person.candidate_id, None, "Hoà", 60
        )
    stored = _everything(tmp_path)
    assert person.candidate_id.encode() in stored
    for secret in (person.link_token, person.code, staff.token, session.token, request_id()):
        assert secret.encode() not in stored
