"""HTTPS by the server itself, with real clients: who trusts the authority, and who does not."""

from __future__ import annotations

import datetime as dt
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import ifaddr
import pytest
from cryptography.hazmat.primitives import serialization as pem

from booth_client.sign_in import register
from fairserver.settings import SettingsError
from fairserver.tls.authority import Authority, AuthorityUnfit, keep_authority
from fairserver.tls.settings import TlsMode, TlsSettings
from fairserver.web.https import FileHttps, LocalHttps
from tests.web.support import Server, Servers, a_form

Start = Callable[..., Awaitable[Server]]


@pytest.fixture
def start_https(servers: Servers, free_port: Callable[[], int]) -> Start:
    """Start a node with HTTPS on the loopback; ``more`` are settings of ``[tls]``."""

    async def start(settings: dict[str, Any] | None = None, **more: Any) -> Server:
        tls = {"mode": TlsMode.LOCAL, "host": "127.0.0.1", "port": free_port()}
        tls |= {"http_port": free_port(), **more}
        return await servers.start(tls=TlsSettings(**tls), **(settings or {}))

    return start


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that trusts this computer's authority, and no other."""
    authority = authority_of(tmp_path)
    context = ssl.create_default_context(cadata=authority.pem.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    connector = aiohttp.TCPConnector(ssl=context)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
        yield session


def authority_of(folder: Path) -> Authority:
    return keep_authority(folder / "tls", dt.datetime.now(dt.UTC))[0]


def https_of(server: Server) -> LocalHttps:
    https = server.node.https
    assert isinstance(https, LocalHttps)
    return https


def door_of(server: Server) -> str:
    return f"http://127.0.0.1:{server.node.settings.tls.http_port}"


async def test_who_trusts_the_authority_registers_and_opens_a_socket(
    start_https: Start, client: aiohttp.ClientSession
) -> None:
    server = await start_https()
    base = server.node.settings.base_url
    assert base == f"https://127.0.0.1:{server.node.settings.tls.port}"
    headers = {"X-Fair": "1", "Origin": base}
    url = f"{base}/api/fairs/{server.fair_id}/candidates"
    async with client.post(url, json=a_form(), headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        ((name, cookie),) = answer.cookies.items()
        slot = (await answer.json())["slot"]
    assert name == f"__Host-fs_{slot}"
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    signed_in = {"Cookie": f"{name}={cookie.value}", "Origin": base}
    socket_url = f"{base.replace('https', 'wss')}/ws/{server.fair_id}?slot={slot}"
    async with client.ws_connect(socket_url, headers=signed_in) as ws:
        await ws.send_str('{"type":"hello","id":"k","views":{"me":null}}')
        while json.loads(await ws.receive_str())["type"] != "snapshot":
            pass


async def test_a_program_that_trusts_the_authority_registers(
    start_https: Start, client: aiohttp.ClientSession
) -> None:
    server = await start_https()
    form = a_form()
    found = await register(server.node.settings.base_url, server.fair_id, form, http=client)
    assert found.number == 1


async def test_who_does_not_trust_the_authority_gets_no_answer(start_https: Start) -> None:
    server = await start_https()
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await server.http.get(server.node.settings.base_url)


async def test_signing_out_takes_the_secure_cookie_away(
    start_https: Start, client: aiohttp.ClientSession
) -> None:
    server = await start_https()
    base = server.node.settings.base_url
    headers = {"X-Fair": "1", "Origin": base}
    url = f"{base}/api/fairs/{server.fair_id}/candidates"
    async with client.post(url, json=a_form(), headers=headers) as answer:
        ((name, cookie),) = answer.cookies.items()
    headers["Cookie"] = f"{name}={cookie.value}"
    slot = name.rpartition("_")[2]
    async with client.delete(f"{base}/api/session?slot={slot}", headers=headers) as answer:
        assert answer.status == 204
        # Browsers ignore what is said of a __Host- cookie without Secure and Path.
        assert answer.cookies[name]["secure"]
        assert answer.cookies[name]["max-age"] == "0"
        assert answer.cookies[name]["path"] == "/"


@pytest.mark.parametrize(
    ("origin", "right"),
    [
        ("https://127.0.0.1:{port}", True),
        ("https://localhost:{port}", True),
        ("http://127.0.0.1:{plain}", True),
        ("http://127.0.0.1:{door}", False),
        ("http://127.0.0.1:{port}", False),
        ("https://127.0.0.1:{plain}", False),
        ("https://127.0.0.2:{port}", False),
        ("https://evil.example:{port}", False),
        ("https://evil.local:{port}", False),
        ("https://127.0.0.1", False),
    ],
)
async def test_pages_of_the_addresses_that_are_served_may_speak_to_it_and_no_others(
    start_https: Start, client: aiohttp.ClientSession, origin: str, right: bool
) -> None:
    server = await start_https()
    settings = server.node.settings
    ports = {"port": settings.tls.port, "plain": settings.port, "door": settings.tls.http_port}
    headers = {"X-Fair": "1", "Origin": origin.format(**ports)}
    url = f"{settings.base_url}/api/fairs/{server.fair_id}/candidates"
    async with client.post(url, json=a_form(), headers=headers) as answer:
        assert answer.status == (201 if right else 403)


async def test_a_local_authority_never_forbids_http_for_ever(
    start_https: Start, client: aiohttp.ClientSession
) -> None:
    server = await start_https({"public_url": "https://fair.example"})
    local = f"https://127.0.0.1:{server.node.settings.tls.port}/livez"
    async with client.get(local) as answer:
        assert answer.status == 200
        assert "Strict-Transport-Security" not in answer.headers
    async with client.get(f"{server.base_url}/livez") as answer:  # as the proxy asks
        assert "Strict-Transport-Security" in answer.headers


async def test_this_computer_itself_goes_on_over_plain_http(start_https: Start) -> None:
    server = await start_https()
    reply = await server.register()
    assert reply.status == 201
    ((name, cookie),) = reply.cookies.items()
    assert name.startswith("fs_")
    assert not cookie["secure"]


# --- the door ---------------------------------------------------------------------------------


async def test_the_door_offers_the_certificate_as_phones_take_it(
    start_https: Start, tmp_path: Path
) -> None:
    server = await start_https()
    authority = authority_of(tmp_path)
    async with server.http.get(f"{door_of(server)}/local-authority.crt") as answer:
        assert answer.content_type == "application/x-x509-ca-cert"
        assert "Content-Disposition" not in answer.headers
        assert await answer.read() == authority.der
    async with server.http.get(door_of(server)) as answer:
        page = await answer.text()
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Server"] == "fairserver"
    assert '<html lang="vi">' in page
    assert authority.fingerprint in page
    assert f'href="{server.node.settings.base_url}/"' in page
    assert "$" not in page
    assert "{" not in page


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "en-GB,en", "en"),
        ("", "ko", "vi"),
        ("?lang=en", "vi", "en"),
        ("?lang=vi", "en", "vi"),
        ("?lang=../", "en", "en"),
    ],
)
async def test_the_door_speaks_the_phones_language_or_the_one_chosen(
    start_https: Start, query: str, accepted: str, language: str
) -> None:
    server = await start_https()
    headers = {"Accept-Language": accepted}
    async with server.http.get(f"{door_of(server)}/{query}", headers=headers) as answer:
        assert f'<html lang="{language}">' in await answer.text()


