"""The words beside picture and sound, without any connection."""

from __future__ import annotations

import json
from typing import Any

from booth_client.media.talk import AGAIN_S, MOST_CHARACTERS, EndState, Rung, Talk, leaner
from booth_client.plain import plain


class Ways:
    """Both ways to the other end, and a clock that stands until it is moved."""

    def __init__(self) -> None:
        self.is_open = True
        self.by_channel: list[dict[str, Any]] = []
        self.by_server: list[dict[str, Any]] = []
        self.now = 100.0
        self.talk = Talk(self._direct, self._post, lambda: self.now)

    def _direct(self, text: str) -> bool:
        if self.is_open:
            self.by_channel.append(json.loads(text))
        return self.is_open

    def _post(self, text: str) -> None:
        self.by_server.append(json.loads(text))


def test_a_line_is_sent_again_by_the_server_until_it_is_confirmed() -> None:
    ways = Ways()
    assert ways.talk.write("  Chào  ")
    (line,) = ways.talk.lines
    assert (line.text, line.arrived) == ("Chào", False)
    ways.talk.again()
    assert not ways.by_server
    ways.now += AGAIN_S
    ways.talk.again()
    assert (
        ways.by_server == ways.by_channel == [{"kind": "chat", "id": line.line_id, "text": "Chào"}]
    )
    ways.talk.heard(json.dumps({"kind": "got", "id": line.line_id}))
    ways.now += AGAIN_S
    ways.talk.again()
    assert ways.talk.lines[0].arrived
    assert len(ways.by_server) == 1


def test_a_new_connection_gets_what_was_not_confirmed() -> None:
    ways = Ways()
    ways.talk.write("Chào")
    ways.talk.renew()
    assert len(ways.by_channel) == 2


def test_a_line_heard_twice_is_shown_once_and_confirmed_twice() -> None:
    ways = Ways()
    for _ in range(2):
        ways.talk.heard('{"kind": "chat", "id": "c1", "text": "Dạ"}')
    assert [line.text for line in ways.talk.lines] == ["Dạ"]
    assert ways.by_channel == [{"kind": "got", "id": "c1"}] * 2


def test_nonsense_from_the_other_end_is_let_pass() -> None:
    ways = Ways()
    for raw in ("", "[]", "7", '{"kind": 3}', '{"kind": "chat", "text": "x"}', '{"kind": "got"}'):
        ways.talk.heard(raw)
    ways.talk.heard('{"kind": "chat", "id": "c2", "text": 9}')
    ways.talk.heard('{"kind": "state", "sends": "smoke", "camera": 1, "concealed": 7}')
    assert ways.talk.lines == []
    assert ways.talk.other == EndState(concealed=1.0)


def test_what_lasts_is_told_at_once_and_the_rest_in_its_time() -> None:
    ways = Ways()
    ways.talk.tell(EndState(camera="on"))
    ways.talk.tell(EndState(camera="on", concealed=0.5))
    assert len(ways.by_channel) == 1
    ways.talk.tell(EndState(camera="off"))
    assert [said["camera"] for said in ways.by_channel] == ["on", "off"]
    ways.now += 1
    ways.is_open = False
    ways.talk.tell(EndState(camera="off"))
    assert ways.by_server == []
    ways.talk.tell(EndState(camera="paused"))
    assert ways.by_server[0]["camera"] == "paused"


def test_too_much_at_once_is_refused_and_long_lines_are_cut() -> None:
    ways = Ways()
    assert [ways.talk.write("x") for _ in range(6)] == [True] * 5 + [False]
    assert not ways.talk.write("  ")
    ways.now += 1
    ways.talk.write("y" * 1000)
    assert len(ways.talk.lines[-1].text) == MOST_CHARACTERS


def test_captions_grow_until_they_are_done() -> None:
    ways = Ways()
    for text, done in (("một", True), ("hai", True), ("ba", True), ("bố", False)):
        ways.talk.heard(json.dumps({"kind": "caption", "text": text, "done": done}))
    assert ways.talk.captions.done == ("hai", "ba")
    assert ways.talk.captions.live == "bố"
    ways.talk.caption("Mời bạn")
    assert ways.by_channel == [{"kind": "caption", "text": "Mời bạn", "done": True}]


def test_the_leaner_of_two_rungs() -> None:
    assert leaner(Rung.VIDEO, Rung.AUDIO) is Rung.AUDIO
    assert leaner(Rung.TEXT, Rung.SMALL) is Rung.TEXT


def test_what_is_shown_holds_no_orders_to_a_terminal_and_keeps_its_order() -> None:
    assert plain("\x1b[2Jmột\x00 \u202ehai\u2066\nba\x9b31m") == "[2Jmột hai\nba31m"
    assert plain("Nguyễn Thị Hoà – 8.500.000 đ 👍🏽") == "Nguyễn Thị Hoà – 8.500.000 đ 👍🏽"


def test_a_message_of_any_length_or_rate_fills_nothing() -> None:
    talk = Talk(lambda _: True, lambda _: None, clock=lambda: 0.0)
    talk.heard('{"kind":"chat","id":"c1","text":"' + "x" * 5_000 + '"}')
    assert talk.lines == []
    for _ in range(300):
        talk.heard('{"kind":"state","sends":"video"}')
    before = talk.other
    talk.heard('{"kind":"state","sends":"text"}')
    assert talk.other == before
