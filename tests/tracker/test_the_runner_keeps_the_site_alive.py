"""The process runner: what it refuses, what it starts again, and that it leaves nothing behind."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

# A site of two processes: one that answers, and the one under test.
SMALL_SITE = """
import sys
from tracker import runner, settings

ANSWER = '''
import http.server, sys
class Ok(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *words): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ok).serve_forever()
'''

class SmallSite(runner.Runner):
    def processes(self):
        return [
            runner.Process("web", [sys.executable, "-c", ANSWER, str(settings.PORT)]),
            runner.Process("other", [sys.executable, "-c", sys.argv[1]]),
        ]
    def finish(self, name, command):
        return True

sys.exit(SmallSite().run())
"""
STEADY = "import time; print('here I am', flush=True); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STEADY
WITH_CHILD = (
    "import subprocess as s, sys; s.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); " + STEADY
)
FRAIL = "import os, time; print(f'start {os.getpid()}', flush=True); time.sleep(1); raise SystemExit(3)"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes_of(folder: Path) -> list[int]:
    """Processes that were started with this data folder, whoever their parent is now."""
    mark = f"DATA_DIR={folder}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def until(true: Callable[[], object], within: float = 20) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


class Started:
    """A runner as a process of its own, with what it has said so far."""

    def __init__(self, folder: Path, *command: str, **environment: str) -> None:
        self.folder = folder
        self.output = folder / "said"
        bare = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "DATA_DIR": str(folder),
            "PORT": str(free_port()),
        }
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                cwd=settings.BASE_DIR,
                env=bare | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def end(self, number: int = signal.SIGTERM, within: float = 30) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=within)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    """Starts a runner on a folder of its own; whatever the test leaves running is ended."""
    started: list[Started] = []

    def begin(*command: str, **environment: str) -> Started:
        started.append(Started(tmp_path, *command, **environment))
        return started[-1]

    yield begin
    for pid in processes_of(tmp_path):
        os.kill(pid, signal.SIGKILL)
    for runner in started:
        runner.process.wait(timeout=10)


def small_site(start: Callable[..., Started], other: str) -> Started:
    site = start("-c", SMALL_SITE, other)
    until(lambda: "The site answers at" in site.said())
    return site


def test_a_taken_port_is_said_in_one_sentence(start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = start("-m", "tracker.runner", PORT=str(port))

        assert refused.process.wait(timeout=20) == 1
        assert refused.said() == (
            f"Port {port} is taken: stop the program that uses it, or choose another one: make run PORT={port + 1}\n"
        )


def test_a_folder_in_use_is_said_in_one_sentence(start, tmp_path) -> None:
    with (tmp_path / "run.lock").open("w") as held:
        held.write("4711")
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)

        refused = start("-m", "tracker.runner")

        assert refused.process.wait(timeout=20) == 1
        assert refused.said().startswith(f"The site already runs on {tmp_path} (process 4711).")


def test_lines_of_a_process_appear_under_its_name(start) -> None:
    site = small_site(start, STEADY)

    until(lambda: "other  | here I am" in site.said())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_when_asked(start, tmp_path, number) -> None:
    site = small_site(start, WITH_CHILD)

    assert site.end(number) == 0
    assert site.said().endswith("Stopped.\n")
    assert processes_of(tmp_path) == []


def test_a_process_that_will_not_end_is_ended(start, tmp_path) -> None:
    site = small_site(start, STUBBORN)
    until(lambda: "here I am" in site.said())

    assert site.end() == 0
    assert processes_of(tmp_path) == []


def test_nothing_is_left_when_the_runner_itself_is_killed(start, tmp_path) -> None:
    site = small_site(start, STEADY)

    site.end(signal.SIGKILL)

    until(lambda: not processes_of(tmp_path))


def test_what_dies_is_started_again_and_waits_longer_each_time(start) -> None:
    site = start("-c", SMALL_SITE, FRAIL)

    until(lambda: site.said().count("other  | start") >= 3)

    assert "other ended (exit code 3); it starts again in 1 s." in site.said()
    assert "other ended (exit code 3); it starts again in 2 s." in site.said()
    assert site.process.poll() is None


def test_a_site_that_cannot_start_gives_up_with_a_sentence(start, tmp_path) -> None:
    broken = start("-c", SMALL_SITE.replace("serve_forever()", "server_close()"), STEADY)

    assert broken.process.wait(timeout=30) == 1
    assert "The web process cannot start; its lines above say why." in broken.said()
    assert processes_of(tmp_path) == []


def test_a_set_up_that_fails_stops_the_start_with_a_sentence(start) -> None:
    failing = SMALL_SITE.replace("return True", "return super().finish(name, ['false'])")

    broken = start("-c", failing, STEADY)

    assert broken.process.wait(timeout=30) == 1
    assert broken.said().endswith("The set-up failed (exit code 1); the lines above say why.\n")