@pytest.mark.parametrize(
    "path", ["/f/{fair}/", "/f/{fair}/control", "/ws/{fair}", "/api/fairs", "/livez", "/x//y"]
)
async def test_the_door_serves_nothing_of_the_fair(start_https: Start, path: str) -> None:
    server = await start_https()
    url = door_of(server) + path.format(fair=server.fair_id)
    async with server.http.get(url, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, "/")
    async with server.http.post(url, json=a_form(), headers={"X-Fair": "1"}) as answer:
        assert answer.status == 405


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("shared/tokens.css", 200),
        ("door/door.css", 200),
        ("vendor/fonts/be-vietnam-pro-latin-400-normal.woff2", 200),
        ("candidate/app.js", 302),
        ("door/../candidate/app.js", 302),
    ],
)
async def test_the_door_has_the_files_of_its_own_page_only(
    start_https: Start, path: str, status: int
) -> None:
    server = await start_https()
    url = f"{door_of(server)}/static/{path}"
    async with server.http.get(url, allow_redirects=False) as answer:
        assert answer.status == status


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "[::1", "", "8.8.8.8"])
async def test_the_door_leads_to_this_computer_whatever_host_was_asked(
    start_https: Start, host: str
) -> None:
    server = await start_https()
    async with server.http.get(door_of(server), headers={"Host": host}) as answer:
        page = await answer.text()
    if answer.status == 200:
        assert f'href="{server.node.settings.base_url}/"' in page
        assert "evil" not in page


