"""The certificate that the server shows: kept as long as it fits, otherwise made again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fairserver.tls.authority import Authority
from fairserver.tls.files import open_to_others, replace_private

#: Certificate and private key in one file, as ``ssl`` loads them.
FILE: Final = "leaf.pem"
#: Made again when less than this is left of it.
_SPARE: Final = dt.timedelta(days=30)


class Leaf(NamedTuple):
    """A certificate of this computer's, on the disk."""

    path: Path
    hosts: tuple[str, ...]
    #: Why it was made just now; empty when it was there.
    renewed: str


def keep_leaf(folder: Path, authority: Authority, hosts: tuple[str, ...], now: dt.datetime) -> Leaf:
    """Keep the leaf for some addresses and names, or make it again, whatever was wrong with it.

    What the authority may not vouch for is left out; ``localhost`` is always in.
    """
    once = dict.fromkeys((*hosts, "localhost"))  # two interfaces may have the same address
    within = tuple(host for host in once if authority.may_vouch_for(host))
    path = folder / FILE
    fault = find_fault(path, authority, within, now)
    if fault:
        replace_private(path, authority.issue(within, now))
    return Leaf(path, within, fault)


def find_fault(path: Path, authority: Authority, hosts: tuple[str, ...], now: dt.datetime) -> str:
    """Say why a leaf cannot be used any more; empty when it can."""
    try:
        content = path.read_bytes()
        mode = open_to_others(path)
        certificate = x509.load_pem_x509_certificate(content)
        key = load_pem_private_key(content, password=None)
    except FileNotFoundError:
        return "there was none"
    except (ValueError, TypeError, OSError) as error:
        return f"it could not be used ({error})"
    if not _is_signed_by(authority, certificate):
        return "it was signed by another authority"
    if mode:
        return f"its private key could be read by others ({mode})"
    if key.public_key() != certificate.public_key():
        return "its private key was another's"
    if certificate.not_valid_after_utc - now < _SPARE:
        return f"it was valid until {certificate.not_valid_after_utc:%d/%m/%Y} only"
    if certificate.not_valid_before_utc > now:
        return f"it was not valid before {certificate.not_valid_before_utc:%d/%m/%Y}"
    named = hosts_of(certificate)
    return "" if set(named) == set(hosts) else f"it was for {', '.join(named)}"


def _is_signed_by(authority: Authority, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority.certificate)
    except (InvalidSignature, ValueError, TypeError):  # also: by an authority of another name
        return False
    return True


def hosts_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Read the addresses and names that a certificate is for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = names.get_values_for_type(x509.IPAddress)
    return (*map(str, addresses), *names.get_values_for_type(x509.DNSName))
