"""``fairserver demo``: the example fair on this computer, with robots in it.

Its links are kept in the data folder, readable by the owner only, so that a tab left open is
still signed in after the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final

import msgspec

from fairserver import __version__
from fairserver.domain.fair_plan import BoothEntry, FairPlan
from fairserver.domain.states import BoothMode, FairState, Role
from fairserver.ledger import Ledger
from fairserver.line.locks import try_lock
from fairserver.links import staff_link
from fairserver.phone import phone_lines
from fairserver.settings import LimitSettings, ServerSettings
from fairserver.tls.settings import TlsMode, TlsSettings
from fairserver.web.app import run_node
from fairserver.web.https import Https, LocalHttps
from fairserver.web.node import Node

_SOURCE = Path(__file__).resolve().parent.parent / "config" / "fairs"
_PACKAGED = Path(__file__).resolve().parent / "_fairs"
#: The example fair: among the settings in a checkout, inside the package when installed.
EXAMPLE: Final = (_SOURCE if _SOURCE.is_dir() else _PACKAGED) / "tay-ninh-2026-11.toml"
HOST: Final = "127.0.0.1"
#: Booths that the robots leave to the visitor.
VISITOR_BOOTHS: Final = 4
#: Ports that are tried one after the other.
_PORTS = 100
#: Where phones in the network come in.
_HTTPS_PORT = 8443
_DOOR_PORT = 8081
_EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - HTTPS, and the page that leads there
#: Seconds for the robots to say goodbye.
_GOODBYE_S = 10.0

Say = Callable[[str], None]


class DemoOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says; ``fair`` None is the example."""

    port: int = 8080
    robots: bool = True
    candidates: int = 200
    data: Path = Path("data/demo")
    fair: Path | None = None
    #: Also for phones in the network.
    lan: bool = False
    #: Which address they take; None: the likeliest.
    lan_address: str | None = None


