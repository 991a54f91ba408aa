"""PostgreSQL, Redis and RabbitMQ of one's own: in a folder, on free ports, ended by their own process ids only."""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 90.0


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(true: Callable[[], object], within: float, what: str) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + within
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} took more than {within:.0f} s")
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether something accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Server:
    """A server in its folder: started, stopped and started again by the run that owns it."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / self.name
        self.folder.mkdir()
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """What starts it in the foreground."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Its environment."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}

    def ready(self) -> bool:
        """Whether it serves."""
        return answers(self.port)

    def start(self) -> None:
        """Start it and wait until it serves."""
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start it without waiting."""
        with (self.folder / "said.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                env=self.environment(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until it serves."""
        until(lambda: self.ready() or self._died(), PATIENCE, f"the start of {self.name}")

    def _died(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            said = (self.folder / "said.log").read_text(errors="replace")[-2000:]
            raise AssertionError(f"{self.name} did not start:\n{said}")
        return False

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it and all that belongs to it."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


def binary(name: str, *patterns: str) -> str:
    """The path of a program: on the PATH, or where Debian keeps it."""
    found = shutil.which(name)
    for pattern in patterns:
        found = found or next(iter(sorted(glob.glob(pattern), reverse=True)), None)
    if found is None:
        raise AssertionError(f"{name} is not installed")
    return found


class Postgres(Server):
    """PostgreSQL; as root it runs as the user `postgres`, since it refuses to run as root."""

    name = "postgres"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.data = self.folder / "data"
        self.data.mkdir(mode=0o700)
        self.user = pwd.getpwuid(os.getuid()).pw_name
        if os.getuid() == 0:
            self.user = "postgres"
            owner = pwd.getpwnam("postgres")
            for path in (self.folder, self.data):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        subprocess.run(
            [
                *self._as_user(),
                binary("initdb", "/usr/lib/postgresql/*/bin/initdb"),
                f"--pgdata={self.data}",
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )

    def _as_user(self) -> list[str]:
        if os.getuid() != 0:
            return []
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]

    def command(self) -> list[str]:
        """Listening on its port and on a socket in its folder."""
        return [
            *self._as_user(),
            binary("postgres", "/usr/lib/postgresql/*/bin/postgres"),
            f"-D{self.data}",
            f"-p{self.port}",
            "-clisten_addresses=127.0.0.1",
            f"-cunix_socket_directories={self.folder}",
            "-cmax_connections=200",
            # Processes are killed here, never the machine: what was written stays written.
            "-cfsync=off",
        ]

    def ready(self) -> bool:
        """It also says so while it recovers: ask for an answer."""
        return answers(self.port) and self.query("postgres", "SELECT 1").returncode == 0

    def query(self, database: str, statement: str) -> subprocess.CompletedProcess[bytes]:
        """Run one statement."""
        return subprocess.run(
            [
                binary("psql"),
                "-h127.0.0.1",
                f"-p{self.port}",
                "-Upostgres",
                "-qAt",
                database,
                "-c",
                statement,
            ],
            capture_output=True,
            check=False,
        )

    def address(self, database: str) -> str:
        """What DATABASE_URL takes."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"


class Redis(Server):
    """Redis that keeps nothing: what it held is lost with each stop."""

    name = "redis"

    def command(self) -> list[str]:
        """Without persistence."""
        return [
            binary("redis-server"),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            ".",
        ]

    @property
    def address(self) -> str:
        """What CELERY_BROKER_URL takes."""
        return f"redis://127.0.0.1:{self.port}/0"


class RabbitMQ(Server):
    """A RabbitMQ node with its own name, ports, folders and port mapper (epmd)."""

    name = "rabbitmq"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.mapper_port, self.distribution_port = free_port(), free_port()
        self.mapper: subprocess.Popen[bytes] | None = None
        for part in ("mnesia", "log", "plugins"):
            (self.folder / part).mkdir(exist_ok=True)
        (self.folder / "plugins" / "enabled").write_text("[].\n")
        (self.folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n")

    def environment(self) -> dict[str, str]:
        """Nothing of it is shared with another node of the machine."""
        return super().environment() | {
            "RABBITMQ_NODENAME": f"upr{os.getpid()}@localhost",
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins" / "enabled"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none.conf"),
            "RABBITMQ_PID_FILE": str(self.folder / "node.pid"),
            "ERL_EPMD_PORT": str(self.mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    def command(self) -> list[str]:
        """The node itself, past Debian's wrapper that changes the user."""
        return [binary("", "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server")]

    def begin(self) -> None:
        """The port mapper first: a node would start one that outlives it."""
        if self.mapper is None:
            self.mapper = subprocess.Popen(
                [binary("epmd"), "-port", str(self.mapper_port), "-address", "127.0.0.1"],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            until(lambda: answers(self.mapper_port), 10, "the start of epmd")
        super().begin()

    def close(self) -> None:
        """The node and its port mapper."""
        self.stop()
        if self.mapper is not None:
            self.mapper.kill()
            self.mapper.wait()
            self.mapper = None

    @property
    def address(self) -> str:
        """What CELERY_BROKER_URL takes."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"
