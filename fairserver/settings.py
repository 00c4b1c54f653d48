"""The server's own settings: read from one TOML file, with every fault named at once.

Relative paths in the file are relative to the file. Secrets are never in it, only the names of
the files that hold them.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import stat
import tomllib
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from fairserver.backends import check_passwords, check_ways
from fairserver.domain.fair_walk import Fault, read_table, show
from fairserver.domain.toml_lines import key_lines, line_of
from fairserver.line.memory import half_of_memory_mb
from fairserver.line.store import StoreUnfit, open_store
from fairserver.notify.settings import (
    PushSettings,
    WebhookSettings,
    check_push,
    check_webhooks,
)
from fairserver.tls.settings import TlsMode, TlsSettings, check_tls

#: ``[store] address`` that means: the server starts a Valkey of its own.
EMBEDDED = "embedded"
#: Bytes that a secret must have at least, and different ones among them.
SECRET_BYTES = 32
SECRET_DIFFERENT = 12

#: Hosts to listen on that a browser on this computer calls localhost.
_ANYWHERE = ("0.0.0.0", "::", "127.0.0.1", "::1")  # noqa: S104 - compared, not bound

#: What an entry of ``trusted_proxies`` means: one address, or many.
Network = IPv4Network | IPv6Network

_Path = Annotated[str, Meta(min_length=1, max_length=4000, description="a path in quotes")]
_Url = Annotated[str, Meta(max_length=2000)]


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the live store is."""

    #: ``embedded``, or ``redis://``, ``rediss://``, ``unix://``.
    address: _Url = EMBEDDED
    #: Refuse a store that could lose an acknowledged command; unset means: in production.
    require_durable: bool | None = None
    #: Megabytes that the embedded store's data may take; unset: half of this computer's memory.
    memory_mb: Annotated[int, Meta(ge=64, le=1_048_576)] | None = None

    @property
    def memory(self) -> int:
        """Megabytes that the embedded store's data may take; 0: not known, no limit."""
        return half_of_memory_mb() if self.memory_mb is None else self.memory_mb


class IceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The servers through which two browsers find each other."""

    #: ``stun:host:port`` addresses.
    stun: list[_Url] = []
    #: ``turn:host:port?transport=udp`` and ``turns:`` addresses.
    turn: list[_Url] = []
    #: File with coturn's ``static-auth-secret``.
    turn_secret_file: _Path | None = None
    #: Seconds that a TURN credential is good for.
    turn_ttl_s: Annotated[int, Meta(ge=60, le=86_400)] = 600


class EchoSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The echo against which people try camera and network; each picture takes processor time."""

    #: People at a time; 0: no echo.
    places: Annotated[int, Meta(ge=0, le=32)] = 2
    #: How long one may try.
    seconds: Annotated[int, Meta(ge=10, le=120)] = 20


class RecordingSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where recordings of interviews are kept, at fairs that allow them."""

    #: Folder that only the server reads; unset: ``recordings`` in the data folder. Several nodes
    #: need one folder that all of them reach.
    folder: _Path | None = None
    #: Bytes of one recording at most.
    most_bytes: Annotated[int, Meta(ge=1_048_576, le=100 * 1024**3)] = 1024**3


class LogSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The log of what touches security, which is a file of its own: ids and counts only."""

    #: Unset: ``security.log`` in the data folder.
    security_file: _Path | None = None
    #: Bytes after which it begins anew, and how many such files are kept.
    security_bytes: Annotated[int, Meta(ge=65_536, le=1024**3)] = 10 * 1024**2
    security_files: Annotated[int, Meta(ge=2, le=1000)] = 10
    #: Whether its lines stand in the server's own log too (a journal that is collected, say).
    security_too: bool = False


class LimitSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much one client, one person and one address may ask of a node."""

    #: Largest message a client may send, in bytes.
    message_bytes: Annotated[int, Meta(ge=1024, le=1_048_576)] = 16_384
    #: Commands per second that are always carried out of one person's, from however many sockets.
    #: (A control room may send twice as many.)
    commands_per_second: Annotated[int, Meta(ge=1, le=1000)] = 20
    #: Commands that a person may send at once after a pause.
    commands_burst: Annotated[int, Meta(ge=1, le=10_000)] = 60
    #: Requests over HTTP per second of one person who is signed in.
    requests_per_second: Annotated[int, Meta(ge=1, le=1000)] = 10
    #: Registrations per minute from one address, and twice as many at once (the phones of a hall
    #: often share one; a /64 of IPv6 is one).
    registrations_per_minute: Annotated[int, Meta(ge=1, le=60_000)] = 30
    #: Registrations per second from one of ``known_addresses``, five minutes' worth at once; tries
    #: to come in from any address, five times as many from a known one.
    registrations_per_second: Annotated[int, Meta(ge=1, le=1000)] = 5
    #: Seconds of silence after which a client is asked for a sign of life, and asks for one itself;
    #: half as long without one is the end of its socket.
    heartbeat_s: Annotated[int, Meta(ge=1, le=60)] = 20
    #: Requests per second that an employer's own system may make with one key.
    api_requests_per_second: Annotated[int, Meta(ge=1, le=1000)] = 10
    #: Open sockets of one node; of the last tenth only staff has any.
    max_connections: Annotated[int, Meta(ge=1, le=100_000)] = 5000
    #: Open sockets of one person: the oldest is closed for one more. Staff and booths' machines
    #: have a number of their own.
    sockets_per_person: Annotated[int, Meta(ge=1, le=1000)] = 8
    sockets_per_staff: Annotated[int, Meta(ge=1, le=1000)] = 20
    #: Open connections of one address (IPv6: of one /64): a carrier's holds many phones.
    connections_per_address: Annotated[int, Meta(ge=1, le=100_000)] = 1000
    #: Addresses or networks of the Centre's own halls and offices, as the server sees them: their
    #: connections are not counted, they may register more people and mistype more codes.
    known_addresses: list[Annotated[str, Meta(max_length=60)]] = []

    @property
    def known_networks(self) -> tuple[Network, ...]:
        """The known addresses as networks; raises ``ValueError`` for what ``_check`` refuses."""
        return tuple(ip_network(text) for text in self.known_addresses)


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything the server must be told; the defaults suit a first try on one computer."""

    #: Address to listen on.
    host: Annotated[str, Meta(min_length=1, max_length=255)] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535)] = 8080
    #: Address that people type, such as ``https://hoi-viec-lam.vn``; unset: host and port.
    public_url: _Url | None = None
    #: Further origins from which pages may speak to the server.
    allowed_origins: list[_Url] = []
    #: Addresses or networks of the reverse proxies whose ``X-Forwarded-For`` is believed.
    trusted_proxies: list[Annotated[str, Meta(max_length=60)]] = []
    #: Refuses what is fit for a try only: http, a generated secret, a store that may lose data.
    production: bool = False
    #: Name of this node among its equals; unset: the computer's name and the port.
    node_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}\Z")] | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    #: Folder of the embedded Valkey, the SQLite file and the generated secret.
    data_folder: _Path = "data"
    #: Megabytes of a file in the folder that is given up when the disk is full; 0: none.
    reserve_mb: Annotated[int, Meta(ge=0, le=10_240)] = 64
    #: ``sqlite:///path`` or ``postgresql://user:password@host/name``; unset: SQLite in the folder.
    sql_url: _Url | None = None
    #: Files of the fairs to load at the start.
    fairs: list[_Path] = []
    #: File with the server's secret; unset: ``secret`` in the data folder.
    secret_file: _Path | None = None
    tls: TlsSettings = TlsSettings()
    store: StoreSettings = StoreSettings()
    ice: IceSettings = IceSettings()
    echo: EchoSettings = EchoSettings()
    push: PushSettings = PushSettings()
    webhooks: WebhookSettings = WebhookSettings()
    recordings: RecordingSettings = RecordingSettings()
    limits: LimitSettings = LimitSettings()
    logs: LogSettings = LogSettings()

    @property
    def data(self) -> Path:
        """The data folder."""
        return Path(self.data_folder)

    @property
    def database_url(self) -> str:
        """The address of the lasting record."""
        return self.sql_url or f"sqlite:///{(self.data / 'ledger.sqlite').absolute()}"

    @property
    def tls_folder(self) -> Path:
        """Where the local authority and the server's certificate by it are kept."""
        return Path(self.tls.folder) if self.tls.folder else self.data / "tls"

    @property
    def recordings_folder(self) -> Path:
        """Where recordings of interviews are kept."""
        folder = self.recordings.folder
        return Path(folder) if folder else self.data / "recordings"

    @property
    def security_log(self) -> Path:
        """The file of what touches security."""
        name = self.logs.security_file
        return Path(name) if name else self.data / "security.log"

    @property
    def base_url(self) -> str:
        """The address that people open, without a slash at its end.

        With a local authority and no ``public_url`` it is that of this computer now.
        """
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        if self.tls.mode is TlsMode.LOCAL and (hosts := self.tls.find_reach().hosts):
            return self.tls.url(hosts[0])
        return self.plain_url

    @property
    def plain_url(self) -> str:
        """The address of plain HTTP: for this computer itself, or for a reverse proxy."""
        host = "localhost" if self.host in _ANYWHERE else self.host
        return f"http://{host}:{self.port}"

    @property
    def has_https_in_front(self) -> bool:
        """Whether people come by https though the request itself was passed on by http."""
        return self.public_url is not None and self.public_url.startswith("https://")

    @property
    def origins(self) -> frozenset[str]:
        """The origins from which pages may speak to the server, besides those of ``Https``."""
        if self.public_url is not None:
            own = {self.base_url}
        else:
            names = ("localhost", "127.0.0.1", "[::1]")
            own = {self.plain_url} | {f"http://{name}:{self.port}" for name in names}
        return frozenset(own | {origin.rstrip("/") for origin in self.allowed_origins})

    @property
    def proxy_networks(self) -> tuple[Network, ...]:
        """The trusted proxies as networks; raises ``ValueError`` for what ``_check`` refuses."""
        return tuple(ip_network(text) for text in self.trusted_proxies)

    @property
    def node(self) -> str:
        """The name of this node; unique among the nodes of one store."""
        return self.node_id or f"{socket.gethostname()}-{self.port}"

    @property
    def must_be_durable(self) -> bool:
        """Whether a live store that could lose an acknowledged command is refused."""
        wanted = self.store.require_durable
        return self.production if wanted is None else wanted


