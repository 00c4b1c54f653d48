"""Events of other releases: one more field or one fewer, other words, other kinds, other ranges."""

from __future__ import annotations

import logging
import typing
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, Outcome
from fairserver.events.projection import Projection
from fairserver.events.webhook_news import told_by
from fairserver.ledger.archive import archived_event
from fairserver.protocol.commands import ChangeSettings
from fairserver.protocol.events import (
    VERSION,
    Event,
    FairLoaded,
    InterviewFinished,
    KnownEvent,
    SettingsChanged,
    UnknownEvent,
    decode_event,
)
from tests.events.strict import check_event
from tests.line import situations as s
from tests.line.live import LiveFair

_KINDS: list[type[Event]] = list(typing.get_args(KnownEvent))
#: What, beside ids, an event cannot do without.
_NEEDED = ("order", "state", "side", "sequence", "leg", "kind")
_HEAD = {"seq": 7, "at": 1000, "by": "system"}


def raw(event: str, **fields: object) -> bytes:
    """An event as some release may have written it."""
    return msgspec.json.encode({"event": event, **_HEAD, **fields})


async def whole_turn(fair: LiveFair) -> list[dict[str, Any]]:
    """The events of a turn with everything in it that can be, plain."""
    await s.done(fair)
    await fair.do("rate_advice", s.Actor.candidate("c1"), ticket_id="t1", passed=True)
    return [msgspec.to_builtins(event) for event in await fair.events()]


# --- unknown kinds -----------------------------------------------------------------------------


def test_an_unknown_kind_is_counted_told_once_and_its_number_is_taken(
    caplog: pytest.LogCaptureFixture,
) -> None:
    projection = Projection("minimal")
    with caplog.at_level(logging.WARNING):
        for seq in (1, 2, 3):
            projection.apply(decode_event(raw("robot_danced", seq=seq, secret="Nguyễn Văn A")))
        projection.apply(decode_event(raw("moon_rose", seq=4)))
    assert (projection.seq, projection.at) == (4, 1000)
    assert projection.unknown == {"robot_danced": 3, "moon_rose": 1}
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert "robot_danced" in caplog.text
    assert "Nguyễn" not in caplog.text  # the kind, never what is in it


@pytest.mark.parametrize(
    "entry",
    [b"", b"{", b"\xff\x00", b"[]", b"null", b"{}", b'{"event":5,"seq":"x","at":"now"}',
     b'{"event":"../etc","seq":3}', b'{"event":"ticket_left","seq":3}'],
)  # fmt: skip
def test_what_is_no_event_takes_its_number_and_nothing_else(entry: bytes) -> None:
    projection = Projection("minimal")
    projection.apply(decode_event(raw("robot_danced", seq=1)))
    projection.apply(decode_event(raw("robot_danced", seq=2)))
    event = decode_event(entry, 3)
    assert isinstance(event, UnknownEvent)
    assert event.kind in ("?", "ticket_left")
    projection.apply(event)
    assert (projection.seq, projection.at) == (3, 1000)
    assert list(told_by(event, projection)) == []
    assert archived_event(3, entry).raw == entry


def test_a_store_full_of_new_kinds_does_not_fill_the_node() -> None:
    projection = Projection("minimal")
    for seq in range(1, 201):
        projection.apply(decode_event(raw(f"kind_{seq}", seq=seq)))
    assert sum(projection.unknown.values()) == 200
    assert len(projection.unknown) <= 51


# --- fields, words and ranges --------------------------------------------------------------------


async def test_one_more_field_anywhere_changes_nothing(fair: LiveFair) -> None:
    events = await whole_turn(fair)
    right, newer = Projection(fair.fair_id), Projection(fair.fair_id)
    for event in events:
        right.apply(decode_event(msgspec.json.encode(event)))
        for holder in _structs(event):
            holder["brand_new"] = {"a": [1]}
        newer.apply(decode_event(msgspec.json.encode(event)))
    assert not newer.unknown
    assert (newer.settings, newer.booths, newer.tickets) == (
        right.settings, right.booths, right.tickets,
    )  # fmt: skip