async def test_the_door_leads_on_by_the_name_that_was_asked(start_https: Start) -> None:
    server = await start_https()
    port = server.node.settings.tls.port
    async with server.http.get(door_of(server), headers={"Host": "localhost:80"}) as answer:
        assert f'href="https://localhost:{port}/"' in await answer.text()


async def test_without_a_port_there_is_no_door(start_https: Start) -> None:
    server = await start_https(http_port=0)
    https = https_of(server)
    assert https.start_url == f"https://127.0.0.1:{server.node.settings.tls.port}/"


# --- what changes while it runs ---------------------------------------------------------------


def computer_has(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Give this computer other addresses than it has."""
    adapters = [ifaddr.Adapter("wlan0", "wlan0", [ifaddr.IP(a, 24, "wlan0") for a in addresses])]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: adapters)


async def test_a_new_address_is_certified_and_served_while_the_node_runs(
    start_https: Start,
    client: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    computer_has(monkeypatch, "192.168.1.5")
    server = await start_https(host="0.0.0.0")
    https, port = https_of(server), server.node.settings.tls.port
    fingerprint = https.authority.fingerprint
    url = f"https://127.0.0.1:{port}/api/fairs/{server.fair_id}/candidates"

    async def status(host: str) -> int:
        headers = {"X-Fair": "1", "Origin": f"https://{host}:{port}", "Connection": "close"}
        request = client.post(url, json=a_form(), headers=headers, server_hostname=host)
        async with request as answer:
            return answer.status

    assert await status("192.168.1.5") == 201
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await status("192.168.43.7")
    computer_has(monkeypatch, "192.168.43.7")
    https.refresh()
    assert await status("192.168.43.7") == 201
    assert https.authority.fingerprint == fingerprint
    assert https.start_url.startswith("http://192.168.43.7:")
    assert f"https is now at https://192.168.43.7:{port}" in caplog.text
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await status("192.168.1.5")


async def test_an_address_that_this_computer_lost_is_said(
    start_https: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    computer_has(monkeypatch, "192.168.1.5", "8.8.4.4")
    server = await start_https(host="0.0.0.0", address="192.168.9.9")
    assert "tls.address: 192.168.9.9 is no address of this computer now" in caplog.text
    assert "8.8.4.4 (wlan0) is public" in caplog.text
    assert https_of(server).hosts[0] == "192.168.1.5"


async def test_a_node_without_a_network_starts_and_waits_for_one(
    start_https: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    computer_has(monkeypatch)
    https = https_of(await start_https(host="0.0.0.0"))
    assert https.hosts[-1] == "localhost"
    computer_has(monkeypatch, "192.168.1.5")
    https.refresh()
    assert https.hosts[0] == "192.168.1.5"


async def test_an_authority_that_others_can_read_keeps_the_node_from_starting(
    start_https: Start, tmp_path: Path
) -> None:
    authority_of(tmp_path)
    (tmp_path / "tls" / "authority.pem").chmod(0o644)
    with pytest.raises(AuthorityUnfit, match=r"can be read by others \(0644\)"):
        await start_https()


# --- a fetched certificate --------------------------------------------------------------------


class Files:
    """A certificate and its key in two files, for ``fair.local``-like names of the loopback."""

    def __init__(self, folder: Path) -> None:
        self.authority = authority_of(folder)
        self.certificate, self.key = folder / "cert.pem", folder / "key.pem"
        self.write("localhost")

    def write(self, *hosts: str, days: int = 0) -> None:
        """Write a pair that ends ``days`` earlier than a leaf made now."""
        made = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
        certificate, mark, key = self.authority.issue(hosts, made).partition(b"-----BEGIN PRIVATE")
        self.certificate.write_bytes(certificate)
        self.key.write_bytes(mark + key)
        self.key.chmod(0o640)

    @property
    def settings(self) -> dict[str, Any]:
        """The keys of ``[tls]``."""
        names = {"certificate_file": str(self.certificate), "key_file": str(self.key)}
        return {"mode": TlsMode.FILES, **names}


@pytest.fixture
def pair(tmp_path: Path) -> Files:
    return Files(tmp_path)


async def test_a_fetched_certificate_is_served_and_read_again_when_it_is_renewed(
    start_https: Start, client: aiohttp.ClientSession, pair: Files, free_port: Callable[[], int]
) -> None:
    port = free_port()
    public = {"public_url": f"https://localhost:{port}"}
    server = await start_https(public, port=port, **pair.settings)
    async with client.get(f"https://localhost:{port}/livez") as answer:
        assert answer.headers["Strict-Transport-Security"]
    headers = {"Connection": "close"}
    url, door = f"https://127.0.0.1:{port}/livez", door_of(server)
    async with client.get(url, server_hostname="localhost", headers=headers) as answer:
        assert answer.status == 200
    async with client.get(f"{door}/f/x?y=1", allow_redirects=False) as answer:
        assert answer.status == 308
        assert answer.headers["Location"] == f"https://localhost:{port}/f/x?y=1"
    pair.write("localhost", "10.1.2.3")
    assert isinstance(server.node.https, FileHttps)
    server.node.https.refresh()
    async with client.get(url, server_hostname="10.1.2.3", headers=headers) as answer:
        assert answer.status == 200


async def test_a_bad_renewal_leaves_the_certificate_that_works(
    start_https: Start, client: aiohttp.ClientSession, pair: Files, free_port: Callable[[], int]
) -> None:
    port = free_port()
    public = {"public_url": f"https://localhost:{port}"}
    server = await start_https(public, port=port, **pair.settings)
    pair.certificate.write_text("half a cert")
    assert server.node.https is not None
    with pytest.raises(SettingsError):
        server.node.https.refresh()
    async with client.get(f"https://localhost:{port}/livez") as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda pair: pair.certificate.unlink(), "tls.certificate_file: cannot be read"),
        (lambda pair: pair.key.unlink(), "tls.key_file: cannot be read"),
        (lambda pair: pair.key.write_text("nothing"), "tls.certificate_file: does not fit"),
        (lambda pair: pair.key.chmod(0o644), r"tls.key_file: can be read by everybody \(0644\)"),
        (lambda pair: pair.write("other.local"), "is for other.local, not for localhost"),
        (lambda pair: pair.write("localhost", days=100), "tls.certificate_file: was valid until"),
    ],
    ids=["no certificate", "no key", "no PEM", "open key", "other name", "ended"],
)
async def test_files_that_do_not_do_are_named_and_nothing_starts(
    start_https: Start, pair: Files, spoil: Callable[[Files], object], fault: str
) -> None:
    spoil(pair)
    with pytest.raises(SettingsError, match=fault):
        await start_https({"public_url": "https://localhost:1"}, **pair.settings)


async def test_a_key_with_a_password_is_refused_without_asking_for_it(
    start_https: Start, pair: Files
) -> None:
    key = pem.load_pem_private_key(pair.key.read_bytes(), None)
    locked = pem.BestAvailableEncryption(b"secret")
    form = (pem.Encoding.PEM, pem.PrivateFormat.PKCS8, locked)
    pair.key.write_bytes(key.private_bytes(*form))
    with pytest.raises(SettingsError, match=r"key_file: cannot be used \(it has a password\)"):
        await start_https({"public_url": "https://localhost:1"}, **pair.settings)


async def test_one_star_stands_for_one_label(start_https: Start, pair: Files) -> None:
    pair.write("*.example.vn")
    await start_https({"public_url": "https://hall.example.vn"}, **pair.settings)
    with pytest.raises(SettingsError, match=r"not for a\.hall\.example\.vn"):
        await start_https({"public_url": "https://a.hall.example.vn"}, **pair.settings)
