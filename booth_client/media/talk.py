"""What two people tell each other beside picture and sound: chat, captions, how each end is.

Spoken as the pages speak it (``static/shared/talk.js``): by the connection's data channel, and
through the server while that is down. A line is sent again until the other end has said that it
came, so that a connection thrown away loses none. No I/O here.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Literal, NamedTuple

import msgspec

from booth_client.plain import plain

#: Of one chat line or caption.
MOST_CHARACTERS = 500
#: Lines of chat, and of captions, that are kept.
MOST_LINES, CAPTION_LINES = 200, 2
#: No link of a page carries more; bit/s. Nor lasts an interview so long; ms.
_MOST_CARRIED, _MOST_MISSED = 1e9, 1e8
#: Seconds between two reports of how this end is, and after which a line is sent again.
STATE_S, AGAIN_S = 1.0, 3.0
#: Lines a second and at once: of ours, and of what is taken from the other end.
_OURS, _THEIRS = (1.0, 5.0), (8.0, 40.0)
#: Of everything that comes, also how the other end is: it changes with what its person does.
_SIGNS = (50.0, 200.0)
#: Characters of the longest message; no honest end sends more.
_MOST_RAW = 4_000

CameraState = Literal["on", "off", "paused", "none"]


class Rung(StrEnum):
    """What an end sends, from the fullest to the leanest."""

    VIDEO = "video"
    SMALL = "small"
    AUDIO = "audio"
    TEXT = "text"


def leaner(one: Rung, other: Rung) -> Rung:
    """Return the leaner of two rungs."""
    rungs = list(Rung)
    return max(one, other, key=rungs.index)


class ChatLine(NamedTuple):
    """One line of chat; ``arrived`` once the other end has confirmed it."""

    line_id: str
    mine: bool
    text: str
    arrived: bool


class EndState(msgspec.Struct, frozen=True, kw_only=True):
    """What an end says of itself.

    ``sends`` and ``asks`` are what it sends and the most it wants sent, ``chosen`` whether a
    person chose that; ``camera`` is ``off`` by the person and ``paused`` by the system;
    ``hidden`` is a page out of sight; ``concealed`` the share of the other's sound that it had to
    make up, 0 to 1; ``queues`` whether what comes stands in a queue on its way, ``carries`` how
    much gets through that, bit/s (0: not known), ``stale`` whether the sound waits too long
    before it is played; ``missed`` how much its microphone lost since the connection began, ms.
    """

    sends: Rung = Rung.VIDEO
    asks: Rung = Rung.VIDEO
    chosen: bool = False
    camera: CameraState = "none"
    hidden: bool = False
    concealed: float = 0.0
    queues: bool = False
    carries: float = 0.0
    stale: bool = False
    missed: float = 0.0


class Captions(NamedTuple):
    """Finished lines, and the one being typed."""

    done: tuple[str, ...] = ()
    live: str = ""


class Allowance:
    """So many a second, and so many at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._at = 0.0

    def take(self, now: float) -> bool:
        """Take one at ``now`` (seconds); say whether there was one left."""
        self._left = min(self._burst, self._left + max(0.0, now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Talk:
    """One interview's talk, over all its connections.

    ``direct`` sends by the connection and says whether it could; ``post`` sends by the server.
    ``clock`` counts seconds.
    """

    def __init__(
        self,
        direct: Callable[[str], bool],
        post: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        #: The chat, oldest first.
        self.lines: list[ChatLine] = []
        #: What the other end types to be read.
        self.captions = Captions()
        #: What the other end last said of itself; null before.
        self.other: EndState | None = None
        self._direct = direct
        self._post = post
        self._clock = clock
        self._ours, self._theirs = Allowance(*_OURS), Allowance(*_THEIRS)
        self._signs = Allowance(*_SIGNS)
        #: When each line that is not confirmed was last sent.
        self._unconfirmed: dict[str, float] = {}
        self._told: EndState | None = None
        self._told_at = float("-inf")

    def write(self, text: str) -> bool:
        """Write a line to the other person; False when it is empty or too much at once."""
        line = _bounded(text)
        if not line or not self._ours.take(self._clock()):
            return False
        line_id = "c" + secrets.token_urlsafe(9)
        self._show(ChatLine(line_id, True, line, False))
        self._send_line(line_id, line)
        return True

    def caption(self, text: str, done: bool = True) -> None:
        """Show a line under the other's picture; not ``done`` while it is still being typed."""
        self._send({"kind": "caption", "text": _bounded(text), "done": done})

    def tell(self, state: EndState) -> None:
        """Tell the other end how this one is: at once what changed, the rest in its time."""
        now = self._clock()
        lasting = msgspec.structs.replace(state, concealed=0.0, carries=0.0, missed=0.0)
        is_news = lasting != self._told
        if not is_news and now - self._told_at < STATE_S:
            return
        said = {**msgspec.to_builtins(state), "concealed": round(state.concealed, 3)}
        message = _to_text({"kind": "state", **said})
        if not self._direct(message):
            if not is_news:
                return
            self._post(message)
        self._told, self._told_at = lasting, now

    def renew(self) -> None:
        """Say everything of this end again: another connection, or another page over there."""
        self._told = None
        self._unconfirmed = dict.fromkeys(self._unconfirmed, float("-inf"))
        self.again()

    def again(self) -> None:
        """Send what was not confirmed in time once more."""
        now = self._clock()
        kept = {line.line_id: line for line in self.lines}
        for line_id, sent_at in list(self._unconfirmed.items()):
            if line_id not in kept:
                del self._unconfirmed[line_id]
            elif now - sent_at >= AGAIN_S:
                self._send_line(line_id, kept[line_id].text, by_post=sent_at > 0)

    def heard(self, raw: str) -> None:
        """Take what came from the other end, by whichever way; nonsense is let pass."""
        if not self._signs.take(self._clock()):
            return
        message = _read(raw)
        kind = message.get("kind")
        if kind == "state":
            self.other = _state_of(message)
        elif kind == "got":
            self._confirmed(str(message.get("id")))
        elif kind in ("chat", "caption") and self._theirs.take(self._clock()):
            self._said_to_us(message)

    def _said_to_us(self, message: dict[str, Any]) -> None:
        text = _bounded(message.get("text"))
        if message["kind"] == "caption":
            self.captions = _grown(self.captions, text, message.get("done") is True)
            return
        line_id = message.get("id")
        if not isinstance(line_id, str) or len(line_id) > 64 or not text:
            return
        self._send({"kind": "got", "id": line_id})
        if all(line.line_id != line_id for line in self.lines):
            self._show(ChatLine(line_id, False, text, True))

    def _send_line(self, line_id: str, text: str, *, by_post: bool = False) -> None:
        """Send a line; by the server when the straight way has failed once."""
        self._unconfirmed[line_id] = self._clock()
        message = _to_text({"kind": "chat", "id": line_id, "text": text})
        if by_post or not self._direct(message):
            self._post(message)

    def _send(self, message: dict[str, Any]) -> None:
        text = _to_text(message)
        if not self._direct(text):
            self._post(text)

    def _confirmed(self, line_id: str) -> None:
        self._unconfirmed.pop(line_id, None)
        self.lines = [
            line._replace(arrived=True) if line.line_id == line_id else line for line in self.lines
        ]

    def _show(self, line: ChatLine) -> None:
        self.lines = [*self.lines, line][-MOST_LINES:]


def _bounded(text: object) -> str:
    return plain(text).replace("\n", " ").strip()[:MOST_CHARACTERS] if isinstance(text, str) else ""


def _to_text(message: dict[str, Any]) -> str:
    return msgspec.json.encode(message).decode()


def _read(raw: str) -> dict[str, Any]:
    """Read a message; one that nobody understands is empty."""
    if len(raw) > _MOST_RAW:
        return {}
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {}


def _grown(before: Captions, text: str, done: bool) -> Captions:
    if not done:
        return before._replace(live=text)
    return Captions((*before.done, text)[-CAPTION_LINES:] if text else before.done)


def _state_of(said: dict[str, Any]) -> EndState:
    """Read a state field by field: what cannot be read is taken as the page would."""
    fields: dict[str, Any] = {}
    for field in msgspec.structs.fields(EndState):
        try:
            fields[field.name] = msgspec.convert(said.get(field.name, field.default), field.type)
        except msgspec.ValidationError:
            fields[field.name] = field.default
    fields["concealed"] = min(1.0, max(0.0, fields["concealed"]))
    fields["carries"] = min(_MOST_CARRIED, max(0.0, fields["carries"]))
    fields["missed"] = min(_MOST_MISSED, max(0.0, fields["missed"]))
    return EndState(**fields)
