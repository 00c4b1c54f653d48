"""Messages for one browser: the very bytes of the RFCs' examples, and what cannot be encrypted."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fairserver.notify.sealing import (
    MOST_SAID,
    check_keys,
    content_keys,
    encode_record,
    seal,
    seal_with,
)
from tests.notify.push_service import Browser, decode, encode


@dataclass
class Address:
    p256dh: str
    auth: str


#: RFC 8291, section 5 and appendix A.
PUSHED = b"When I grow up, I want to be a watermelon"
OUR_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = Address(
    p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth="BTBZMqHH6r4Tts7J_aSIgg",
)
THEIR_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SENT = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode(text)), ec.SECP256R1())


def address_of(browser: Browser) -> Address:
    return Address(browser.p256dh, encode(browser.auth))


def test_a_push_is_the_one_of_rfc_8291_byte_for_byte() -> None:
    sent = seal_with(PUSHED, THEIRS, private_key(OUR_PRIVATE), decode(SALT))
    assert encode(sent) == SENT
    browser = Browser("one", "", "", private_key(THEIR_PRIVATE), decode(THEIRS.auth))
    assert browser.open(sent) == PUSHED


def test_a_record_is_the_one_of_rfc_8188_byte_for_byte() -> None:
    body = encode_record(
        b"I am the walrus",
        decode("yqdlZ-tYemfogSmv7Ws5PQ"),
        decode("I1BsxtFttlv3u_Oo94xnmw"),
        b"",
    )
    assert encode(body) == (
        "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg"
    )


def test_the_keys_open_the_two_records_of_rfc_8188() -> None:
    body = decode(
        "uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3"
        "SsLWIqS_uA"
    )
    size, records = int.from_bytes(body[16:20]), body[21 + body[20] :]
    key, nonce = content_keys(decode("BO3ZVPxUlnLORbVGMpbT1Q"), body[:16])
    second = (int.from_bytes(nonce) ^ 1).to_bytes(12)
    assert AESGCM(key).decrypt(nonce, records[:size], None).rstrip(b"\0") == b"I am th\x01"
    assert AESGCM(key).decrypt(second, records[size:], None).rstrip(b"\0") == b"e walrus\x02"


def test_two_messages_share_neither_key_nor_salt() -> None:
    browser = Browser("one", "", "")
    one, two = seal(PUSHED, address_of(browser)), seal(PUSHED, address_of(browser))
    assert browser.open(one) == browser.open(two) == PUSHED
    assert one[:16] != two[:16]
    assert one[21:86] != two[21:86]


def test_a_message_fits_what_every_push_service_takes() -> None:
    browser = Browser("one", "", "")
    longest = b"x" * MOST_SAID
    body = seal(longest, address_of(browser))
    assert len(body) == 4096
    assert browser.open(body) == longest
    with pytest.raises(ValueError, match="at most 3993 bytes"):
        seal(longest + b"x", address_of(browser))


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", THEIRS.auth),
        (THEIRS.p256dh[:-4], THEIRS.auth),
        (f"{THEIRS.p256dh[:-1]}=w", THEIRS.auth),
        ("không", THEIRS.auth),
        (encode(b"\x04" + bytes(64)), THEIRS.auth),
        (encode(b"\x04" + b"\x01" * 64), THEIRS.auth),
        (encode(b"\x06" + decode(THEIRS.p256dh)[1:]), THEIRS.auth),
        (THEIRS.p256dh, ""),
        (THEIRS.p256dh, THEIRS.auth[:-3]),
        (THEIRS.p256dh, f"{THEIRS.auth}AAAA"),
        (THEIRS.p256dh, "!" * 22),
    ],
)
def test_keys_that_are_none_are_refused_before_and_when_something_is_sent(
    p256dh: str, auth: str
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - half of these words are the library's
        check_keys(p256dh, auth)
    with pytest.raises(ValueError):  # noqa: PT011
        seal(PUSHED, Address(p256dh, auth))
