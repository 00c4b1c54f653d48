"""The tax code (mã số thuế, MST) of an enterprise: ten digits, a branch adds three."""

from __future__ import annotations

import re

_FORM = re.compile(r"\d{10}(-\d{3})?")
_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def check_digit(first_nine: str) -> str | None:
    """Compute the tenth digit of a tax code, or None where no code can begin so.

    10 minus the weighted sum of the first nine digits modulo 11; a remainder of 0 would need
    two digits, and such numbers are never issued.
    """
    pairs = zip(_WEIGHTS, map(int, first_nine), strict=True)
    remainder = sum(weight * digit for weight, digit in pairs) % 11
    return str(10 - remainder) if remainder else None


def is_tax_code(text: str) -> bool:
    """Tell whether ``text`` is ten digits (or ten, a hyphen and three) with a right check digit."""
    return bool(_FORM.fullmatch(text)) and check_digit(text[:9]) == text[9]
