"""What the server and its echo process say to each other: a line of JSON each."""

from __future__ import annotations

import msgspec

from fairserver.protocol.answers import IceServer


class EchoMessage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of both directions; ``peer`` names one test and is never used again."""

    peer: str


class Offer(EchoMessage, frozen=True, kw_only=True, tag="offer"):
    """Server to echo: answer this browser's offer, which carries all its addresses.

    ``client`` is the address from which it came, ``reached`` the one of ours that it came to.
    """

    sdp: str
    client: str
    reached: str
    ice_servers: list[IceServer]


class Close(EchoMessage, frozen=True, kw_only=True, tag="close"):
    """Server to echo: end this test now."""


class Answer(EchoMessage, frozen=True, kw_only=True, tag="answer"):
    """Echo to server: the answer to an offer, with all the echo's addresses."""

    sdp: str


class Unfit(EchoMessage, frozen=True, kw_only=True, tag="unfit"):
    """Echo to server: the offer cannot be answered."""

    problem: str


class Ended(EchoMessage, frozen=True, kw_only=True, tag="ended"):
    """Echo to server: the test is over, by its time or by the browser."""


#: The longest line either side sends, bytes; a browser's offer has about a tenth of it.
LINE_BYTES = 128 * 1024

_encode = msgspec.json.Encoder().encode
_to_echo: msgspec.json.Decoder[Offer | Close] = msgspec.json.Decoder(Offer | Close)
_from_echo: msgspec.json.Decoder[Answer | Unfit | Ended] = msgspec.json.Decoder(
    Answer | Unfit | Ended
)


def to_line(message: EchoMessage) -> bytes:
    """Write a message as one line."""
    return _encode(message) + b"\n"


def read_request(line: bytes) -> Offer | Close:
    """Read what the server said; raises ``msgspec.DecodeError``."""
    return _to_echo.decode(line)


def read_reply(line: bytes) -> Answer | Unfit | Ended:
    """Read what the echo said; raises ``msgspec.DecodeError``."""
    return _from_echo.decode(line)
