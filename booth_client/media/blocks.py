"""A picture drawn with characters: each is two dots, one above the other."""

from __future__ import annotations

from typing import NamedTuple

from av import VideoFrame

#: The character whose colour is the upper dot and whose ground is the lower one.
UPPER_HALF = "▀"

Colour = tuple[int, int, int]


class Block(NamedTuple):
    """The colours (red, green, blue, 0 to 255) of one character."""

    upper: Colour
    lower: Colour


def size_within(frame: VideoFrame, columns: int, rows: int) -> tuple[int, int]:
    """Return the columns and rows that a picture takes in a space, its shape kept."""
    scale = min(columns / frame.width, 2 * rows / frame.height)
    return max(1, int(frame.width * scale)), max(1, int(frame.height * scale / 2))


def blocks(frame: VideoFrame, columns: int, rows: int) -> list[list[Block]]:
    """Return the rows of characters that show a picture in a space of at most that size."""
    width, height = size_within(frame, columns, rows)
    dots = frame.reformat(width=width, height=2 * height, format="rgb24").to_ndarray().tolist()
    return [
        [Block(tuple(above), tuple(below)) for above, below in zip(upper, lower, strict=True)]
        for upper, lower in zip(dots[::2], dots[1::2], strict=True)
    ]
