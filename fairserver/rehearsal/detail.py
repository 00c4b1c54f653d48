"""The finer figures of a rehearsal: by lane, by site, and over the morning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from fairserver.rehearsal.promises import PromiseFigures, average_promises
from fairserver.rehearsal.scenario import MINUTE, Person
from fairserver.rehearsal.tally import Tally, mean, p95

Row = TypeVar("Row", bound=msgspec.Struct)

#: Minutes of one bar of the drawing.
QUARTER_MIN = 15


class LaneFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One group of people in the line: those with a head start, and all others."""

    lane: str
    people: float
    people_seen: float
    first_wait_mean_min: float
    first_wait_p95_min: float


class SiteFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The booths of one site, or of one way of meeting where there are no sites.

    ``wait_mean_min`` is from taking a turn to its call, of the turns that were called.
    """

    site: str
    desks: float
    tickets: float
    interviews: float
    seat_use: float
    wait_mean_min: float


class QuarterFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A quarter of an hour: desks with somebody, and people waiting, on average."""

    from_min: float
    talking: float
    waiting: float


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of one run, or of the average of several, that is a table of its own."""

    lanes: list[LaneFigures]
    sites: list[SiteFigures]
    quarters: list[QuarterFigures]
    promises: list[PromiseFigures]


def detail(tally: Tally) -> Detail:
    """Work the tables out from a run's tally."""
    return Detail(
        lanes=list(_lanes(tally)),
        sites=list(_sites(tally)),
        quarters=list(_quarters(tally)),
        promises=tally.promise_figures(),
    )


def _lanes(tally: Tally) -> Iterable[LaneFigures]:
    people = tally.draws.people
    for lane, chosen in (
        ("priority", [p for p in people if p.priority]),
        ("ordinary", [p for p in people if not p.priority]),
    ):
        if chosen:
            yield _lane(lane, chosen, tally)


def _lane(lane: str, people: list[Person], tally: Tally) -> LaneFigures:
    first = tally.first_interview
    seen = [p for p in people if p.candidate_id in first]
    waits = [(first[p.candidate_id] - p.arrives) / MINUTE for p in seen]
    return LaneFigures(
        lane=lane,
        people=len(people),
        people_seen=len(seen),
        first_wait_mean_min=mean(waits),
        first_wait_p95_min=p95(waits),
    )


def _sites(tally: Tally) -> Iterable[SiteFigures]:
    by_site: dict[str, list[str]] = {}
    for booth_id, scene in tally.draws.scenes.items():
        by_site.setdefault(scene.site_id or scene.mode.value, []).append(booth_id)
    for site, booth_ids in by_site.items():
        yield _site(site, set(booth_ids), tally)


def _site(site: str, booth_ids: set[str], tally: Tally) -> SiteFigures:
    projection, draws = tally.projection, tally.draws
    tickets = [t for t in projection.tickets.values() if t.booth_id in booth_ids]
    called = tally.called_at
    waits = [(called[t.ticket_id] - t.issued_at) / MINUTE for t in tickets if t.ticket_id in called]
    desks = sum(draws.scenes[booth_id].desks for booth_id in booth_ids)
    talked = sum(tally.talked_at[booth_id] for booth_id in booth_ids)
    return SiteFigures(
        site=site,
        desks=desks,
        tickets=len(tickets),
        interviews=sum(projection.booths[booth_id].interviewed for booth_id in booth_ids),
        seat_use=talked / (desks * draws.end_ms),
        wait_mean_min=mean(waits),
    )


def _quarters(tally: Tally) -> Iterable[QuarterFigures]:
    curve = tally.projection.curve
    for start in range(0, tally.draws.scenario.end_min, QUARTER_MIN):
        points = [p for p in curve if start <= p[0] < start + QUARTER_MIN]
        yield QuarterFigures(
            from_min=start,
            talking=mean([float(p[2]) for p in points]),
            waiting=mean([float(p[1]) for p in points]),
        )


def busiest_booth(tally: Tally) -> str:
    """Name the booth that, for each of its desks, left most turns without an interview."""
    unserved: Counter[str] = Counter()
    for ticket in tally.projection.tickets.values():
        if ticket.started_at is None:
            unserved[ticket.booth_id] += 1
    scenes = tally.draws.scenes
    return max(scenes, key=lambda booth_id: unserved[booth_id] / scenes[booth_id].desks)


def average_rows(rows: Sequence[Row]) -> Row:
    """Average the same row of several runs, field by field; words are taken from the first."""
    first = rows[0]
    changes = {
        name: mean([getattr(row, name) for row in rows])
        for name in first.__struct_fields__
        if not isinstance(getattr(first, name), str)
    }
    return msgspec.structs.replace(first, **changes)


def average_tables(tables: Sequence[Sequence[Row]]) -> list[Row]:
    """Average the same table of several runs; a row that a run lacks is left out."""
    return [average_rows(rows) for rows in zip(*tables, strict=False)]


def average_details(details: list[Detail]) -> Detail:
    """Average the tables of several seeds, row by row."""
    return Detail(
        lanes=average_tables([d.lanes for d in details]),
        sites=average_tables([d.sites for d in details]),
        quarters=average_tables([d.quarters for d in details]),
        promises=average_promises([d.promises for d in details]),
    )
