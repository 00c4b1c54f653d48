"""What somebody else puts among the packets of a picture neither ends it nor gets into it."""

from __future__ import annotations

import random

from av import VideoFrame

from tests.rooms.test_echo import Desks, Phone, desks, phone

__all__ = ["desks", "phone"]

#: How packets begin: RTP, RTCP, DTLS in three kinds of record, STUN, and what is none of these.
_BEGINNINGS = (
    b"\x80\x60", b"\x90\xe0", b"\xbf\x60", b"\x80\xc8", b"\x80\xcd", b"\x81\xce",
    b"\x14\xfe\xfd", b"\x16\xfe\xfd", b"\x17\xfe\xfd", b"\x00\x01", b"\xff", b"",
)  # fmt: skip


async def test_packets_that_are_none_and_forged_ones_leave_the_picture_as_it_is(
    phone: Phone, desks: Desks
) -> None:
    await phone.connect(desks(1, 60), "c1")
    await phone.came["video"].recv()
    chance = random.Random(13)
    way = phone.connection.getTransceivers()[0].sender.transport.transport._connection
    for beginning in _BEGINNINGS:
        for length in (0, 1, 10, 60, 600, 1400):
            await way.send(beginning + chance.randbytes(length))
    # What is on its way now was sent after all of that.
    for _ in range(30):
        assert isinstance(await phone.came["video"].recv(), VideoFrame)
    assert phone.connection.connectionState == "connected"