class DemoLinks(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of the demo's staff, as kept in ``links.json``."""

    fair_id: str
    organiser: str
    #: By booth id.
    recruiters: dict[str, str]


async def run_demo(options: DemoOptions, say: Say) -> None:
    """Run the demo until SIGINT or SIGTERM, then stop everything that it started.

    Raises what ``run_node`` raises, and ``ValueError`` when phones cannot reach this computer,
    before anything is left running.
    """
    fair_file = options.fair or EXAMPLE
    port = free_port(options.port)
    settings = demo_settings(options.data.absolute(), port, fair_file)
    if options.lan:
        settings = msgspec.structs.replace(settings, tls=lan_settings(port, options.lan_address))
    robots = Robots(settings.data)

    async def ready(node: Node) -> None:
        (plan,) = (fair.plan for fair in node.fairs.values())
        await node.open_fair(plan.fair_id)
        links = await keep_links(node.ledger, plan, settings.data / "links.json")
        is_closed = node.fairs[plan.fair_id].feed.projection.state is FairState.CLOSED
        await robots.end_those_left_behind()
        if options.robots and not is_closed:
            robots.start(settings.plain_url, plan, links, options.candidates)
        say(welcome(plan, links, settings, options, is_closed, phones(node.https, plan)))

    try:
        await run_node(settings, ready=ready)
    finally:
        await robots.stop()
    say("\nĐã dừng; mọi hàng chờ được giữ nguyên.   Stopped; every line is kept.")


def demo_settings(data: Path, port: int, fair_file: Path) -> ServerSettings:
    """Build the settings: embedded Valkey and SQLite in the folder, this computer only."""
    return ServerSettings(
        host=HOST,
        port=port,
        data_folder=str(data),
        fairs=[str(fair_file)],
        node_id="demo",
        # All robots come from one address.
        limits=LimitSettings(registrations_per_second=50, known_addresses=["127.0.0.1", "::1"]),
    )


def lan_settings(port: int, address: str | None) -> TlsSettings:
    """Build the settings of HTTPS for phones; ``port`` is taken by plain HTTP.

    Raises ``ValueError`` when this computer has no address that phones could use.
    """
    https_port = free_port(_HTTPS_PORT, _EVERYWHERE, port)
    http_port = free_port(_DOOR_PORT, _EVERYWHERE, port, https_port)
    tls = TlsSettings(mode=TlsMode.LOCAL, port=https_port, http_port=http_port, address=address)
    reach = tls.find_reach()
    there = [str(place.address) for place in reach.places]
    if not there:
        public = f" ({', '.join(map(str, reach.public))}: public)" if reach.public else ""
        raise ValueError(
            f"máy này chưa có địa chỉ trong mạng nội bộ{public}; hãy nối Wi-Fi, hoặc chạy không có"
            f" LAN. This computer has no address in a local network{public}; connect it to the"
            " Wi-Fi, or run without LAN."
        )
    if address is not None and address not in there:
        raise ValueError(
            f"máy này không có địa chỉ {address}; có {', '.join(there)}."
            f" This computer has no address {address}; it has {', '.join(there)}."
        )
    return tls


def phones(https: Https | None, plan: FairPlan) -> list[str]:
    """Say how phones get in; nothing when they cannot."""
    if not isinstance(https, LocalHttps):
        return []
    return [*phone_lines(https, f"/f/{plan.fair_id}/", colours=sys.stdout.isatty()), ""]


def free_port(wanted: int, host: str = HOST, *taken: int) -> int:
    """Find the first port from ``wanted`` upwards that nobody listens on and none has ``taken``.

    Raises ``OSError`` when a hundred in a row are taken.
    """
    for port in range(wanted, min(wanted + _PORTS, 65_536)):
        if port in taken:
            continue
        with socket.socket() as probe:
            # As the server will: a port in TIME_WAIT counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                return port
    raise OSError(errno.EADDRINUSE, f"no free port from {wanted} to {wanted + _PORTS - 1}")


def visitor_booths(plan: FairPlan) -> list[BoothEntry]:
    """Choose the booths that are left for the visitor: the first that meet people by video."""
    online = [booth for booth in plan.booths if booth.mode is BoothMode.ONLINE]
    return (online or plan.booths)[:VISITOR_BOOTHS]


async def keep_links(ledger: Ledger, plan: FairPlan, path: Path) -> DemoLinks:
    """Read the kept links, or invite everybody again when one of them no longer works."""
    links = _read_links(path)
    if links is None or not await _still_work(ledger, plan, links):
        links = await _invite_all(ledger, plan)
        _write_private(path, msgspec.json.encode(links))
    return links


def _read_links(path: Path) -> DemoLinks | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=DemoLinks)
    except (OSError, msgspec.DecodeError):
        return None  # the first start, or a file cut short by a crash


async def _still_work(ledger: Ledger, plan: FairPlan, links: DemoLinks) -> bool:
    if links.fair_id != plan.fair_id:
        return False
    if set(links.recruiters) != {booth.booth_id for booth in plan.booths}:
        return False
    for token in (links.organiser, *links.recruiters.values()):
        if await ledger.staff.by_token(token) is None:
            return False
    return True


async def _invite_all(ledger: Ledger, plan: FairPlan) -> DemoLinks:
    for member in await ledger.staff.of_fair(plan.fair_id):
        if not member.revoked:
            await ledger.staff.revoke(member.staff_id)
    organiser = await ledger.staff.invite(plan.fair_id, Role.ORGANISER, None, "Điều phối viên")
    recruiters = {}
    for booth in tuple(plan.booths):
        invited = await ledger.staff.invite(
            plan.fair_id, Role.RECRUITER, booth.booth_id, f"Gian {booth.number}"
        )
        recruiters[booth.booth_id] = invited.token
    return DemoLinks(fair_id=plan.fair_id, organiser=organiser.token, recruiters=recruiters)