class SettingsError(Exception):
    """The server cannot start with these settings; ``faults`` holds everything wrong."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        super().__init__("\n".join(f"{path}: {fault}" for fault in faults))


def read_settings(path: Path) -> ServerSettings:
    """Read and check a settings file; raises ``SettingsError`` with all faults at once."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        raw = tomllib.loads(text)
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        raise SettingsError(path, [Fault("", problem, "name a file that exists")]) from None
    except ValueError as error:
        right = "write key = value, text in quotes, every key once"
        raise SettingsError(path, [Fault("", f"not TOML: {error}", right)]) from None
    faults: list[Fault] = []
    known = read_table(raw, ServerSettings, faults)
    settings = None
    if not faults:
        settings = _absolute(msgspec.convert(known, ServerSettings), path.resolve().parent)
        faults = list(_check(settings))
        if settings.production:
            mode = stat.S_IMODE(path.stat().st_mode)
            faults += check_passwords(mode, settings.store.address, settings.sql_url)
    if settings is None or faults:
        lines = key_lines(text)
        placed = [msgspec.structs.replace(f, line=line_of(f.key, lines)) for f in faults]
        raise SettingsError(path, sorted(placed, key=lambda fault: fault.line))
    return settings


def check_changed(path: Path, settings: ServerSettings) -> None:
    """Check settings of a file that the command line has changed; raises ``SettingsError``."""
    faults = list(_check(settings))
    if faults:
        raise SettingsError(path, faults)


