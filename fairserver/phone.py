"""What a terminal says about phones on the same Wi-Fi: a QR code and two steps."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

import segno

from fairserver.tls.authority import Authority
from fairserver.web.https import LocalHttps

#: White on black, whatever the terminal's own colours: cameras read no inverted code.
_COLOURS: Final = "\x1b[38;5;231;48;5;16m"
_PLAIN: Final = "\x1b[0m"
#: Modules of quiet ground that a QR code needs around it.
_BORDER: Final = 4


def qr_lines(text: str, *, colours: bool) -> list[str]:
    """Draw a QR code in half blocks, light modules as ink: right on a dark terminal.

    With ``colours`` it is right on every terminal that knows them.
    """
    drawn = io.StringIO()
    segno.make_qr(text, error="m").terminal(drawn, border=_BORDER, compact=True)
    lines = [line for line in drawn.getvalue().splitlines() if line]
    return [f"{_COLOURS}{line}{_PLAIN}" for line in lines] if colours else lines


def phone_lines(https: LocalHttps, fair_path: str, *, colours: bool) -> list[str]:
    """Say how a phone gets in, Vietnamese first; ``fair_path`` is a fair's, or ``/``."""
    tls = https.settings.tls
    begin = https.start_url
    lines = ["  Điện thoại cùng Wi-Fi · a phone on the same Wi-Fi"]
    lines += [f"    {line}" for line in qr_lines(begin, colours=colours)]
    if tls.http_port:
        lines += [f"    1  {begin}   quét mã, làm theo bước 1 · scan, follow step 1"]
    lines += [f"    2  {https.url_for('')}{fair_path}"]
    lines += [*_addresses(https), *authority_lines(https.authority)]
    if https.is_new:
        lines += [
            "    Chứng chỉ này mới: điện thoại nào cũng phải làm bước 1 một lần.",
            "    This certificate is new: every phone needs step 1 once.",
        ]
    return lines


def authority_lines(authority: Authority) -> list[str]:
    """Show by what a phone's owner knows the right certificate."""
    half = len(authority.fingerprint) // 2
    return [
        f"    Chứng chỉ · certificate   {authority.name}, đến · until {authority.ends:%d/%m/%Y}",
        "    Dấu vân tay · SHA-256 fingerprint",
        f"      {authority.fingerprint[:half].strip()}",
        f"      {authority.fingerprint[half:].strip()}",
    ]


def _addresses(https: LocalHttps) -> Iterator[str]:
    taken, *others = https.reach.places or (None,)
    if taken is None:
        yield "    Máy này chưa vào mạng nào: nối Wi-Fi, địa chỉ mới sẽ hiện trong nhật ký."
        yield "    No network yet: connect to the Wi-Fi; the log then names the new address."
        return
    yield f"    Địa chỉ · address   {taken}"
    if others:
        named = ", ".join(map(str, others))
        yield f"    Máy này còn · also this computer's   {named}"
    for place in https.reach.public:
        yield (f"    {place} là địa chỉ công khai, không dùng ở đây · is public and not used here")
