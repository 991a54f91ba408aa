"""Copies of what stands at the address of a source, fetched by the worker, and whether addresses still answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.catalogue.errors import Refused
from recommendations.evidence import rules, store, vault
from recommendations.evidence.models import Evidence, EvidenceFile, Source
from recommendations.evidence.words import CameBy
from recommendations.formats import kinds, sandbox
from recommendations.formats.sealing import sealed_text
from recommendations.formats.storing import Incoming
from recommendations.jobs.models import Job
from recommendations.jobs.queue import enqueue
from recommendations.vocabulary import Confidentiality, EvidenceKind
from recommendations.web.fetching import Answer, Limits, NotFetched, Road, fetch

MEBIBYTE = 1024 * 1024
JOB = "evidence.fetch"
CHECK_JOB = "evidence.links"
CHECK_EVERY = timedelta(days=7)
# One failure may be the network's: an address counts as dead when it still fails after this.
DEAD_AFTER = timedelta(days=3)
# What these say is the page's own word: it is gone.
_GONE = (404, 410)


def refusal_to_fetch(evidence: Evidence, *, by: Any) -> str | None:
    """Why the address of this item is not opened for this person, or None."""
    reason = rules.refusal_to_change(evidence, by=by)
    if reason:
        return reason
    if not settings.FETCH_SOURCES:
        return _("This site does not open addresses. Save the page yourself, as PDF, and add it as a file.")
    if evidence.confidentiality == Confidentiality.RESTRICTED:
        return _("Addresses of restricted items are not opened: the other side would see that somebody asks.")
    if evidence.source is None or not evidence.source.url:
        return _("This item has no address.")
    if evidence.kind == EvidenceKind.HELD_ELSEWHERE:
        return _("This item is held elsewhere: no file is kept here.")
    return None


@transaction.atomic
def ask_for_page(evidence: Evidence, *, by: Any) -> Job:
    """Have what stands at the address kept as a file of the item. Raises ``Refused``."""
    reason = refusal_to_fetch(evidence, by=by)
    if reason:
        raise Refused(reason)
    hour = timezone.now().astimezone(UTC).strftime("%Y%m%d%H")
    return enqueue(JOB, {"evidence": evidence.pk}, key=f"{JOB}:{evidence.pk}:{hour}", by=by)


@dataclass
class Fetched:
    """What came from an address: how it is kept, and how it came."""

    name: str
    receiving: Incoming
    recognised: kinds.Kind | None
    capture: str

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self.receiving.size


def fetch_page(evidence: Evidence, *, road: Road | None = None) -> Fetched:
    """Fetch the address: a PDF or picture as it came, a page as its words with headers and hash on top.

    Raises ``NotFetched``, ``FileProblem``, ``sandbox.Refused`` and ``sandbox.Died``.
    """
    assert evidence.source is not None
    came = store.incoming(most_bytes=settings.UPLOAD_MAX_MB * MEBIBYTE)
    try:
        limits = Limits(most_bytes=settings.UPLOAD_MAX_MB * MEBIBYTE)
        answer = fetch(evidence.source.url, take=lambda piece: _write(came, piece), limits=limits, road=road)
        came.complete()
        at = timezone.now()
        told = _told(answer, came, at)
        capture = sealed_text(json.dumps(told), place="EvidenceFile.capture")
        kind, encoding = _said(answer.header("Content-Type"))
        if kind not in ("text/html", "application/xhtml+xml"):
            return Fetched("page", came, None, capture)
        with came.content() as content:
            page = sandbox.run("recommendations.formats.parsers.page_text:read", content, encoding=encoding)
    except BaseException:
        came.discard()
        raise
    came.discard()
    text = store.STORE.receive(_as_text(told, page))
    return Fetched(f"page-{at:%Y-%m-%d}.txt", text, kinds.TEXT, capture)


def _write(came: Incoming, piece: bytes) -> None:
    came.write(piece)


def _told(answer: Answer, came: Incoming, at: datetime) -> dict[str, Any]:
    return {
        "address": answer.asked,
        "answered by": answer.url,
        "over": list(answer.turns),
        "connected to": answer.address,
        "fetched at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "status": answer.status,
        "headers": [list(header) for header in answer.headers if header[0].lower() != "set-cookie"],
        "size": came.size,
        "sha256": came.sha256,
    }


def _said(header: str) -> tuple[str, str]:
    """Kind and encoding that a Content-Type says."""
    message = Message()
    message["Content-Type"] = header or "application/octet-stream"
    return message.get_content_type(), str(message.get_param("charset") or "")


def _as_text(told: dict[str, Any], page: dict[str, str]) -> Iterator[bytes]:
    lines = [f"{key}: {value}" for key, value in told.items() if key != "headers"]
    lines += [f"  {name}: {value}" for name, value in told["headers"]]
    yield ("\n".join(lines) + "\n\n" + "-" * 72 + "\n\n").encode()
    yield f"{page['title']}\n\n{page['text']}\n".encode()


def keep_page(evidence: Evidence, fetched: Fetched, *, by: Any) -> EvidenceFile:
    """Take what was fetched into the vault. Raises as ``vault.receive_file``."""
    upload: Any = fetched
    kind = vault.kind_of(upload, fetched.receiving)
    if fetched.name == "page":
        fetched.name += kind.extension
    return vault.receive_file(evidence, upload=upload, by=by, came_by=CameBy.FETCHED, capture=fetched.capture)


def to_ask(*, now: datetime | None = None) -> list[int]:
    """The keys of sources whose address is to be asked: not for a week, and of no restricted item."""
    before = (now or timezone.now()) - CHECK_EVERY
    rows = Source.objects.exclude(url="").filter(evidence__isnull=False)
    rows = rows.exclude(evidence__confidentiality=Confidentiality.RESTRICTED)
    rows = rows.exclude(asked_at__gt=before)
    return list(rows.order_by("asked_at", "pk").values_list("pk", flat=True).distinct())


def ask(source: Source, *, road: Road | None = None) -> NotFetched | None:
    """Whether the address answers: None, or why not."""
    try:
        fetch(source.url, limits=Limits(seconds=30.0), road=road)
    except NotFetched as fault:
        return fault
    return None


@transaction.atomic
def note(source: Source, fault: NotFetched | None, *, now: datetime | None = None) -> None:
    """Note what asking came to: a page that is gone is dead at once, other silence after days; an answer ends it."""
    now = now or timezone.now()
    current = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    was_dead = current.dead_since is not None
    current.asked_at = now
    if fault is None:
        current.failing_since, current.dead_since = None, None
    elif fault.was_tried and not was_dead:
        current.failing_since = current.failing_since or now
        is_gone = fault.values.get("status") in _GONE
        if is_gone or now - current.failing_since >= DEAD_AFTER:
            current.dead_since = timezone.localdate(now)
    Source.objects.filter(pk=source.pk).update(
        asked_at=current.asked_at, failing_since=current.failing_since, dead_since=current.dead_since
    )
    if was_dead != (current.dead_since is not None):
        verb = "evidence.source_answers" if was_dead else "evidence.source_dead"
        for evidence in Evidence.objects.filter(source=source).order_by("pk"):
            record(verb, evidence, by=None, at=now)
