"""The server's key for push services: made once, and refused when it is unfit."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from fairserver.notify.vapid import CLAIM_S, KeyUnfit, VapidKey, open_key
from tests.notify.push_service import check_claim

CONTACT = "mailto:ban-to-chuc@example.vn"


def pem(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    lock: KeySerializationEncryption | None = None,
) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock or NoEncryption())


def a_file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "key.pem"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_the_key_is_made_at_the_first_start_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "data" / "push-key.pem"
    first = open_key(path, CONTACT, make=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = open_key(path, CONTACT, make=True)
    assert (again.public, again.key_id) == (first.public, first.key_id)


def test_a_named_key_is_never_made(tmp_path: Path) -> None:
    with pytest.raises(KeyUnfit, match="cannot be read"):
        open_key(tmp_path / "none.pem", CONTACT, make=False)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no private key in PEM"),
        (b"-----BEGIN PRIVATE KEY-----\nbm8=\n-----END PRIVATE KEY-----\n", "no private key"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "P-256"),
        (pem(rsa.generate_private_key(65537, 2048)), "P-256"),
        (pem(ec.derive_private_key(7, ec.SECP256R1())), "weak"),
        (
            pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"password")),
            "without a password",
        ),
    ],
    ids=["empty", "broken", "another curve", "RSA", "weak", "locked"],
)
def test_an_unfit_key_is_refused_with_what_is_wrong(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    with pytest.raises(KeyUnfit, match=problem):
        open_key(a_file(tmp_path, content), CONTACT, make=True)


def test_a_key_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    path = a_file(tmp_path, pem(ec.generate_private_key(ec.SECP256R1())), 0o644)
    with pytest.raises(KeyUnfit, match=r"read by everybody \(0644\)"):
        open_key(path, CONTACT, make=True)


def test_a_claim_is_kept_until_shortly_before_its_end() -> None:
    now = [1_000_000.0]
    key = VapidKey(ec.generate_private_key(ec.SECP256R1()), CONTACT, lambda: now[0])
    first = key.authorization("https://push.example")
    now[0] += CLAIM_S / 2
    assert key.authorization("https://push.example") == first
    assert key.authorization("https://other.example") != first
    now[0] += CLAIM_S / 2
    assert key.authorization("https://push.example") != first


def test_a_claim_names_the_service_and_who_answers_for_it() -> None:
    key = VapidKey(ec.generate_private_key(ec.SECP256R1()), CONTACT)
    header = key.authorization("https://push.example")
    assert check_claim(header, key.public, "https://push.example")["sub"] == CONTACT
