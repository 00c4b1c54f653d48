"""Read the event streams of fairs, in plain types whatever protocol version is spoken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from redis.asyncio import Redis

from fairserver.line.keys import meta_key, stream_key


class RawEvent(NamedTuple):
    """One entry of a fair's stream: its number and its JSON."""

    seq: int
    raw: bytes


async def follow_streams(
    store: Redis, positions: Mapping[str, int], *, count: int, block_ms: int
) -> dict[str, list[RawEvent]]:
    """Wait for events newer than each fair's position; give them by fair, in order.

    Empty when nothing came within ``block_ms``. Raises ``redis.exceptions.RedisError``.
    """
    by_key = {stream_key(fair_id).encode(): fair_id for fair_id in positions}
    keys = list(by_key)
    after = [_end_of(positions[by_key[key]]) for key in keys]
    reply: Any = await store.execute_command(
        "XREAD", "COUNT", count, "BLOCK", block_ms, "STREAMS", *keys, *after
    )
    if not reply:
        return {}
    if isinstance(reply, dict):
        pairs = [(k, v[0] if v and isinstance(v[0], list) else v) for k, v in reply.items()]
    else:
        pairs = [(k, v) for k, v in reply]
    return {by_key[key]: _entries(entries) for key, entries in pairs}


async def read_events(
    store: Redis, fair_id: str, since: int, *, count: int = 500
) -> list[RawEvent]:
    """Give up to ``count`` events after number ``since``, in order, without waiting."""
    reply: Any = await store.execute_command(
        "XRANGE", stream_key(fair_id), f"({_end_of(since)}", "+", "COUNT", count
    )
    return _entries(reply)


async def incarnation(store: Redis, fair_id: str) -> str:
    """Give the id of the stream that stands in the store; "" when there is none, or it has none."""
    found: Any = await store.hget(meta_key(fair_id), "incarnation")
    return "" if found is None else bytes(found).decode()


async def last_seq(store: Redis, fair_id: str) -> int:
    """Give the number of the newest event, 0 when there is none."""
    reply: Any = await store.execute_command("XREVRANGE", stream_key(fair_id), "+", "-", "COUNT", 1)
    entries = _entries(reply)
    return entries[0].seq if entries else 0


def _end_of(seq: int) -> str:
    """Give the last id that an entry of this number can have: what follows is of a later one."""
    return f"{seq}-{2**64 - 1}"


def _entries(reply: Any) -> list[RawEvent]:
    return [RawEvent(int(entry[0].split(b"-")[0]), _field(entry[1])) for entry in reply or []]


def _field(fields: Any) -> bytes:
    """Give an entry's JSON; empty where there is none, which is no event."""
    if isinstance(fields, dict):
        return bytes(fields.get(b"e", b""))
    return bytes(fields[1]) if fields and fields[0] == b"e" else b""
