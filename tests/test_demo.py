"""``fairserver demo`` as a visitor runs it: a process, its addresses, Ctrl-C, a crash."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import ifaddr
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from fairserver.demo import lan_settings
from fairserver.line.leash import ends_with_parent
from fairserver.phone import qr_lines
from fairserver.tls.reach import find_reach

ROOT = Path(__file__).resolve().parent.parent


class Demo:
    """One started demo; ``text`` is what it printed until it was ready."""

    def __init__(self, data: Path, port: int, *words: str) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "fairserver", "demo"),
                *("--data", str(data), "--port", str(port), *words),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=ends_with_parent(signal.SIGTERM),
        )
        assert self.process.stdout is not None
        self.text = ""
        for line in self.process.stdout:
            self.text += line
            if "Ctrl-C stops" in line:
                return
        self.process.wait()
        raise AssertionError(f"the demo ended: {self.text}")

    def end(self, number: int = signal.SIGINT) -> str:
        """Send a signal and return the rest of what it says."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate()
        return rest

    @property
    def links(self) -> list[str]:
        """The addresses that it printed."""
        return re.findall(r"http://\S+", self.text)

    @property
    def valkey_pid(self) -> int:
        """The process of its Valkey."""
        return int((self.data / "valkey" / "valkey.pid").read_text())


@pytest.fixture
def run_demo(free_port: Callable[[], int]) -> Iterator[Callable[..., Demo]]:
    """Run demos that share one data folder and one port."""
    demos: list[Demo] = []
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="fs-") as folder:

        def run(*words: str) -> Demo:
            demos.append(Demo(Path(folder) / "data", port, *words))
            return demos[-1]

        yield run
        for demo in demos:
            if demo.process.poll() is None:
                demo.end()


def is_there(pid: int) -> bool:
    """Tell whether a process runs (one that waits to be reaped does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def signed_in(link: str) -> dict[str, str]:
    """Exchange a personal link for a signed-in identity, as the page does."""
    base, _, token = link.partition("#t=")
    url = base.partition("/f/")[0] + "/api/sessions"
    async with (
        aiohttp.ClientSession(headers={"X-Fair": "1"}) as client,
        client.post(url, json={"token": token, "bearer": True}) as answer,
    ):
        assert answer.status in (200, 201), await answer.text()
        found: dict[str, str] = await answer.json()
        return found


async def test_the_printed_addresses_open_and_sign_in(run_demo: Callable[..., Demo]) -> None:
    demo = run_demo("--robots", "0")
    candidate, *booths, control = demo.links
    assert len(booths) == 4
    async with aiohttp.ClientSession() as client:
        for link in demo.links:
            async with client.get(link.partition("#")[0]) as page:
                assert page.status == 200
                assert "text/html" in page.headers["Content-Type"]
    assert candidate.endswith("/f/tay-ninh/")
    assert [(await signed_in(link))["booth_id"] for link in booths] == ["b01", "b02", "b03", "b04"]
    assert (await signed_in(control))["role"] == "organiser"


def test_ctrl_c_stops_everything_and_the_next_start_has_the_same_links(
    run_demo: Callable[..., Demo],
) -> None:
    demo = run_demo("--candidates", "3")
    valkey, robots = demo.valkey_pid, int((demo.data / "robots.lock").read_text())
    assert "Stopped; every line is kept." in demo.end()
    assert demo.process.returncode == 0
    assert not is_there(valkey)
    assert not is_there(robots)
    assert run_demo("--robots", "0").links == demo.links


def test_a_killed_demo_is_taken_over_with_its_valkey_and_without_its_robots(
    run_demo: Callable[..., Demo],
) -> None:
    demo = run_demo("--candidates", "3")
    valkey, robots = demo.valkey_pid, int((demo.data / "robots.lock").read_text())
    demo.end(signal.SIGKILL)
    assert is_there(valkey)
    again = run_demo("--robots", "0")
    assert again.valkey_pid == valkey
    assert again.links == demo.links
    assert "Stopped" in again.end()
    assert not is_there(valkey)
    assert not is_there(robots)


def test_a_taken_port_is_said_and_the_next_free_one_used(tmp_path: Path) -> None:
    with socket.socket() as taken, tempfile.TemporaryDirectory(prefix="fs-") as folder:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = Demo(Path(folder), port, "--robots", "0")
        used = int(re.findall(r"localhost:(\d+)", demo.text)[0])
        demo.end()
    assert used > port
    assert f"Port {port} is taken: using port {used}." in demo.text
    assert f"Cổng {port} đang bận: dùng cổng {used}." in demo.text


def test_the_links_are_for_the_owner_only_and_made_again_when_they_no_longer_work(
    run_demo: Callable[..., Demo],
) -> None:
    demo = run_demo("--robots", "0")
    links = demo.data / "links.json"
    assert stat.S_IMODE(links.stat().st_mode) == 0o600
    demo.end()
    os.truncate(links, 20)
    again = run_demo("--robots", "0")
    assert len(again.links) == len(demo.links)
    assert not set(again.links[1:]) & set(demo.links[1:])


def test_a_second_demo_on_the_same_folder_is_refused(
    run_demo: Callable[..., Demo], free_port: Callable[[], int]
) -> None:
    demo = run_demo("--robots", "0")
    with pytest.raises(AssertionError, match=f"pid {demo.process.pid}.*already uses"):
        Demo(demo.data, free_port(), "--robots", "0")


def test_phones_get_a_qr_code_a_page_to_begin_with_and_https(
    run_demo: Callable[..., Demo],
) -> None:
    places = find_reach("0.0.0.0").places
    if not places:
        pytest.skip("this computer has no address in a local network")
    address = str(places[0].address)
    demo = run_demo("--robots", "0", "--lan", address)
    begin = next(link for link in demo.links if f"//{address}:" in link)
    (https,) = re.findall(r"https://\S+", demo.text)
    assert https.startswith(f"https://{address}:")
    assert https.endswith("/f/tay-ninh/")
    for line in qr_lines(begin, colours=False):
        assert line in demo.text
    certificate = demo.data / "tls" / "authority.pem"
    authority = x509.load_pem_x509_certificate(certificate.read_bytes())
    digits = "".join(demo.text.split()).lower()
    assert authority.fingerprint(hashes.SHA256()).hex() in digits
    assert "This certificate is new" in demo.text
    with urllib.request.urlopen(begin) as page:
        assert page.status == 200
    trusting = ssl.create_default_context(cafile=certificate)
    with urllib.request.urlopen(https, context=trusting) as page:
        assert page.status == 200
    demo.end()
    assert "This certificate is new" not in run_demo("--robots", "0", "--lan").text


def test_robots_play_beside_phones(run_demo: Callable[..., Demo]) -> None:
    if not find_reach("0.0.0.0").places:
        pytest.skip("this computer has no address in a local network")
    demo = run_demo("--candidates", "3", "--lan")
    assert is_there(int((demo.data / "robots.lock").read_text()))
    assert "Stopped" in demo.end()


def test_an_address_that_this_computer_does_not_have_is_said(
    run_demo: Callable[..., Demo],
) -> None:
    with pytest.raises(AssertionError, match=r"no address|has no address 203\.0\.113\.9"):
        run_demo("--robots", "0", "--lan", "203.0.113.9")


def test_a_computer_without_a_network_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ifaddr, "get_adapters", list)
    with pytest.raises(ValueError, match="no address in a local network"):
        lan_settings(8080, None)
