"""Read the live store itself and compare it with what the referee made of the events."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis

from fairserver.line.keys import meta_key, prefix, stream_key
from tests.faults.support.referee import OVER, Breach, Referee

_PAGE = 2000


async def read_stream(store: Redis, fair_id: str, after: int = 0) -> list[bytes]:
    """Read the whole stream of a fair; the events' JSON in order."""
    found: list[bytes] = []
    last = f"{after}-0"
    while True:
        page: Any = await store.xrange(stream_key(fair_id), min=f"({last}", count=_PAGE)
        if not page:
            return found
        found.extend(fields[b"e"] for _, fields in page)
        last = page[-1][0].decode()


async def referee_of(store: Redis, fair_id: str) -> tuple[Referee, list[dict[str, Any]]]:
    """Let a referee judge a fair's whole stream; raises ``Breach``."""
    referee = Referee()
    return referee, [referee.take(raw) for raw in await read_stream(store, fair_id)]


async def check_store(store: Redis, fair_id: str, referee: Referee) -> None:
    """Raise ``Breach`` where the live store is not what the events say."""
    seq = int(await store.hget(meta_key(fair_id), "seq") or 0)
    _agree("seq", seq, referee.seq)
    _agree("length of the stream", await store.xlen(stream_key(fair_id)), referee.seq)
    tickets = await _hashes(store, fair_id, "ticket", list(referee.tickets))
    for ticket_id, turn in referee.tickets.items():
        found = tickets[ticket_id]
        _agree(ticket_id, found.get("state"), turn.state)
        if turn.state not in OVER:
            _agree(f"{ticket_id} desk", found.get("desk_id"), turn.desk_id)
    for desk_id, found in (await _hashes(store, fair_id, "desk", list(referee.desks))).items():
        seat = referee.desks[desk_id]
        _agree(desk_id, (found.get("state"), found.get("ticket_id")), (seat.state, seat.ticket_id))
    await _check_people(store, fair_id, referee)
    await _check_lines(store, fair_id, referee)


async def _check_people(store: Redis, fair_id: str, referee: Referee) -> None:
    open_turns: dict[str, dict[str, str]] = {}
    for ticket_id, turn in referee.tickets.items():
        turns = open_turns.setdefault(turn.candidate_id, {})
        if turn.state not in OVER:
            turns[turn.booth_id] = ticket_id
    people = list(open_turns)
    for candidate_id, found in (await _hashes(store, fair_id, "candidate", people)).items():
        _agree(f"{candidate_id} busy", found.get("busy"), referee.held.get(candidate_id))
    for candidate_id, found in (await _hashes(store, fair_id, "places", people)).items():
        _agree(f"places of {candidate_id}", found, open_turns[candidate_id])


async def _check_lines(store: Redis, fair_id: str, referee: Referee) -> None:
    for booth_id in {seat.booth_id for seat in referee.desks.values()}:
        waiting = [
            (turn.order, ticket_id, turn.candidate_id in referee.present)
            for ticket_id, turn in referee.tickets.items()
            if turn.booth_id == booth_id and turn.state == "waiting"
        ]
        for key, present in (("line", True), ("absent", False)):
            wanted = sorted((order, ticket) for order, ticket, there in waiting if there is present)
            name = f"{prefix(fair_id)}:{key}:{booth_id}"
            pairs: Any = await store.zrange(name, 0, -1, withscores=True)
            found = [(score, ticket_id.decode()) for ticket_id, score in pairs]
            _agree(f"{key} of {booth_id}", found, wanted)


async def _hashes(
    store: Redis, fair_id: str, kind: str, ids: list[str]
) -> dict[str, dict[str, str]]:
    """Read many hashes of one kind; those that do not exist are empty."""
    pipeline = store.pipeline(transaction=False)
    for record_id in ids:
        pipeline.hgetall(f"{prefix(fair_id)}:{kind}:{record_id}")
    raws: list[dict[bytes, bytes]] = await pipeline.execute()
    texts = ({key.decode(): value.decode() for key, value in raw.items()} for raw in raws)
    return dict(zip(ids, texts, strict=True))


def _agree(what: str, in_store: object, by_events: object) -> None:
    if in_store != by_events:
        raise Breach(f"{what}: the store has {in_store!r}, the events say {by_events!r}")
