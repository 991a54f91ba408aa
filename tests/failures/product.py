"""The product's own processes, with the commands that `make run` uses: web server, two workers, clock."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.failures.servers import answers, free_port, until

# A worker that has been up for so many seconds is at work.
BUSY_AFTER = 4.0

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Part:
    """One process of the product, started again whenever it is gone."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0

    def start(self) -> None:
        """In a process group of its own, its lines kept in a file."""
        self.started_at = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@dataclass
class Site:
    """A site on one database and one broker, in a folder of its own."""

    folder: Path
    database: str
    broker: str
    mail: str
    lease: int
    sweep: int
    parts: list[Part] = field(default_factory=list)
    killed: dict[int, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.closing = threading.Event()
        # Noon or about, so that it is the hour of digests and no midnight is near.
        ahead = 12 - datetime.now(UTC).hour
        zone = "UTC" if ahead == 0 else f"Etc/GMT{-ahead:+d}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONUNBUFFERED": "1",
            "TRACKER_ENV": "local",
            "DATA_DIR": str(self.folder),
            "TMPDIR": str(self.folder / "tmp"),
            "DATABASE_URL": self.database,
            "CELERY_BROKER_URL": self.broker,
            "EMAIL_URL": self.mail,
            "PORT": str(self.port),
            "TIME_ZONE": zone,
            "LOG_FORMAT": "json",
            "JOB_LEASE": str(self.lease),
            "JOB_SWEEP": str(self.sweep),
            # One person asks here for as much as many do elsewhere.
            "EXPORT_LIMIT": "100000",
            "SEARCH_LIMIT": "100000",
        }

    def python(self, *arguments: str) -> str:
        """Run Python in this site's environment; returns what it printed."""
        (self.folder / "tmp").mkdir(mode=0o700, exist_ok=True)
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(arguments)} failed:\n{done.stderr[-4000:]}")
        return done.stdout

    def start(self) -> None:
        """All processes; waits until the site answers."""
        show = "import json\nfrom tracker import runner\n"
        show += "print(json.dumps([[p.name, list(p.command), dict(p.extra)] for p in runner.processes()]))"
        for name, command, extra in json.loads(self.python("-c", show)):
            self.parts.append(Part(name, command, self.environment | extra, self.folder / f"{name}.log"))
        for part in self.parts:
            part.start()
        threading.Thread(target=self._look_after, daemon=True).start()
        until(lambda: answers(self.port), 60, "the start of the web server")

    def _look_after(self) -> None:
        while not self.closing.wait(0.2):
            for part in self.parts:
                if part.process is not None and part.process.poll() is not None and not self.closing.is_set():
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(part.process.pid, signal.SIGKILL)
                    part.start()

    def kill_a_worker(self, chance: random.Random) -> str:
        """SIGKILL to one of the workers, whatever it is doing; one that has had the time to begin something."""
        workers = [part for part in self.parts if part.name.startswith("worker")]
        part = chance.choice(workers)

        def at_work() -> bool:
            alive = part.process is not None and part.process.poll() is None
            return alive and time.monotonic() - part.started_at > BUSY_AFTER

        until(at_work, 60, "the start of a worker")
        assert part.process is not None
        with contextlib.suppress(ProcessLookupError):
            part.process.kill()
            self.killed.setdefault(part.process.pid, []).append(time.time())
        return part.name

    def stop(self) -> None:
        """End all processes."""
        self.closing.set()
        for part in self.parts:
            if part.process is not None:
                with contextlib.suppress(ProcessLookupError):
                    part.process.terminate()
        for part in self.parts:
            if part.process is None:
                continue
            with contextlib.suppress(subprocess.TimeoutExpired):
                part.process.wait(timeout=15)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(part.process.pid, signal.SIGKILL)
            part.process.wait()
