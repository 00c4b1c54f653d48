"""Server nodes as real processes on one live store and one ledger; they may be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from fairserver.ledger import Ledger
from fairserver.line.leash import ends_with_parent
from fairserver.settings import ServerSettings, read_secret, read_settings
from tests.faults.support.fair import FairShape, write_shape

ROOT = Path(__file__).resolve().parents[3]

_CONFIG = """\
host = "127.0.0.1"
port = {port}
node_id = "node-{index}"
log_level = "warning"
data_folder = "node-{index}"
sql_url = "sqlite:///ledger.sqlite"
secret_file = "secret"
fairs = ["fair.toml"]

[store]
address = "{store}"
require_durable = {durable}

[limits]
commands_per_second = 1000
commands_burst = 10000
registrations_per_second = 1000
registrations_per_minute = 60000
max_connections = 20000
sockets_per_staff = 1000
known_addresses = ["127.0.0.1"]
"""


class NodeProcess:
    """One node; ``start`` returns once it listens."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self.settings: ServerSettings = read_settings(config)
        self.log = config.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None
        #: Where the release that it runs lies.
        self.root = ROOT

    @property
    def url(self) -> str:
        """The address that clients use."""
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def pid(self) -> int:
        """The process; only while it runs."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start it and wait until it has announced itself."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.node", str(self.config)],
                cwd=self.root,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                preexec_fn=ends_with_parent(),
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith(b"ready"), self.log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it at once, as ``kill -9`` and a power cut do."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an operator does."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        process, self.process = self.process, None
        if process.poll() is None:
            os.kill(process.pid, number)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


class Nodes:
    """Several equal nodes of one fair."""

    def __init__(self, folder: Path, shape: FairShape, store: str, count: int = 2) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.shape = shape
        write_shape(folder / "fair.toml", shape)
        self.nodes = [self._configure(index, store) for index in range(count)]

    def _configure(self, index: int, store: str) -> NodeProcess:
        config = self.folder / f"node-{index}.toml"
        durable = "true" if index == 0 and "unix" in store else "false"
        config.write_text(
            _CONFIG.format(index=index, port=free_port(), store=store, durable=durable),
            encoding="utf-8",
        )
        return NodeProcess(config)

    def start(self) -> None:
        """Start them one after the other."""
        for node in self.nodes:
            node.start()

    def stop(self) -> None:
        """Kill whatever still runs."""
        for node in self.nodes:
            node.kill()

    async def open_ledger(self) -> Ledger:
        """Open the ledger that the nodes share."""
        settings = self.nodes[0].settings
        return await Ledger.open(settings.database_url, secret=read_secret(settings))

    def logs(self) -> str:
        """What the nodes had to complain of."""
        return "\n".join(node.log.read_text(encoding="utf-8") for node in self.nodes)


def free_port() -> int:
    """Find a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