def read_secret(settings: ServerSettings) -> bytes:
    """Read the server's secret; outside production a missing one is made at the first start.

    Raises ``SettingsError`` when it is missing in production, weak, or readable by everybody.
    """
    path = Path(settings.secret_file or settings.data / "secret")
    if not settings.production:
        with contextlib.suppress(FileExistsError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # "x" and 0600 from the first moment: two nodes never make two secrets.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48) + "\n")
    return _read_secret_file(path, "secret_file")


def read_turn_secret(settings: ServerSettings) -> bytes | None:
    """Read coturn's shared secret, or None without TURN; raises ``SettingsError``."""
    name = settings.ice.turn_secret_file
    return _read_secret_file(Path(name), "ice.turn_secret_file") if name else None


def _read_secret_file(path: Path, key: str) -> bytes:
    right = "make one: (umask 077; head -c 48 /dev/urandom | base64 > FILE)"
    try:
        secret = path.read_bytes().strip()
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        raise SettingsError(path, [Fault(key, problem, right)]) from None
    faults = []
    if len(secret) < SECRET_BYTES or len(set(secret)) < SECRET_DIFFERENT:
        faults.append(Fault(key, f"is weak ({len(secret)} bytes)", right))
    if mode & 0o007:
        faults.append(Fault(key, f"can be read by everybody ({mode:04o})", "chmod 600 it"))
    if faults:
        raise SettingsError(path, faults)
    return secret


def _absolute(settings: ServerSettings, base: Path) -> ServerSettings:
    def whole(name: str | None) -> str | None:
        return None if name is None else str((base / Path(name).expanduser()).resolve())

    sql_url = settings.sql_url
    if sql_url is not None and sql_url.startswith("sqlite:///"):
        sql_url = f"sqlite:///{whole(sql_url.removeprefix('sqlite:///'))}"
    return msgspec.structs.replace(
        settings,
        data_folder=whole(settings.data_folder),
        sql_url=sql_url,
        fairs=[whole(name) for name in settings.fairs],
        secret_file=whole(settings.secret_file),
        tls=msgspec.structs.replace(
            settings.tls,
            certificate_file=whole(settings.tls.certificate_file),
            key_file=whole(settings.tls.key_file),
            folder=whole(settings.tls.folder),
        ),
        ice=msgspec.structs.replace(
            settings.ice, turn_secret_file=whole(settings.ice.turn_secret_file)
        ),
        recordings=msgspec.structs.replace(
            settings.recordings, folder=whole(settings.recordings.folder)
        ),
        push=msgspec.structs.replace(settings.push, key_file=whole(settings.push.key_file)),
        logs=msgspec.structs.replace(
            settings.logs, security_file=whole(settings.logs.security_file)
        ),
    )


def _check(settings: ServerSettings) -> Iterator[Fault]:
    """Find what is wrong although every value by itself has the right type."""
    yield from _check_origins(settings)
    yield from _check_networks("trusted_proxies", settings.trusted_proxies)
    yield from _check_networks("limits.known_addresses", settings.limits.known_addresses)
    yield from check_tls(settings.tls, settings.host, settings.port, settings.public_url)
    yield from _check_ice(settings.ice)
    yield from check_push(settings.push, production=settings.production)
    yield from check_webhooks(settings.webhooks)
    if settings.production:
        yield from check_ways(settings.store.address, settings.sql_url)
    if settings.sql_url and urlsplit(settings.sql_url).scheme not in ("sqlite", "postgresql"):
        yield Fault(
            "sql_url", "is no address of a database", "write sqlite:///path or postgresql://…"
        )
    if settings.store.address != EMBEDDED:
        try:
            open_store(settings.store.address)
        except StoreUnfit as error:
            yield Fault("store.address", error.reason, f'or write "{EMBEDDED}"')
    for index, name in enumerate(settings.fairs):
        if not Path(name).is_file():
            yield Fault(f"fairs[{index}]", f"{name} is no file", "name a fair file that exists")


def _check_origins(settings: ServerSettings) -> Iterator[Fault]:
    right = "write https://host or https://host:port, without a path"
    for index, origin in enumerate(settings.allowed_origins):
        if not _is_origin(origin):
            yield Fault(f"allowed_origins[{index}]", f"{show(origin)} is no origin", right)
    if settings.public_url is not None and not _is_origin(settings.public_url):
        yield Fault("public_url", f"{show(settings.public_url)} is no origin", right)
    elif settings.production and not settings.base_url.startswith("https://"):
        yield Fault(
            "public_url",
            "must be https in production (browsers give no camera without it)",
            "write public_url = https://…, the address of the reverse proxy",
        )


def _check_networks(key: str, networks: list[str]) -> Iterator[Fault]:
    for index, text in enumerate(networks):
        try:
            network = ip_network(text)
        except ValueError as error:
            right = "write an address such as 127.0.0.1 or a network such as 10.0.0.0/8"
            yield Fault(f"{key}[{index}]", f"is no network: {error}", right)
            continue
        if network.prefixlen == 0:
            problem = "means everybody, so that anybody could pass for one of them"
            yield Fault(f"{key}[{index}]", problem, "name the addresses themselves")


def _is_origin(text: str) -> bool:
    parts = urlsplit(text.rstrip("/"))
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and not (parts.path or parts.query or parts.fragment or parts.username)
    )


def _check_ice(ice: IceSettings) -> Iterator[Fault]:
    for key, urls, schemes in (
        ("stun", ice.stun, ("stun:", "stuns:")),
        ("turn", ice.turn, ("turn:", "turns:")),
    ):
        for index, url in enumerate(urls):
            if not url.startswith(schemes):
                right = f"write {schemes[0]}host:port"
                yield Fault(f"ice.{key}[{index}]", f"{show(url)} is no {key} address", right)
    if ice.turn and ice.turn_secret_file is None:
        yield Fault(
            "ice.turn_secret_file",
            "is missing though there are turn addresses",
            "name the file with coturn's static-auth-secret",
        )