def _structs(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield event
    for name in ("settings", "booths"):
        found = event.get(name, [])
        yield from found if isinstance(found, list) else [found]


async def test_one_fewer_field_stops_nobody(fair: LiveFair) -> None:
    """Whatever field is missing, from the whole stream: the rest of the turn is still told."""
    events = await whole_turn(fair)
    names = {name for event in events for name in event} - {"event"}
    for name in names:
        projection = Projection(fair.fair_id)
        for seq, event in enumerate(events, start=1):
            fewer = {key: value for key, value in event.items() if key != name}
            read = decode_event(msgspec.json.encode(fewer), seq)
            assert read.seq == seq
            if name.endswith("_id") or name in _NEEDED:
                continue
            assert not isinstance(read, UnknownEvent), (name, event)
            if name not in ("booths", "desks"):  # without them nothing after it has a place
                projection.apply(read)
                assert projection.seq == seq


async def test_every_kind_is_read_with_nothing_but_what_it_cannot_do_without() -> None:
    for kind in _KINDS:
        needed = {
            field.name: _some(field.type)
            for field in msgspec.structs.fields(kind)
            if field.name.endswith("_id") or field.name in _NEEDED
        }
        event = decode_event(raw(str(kind.__struct_config__.tag), **needed))
        assert isinstance(event, kind), kind


def _some(kind: Any) -> object:
    values = getattr(kind, "__members__", None)
    if values:
        return next(iter(values.values()))
    return 1.5 if kind is float else 1 if kind is int else "t1"


def test_a_setting_of_another_range_is_kept_as_it_is_and_the_others_too() -> None:
    stored = {"accept_online_s": 86_400, "join_limit": "many", "brand_new": 1, "missed_back": 5}
    event = decode_event(raw("settings_changed", ends_at=5, settings=stored))
    assert isinstance(event, SettingsChanged)
    assert event.settings.accept_online_s == 86_400  # by which the store goes
    assert event.settings.join_limit == FairSettings().join_limit
    assert event.settings.missed_back == 5


def test_words_that_are_unknown_here_do_not_hide_what_happened() -> None:
    event = decode_event(
        raw("interview_finished", ticket_id="t1", outcome="hired_abroad", reason="moon", talk_ms=5)
    )
    assert isinstance(event, InterviewFinished)
    assert (event.outcome, event.reason, event.talk_ms) == (Outcome.PENDING, None, 5)
    booth = {"booth_id": "b1", "mode": "hologram", "minutes": 8, "desks": ["b1-1"]}
    loaded = decode_event(raw("fair_loaded", settings={}, booths=[booth, {"mode": "online"}]))
    assert isinstance(loaded, FairLoaded)
    assert [(one.booth_id, one.mode, one.minutes) for one in loaded.booths] == [
        ("b1", BoothMode.ONSITE, 8)
    ]


# --- writing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "entry",
    [
        raw("robot_danced"),
        raw("ticket_left"),
        raw("ticket_left", ticket_id="t1", brand_new=1),
        raw("settings_changed", ends_at=5, settings={"accept_online_s": 86_400}),
        raw("settings_changed", ends_at=5, settings={"brand_new": 1}),
        raw("interview_finished", ticket_id="t1", outcome="hired_abroad", talk_ms=5),
        raw("unknown_event", kind="x"),
    ],
)
def test_what_a_writer_may_not_write_is_refused_where_writing_is_checked(entry: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        check_event(entry)


@pytest.mark.parametrize("said", [{"accept_online_s": 86_400}, {"brand_new": 1}])
def test_a_client_may_not_say_what_another_release_may_have_stored(said: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"type": "change_settings", "id": "x", "settings": said}, ChangeSettings)


async def test_a_node_loads_no_setting_that_is_out_of_its_range(fair: LiveFair) -> None:
    with pytest.raises(msgspec.ValidationError):
        await fair.line.load_fair(fair.fair_id, FairSettings(accept_online_s=86_400), [])
    assert {event.version for event in await fair.events()} == {VERSION}
