"""The chain of custody of an item: everything that was done to it and with it, from receipt on, and how it is told."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.audit.models import Event
from recommendations.audit.words import sentence
from recommendations.evidence import rules
from recommendations.evidence.models import Evidence, EvidenceFile
from recommendations.formats.tabular import protect
from recommendations.vocabulary import Confidentiality

# Who looked and who saved is for those in whose hands the item is.
LOOKING = (
    "evidence.viewed",
    "evidence.file_opened",
    "evidence.copy_opened",
    "evidence.handed_out",
    "evidence.receipt_taken",
)
_TOLD = ("file", "copy", "sha256", "size", "mime", "from", "to", "status", "files", "faults")


def note_view(evidence: Evidence, *, by: Any) -> None:
    """Record that somebody looked at a restricted item: once for each person, item and hour."""
    if evidence.confidentiality != Confidentiality.RESTRICTED:
        return
    hour = timezone.now().astimezone(UTC).strftime("%Y%m%d%H")
    if cache.add(f"evidence.viewed:{evidence.pk}:{by.pk}:{hour}", True, timeout=2 * 3600):
        record("evidence.viewed", evidence, by=by)


@dataclass(frozen=True)
class Step:
    """One event of the chain: its number in the log, when, who, what in words, and the hashes that hold it there."""

    number: int
    at: datetime
    who: str
    words: str
    verb: str
    detail: dict[str, Any]
    hash: str
    previous_hash: str


def sees_who_looked(evidence: Evidence, reader: Any) -> bool:
    """Whether the reader is told who looked at the item and who saved its files."""
    return rules.refusal_to_change(evidence, by=reader) is None


def chain_of(evidence: Evidence, *, reader: Any) -> Iterator[Step]:
    """The item's events from the first on, as the reader may know them."""
    events = Event.objects.filter(subject_kind="Evidence", subject_id=evidence.pk)
    if not sees_who_looked(evidence, reader):
        events = events.exclude(verb__in=LOOKING)
    for event in events.select_related("actor", "detail").order_by("number").iterator(chunk_size=500):
        detail = getattr(event, "detail", None)
        said = {} if detail is None or detail.erased_at else detail.detail
        yield Step(
            number=event.number,
            at=event.at,
            who=str(event.actor) if event.actor_id else _("The product"),
            words=sentence(event),
            verb=event.verb,
            detail={key: said[key] for key in _TOLD if said.get(key) not in (None, "", [])},
            hash=event.hash,
            previous_hash=event.previous_hash,
        )


def as_json(evidence: Evidence, steps: list[Step]) -> bytes:
    """The chain for programs; times in UTC."""
    return json.dumps(
        {
            "evidence": str(evidence),
            "made_at": _moment(timezone.now()),
            "events": [
                {
                    "number": step.number,
                    "at": _moment(step.at),
                    "who": step.who,
                    "verb": step.verb,
                    "words": step.words,
                    "detail": step.detail,
                    "hash": step.hash,
                    "previous_hash": step.previous_hash,
                }
                for step in steps
            ],
        },
        ensure_ascii=False,
        indent=1,
    ).encode()


def as_csv(steps: list[Step]) -> bytes:
    """The chain for spreadsheets; no text in it can become a formula."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["number", "at", "who", "verb", "words", "sha256", "hash", "previous_hash"])
    for step in steps:
        row = [_moment(step.at), step.who, step.verb, step.words, step.detail.get("sha256", "")]
        writer.writerow([step.number, *map(protect, row), step.hash, step.previous_hash])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def receipt_facts(file: EvidenceFile) -> list[tuple[str, str]]:
    """What a receipt says, as (label, value). Of a restricted item neither title nor name of the file."""
    evidence, restricted = file.evidence, file.evidence.confidentiality == Confidentiality.RESTRICTED
    facts = [
        (_("Receipt for"), _("%(evidence)s, file %(number)s") % {"evidence": evidence, "number": file.pk}),
        (_("SHA-256 of the file"), file.sha256),
        (_("Size in bytes"), str(file.size)),
        (_("Kind, by its content"), file.mime),
        (_("Received at"), _moment(file.received_at)),
        (_("Received from"), str(file.received_by)),
        (_("How it came"), str(file.get_came_by_display())),
    ]
    if not restricted:
        facts += [
            (_("Title"), evidence.title),
            (_("Name of the file"), file.name),
            (_("Where it comes from"), str(evidence.source or "")),
            (_("How it was obtained"), evidence.method),
        ]
    return [fact for fact in facts if fact[1]]


def receipt_text(file: EvidenceFile) -> str:
    """The receipt as plain text."""
    facts = receipt_facts(file)
    widest = max(len(label) for label, _value in facts)
    lines = [f"{label + ':':<{widest + 2}}{' '.join(value.split())}" for label, value in facts]
    lines += [
        "",
        _("The hash was taken from the bytes as they came in, before anything else read them."),
        _("Whoever has the file can compare: sha256sum FILE, or certutil -hashfile FILE SHA256."),
    ]
    return "\r\n".join(lines) + "\r\n"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
