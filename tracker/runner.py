"""Runs the whole site from one terminal: `make run` starts this, Ctrl-C stops it.

It prepares the site, starts web server, background worker and clock, each in a process group of its own, repeats
what they print under their names, starts again what dies (waiting longer each time), says when the site answers, and
at the end leaves no process behind.
"""

import contextlib
import ctypes
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from tracker import settings

READY_WITHIN = 90.0  # seconds until the site must answer
GIVEN_TO_STOP = 10.0  # seconds a process is given to end by itself
LONGEST_WAIT = 30.0  # seconds between two starts of a process that keeps dying
STEADY_AFTER = 60.0  # seconds after which a process counts as running well
# Looked up before any process is started: a new one must not search for libraries.
PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class CannotStart(Exception):
    """The site cannot start; the message says why, and what to do."""


@dataclass
class Process:
    """One of the site's processes: what starts it, and how it has been doing."""

    name: str
    command: Sequence[str]
    extra: Mapping[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    failures: int = 0

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it in a process group of its own, and repeat its lines under its name."""
        self.started_at = time.monotonic()
        self.running = subprocess.Popen(
            self.command,
            cwd=settings.BASE_DIR,
            env={**environment, **self.extra},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        assert self.running.stdout is not None
        threading.Thread(target=_repeat, args=(self.name, self.running.stdout), daemon=True).start()

    def look(self, environment: Mapping[str, str]) -> None:
        """Start it again if it has died and its wait is over."""
        now = time.monotonic()
        if self.running is None:
            if now >= self.start_again_at:
                self.start(environment)
            return
        code = self.running.poll()
        if code is None:
            return
        kill_group(self.running.pid)
        self.running = None
        self.failures = 1 if now - self.started_at > STEADY_AFTER else self.failures + 1
        wait = min(2.0 ** (self.failures - 1), LONGEST_WAIT)
        self.start_again_at = now + wait
        say(f"{self.name} ended ({ending(code)}); it starts again in {wait:.0f} s.")


def ending(code: int) -> str:
    """How a process ended, in words."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def say(line: str) -> None:
    """One line from the runner itself."""
    print(line, flush=True)


def _repeat(name: str, lines: IO[bytes]) -> None:
    for line in lines:
        sys.stderr.write(f"{name:<6} | {line.decode(errors='replace').rstrip()}\n")
        sys.stderr.flush()


def _end_with_parent() -> None:
    """In a new process: ask Linux to end it when the runner dies without saying good-bye."""
    if PRCTL is not None:
        PRCTL(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def kill_group(group: int) -> None:
    """End at once whatever is left of a process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def lock(folder: Path) -> IO[str]:
    """Hold the data folder for this runner alone, until the returned file is closed."""
    file = (folder / "run.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise CannotStart(
            f"The site already runs on {folder} (process {file.read().strip() or 'unknown'}). "
            "Stop that one first, or choose another folder: make run DATA_DIR=FOLDER"
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def need_free_port(host: str, port: int) -> None:
    """Refuse to start where something else listens already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(
                    f"Port {port} is taken: stop the program that uses it, or choose another one: "
                    f"make run PORT={port + 1 if port < 65535 else 8000}"
                ) from None
            raise CannotStart(f"The site cannot listen on {host} port {port}: {error.strerror}.") from None


def processes() -> list[Process]:
    """Web server, background workers and clock.

    A worker is one process that does one thing after the other (`--pool=solo`): killed at any moment it takes nothing
    with it. A pool of processes that share a queue falls silent when one of them is killed while it listens.
    """
    python = sys.executable
    celery = [python, "-m", "celery", "--app=tracker", "--quiet"]
    return [
        Process(
            "web",
            [
                python,
                "-m",
                "granian",
                "--interface=wsgi",
                f"--host={settings.HOST}",
                f"--port={settings.PORT}",
            ]
            + [f"--workers={min(os.cpu_count() or 1, 4)}", "--blocking-threads=4", "--no-ws"]
            + ["--respawn-failed-workers", "--workers-kill-timeout=5", "--log-level=warning"]
            + ["tracker.wsgi:application"],
            # A page that waits longer has failed its reader; background work and commands may take their time.
            {"DATABASE_STATEMENT_TIMEOUT": os.environ.get("DATABASE_STATEMENT_TIMEOUT", "3")},
        ),
        *(
            Process(
                name,
                [*celery, "worker", "--pool=solo", f"--hostname={name}@%h", "--loglevel=warning"]
                + ["--without-gossip", "--without-mingle", "--without-heartbeat"],
                # Celery warns the superuser of messages that hold code: ours are JSON, and nothing else is accepted.
                {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"},
            )
            for name in ("worker1", "worker2")
        ),
        Process("beat", [*celery, "beat", "--loglevel=warning", "--pidfile="]),
    ]


def answers() -> bool:
    """Whether the site says that it serves."""
    host = settings.HOST if settings.HOST not in {"0.0.0.0", "::"} else "127.0.0.1"
    address = f"http://[{host}]" if ":" in host else f"http://{host}"
    known_as = settings.ALLOWED_HOSTS[0].replace("*", "localhost").lstrip(".")
    request = urllib.request.Request(f"{address}:{settings.PORT}/healthz", headers={"Host": known_as})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=2) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def stop_all(running: Sequence[Process]) -> None:
    """Ask every process to end, the last started first, and end what does not."""
    left = [process.running for process in reversed(running) if process.running is not None]
    for child in left:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GIVEN_TO_STOP
    for child in left:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=max(deadline - time.monotonic(), 0.1))
        kill_group(child.pid)
        child.wait()


class Runner:
    """One run of the site, from set-up to the last process gone."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.running: list[Process] = []
        private = settings.DATA_DIR / "tmp"
        self.environment = os.environ | {"TMPDIR": str(private), "PYTHONUNBUFFERED": "1"}

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Ctrl-C or a polite request to end."""
        self.stopping.set()

    def run(self) -> int:
        """Run until told to stop; returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.on_signal)
        try:
            with lock(settings.DATA_DIR):
                need_free_port(settings.HOST, settings.PORT)
                try:
                    self.serve()
                finally:
                    stop_all(self.running)
        except CannotStart as reason:
            print(reason, file=sys.stderr)
            return 1
        say("Stopped.")
        return 0

    def processes(self) -> list[Process]:
        """What this run keeps alive."""
        return processes()

    def serve(self) -> None:
        """Prepare, start, wait for the site to answer, then keep everything running."""
        say(f"Preparing the site in {settings.DATA_DIR}")
        if not self.finish("set-up", [sys.executable, "-m", "tracker.prepare"]):
            return
        self.running = self.processes()
        self.keep_running(until=answers, within=READY_WITHIN)
        if self.stopping.is_set():
            return
        say(f"\nThe site answers at {settings.SITE_URL}\n")
        if not settings.PRODUCTION:
            self.finish("sign-in", [sys.executable, "-m", "tracker.sign_ins"])
        say("Ctrl-C stops it.")
        self.keep_running()

    def finish(self, name: str, command: list[str]) -> bool:
        """Run a command to its end; False when told to stop meanwhile."""
        child = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        try:
            while child.poll() is None and not self.stopping.is_set():
                self.stopping.wait(0.1)
        finally:
            kill_group(child.pid)
            child.wait()
        if self.stopping.is_set():
            return False
        if child.returncode:
            raise CannotStart(f"The {name} failed ({ending(child.returncode)}); the lines above say why.")
        return True

    def keep_running(self, until: Callable[[], bool] | None = None, within: float = float("inf")) -> None:
        """Look after the processes until told to stop, or until `until` says yes, which it must do in time."""
        deadline = time.monotonic() + within
        while not self.stopping.is_set():
            for process in self.running:
                process.look(self.environment)
                if until is not None and process.failures >= 3:
                    raise CannotStart(f"The {process.name} process cannot start; its lines above say why.")
            if until is not None and until():
                return
            if time.monotonic() > deadline:
                raise CannotStart(f"The site did not answer within {within:.0f} seconds.")
            self.stopping.wait(0.25)


if __name__ == "__main__":
    sys.exit(Runner().run())
