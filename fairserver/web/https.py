"""HTTPS of a node: the certificate that it shows now, and the origins that come with it."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import ssl
from abc import ABC, abstractmethod
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509

from fairserver.domain.fair_walk import Fault
from fairserver.settings import ServerSettings, SettingsError
from fairserver.tls.authority import keep_authority
from fairserver.tls.files import open_to_others
from fairserver.tls.leaf import hosts_of, keep_leaf
from fairserver.tls.reach import url_host
from fairserver.tls.settings import TlsMode

_log = logging.getLogger(__name__)

#: Seconds between looks at the addresses of this computer, or at the files.
LOOK_S: Final = 20.0
#: Of TLS 1.2: keys that are gone after the call, and ciphers that prove what they carry; no CBC.
#: (TLS 1.3 has no others.)
_CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
#: Of a file's mode: what everybody may. A group such as ssl-cert may share a fetched key.
_EVERYBODY: Final = 0o007


class Https(ABC):
    """A certificate that is looked after while the node runs."""

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        #: Shows each newcomer the certificate loaded last.
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_ciphers(_CIPHERS)
        self.context.set_alpn_protocols(["http/1.1"])
        #: What may stand in the address of a page, the best first.
        self.hosts: tuple[str, ...] = ()

    @property
    def origins(self) -> frozenset[str]:
        """The origins of pages that were opened here."""
        return frozenset(self.settings.tls.url(host) for host in self.hosts)

    def url_for(self, host: str) -> str:
        """Give the https address for somebody who came by ``host`` over http."""
        return self.settings.tls.url(host if host in self.hosts else self.hosts[0])

    @abstractmethod
    def refresh(self) -> None:
        """Show another certificate when this one no longer fits."""

    async def follow(self) -> None:
        """Look again and again, for ever; a fault is logged and what there is goes on."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                self.refresh()
            except (SettingsError, OSError) as error:
                _log.warning("https goes on with the certificate it has: %s", error)


class LocalHttps(Https):
    """A certificate by this computer's own authority, for the addresses it has now.

    Raises ``AuthorityUnfit`` for a kept authority that cannot be used.
    """

    def __init__(self, settings: ServerSettings) -> None:
        super().__init__(settings)
        now = dt.datetime.now(dt.UTC)
        self.authority, self.is_new = keep_authority(settings.tls_folder, now)
        self.reach = settings.tls.find_reach()
        self._certified: tuple[str, ...] | None = None
        self.refresh()

    @property
    def start_url(self) -> str:
        """The address with which a phone begins: over http, while it trusts nobody here yet."""
        tls, host = self.settings.tls, self.hosts[0]
        return f"http://{url_host(host)}:{tls.http_port}/" if tls.http_port else tls.url(host) + "/"

    def refresh(self) -> None:
        """Take up the addresses of now; the certificate is made again when they are others."""
        self.reach = self.settings.tls.find_reach()
        now = dt.datetime.now(dt.UTC)
        leaf = keep_leaf(self.settings.tls_folder, self.authority, self.reach.hosts, now)
        if leaf.renewed or leaf.hosts != self._certified:
            self.context.load_cert_chain(leaf.path)
            self._report(leaf.renewed, leaf.hosts)
        self._certified = self.hosts = leaf.hosts

    def _report(self, renewed: str, hosts: tuple[str, ...]) -> None:
        if renewed:
            _log.info("the certificate of https was made again: %s", renewed)
        if self._certified is not None:
            _log.warning("https is now at %s", ", ".join(map(self.settings.tls.url, hosts)))
        for place in self.reach.public:
            _log.warning("%s is public: the local authority does not vouch for it", place)
        wanted = self.settings.tls.address
        if wanted and ip_address(wanted) not in [place.address for place in self.reach.places]:
            _log.warning("tls.address: %s is no address of this computer now", wanted)


class FileHttps(Https):
    """A certificate from files, read again when they are replaced.

    Raises ``SettingsError`` when they cannot be used.
    """

    def __init__(self, settings: ServerSettings) -> None:
        super().__init__(settings)
        tls = settings.tls
        self._certificate = Path(tls.certificate_file or "")
        self._key = Path(tls.key_file or "")
        self._seen: tuple[int, int] | None = None
        self.hosts = (urlsplit(settings.base_url).hostname or "",)
        self.refresh()

    @property
    def origins(self) -> frozenset[str]:
        """The origins of pages that were opened here."""
        return super().origins | {self.settings.base_url}

    def url_for(self, host: str) -> str:
        """Give the https address: the one that people type."""
        return self.settings.base_url

    def refresh(self) -> None:
        """Load the files when they are not those that were loaded last."""
        try:
            seen = (self._certificate.stat().st_mtime_ns, self._key.stat().st_mtime_ns)
        except OSError as error:
            raise self._fault(Path(error.filename), f"cannot be read ({error.strerror})") from None
        if seen != self._seen:
            self._check()
            self.context.load_cert_chain(self._certificate, self._key)
            self._seen = seen

    def _check(self) -> None:
        try:
            # In a context of its own: what does not fit must not come half into the one in use.
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
                self._certificate, self._key, password=_no_password
            )
            certificate = x509.load_pem_x509_certificate(self._certificate.read_bytes())
        except ssl.SSLError as error:
            problem = f"does not fit {self._key}, or one of them is no PEM file ({error.reason})"
            raise self._fault(self._certificate, problem) from None
        except ValueError as error:
            raise self._fault(self._key, f"cannot be used ({error})") from None
        except OSError as error:
            raise self._fault(self._key, f"cannot be read ({error.strerror})") from None
        mode = open_to_others(self._key)
        if mode and int(mode, 8) & _EVERYBODY:
            raise self._fault(self._key, f"can be read by everybody ({mode})", "chmod 600 it")
        self._check_certificate(certificate)

    def _check_certificate(self, certificate: x509.Certificate) -> None:
        ends, host, names = certificate.not_valid_after_utc, self.hosts[0], hosts_of(certificate)
        if ends < dt.datetime.now(dt.UTC):
            raise self._fault(self._certificate, f"was valid until {ends:%d/%m/%Y}", "renew it")
        if not any(_is_for(name, host) for name in names):
            right = f"write public_url with one of these, or get one for {host}"
            problem = f"is for {', '.join(names) or 'no name'}, not for {host}"
            raise self._fault(self._certificate, problem, right)

    def _fault(self, path: Path, problem: str, right: str = "") -> SettingsError:
        key = "tls.key_file" if path == self._key else "tls.certificate_file"
        right = right or "name the PEM files of one certificate and its key, without a password"
        return SettingsError(path, [Fault(key, problem, right)])


def open_https(settings: ServerSettings) -> Https | None:
    """Open what the settings ask for; None without TLS.

    Raises ``AuthorityUnfit`` or ``SettingsError``.
    """
    if settings.tls.mode is TlsMode.LOCAL:
        return LocalHttps(settings)
    return FileHttps(settings) if settings.tls.mode is TlsMode.FILES else None


def _no_password() -> str:
    # Otherwise OpenSSL asks on the terminal, and a service would wait for ever.
    raise ValueError("it has a password")


def _is_for(name: str, host: str) -> bool:
    """Compare a name of a certificate with a host; ``*.`` stands for one label."""
    with suppress(ValueError):
        return ip_address(name) == ip_address(host)
    if name.startswith("*."):
        return host.partition(".")[2].lower() == name[2:].lower()
    return name.lower() == host.lower()
