"""The check word at a booth's program: the pages' word, and none with somebody in between."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from booth_client.media.check_word import (
    CheckWord,
    commitment_to,
    is_check,
    of_one_certificate,
    word_of,
)

#: The same cases as the pages' (``tests/static/check_word.test.mjs``).
_VECTORS = json.loads(
    (Path(__file__).parent.parent / "static" / "check_word.json").read_text(encoding="utf-8")
)
ONE, TWO = _VECTORS[0]["fingerprints"]
MIDDLE, OTHER = _VECTORS[1]["fingerprints"]


def talk(offers: CheckWord, answers: CheckWord) -> None:
    """Carry what the two say to each other until nobody says more."""
    said, ends = offers.opened(), [answers, offers]
    while said:
        assert is_check(said)
        said = ends[0].heard(said)
        ends.reverse()


def two_ends(one: str = ONE, two: str = TWO) -> tuple[CheckWord, CheckWord]:
    """Two ends that have made their word."""
    ends = CheckWord(offers=True), CheckWord(offers=False)
    ends[0].between(one, two)
    ends[1].between(two, one)
    talk(*ends)
    return ends


@pytest.mark.parametrize("case", _VECTORS)
def test_words_digits_and_commitments_are_the_pages(case: dict[str, str]) -> None:
    word = word_of(case["fingerprints"], case["offered"], case["answered"])
    assert word == (case["syllables"], case["digits"])
    assert word_of(reversed(case["fingerprints"]), case["offered"], case["answered"]) == word
    assert commitment_to(case["offered"]) == case["commitment"]


def test_both_ends_have_the_same_word_and_keep_it_for_the_same_certificates() -> None:
    one, two = two_ends()
    before = one.word
    assert before is not None
    assert two.word == before
    one.between(ONE, TWO)
    two.between(TWO, ONE)
    talk(one, two)
    assert (one.word, two.word) == (before, before)
    assert two_ends()[0].word != before
    one.between(ONE, OTHER)
    assert one.word is None


def test_whatever_comes_first_the_channel_or_the_descriptions_there_is_a_word() -> None:
    one, two = CheckWord(offers=True), CheckWord(offers=False)
    assert one.opened() is None
    (commit,) = one.between(ONE, TWO)
    assert commit is not None
    assert two.heard(commit) is None
    (nonce,) = two.between(TWO, ONE)
    assert nonce is not None
    told = one.heard(nonce)
    assert told is not None
    two.heard(told)
    assert one.word is not None
    assert one.word == two.word


def test_somebody_in_the_middle_hears_two_words() -> None:
    assert two_ends(ONE, MIDDLE)[0].word != two_ends(OTHER, TWO)[1].word


def test_a_number_that_was_bound_or_told_stays() -> None:
    late = CheckWord(offers=False)
    late.between(TWO, MIDDLE)
    assert late.heard(f'{{"kind":"check","commit":"{commitment_to("0" * 32)}"}}')
    for nonce in ("1" * 32, "0" * 32):  # another than it is bound to, and no second try
        assert late.heard(f'{{"kind":"check","nonce":"{nonce}"}}') is None
        assert late.word is None
    one, two = two_ends()
    one.heard(f'{{"kind":"check","nonce":"{"1" * 32}"}}')
    two.heard(f'{{"kind":"check","commit":"{"1" * 64}"}}')
    assert (one.word, two.word) == (None, None)


@pytest.mark.parametrize("text", ["", "{}", '{"kind":"check"', '{"kind":"check","nonce":7}'])
def test_nonsense_makes_no_word(text: str) -> None:
    end = CheckWord(offers=True)
    end.between(ONE, TWO)
    assert end.heard(text) is None
    assert end.word is None


def test_a_description_admits_one_certificate_by_its_sha_256_alone() -> None:
    sdp = f"v=0\r\na=fingerprint:sha-512 {ONE}:{TWO}\r\na=fingerprint:sha-256 {ONE.upper()}\r\n"
    found = of_one_certificate(sdp)
    assert found.fingerprint == ONE
    assert "sha-512" not in found.sdp
    for bad in ("v=0\r\n", sdp + f"a=fingerprint:sha-256 {TWO}\n", "a=fingerprint:sha-1 00\n"):
        with pytest.raises(ValueError, match="certificate"):
            of_one_certificate(bad)
