"""Whatever is logged, and however, no line holds what somebody wrote."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy.exc import IntegrityError

from fairserver.logs import set_up_logs, told, trace, watch_tasks
from fairserver.protocol.errors import Code, Refused

SAID = "Nguyễn Văn Hoà 0912345678"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(params=[io.StringIO, _Terminal], ids=["json", "terminal"])
def stream(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """The server's log, as a journal and as a terminal has it."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream: io.StringIO = request.param()
    set_up_logs("debug", stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def faults() -> list[BaseException]:
    """Exceptions of every origin that quote what somebody wrote."""
    unique = ValueError(f"duplicate key\nDETAIL: Key (phone)=({SAID}) already exists.")
    quoted: list[BaseException] = [
        IntegrityError("INSERT …", {"phone": SAID}, unique),
        ValueError(SAID),
        KeyError(SAID),
        Refused(Code.FIELD_WRONG, field=SAID),
        OSError(2, "No such file", SAID),
        ExceptionGroup(SAID, [ValueError(SAID)]),
        UnicodeDecodeError("utf-8", SAID.encode(), 0, 1, SAID),
    ]
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({"a": SAID}, dict[str, int])
    return [*quoted, caught.value]


@pytest.mark.parametrize("number", range(len(faults())))
def test_a_fault_is_told_without_its_words(stream: io.StringIO, number: int) -> None:
    log, error = logging.getLogger("fairserver.test"), faults()[number]
    try:
        try:
            raise error
        except type(error) as first:
            raise RuntimeError(SAID) from first
    except RuntimeError:
        log.exception("something failed")
    log.warning("something waits: %s", error)
    log.warning("something waits: %r, %d", error, 1)
    assert SAID.split()[0] not in stream.getvalue()
    assert "0912345678" not in stream.getvalue()
    assert type(error).__name__ in stream.getvalue()
    assert "test_logs.py" in stream.getvalue()


async def test_a_task_that_nobody_waits_for_is_told_without_its_words(
    stream: io.StringIO,
) -> None:
    loop = asyncio.get_running_loop()
    watch_tasks()

    async def fails() -> None:
        raise ValueError(SAID)

    try:
        task = asyncio.create_task(fails())
        await asyncio.wait([task])
        loop.call_exception_handler(
            {
                "message": "Task exception was never retrieved",
                "task": task,
                "exception": task.exception(),
            }
        )
    finally:
        loop.set_exception_handler(None)
    assert "never retrieved" in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "0912345678" not in stream.getvalue()


def test_line_breaks_forge_no_record() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        set_up_logs("info", stream)
        logging.getLogger("fairserver.test").warning('a\n{"level":"error"}')
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["event"] == 'a\n{"level":"error"}'


def test_our_own_sentences_and_what_led_to_a_fault_are_told() -> None:
    error = OSError(28, "x", "/secret")
    assert told(error) == "OSError: No space left on device"
    error.__cause__ = KeyError(SAID)
    assert "KeyError" in trace(error)
