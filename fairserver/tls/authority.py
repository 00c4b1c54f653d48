"""A certificate authority of this computer's own, for a network without a public name.

A phone that trusts it trusts nobody else by it: it can vouch only for this computer's local name
and for addresses that no public host can have (name constraints, RFC 5280 section 4.2.1.10), and
for no further authority (path length 0).
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fairserver.tls.files import keep_first, open_to_others
from fairserver.tls.reach import LOCAL_NETWORKS, local_name

#: Certificate and private key in one file: never one without the other.
FILE: Final = "authority.pem"
#: How long a phone that forgot to remove it goes on trusting it.
LIFE: Final = dt.timedelta(days=730)
#: iOS and Android take no leaf of more than 398 and 825 days; a fair needs one.
LEAF_LIFE: Final = dt.timedelta(days=90)
#: A phone's clock may be slow by so much.
_SLOW_CLOCK: Final = dt.timedelta(days=1)


class AuthorityUnfit(Exception):
    """The kept authority cannot be used; the sentence says why and what to do."""

    def __init__(self, path: Path, problem: str, right: str) -> None:
        super().__init__(f"{path}: {problem}; {right}")


class Authority:
    """A certificate that phones are told to trust, and the key that signs for it."""

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self.certificate = certificate
        self._key = key
        constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
        self._permitted = constraints.value.permitted_subtrees or []

    @property
    def name(self) -> str:
        """The name under which a phone lists it."""
        (name,) = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(name.value)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 fingerprint as phones show it: pairs of hexadecimal digits."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(" ").upper()

    @property
    def ends(self) -> dt.datetime:
        """When phones cease to trust it."""
        return self.certificate.not_valid_after_utc

    @property
    def der(self) -> bytes:
        """The certificate as phones download it."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate as programs read it."""
        return self.certificate.public_bytes(Encoding.PEM)

    def may_vouch_for(self, host: str) -> bool:
        """Say whether an address or a name is within the authority's constraints."""
        with suppress(ValueError):
            address = ip_address(host)
            networks = [
                ip_network(n.value) for n in self._permitted if isinstance(n, x509.IPAddress)
            ]
            return any(address in network for network in networks)
        names = [n.value for n in self._permitted if isinstance(n, x509.DNSName)]
        return any(host == name or host.endswith(f".{name}") for name in names)

    def issue(self, hosts: tuple[str, ...], now: dt.datetime) -> bytes:
        """Make a leaf and its private key, as one PEM text.

        Signs whatever it is told to: what it may not vouch for, no client takes from it.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        builder = (
            # Not a name of the network: some clients would hold it to the constraints.
            _builder(_name("Fairserver leaf"), self.certificate.subject, key, now, LEAF_LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(for_signing=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.SubjectAlternativeName([_general_name(host) for host in hosts]),
                critical=False,
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer.value),
                critical=False,
            )
        )
        leaf = builder.sign(self._key, hashes.SHA256())
        return leaf.public_bytes(Encoding.PEM) + _key_pem(key)


def keep_authority(folder: Path, now: dt.datetime) -> tuple[Authority, bool]:
    """Read the authority kept in a folder, or make it; say whether it is new to the phones.

    One that ends before a leaf would is replaced. Raises ``AuthorityUnfit`` for one that others
    can read, that is damaged, or whose key is another's: none of these is replaced unasked,
    for phones trust it.
    """
    path = folder / FILE
    if path.exists():
        authority = _read(path)
        if authority.ends - now > LEAF_LIFE:
            return authority, False
        path.unlink()
    return (_read(path), True) if keep_first(path, _make(now)) else (_read(path), False)


def _make(now: dt.datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    host_name = local_name()
    names = [x509.DNSName(name) for name in (host_name, "localhost") if name]
    # Four digits of its own: two authorities of one computer must not look the same on a phone.
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:4].upper()
    subject = _name(f"Fairserver {(host_name or 'local').removesuffix('.local')} {mark}")
    builder = (
        _builder(subject, subject, key, now, LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(for_signing=True), critical=True)
        .add_extension(
            x509.NameConstraints([*names, *map(x509.IPAddress, LOCAL_NETWORKS)], None),
            critical=True,
        )
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM) + _key_pem(key)


def _read(path: Path) -> Authority:
    anew = (
        f"delete it to have a new one made, which every phone must be told to trust again: {path}"
    )
    try:
        mode = open_to_others(path)
        content = path.read_bytes()
    except OSError as error:
        raise AuthorityUnfit(path, f"cannot be read ({error.strerror})", anew) from None
    if mode:
        problem = f"the authority's private key can be read by others ({mode})"
        right = f"chmod 600 it if nobody else uses this computer; otherwise {anew}"
        raise AuthorityUnfit(path, problem, right)
    try:
        certificate = x509.load_pem_x509_certificate(content)
        key = load_pem_private_key(content, password=None)
        fits = key.public_key() == certificate.public_key()
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not fits:
            raise AuthorityUnfit(path, "the private key is not that of the certificate", anew)
        return Authority(certificate, key)
    except (ValueError, TypeError, x509.ExtensionNotFound) as error:
        raise AuthorityUnfit(path, f"is damaged ({error})", anew) from None


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: dt.datetime,
    life: dt.timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLOW_CLOCK)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    # 64 characters at most (RFC 5280, ub-common-name); iOS lists none without one.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, for_signing: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not for_signing,
        key_cert_sign=for_signing,
        crl_sign=for_signing,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