def welcome(
    plan: FairPlan,
    links: DemoLinks,
    settings: ServerSettings,
    options: DemoOptions,
    is_closed: bool = False,
    phones: Sequence[str] = (),
) -> str:
    """Write what the visitor needs to know, Vietnamese first."""
    base = settings.plain_url
    fair = plan.fair_id
    lines = ["", f"Fairserver {__version__} · {plan.name.vi}", ""]
    if settings.port != options.port:
        lines += [
            f"  Cổng {options.port} đang bận: dùng cổng {settings.port}."
            f"   Port {options.port} is taken: using port {settings.port}.",
            "",
        ]
    lines += ["  Người tìm việc · candidate", f"    {base}/f/{fair}/", ""]
    lines += ["  Gian hàng để trống cho anh/chị · booths left for you"]
    for booth in visitor_booths(plan):
        link = staff_link(base, fair, Role.RECRUITER, links.recruiters[booth.booth_id])
        lines += [f"    {booth.number} · {booth.employer.name}", f"       {link}"]
    control = staff_link(base, fair, Role.ORGANISER, links.organiser)
    lines += ["", "  Phòng điều hành · control room", f"    {control}", ""]
    lines += phones
    lines += [*_state_of_affairs(plan, settings, options, is_closed), ""]
    lines += ["  Ctrl-C để dừng; chạy lại thì mọi hàng chờ vẫn như cũ."]
    lines += ["  Ctrl-C stops; starting again finds every line as it was."]
    return "\n".join(lines)


def _state_of_affairs(
    plan: FairPlan, settings: ServerSettings, options: DemoOptions, is_closed: bool
) -> list[str]:
    if is_closed:
        return [
            f"  Phiên này đã kết thúc. Xóa thư mục {options.data} để bắt đầu phiên mới.",
            f"  This fair is closed. Delete the folder {options.data} to begin a new one.",
        ]
    data = f"  Dữ liệu · data      {options.data}"
    if not options.robots:
        return ["  Robot · robots      không · none", data]
    played = len(plan.booths) - len(visitor_booths(plan))
    return [
        f"  Robot · robots      {options.candidates} người tìm việc · candidates, "
        f"{played} gian · booths",
        data,
        f"  Nhật ký · log       {options.data / 'robots.log'}",
    ]


class Robots:
    """The robots' process, and those that a killed server left behind.

    The process inherits ``robots.lock``; so the lock is taken exactly as long as robots run.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, base_url: str, plan: FairPlan, links: DemoLinks, candidates: int) -> None:
        """Start the robots; what they say goes into ``robots.log``."""
        staff = self._data / "robot-staff.json"
        excluded = [booth.booth_id for booth in visitor_booths(plan)]
        _write_private(staff, msgspec.json.encode({"desks": _robot_desks(plan, links)}))
        words = ["--url", base_url, "--fair", plan.fair_id, "--candidates", str(candidates)]
        words += ["--staff-tokens", str(staff), "--exclude", ",".join(excluded)]
        words += ["--roster", str(self._data / "robots.json")]
        lock = self._lock_file()
        with lock, (self._data / "robots.log").open("ab") as log:
            if not try_lock(lock):
                raise BlockingIOError(errno.EAGAIN, "other robots still run")
            # A session of its own: Ctrl-C reaches the server, which then stops the robots.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "booth_client.robots", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(lock.fileno(),),
            )
            lock.truncate(0)
            lock.write(f"{self._process.pid}\n")

    async def stop(self) -> None:
        """Let the robots say goodbye, and wait for them."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, _GOODBYE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        self._process = None

    async def end_those_left_behind(self) -> None:
        """End the robots of a server that was killed; two crowds would play the same people."""
        with self._lock_file() as lock:
            waited = 0.0
            while not try_lock(lock):
                lock.seek(0)
                with contextlib.suppress(ValueError, ProcessLookupError):
                    # The lock is held, so the number in it is that of the living holder.
                    hard = waited > _GOODBYE_S
                    os.kill(int(lock.read()), signal.SIGKILL if hard else signal.SIGTERM)
                await asyncio.sleep(0.1)
                waited += 0.1

    def _lock_file(self) -> IO[str]:
        return (self._data / "robots.lock").open("a+", encoding="ascii")


def _robot_desks(plan: FairPlan, links: DemoLinks) -> list[dict[str, object]]:
    return [
        {
            "token": links.recruiters[booth.booth_id],
            "booth_id": booth.booth_id,
            "desk_ids": [desk.desk_id for desk in booth.desks],
        }
        for booth in plan.booths
    ]


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, from its first moment on."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
