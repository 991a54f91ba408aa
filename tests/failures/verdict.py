"""What a run must show, and how each mail that went twice is explained from the worker's log."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.failures.load import Answer
from tests.failures.sink import Taken

# So long after it is back, a page may still meet a connection that the database had broken off.
AFTER_DATABASE = 10.0
# How far apart two clocks of one machine may note the same moment, in seconds.
CLOSE = 0.05


@dataclass(frozen=True)
class Outage:
    """Something that was away for a while."""

    what: str
    since: float
    until: float


def worker_lines(logs: Iterable[Path]) -> list[dict[str, Any]]:
    """The workers' log, in the order of time; what is no JSON is Celery's own."""
    lines = []
    for log in logs:
        for line in log.read_text(errors="replace").splitlines():
            if line.startswith("{"):
                entry = json.loads(line)
                entry["at"] = datetime.fromisoformat(entry["time"]).timestamp()
                lines.append(entry)
    return sorted(lines, key=lambda entry: entry["at"])


def repeats(
    taken: list[Taken],
    jobs: dict[str, int],
    noted: dict[str, float],
    lines: list[dict[str, Any]],
    killed: dict[int, list[float]],
    outages: list[Outage],
) -> tuple[list[str], list[str]]:
    """The mails that went more than once: those explained, and those that are not, each as a sentence.

    ``noted``: when the ledger says that each left, by the clock of this machine.
    """
    by_job, begins = defaultdict(list), defaultdict(list)
    for entry in lines:
        if "job" in entry:
            by_job[entry["job"]].append(entry)
            if " begins" in entry["message"]:
                begins[entry["process"]].append(entry["at"])
    times = defaultdict(list)
    for mail in taken:
        times[mail.message_id].append(mail.at)
    explained, unexplained = [], []
    for message_id, moments in times.items():
        moments.sort()
        # Noted is what was taken last: a mail that went again after it was noted has no excuse.
        too_late = len(moments) > 1 and noted.get(message_id, moments[-1]) < moments[-1] - CLOSE
        for moment, following in pairwise(moments):
            entries = by_job[str(jobs.get(message_id))]
            reason = "" if too_late else _reason(entries, begins, moment, following, killed, outages)
            words = f"{message_id} taken {_clock(moment)} and {_clock(following)}: "
            (explained if reason else unexplained).append(words + (reason or "no reason found"))
    return explained, unexplained


def _reason(
    entries: list[dict[str, Any]],
    begins: dict[int, list[float]],
    moment: float,
    following: float,
    killed: dict[int, list[float]],
    outages: list[Outage],
) -> str:
    """What befell its sender between the mail server's answer and the commit that would have noted it.

    The sender is who began the job last before. Its end counts from the answer on until it would have committed: a
    kill at any moment in which it was still at this job, an outage of the database in which its commit failed.
    """
    begun = [entry for entry in entries if " begins" in entry["message"] and entry["at"] <= moment + CLOSE]
    if not begun:
        return ""
    sender = begun[-1]
    after = [
        entry
        for entry in entries
        if entry["process"] == sender["process"] and moment - CLOSE <= entry["at"] <= following + CLOSE
    ]
    if any(" is done" in entry["message"] for entry in after):
        return ""
    who = f"process {sender['process']} ({sender['message']} at {_clock(sender['at'])})"
    failed = [entry["at"] for entry in after if "could not be closed" in entry["message"]]
    for at in failed:
        for outage in outages:
            if outage.what == "database" and outage.since - CLOSE <= at and moment <= outage.until + CLOSE:
                return (
                    f"{who} could not note it at {_clock(at)}: the database was away from {_clock(outage.since)} "
                    f"to {_clock(outage.until)}"
                )
    # A kill counts while it was still at this job: not once it had noted a fault, or begun another.
    ends = [at for at in killed.get(sender["process"], []) if moment - CLOSE <= at <= following]
    moved_on = min(
        [
            entry["at"]
            for entry in after
            if " failed: " in entry["message"] or "taken over" in entry["message"]
        ]
        + [at for at in begins.get(sender["process"], []) if at > moment + CLOSE],
        default=following,
    )
    if ends and ends[0] <= moved_on + CLOSE:
        return (
            f"{who} was killed at {_clock(ends[0])}, {1000 * (ends[0] - moment):.0f} ms after the mail server's "
            f"answer and before it noted it"
        )
    return ""


def failed_pages(answers: list[Answer], outages: list[Outage]) -> tuple[list[Answer], list[Answer]]:
    """Requests that failed: while the database was away, and otherwise."""
    because, otherwise = [], []
    for answer in answers:
        if answer.status in (200, 302):
            continue
        away = any(
            outage.what == "database"
            and answer.at <= outage.until + AFTER_DATABASE
            and answer.at + answer.seconds >= outage.since - 0.5
            for outage in outages
        )
        (because if away else otherwise).append(answer)
    return because, otherwise


def p95(answers: list[Answer]) -> float:
    """The time within which 95 of 100 requests were answered, in seconds."""
    times = sorted(answer.seconds for answer in answers)
    return times[int(len(times) * 0.95)] if times else 0.0


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%H:%M:%S.%f")[:-3]  # noqa: DTZ006  (for reading beside the log)
