"""``make hardships``: how the site holds out while what it stands on is away, slow or wrong; prints figures.

On PostgreSQL with Redis, both of its own: broker stopped and hanging under load, database started anew at once,
hanging and gone, forty slow clients, six clocks, commands beside the clocks whose time is ten minutes off.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.failures import sink as mail
from tests.failures.load import Answer, Load
from tests.failures.product import ROOT, Site
from tests.failures.servers import Postgres, Redis, Server, until
from tests.failures.verdict import p95

PEOPLE, VISITORS, CLOCKS, SLOW = 300, 4, 6, 40
AWAY = 20  # seconds


@dataclass(frozen=True)
class Finding:
    """One figure, what it must be, and whether it is."""

    what: str
    figure: str
    must: str
    holds: bool


def failed(answers: list[Answer]) -> list[Answer]:
    """Requests without a page."""
    return [answer for answer in answers if answer.status not in (200, 302)]


class Hardships:
    """One site and what befalls it."""

    def __init__(self, folder: Path) -> None:
        self.postgres, self.redis = Postgres(folder), Redis(folder)
        self.sink = mail.Sink()
        for server in (self.postgres, self.redis):
            server.start()
        self.postgres.query("postgres", "CREATE DATABASE tracker")
        place = folder / "site"
        place.mkdir(mode=0o700)
        address = self.postgres.address("tracker")
        self.site = Site(place, address, self.redis.address, self.sink.address, 8, 3)
        self.site.python("manage.py", "migrate", "--verbosity=0")
        self.site.python("manage.py", "collectstatic", "--no-input", "--verbosity=0")
        self.made = json.loads(self.site.python("-m", "tests.failures.people", "make", str(PEOPLE)))
        self.found: list[Finding] = []

    def find(self, what: str, figure: str, must: str, holds: bool) -> None:
        """Note and print a figure."""
        self.found.append(Finding(what, figure, must, holds))
        print(f"  {'holds' if holds else 'FALLS SHORT'}: {what}: {figure} (must: {must})", flush=True)

    def visited(self, meanwhile: Callable[[], None], every: float = 0.25) -> list[Answer]:
        """What visitors were answered while something happened."""
        visitors = [
            Load(self.site.port, self.made["session"], self.made["page"], every=every)
            for _number in range(VISITORS)
        ]
        for visitor in visitors:
            visitor.start()
        try:
            meanwhile()
        finally:
            for visitor in visitors:
                visitor.over.set()
            for visitor in visitors:
                visitor.join()
        return [answer for visitor in visitors for answer in visitor.answers]

    def one(self) -> Answer:
        """One request of a signed-in person."""
        return Load(self.site.port, self.made["session"], self.made["page"], every=1).ask(
            "GET", "/notifications/"
        )

    def calm(self) -> None:
        """The same load while nothing happens, to compare with."""
        answers = self.visited(lambda: time.sleep(15))
        figure = f"{len(answers)} pages, {len(failed(answers))} failed, p95 {1000 * p95(answers):.0f} ms"
        self.find("nothing happens, 15 s", figure, "0 failed", not failed(answers))

    def broker(self) -> None:
        """Stopped for 30 s, hanging for 30 s; on a busy machine no slower than without (half as much again)."""
        usual = p95(self.visited(lambda: time.sleep(15)))
        most = max(0.3, 1.5 * usual)
        for what, begin, end in (
            ("broker stopped", lambda: self.redis.stop(signal.SIGKILL), self.redis.start),
            ("broker hanging", lambda: _signal([self.redis], signal.SIGSTOP), self._go_on_redis),
        ):

            def away(begin: Callable[[], None] = begin, end: Callable[[], None] = end) -> None:
                begin()
                try:
                    time.sleep(30)
                finally:
                    end()

            answers = self.visited(away)
            figure = f"{len(answers)} pages, {len(failed(answers))} failed, p95 {1000 * p95(answers):.0f} ms"
            holds = not failed(answers) and p95(answers) <= most
            must = f"0 failed, p95 {1000 * most:.0f} ms; without it {1000 * usual:.0f} ms"
            self.find(f"{what} for 30 s", figure, must, holds)

    def _go_on_redis(self) -> None:
        _signal([self.redis], signal.SIGCONT)

    def restart(self) -> None:
        """PostgreSQL killed as by a crash and started again at once, under load."""

        def again() -> None:
            time.sleep(10)
            self.postgres.stop(signal.SIGQUIT)
            self.postgres.start()
            time.sleep(20)

        answers = [answer for answer in self.visited(again, every=0.05) if answer.what.startswith("GET")]
        share = 100 * len(failed(answers)) / len(answers)
        figure = f"{len(failed(answers))} of {len(answers)} reads failed ({share:.2f} %)"
        self.find("PostgreSQL stopped and started at once", figure, "0.5 % at most", share <= 0.5)

    def hanging(self) -> None:
        """PostgreSQL takes connections and says nothing: there is a page in words, soon."""
        self._away(
            "PostgreSQL hangs",
            lambda: _signal([self.postgres], signal.SIGSTOP),
            lambda: _signal([self.postgres], signal.SIGCONT),
        )

    def gone(self) -> None:
        """PostgreSQL is stopped, and started a good while later."""
        self._away("PostgreSQL is gone", lambda: self.postgres.stop(signal.SIGQUIT), self.postgres.start)

    def _away(self, what: str, begin: Callable[[], None], end: Callable[[], None]) -> None:
        """People at work, connections open; then nothing answers for a while, and then it does again."""
        moments = []

        def away() -> None:
            time.sleep(8)
            moments.append(time.time())
            begin()
            try:
                time.sleep(AWAY)
            finally:
                end()
            moments.append(time.time())
            until(lambda: self.one().status == 200, 60, f"the site after: {what}")
            moments.append(time.time())
            time.sleep(5)

        answers = self.visited(away)
        since, ended, back = moments
        meanwhile = [answer for answer in answers if since < answer.at < ended - 5]
        said = sorted({answer.status for answer in meanwhile})
        # Of a page that was asked for before, what counts is how long it took from there on.
        slowest = max(
            answer.at + answer.seconds - max(answer.at, since)
            for answer in answers
            if answer.at < ended and answer.at + answer.seconds > since
        )
        self.find(
            f"{what} for {AWAY} s, {VISITORS} visitors",
            f"{len(meanwhile)} answers {said}, the slowest within {slowest:.1f} s",
            "503 within 5 s",
            slowest <= 5 and said == [503],
        )
        late = failed([answer for answer in answers if answer.at > back])
        self.find(
            f"{what}: afterwards",
            f"the first page {back - ended:.1f} s after it was back, {len(late)} failed later",
            "within 2 s, 0 failed later",
            back - ended <= 2 and not late,
        )

    def slow(self) -> None:
        """Clients that send a byte now and then."""
        clients = []
        for _number in range(SLOW):
            client = socket.create_connection(("127.0.0.1", self.site.port), timeout=10)
            client.sendall(b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n")
            clients.append(client)
        try:
            answers = []
            for _number in range(20):
                for client in clients:
                    with contextlib.suppress(OSError):
                        client.sendall(b"X-Slow: 1\r\n")
                answers.append(self.one())
        finally:
            for client in clients:
                client.close()
        slowest = max(answer.seconds for answer in answers)
        figure = f"{len(failed(answers))} of {len(answers)} failed, the slowest {slowest:.2f} s"
        self.find(
            f"{SLOW} slow clients", figure, "others answered within 1 s", slowest <= 1 and not failed(answers)
        )

    def clocks(self) -> None:
        """Six clocks from the start, and commands whose time is ten minutes off: one job a slot, nothing twice."""
        beat = next(part for part in self.site.parts if part.name == "beat")
        more = [
            replace(beat, name=f"beat{number}", log=self.site.folder / f"beat{number}.log", process=None)
            for number in range(2, CLOCKS + 1)
        ]
        for part in more:
            part.start()
            self.site.parts.append(part)
        now = datetime.now(UTC)
        commands = [
            subprocess.Popen(
                [
                    sys.executable,
                    "manage.py",
                    "send_reminders",
                    "--now",
                    f"{now + timedelta(minutes=off):%Y-%m-%dT%H:%M:%S+00:00}",
                ],
                cwd=ROOT,
                env=self.site.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for off in (-10, 0, 10)
        ]
        for command in commands:
            command.wait()
        end: dict = {}

        def done() -> bool:
            end.update(json.loads(self.site.python("-m", "tests.failures.people", "end")))
            return not end["untold"] + end["unsent"] + end["undone_count"]

        until(done, 120, "telling everybody")
        slots = (
            "SELECT count(*), count(DISTINCT key) FROM recommendations_job WHERE name = 'reminders.dispatch'"
        )
        jobs, keys = self.postgres.query("tracker", slots).stdout.decode().strip().split("|")
        most = 2 + int(time.time() - self.began) // 300
        twice = len(self.sink.taken) - len({taken.message_id for taken in self.sink.taken})
        self.find(
            f"{CLOCKS} clocks at once",
            f"{jobs} jobs in {most - 1} slots or one more",
            "one job a slot",
            jobs == keys and int(jobs) <= most,
        )
        self.find(
            "clocks ten minutes off",
            f"{end['doubled']} told twice, {twice} mails twice, {end['untold']} not told",
            "0",
            not end["doubled"] + twice + end["untold"],
        )

    def run(self, wanted: list[str]) -> list[Finding]:
        """Those wanted, or everything, one after the other."""
        every = {
            "clocks": self.clocks,
            "calm": self.calm,
            "slow": self.slow,
            "broker": self.broker,
            "restart": self.restart,
            "hanging": self.hanging,
            "gone": self.gone,
        }
        try:
            self.began = time.time()
            self.site.start()
            for name in wanted or every:
                every[name]()
        finally:
            self.site.stop()
            self.sink.shutdown()
            self.sink.server_close()
            self.redis.stop()
            self.postgres.stop(signal.SIGQUIT)
        return self.found


def _signal(servers: list[Server], number: int) -> None:
    """To a server and all processes that it started."""
    for server in servers:
        assert server.process is not None
        family = [server.process.pid]
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                pid, parent = int(status.parent.name), int(status.read_text().rpartition(")")[2].split()[1])
                if parent == server.process.pid:
                    family.append(pid)
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def main() -> int:
    """Run all, or those named (``broker restart``); the exit code says whether every figure holds."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="upr-hardships-"))
    folder.chmod(0o711)  # PostgreSQL runs as another user and must reach its own folder inside
    try:
        found = Hardships(folder).run(sys.argv[1:])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"Load of the machine over the last five minutes: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores."
    )
    print(json.dumps({finding.what: finding.figure for finding in found}, ensure_ascii=False))
    return 0 if all(finding.holds for finding in found) else 1


if __name__ == "__main__":
    sys.exit(main())
