"""The local authority: kept, private, and good for this computer's network only."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from fairserver.tls import authority as made
from fairserver.tls.authority import Authority, AuthorityUnfit, keep_authority
from fairserver.tls.leaf import hosts_of, keep_leaf
from fairserver.tls.reach import local_name

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
HOSTS = ("192.168.1.5", "10.0.0.3", "fd00::2")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return keep_authority(tmp_path, NOW)[0]


def leaf_of(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


async def shake_hands(pem: Path, authority: Authority, name: str, *, trusted: bool = True) -> None:
    """Connect to a server that shows ``pem``; raises what a client would refuse it for."""
    server_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_context.load_cert_chain(pem)
    client_context = ssl.create_default_context()
    client_context.verify_flags |= ssl.VERIFY_X509_STRICT
    if trusted:
        client_context.load_verify_locations(cadata=authority.pem.decode())

    def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=server_context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=client_context, server_hostname=name
        )
        writer.close()


def signed(folder: Path, authority: Authority, *hosts: str) -> Path:
    """Let the authority sign for hosts that it may not vouch for, as a thief of its key would."""
    path = folder / "stolen.pem"
    path.write_bytes(authority.issue(hosts, NOW))
    return path


def test_the_authority_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    first, was_new = keep_authority(tmp_path / "tls", NOW)
    again, is_new = keep_authority(tmp_path / "tls", NOW)
    assert (was_new, is_new) == (True, False)
    assert again.fingerprint == first.fingerprint
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "tls" / made.FILE).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "tls").iterdir()] == [made.FILE]


def test_two_that_start_at_once_have_the_same_authority(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(lambda _: keep_authority(tmp_path, NOW), range(8)))
    assert len({authority.fingerprint for authority, _ in kept}) == 1
    assert [is_new for _, is_new in kept].count(True) == 1
    assert [path.name for path in tmp_path.iterdir()] == [made.FILE]


def test_it_can_make_no_further_authority_and_says_by_which_names_it_is_bound(
    authority: Authority,
) -> None:
    extensions = authority.certificate.extensions
    basic = extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical
    assert (basic.value.ca, basic.value.path_length) == (True, 0)
    assert extensions.get_extension_for_class(x509.NameConstraints).critical
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_cert_sign
    assert not usage.digital_signature
    digits = authority.certificate.fingerprint(hashes.SHA256())
    assert bytes.fromhex(authority.fingerprint) == digits
    assert authority.name.startswith("Fairserver ")


@pytest.mark.parametrize(
    ("host", "right"),
    [
        ("192.168.1.5", True),
        ("172.31.255.255", True),
        ("172.32.0.0", False),
        ("8.8.8.8", False),
        ("fd12::1", True),
        ("2001:4860::8888", False),
        ("localhost", True),
        ("example.com", False),
        ("other-printer.local", False),
        ("notlocalhost", False),
    ],
)
def test_it_vouches_for_local_addresses_and_this_computers_name_only(
    authority: Authority, host: str, right: bool
) -> None:
    assert authority.may_vouch_for(host) is right


def test_a_leaf_is_what_phones_take(tmp_path: Path, authority: Authority) -> None:
    leaf = keep_leaf(tmp_path, authority, HOSTS, NOW)
    certificate = leaf_of(leaf.path)
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert life <= dt.timedelta(days=397)
    assert certificate.not_valid_before_utc < NOW  # a phone's clock may be slow
    assert authority.ends > certificate.not_valid_after_utc
    assert set(hosts_of(certificate)) == {*HOSTS, "localhost"}
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert stat.S_IMODE(leaf.path.stat().st_mode) == 0o600


def test_a_leaf_is_kept_as_long_as_it_fits(tmp_path: Path, authority: Authority) -> None:
    first = keep_leaf(tmp_path, authority, HOSTS, NOW)
    before = first.path.read_bytes()
    again = keep_leaf(tmp_path, authority, HOSTS, NOW + dt.timedelta(days=59))
    assert (first.renewed, again.renewed) == ("there was none", "")
    assert again.path.read_bytes() == before


def test_a_change_of_address_makes_a_new_leaf_by_the_same_authority(
    tmp_path: Path, authority: Authority
) -> None:
    keep_leaf(tmp_path, authority, ("192.168.1.5",), NOW)
    leaf = keep_leaf(tmp_path, authority, ("192.168.43.7",), NOW)
    assert leaf.renewed == "it was for 192.168.1.5, localhost"
    assert hosts_of(leaf_of(leaf.path)) == ("192.168.43.7", "localhost")
    assert keep_authority(tmp_path, NOW)[0].fingerprint == authority.fingerprint


def test_a_leaf_is_made_again_before_it_ends_and_when_the_clock_went_back(
    tmp_path: Path, authority: Authority
) -> None:
    keep_leaf(tmp_path, authority, HOSTS, NOW)
    later = NOW + dt.timedelta(days=61)
    assert "it was valid until" in keep_leaf(tmp_path, authority, HOSTS, later).renewed
    assert "it was not valid before" in keep_leaf(tmp_path, authority, HOSTS, NOW).renewed


def test_public_addresses_and_foreign_names_stay_out_of_the_leaf(
    tmp_path: Path, authority: Authority
) -> None:
    leaf = keep_leaf(tmp_path, authority, ("8.8.8.8", "192.168.1.5", "example.com"), NOW)
    assert leaf.hosts == ("192.168.1.5", "localhost")
    assert keep_leaf(tmp_path, authority, ("8.8.8.8", "192.168.1.5"), NOW).renewed == ""


def opened(path: Path, _: Authority) -> None:
    path.chmod(0o644)


def cut_short(path: Path, _: Authority) -> None:
    path.write_bytes(path.read_bytes()[:300])


def foreign(path: Path, other: Authority) -> None:
    path.write_bytes(other.issue((*HOSTS, "localhost"), NOW))


def with_another_key(path: Path, other: Authority) -> None:
    path.write_bytes(with_key_of(path.read_bytes(), other.issue(HOSTS, NOW)))


def with_key_of(one: bytes, another: bytes) -> bytes:
    """Put the certificate of one file together with the private key of another."""
    mark = b"-----BEGIN PRIVATE"
    return one.partition(mark)[0] + mark + another.partition(mark)[2]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (opened, "its private key could be read by others (0644)"),
        (cut_short, "it could not be used"),
        (foreign, "it was signed by another authority"),
        (with_another_key, "its private key was another's"),
    ],
)
def test_a_spoilt_leaf_is_noticed_and_made_again(
    tmp_path: Path, authority: Authority, spoil: Callable[[Path, Authority], None], reason: str
) -> None:
    other, _ = keep_authority(tmp_path / "other", NOW)
    leaf = keep_leaf(tmp_path, authority, HOSTS, NOW)
    spoil(leaf.path, other)
    again = keep_leaf(tmp_path, authority, HOSTS, NOW)
    assert again.renewed.startswith(reason)
    assert stat.S_IMODE(again.path.stat().st_mode) == 0o600
    assert keep_leaf(tmp_path, authority, HOSTS, NOW).renewed == ""


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_an_authority_that_others_can_read_is_refused(
    tmp_path: Path, authority: Authority, mode: int
) -> None:
    path = tmp_path / made.FILE
    path.chmod(mode)
    with pytest.raises(AuthorityUnfit, match=rf"can be read by others \({mode:04o}\).*chmod 600"):
        keep_authority(tmp_path, NOW)
    path.chmod(0o600)
    assert keep_authority(tmp_path, NOW)[0].fingerprint == authority.fingerprint


def test_a_damaged_authority_is_named_and_left_alone(tmp_path: Path, authority: Authority) -> None:
    path = tmp_path / made.FILE
    whole = path.read_bytes()
    keep_authority(tmp_path / "other", NOW)
    swapped = with_key_of(whole, (tmp_path / "other" / made.FILE).read_bytes())
    cut = whole[:200]
    for content, problem in ((cut, "is damaged"), (swapped, "is not that of the certificate")):
        path.write_bytes(content)
        with pytest.raises(AuthorityUnfit, match=f"{path}.*{problem}.*delete it"):
            keep_authority(tmp_path, NOW)
        assert path.read_bytes() == content


def test_an_authority_near_its_end_is_replaced_and_said_to_be_new(
    tmp_path: Path, authority: Authority
) -> None:
    keep_leaf(tmp_path, authority, HOSTS, NOW)
    later = NOW + made.LIFE - made.LEAF_LIFE
    second, is_new = keep_authority(tmp_path, later)
    assert is_new
    assert second.fingerprint != authority.fingerprint
    # By serial and key: its name may even be the same.
    assert keep_leaf(tmp_path, second, HOSTS, later).renewed


async def test_a_client_that_trusts_the_authority_connects_and_another_does_not(
    tmp_path: Path, authority: Authority
) -> None:
    leaf = keep_leaf(tmp_path, authority, HOSTS, NOW)
    for host in (*HOSTS, "localhost"):
        await shake_hands(leaf.path, authority, host)
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        await shake_hands(leaf.path, authority, "localhost", trusted=False)
    with pytest.raises(ssl.SSLCertVerificationError, match=r"192\.168\.1\.6"):
        await shake_hands(leaf.path, authority, "192.168.1.6")


@pytest.mark.parametrize("host", ["example.com", "8.8.8.8", "printer.local", "2001:db8:1::1"])
async def test_what_a_stolen_authority_signs_for_others_no_client_takes(
    tmp_path: Path, authority: Authority, host: str
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        await shake_hands(signed(tmp_path, authority, host), authority, host)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        await shake_hands(signed(tmp_path, authority, "localhost", host), authority, "localhost")


async def test_this_computers_name_is_vouched_for(tmp_path: Path, authority: Authority) -> None:
    name = local_name()
    if name is None:
        pytest.skip("this computer has no name")
    leaf = keep_leaf(tmp_path, authority, (name,), NOW)
    await shake_hands(leaf.path, authority, name)
