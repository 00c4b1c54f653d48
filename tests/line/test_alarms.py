"""The control room is told of trouble once, and again when it lasts or grows."""

from __future__ import annotations

from typing import Any

from fairserver.line.line import SYSTEM
from tests.line.live import ORGANISER, LiveFair


async def raise_alarm(fair: LiveFair, kind: str = "codes_guessed", **args: Any) -> bool:
    """Raise one; say whether it was told."""
    args = {"kind": kind, "subject": "", "count": 1, **args}
    return bool((await fair.do("raise_alarm", SYSTEM, **args)).result["raised"])


async def test_the_same_alarm_is_told_again_after_ten_minutes_only(fair: LiveFair) -> None:
    assert await raise_alarm(fair, count=20)
    await fair.pass_time(599)
    assert not await raise_alarm(fair, count=199)
    assert (await fair.news(1)).count("alarm_raised") == 1
    await fair.pass_time(2)
    assert await raise_alarm(fair, count=20)


async def test_an_alarm_that_has_grown_tenfold_is_told_at_once(fair: LiveFair) -> None:
    assert await raise_alarm(fair, count=0)
    assert not await raise_alarm(fair, count=9)
    assert await raise_alarm(fair, count=10)
    assert not await raise_alarm(fair, count=99)
    assert await raise_alarm(fair, count=100)


async def test_another_kind_or_another_booth_is_another_alarm(fair: LiveFair) -> None:
    assert await raise_alarm(fair, "people_read", subject="b1")
    assert await raise_alarm(fair, "people_read", subject="b2")
    assert await raise_alarm(fair, "store_full")
    assert not await raise_alarm(fair, "people_read", subject="b1")


async def test_what_was_put_aside_stays_quiet_as_long_as_what_still_stands(
    fair: LiveFair,
) -> None:
    await raise_alarm(fair)
    await fair.do("put_alarm_aside", ORGANISER, kind="codes_guessed", subject="")
    assert not (await fair.fold()).alarms
    assert not await raise_alarm(fair)
    await fair.pass_time(601)
    assert await raise_alarm(fair)
    assert len((await fair.fold()).alarms) == 1


async def test_the_twenty_newest_are_kept(fair: LiveFair) -> None:
    for number in range(25):
        await raise_alarm(fair, "people_read", subject=f"b{number}")
    await fair.pass_time(601)
    await raise_alarm(fair, "people_read", subject="b10")
    subjects = [name.subject for name in (await fair.fold()).alarms]
    assert subjects == [*(f"b{n}" for n in range(5, 25) if n != 10), "b10"]
