"""What a recorder makes, told by its first bytes: whatever somebody says that it is."""

from __future__ import annotations

from typing import Final

_WEBM: Final = frozenset({"webm"})
_MATROSKA: Final = frozenset({"webm", "matroska"})
_MP4: Final = frozenset({"mp4"})

#: Every type that is taken, and the formats that it may have inside.
FORMATS: Final = {
    "video/webm": _WEBM,
    "video/mp4": _MP4,
    "video/x-matroska": _MATROSKA,
    "audio/webm": _WEBM,
    "audio/mp4": _MP4,
}

_EBML: Final = b"\x1a\x45\xdf\xa3"
#: The element that names the format, and its values behind their lengths (RFC 8794, 11.2.6).
_DOC_TYPES: Final = {b"\x42\x82\x84webm": "webm", b"\x42\x82\x88matroska": "matroska"}
#: Bytes of an EBML header: the recorders' have about forty.
_HEADER: Final = 64
#: Brands of a file that a browser records or plays (ISO 14496-12, 4.3).
_BRANDS: Final = (b"iso", b"mp4", b"avc1", b"M4A", b"M4V", b"msdh", b"dash")


def fits(media_type: str, first: bytes) -> bool:
    """Whether the first piece of a file is what its type says."""
    return _format(first) in FORMATS[media_type]


def _format(first: bytes) -> str:
    if first.startswith(_EBML):
        found = [name for mark, name in _DOC_TYPES.items() if mark in first[:_HEADER]]
        return found[0] if found else ""
    return "mp4" if first[4:8] == b"ftyp" and first[8:12].startswith(_BRANDS) else ""
