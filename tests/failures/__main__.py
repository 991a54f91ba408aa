"""``make failures`` and ``make failures-short``: reminders while everything that can fail fails.

On SQLite with the embedded broker, on PostgreSQL with Redis and on PostgreSQL with RabbitMQ: web server, two workers
and clock of the product send reminders to a mail server of this run, while workers are killed, the broker and the
database are stopped and started, the mail server refuses and hangs, and a person goes on working. Nothing may be
lost, nothing may stand twice in the ledger, each mail that went twice must be explained by the log, and no page may
fail for want of the broker. The last line is JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.failures import sink as mail
from tests.failures.load import Load
from tests.failures.product import Site
from tests.failures.servers import Postgres, RabbitMQ, Redis, Server
from tests.failures.verdict import Outage, failed_pages, p95, repeats, worker_lines

STACKS = ("sqlite+files", "postgres+redis", "postgres+rabbitmq")


@dataclass(frozen=True)
class Form:
    """How much is asked of a run."""

    reminders: int
    kills: int
    broker_stops: int
    database_stops: int
    away: float  # seconds for which broker or database stay away
    moody: float  # seconds for which the mail server refuses, and hangs
    lease: int
    sweep: int
    within: float  # seconds until all must have been told


LONG = Form(10_000, 50, 5, 1, 10.0, 12.0, lease=45, sweep=30, within=1500)
SHORT = Form(500, 5, 1, 1, 1.5, 1.5, lease=8, sweep=3, within=90)


class Failure(Exception):
    """A requirement does not hold; the message says which."""


class Run:
    """One stack, from its start to its verdict."""

    def __init__(self, name: str, form: Form, site: Site, sink: mail.Sink, chance: random.Random) -> None:
        self.name, self.form, self.site, self.sink, self.chance = name, form, site, sink, chance
        self.outages: list[Outage] = []
        self.began = time.time()
        self.told = 0

    def say(self, words: str) -> None:
        """A line of progress."""
        print(f"  {time.time() - self.began:6.1f} s  {words}", flush=True)

    def progress(self) -> float:
        """How far the work is, between 0 and 1: mostly mails, since they take most of the time."""
        count = "SELECT count(*) FROM recommendations_notification WHERE kind = 'milestone'"
        # A database that is away adds nothing.
        with contextlib.suppress(sqlite3.Error, ValueError):
            if self.site.database.startswith("sqlite"):
                path = self.site.folder / "tracker.sqlite3"
                with contextlib.closing(sqlite3.connect(path, timeout=1)) as found:
                    self.told = found.execute(count).fetchone()[0]
            else:
                self.told = int(self.ask(count))
        return (0.1 * self.told + 0.9 * len(self.sink.taken)) / self.form.reminders

    ask: Callable[[str], str]

    def away(self, what: str, server: Server, number: int) -> None:
        """Stop a server, and start it again after a while."""
        since = time.time()
        server.stop(number)
        time.sleep(self.form.away)
        server.start()
        self.outages.append(Outage(what, since, time.time()))
        self.say(f"the {what} was away for {time.time() - since:.1f} s ({signal.Signals(number).name})")

    def moody(self, mode: str) -> None:
        """Have the mail server refuse or hang for a while."""
        since = time.time()
        before = self.sink.turned_away
        self.sink.mode = mode
        time.sleep(self.form.moody)
        self.sink.mode = mail.TAKES
        self.outages.append(Outage("mail server", since, time.time()))
        self.say(
            f"the mail server {mode} for {self.form.moody} s; {self.sink.turned_away - before} came in vain"
        )

    def kill(self) -> None:
        """SIGKILL to a worker."""
        self.say(f"killed {self.site.kill_a_worker(self.chance)}")

    def faults(
        self, broker: Server | None, database: Server | None
    ) -> list[tuple[float, Callable[[], None]]]:
        """What happens when which part of the work is done, between 2 and 95 per cent of it."""
        planned: list[tuple[float, Callable[[], None]]] = [
            (self.chance.uniform(0.02, 0.95), self.kill) for _number in range(self.form.kills)
        ]
        planned += [(0.6, lambda: self.moody(mail.REFUSES)), (0.75, lambda: self.moody(mail.HANGS))]
        if broker is not None:
            for number in range(self.form.broker_stops):
                how = signal.SIGKILL if number % 2 else signal.SIGTERM
                at = self.chance.uniform(0.05, 0.9)
                planned.append((at, lambda how=how: self.away("broker", broker, how)))
        if database is not None:
            for _number in range(self.form.database_stops):
                at = self.chance.uniform(0.55, 0.9)
                planned.append((at, lambda: self.away("database", database, signal.SIGQUIT)))
        return sorted(planned, key=lambda plan: plan[0])

    def run(self, broker: Server | None, database: Server | None) -> dict[str, int]:
        """Everything; returns the four figures."""
        print(f"\n{self.name}: {self.form.reminders} reminders", flush=True)
        made = json.loads(self.site.python("-m", "tests.failures.people", "make", str(self.form.reminders)))
        self.began = time.time()
        self.site.start()
        load = Load(self.site.port, made["session"], made["page"], every=0.3)
        load.start()
        try:
            plan = self.faults(broker, database)
            deadline = time.time() + self.form.within
            while plan and time.time() < deadline:
                if self.progress() >= plan[0][0]:
                    plan.pop(0)[1]()
                time.sleep(0.05)
            if plan:
                raise Failure(
                    f"{len(plan)} faults could not be made: the work stood still at {100 * self.progress():.0f} %"
                )
            self.say("all faults are over")
            load.over.set()
            load.join()
            end = self.finish(deadline)
        finally:
            load.over.set()
            self.site.stop()
        return self.judge(end, load)

    def finish(self, deadline: float) -> dict:
        """Until nothing is left to do; then what the ledger says."""
        while True:
            end = json.loads(self.site.python("-m", "tests.failures.people", "end"))
            left = end["untold"] + end["unsent"] + end["undone_count"] + end["exports_untold"]
            if not left or time.time() > deadline:
                self.say(f"everything is done: {not left}")
                return end
            time.sleep(1)

    def judge(self, end: dict, load: Load) -> dict[str, int]:
        """Print what was found; returns the four figures."""
        lines = worker_lines(sorted(self.site.folder.glob("worker*.log")))
        explained, unexplained = repeats(
            self.sink.taken, end["jobs"], end["noted"], lines, self.site.killed, self.outages
        )
        because, otherwise = failed_pages(load.answers, self.outages)
        mailed = {taken.message_id for taken in self.sink.taken}
        unmailed = self.form.reminders - len(mailed & set(end["jobs"]))
        lost = max(end["untold"], end["unsent"], unmailed) + end["exports_unfinished"] + end["exports_untold"]
        lost = max(lost, end["undone_count"])
        print(
            f"    told {self.form.reminders - end['untold']} of {self.form.reminders}; mails taken "
            f"{len(self.sink.taken)}, of them different {len(mailed)}; no longer worth telling {end['skipped']}"
        )
        print(
            f"    pages {len(load.answers)}, 95 of 100 within {1000 * p95(load.answers):.0f} ms; failed while the "
            f"database was away {len(because)}, otherwise {len(otherwise)}; exports asked for {end['exports']}"
        )
        print(f"    seen at the end, seconds ago: {end['seen']}")
        for words in explained:
            print(f"    twice, explained: {words}")
        for words in unexplained:
            print(f"    twice, NOT EXPLAINED: {words}")
        for answer in otherwise[:10]:
            print(f"    FAILED: {answer}")
        if lost:
            print(f"    LOST: {[(key, end[key]) for key in end if key not in ('jobs', 'noted', 'seen')]}")
        deaf = [name for name, ago in end["seen"].items() if ago > 3 * self.form.sweep + self.form.lease]
        if len([name for name in end["seen"] if name.startswith("worker")]) < 2 or deaf:
            raise Failure(f"a worker hears nothing any more: {end['seen']}")
        if unexplained:
            raise Failure(f"{len(unexplained)} mails went twice without a reason")
        return {
            "lost": lost,
            "doubled": end["doubled"],
            "repeated_at_border": len(explained),
            "web_failures": len(otherwise),
        }


def main() -> int:
    """Run the stacks asked for; the exit code says whether every requirement held."""
    asked = argparse.ArgumentParser(prog="python -m tests.failures")
    asked.add_argument("--short", action="store_true", help="500 reminders and 5 kills, under 3 minutes")
    asked.add_argument("--stack", choices=STACKS, action="append", help="only this one (may be repeated)")
    asked.add_argument(
        "--seed", type=int, default=None, help="the chance of an earlier run, which it printed"
    )
    asked.add_argument("--keep", action="store_true", help="leave the folder with all logs")
    options = asked.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"Seed {seed}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="upr-failures-"))
    folder.chmod(0o711)  # PostgreSQL runs as another user and must reach its own folder inside
    try:
        figures, faults = _all(options.stack or list(STACKS), SHORT if options.short else LONG, folder, seed)
    finally:
        if options.keep:
            print(f"Kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for fault in faults:
        print(f"FAILED: {fault}")
    print(json.dumps(figures))
    return 1 if faults or figures["lost"] or figures["doubled"] or figures["web_failures"] else 0


def _all(stacks: list[str], form: Form, folder: Path, seed: int) -> tuple[dict[str, int], list[str]]:
    figures = {"lost": 0, "doubled": 0, "repeated_at_border": 0, "web_failures": 0}
    faults = []
    servers: dict[str, Server] = {}
    try:
        if any(stack.startswith("postgres") for stack in stacks):
            servers["postgres"] = Postgres(folder)
        if "postgres+redis" in stacks:
            servers["redis"] = Redis(folder)
        if "postgres+rabbitmq" in stacks:
            servers["rabbitmq"] = RabbitMQ(folder)
        for server in servers.values():
            server.begin()
        for number, stack in enumerate(stacks):
            try:
                counted = _one(stack, form, folder, servers, random.Random(seed + number))
            except (Failure, AssertionError) as fault:
                faults.append(f"{stack}: {fault}")
                continue
            figures = {key: figures[key] + counted[key] for key in figures}
    finally:
        for server in servers.values():
            server.close() if isinstance(server, RabbitMQ) else server.stop(signal.SIGQUIT)
    return figures, faults


def _one(
    stack: str, form: Form, folder: Path, servers: dict[str, Server], chance: random.Random
) -> dict[str, int]:
    place = folder / stack.replace("+", "-")
    place.mkdir(mode=0o700)
    on, _plus, through = stack.partition("+")
    database = servers["postgres"] if on == "postgres" else None
    broker = servers.get(through)
    address = f"sqlite:///{place}/tracker.sqlite3"
    if isinstance(database, Postgres):
        database.wait()
        name = f"tracker_{through}"
        # Migrated once: each further database is a copy.
        first = not database.query("postgres", "SELECT 1 FROM pg_database WHERE datname = 'migrated'").stdout
        if first:
            database.query("postgres", "CREATE DATABASE migrated")
            Site(place, database.address("migrated"), "filesystem://", "console://", 8, 8).python(
                "manage.py", "migrate", "--verbosity=0"
            )
        database.query("postgres", f"CREATE DATABASE {name} TEMPLATE migrated")
        address = database.address(name)
    if broker is not None:
        broker.wait()
    sink = mail.Sink()
    called = "filesystem://" if broker is None else broker.address  # type: ignore[attr-defined]
    site = Site(place, address, called, sink.address, form.lease, form.sweep)
    run = Run(stack, form, site, sink, chance)
    if isinstance(database, Postgres):
        run.ask = lambda statement: database.query(name, statement).stdout.decode()
    if database is None:
        site.python("manage.py", "migrate", "--verbosity=0")
    collected = folder / "static"
    if not collected.exists():
        site.python("manage.py", "collectstatic", "--no-input", "--verbosity=0")
        shutil.copytree(place / "static", collected)
    else:
        shutil.copytree(collected, place / "static", dirs_exist_ok=True)
    try:
        return run.run(broker, database)
    finally:
        sink.shutdown()
        sink.server_close()


if __name__ == "__main__":
    sys.exit(main())
