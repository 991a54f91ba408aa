"""What a run must show, and how each mail that went twice is explained from the worker's log."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.failures.load import Answer
from tests.failures.sink import Taken

# So long after it is back, a page may still meet a connection that the database had broken off.
AFTER_DATABASE = 10.0


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
    lines: list[dict[str, Any]],
    killed: dict[int, list[float]],
    outages: list[Outage],
) -> tuple[list[str], list[str]]:
    """The mails that went more than once: those explained, and those that are not, each as a sentence."""
    by_job = defaultdict(list)
    for entry in lines:
        if "job" in entry:
            by_job[entry["job"]].append(entry)
    times = defaultdict(list)
    for mail in taken:
        times[mail.message_id].append(mail.at)
    explained, unexplained = [], []
    for message_id, moments in times.items():
        for moment, following in zip(sorted(moments), sorted(moments)[1:], strict=False):
            reason = _reason(by_job[str(jobs.get(message_id))], moment, following, killed, outages)
            words = f"{message_id} taken {_clock(moment)} and {_clock(following)}: "
            (explained if reason else unexplained).append(words + (reason or "no reason found"))
    return explained, unexplained


def _reason(
    entries: list[dict[str, Any]],
    moment: float,
    following: float,
    killed: dict[int, list[float]],
    outages: list[Outage],
) -> str:
    """Who had begun the job, had its mail taken, and never came to note it, and what befell it."""
    begun = [entry for entry in entries if " begins" in entry["message"] and entry["at"] <= moment + 0.05]
    if not begun:
        return ""
    sender = begun[-1]
    done = [
        entry
        for entry in entries
        if entry["process"] == sender["process"]
        and " is done" in entry["message"]
        and moment - 0.05 <= entry["at"] <= following
    ]
    if done:
        return ""
    ends = [at for at in killed.get(sender["process"], []) if moment - 0.05 <= at <= following]
    if ends:
        return (
            f"process {sender['process']} ({sender['message']} at {_clock(sender['at'])}) was killed at "
            f"{_clock(ends[0])}, {1000 * (ends[0] - moment):.0f} ms after the mail server's answer and before it "
            f"noted it"
        )
    for outage in outages:
        if outage.what == "database" and outage.since - 1 <= moment + 20 and moment <= outage.until + 20:
            return f"process {sender['process']} could not note it: the database was away from {_clock(outage.since)}"
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
