"""The files of an edition: made once from what its audience may see, kept, handed out, removed by a take-down."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from recommendations.audit.log import record
from recommendations.documents.renderers import RENDERERS
from recommendations.formats.hashing import sha256_of
from recommendations.overview.build import build_summary
from recommendations.overview.edition_lines import ChangeLine, EditionFacts, SignerLine
from recommendations.overview.holdings import Held, holdings_of
from recommendations.overview.summary import CycleSummary
from recommendations.publications import editions
from recommendations.publications.models_editions import Edition, EditionFile, EditionHolding

NO_LONGER = gettext_lazy(
    "This edition is no longer handed out: something in it was retracted, restricted or withheld for the safety of "
    "sources. A new edition replaces it."
)


def folder() -> Path:
    """Where files of editions lie, readable by the product only."""
    path = Path(settings.DATA_DIR) / "editions"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def address(edition: Edition) -> str:
    """The permanent address, as it is cited."""
    return str(settings.SITE_URL + reverse("edition_detail", args=[edition.key]))


def summary_of(edition: Edition, language: str) -> CycleSummary:
    """The summary that this edition holds, or, before it is frozen, would hold now."""
    cycle = edition.round.cycle
    assert cycle is not None
    summary = build_summary(
        cycle=cycle,
        round=edition.round,
        audience=edition.audience,
        language=language,
        at=edition.frozen_at,
    )
    signers = tuple(
        SignerLine(name=row["names"][language], reservation=row["reservation"]) for row in edition.signers
    )
    facts = EditionFacts(
        number=edition.number,
        address=address(edition),
        signers=signers,
        unnamed=edition.unnamed,
        before=edition.before.number if edition.before else None,
        changes=changes(edition.before, summary),
    )
    return replace(
        summary,
        edition=facts,
        organisations=tuple(signer.name for signer in signers),
        responsible=settings.COALITION_NAME,
    )


def standing_of(summary: CycleSummary) -> dict[str, list[str]]:
    """Each recommendation's outcome and position, by its reference."""
    return {row.reference: [row.outcome, row.position] for row in summary.rows}


def changes(before: Edition | None, summary: CycleSummary) -> tuple[ChangeLine, ...]:
    """What is otherwise than in the edition before: ratings and positions, and what came or went, by reference."""
    if before is None:
        return ()
    now, then = standing_of(summary), before.standing
    found = []
    for reference in [*now, *(gone for gone in then if gone not in now)]:
        old, new = then.get(reference), now.get(reference)
        if old is None or new is None:
            found.append(ChangeLine(reference=reference, what="gone" if new is None else "new"))
            continue
        for what, was, is_ in zip(("rating", "position"), old, new, strict=True):
            if was != is_:
                found.append(ChangeLine(reference=reference, what=what, before=was, after=is_))
    return tuple(found)


def figures_of(summary: CycleSummary) -> dict[str, Any]:
    """What an edition is quoted for."""
    totals = summary.totals
    return {
        "received": totals.received,
        "supported": totals.supported,
        "supported_in_part": totals.supported_in_part,
        "noted": totals.noted,
        "under_consideration": totals.under_consideration,
        "no_position": totals.no_position,
        "outcomes": dict(summary.outcomes.items()),
        "supported_but_not_implemented": len(summary.supported_but_not_implemented),
        "noted_yet_implemented": len(summary.noted_yet_implemented),
        "is_demo": summary.is_demo,
    }


def make(edition: Edition, *, report: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Write all files, whole or none; returns what ``finish`` is to keep."""
    files: list[EditionFile] = []
    first: CycleSummary | None = None
    # What stands in the edition is the same in every language.
    total = len(edition.languages) * len(RENDERERS)
    try:
        for language in edition.languages:
            summary = summary_of(edition, language)
            first = first or summary
            for format in RENDERERS:
                files.append(_write(edition, language, format, summary))
                if report:
                    report(len(files), total)
    except BaseException:
        remove(files)
        raise
    assert first is not None
    return {"files": files, "summary": first, "held": holdings_of(first)}


def _write(edition: Edition, language: str, format: str, summary: CycleSummary) -> EditionFile:
    descriptor, name = tempfile.mkstemp(prefix=".making-", dir=folder())
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            RENDERERS[format](summary, stream)
            stream.flush()
            os.fsync(stream.fileno())
        digest = sha256_of(temporary)
        stored_as = f"{edition.pk}-{language}-{format}-{digest[:16]}"
        size = temporary.stat().st_size
        temporary.replace(folder() / stored_as)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise
    return EditionFile(
        edition=edition, language=language, format=format, stored_as=stored_as, size=size, sha256=digest
    )


def remove(files: Sequence[EditionFile]) -> None:
    """Remove these files from the disk."""
    for file in files:
        (folder() / file.stored_as).unlink(missing_ok=True)


def finish(edition: Edition, made: dict[str, Any]) -> None:
    """Keep what was made, once; part of the job's own transaction."""
    summary: CycleSummary = made["summary"]
    assert summary.edition is not None
    EditionFile.objects.bulk_create(made["files"])
    held: list[Held] = made["held"]
    EditionHolding.objects.bulk_create(
        [EditionHolding(held_by=edition, kind=one.kind, row=one.pk, edition=one.edition) for one in held],
        batch_size=500,
    )
    changed = Edition.objects.filter(pk=edition.pk, made_at=None).update(
        made_at=timezone.now(),
        method_edition=summary.round.method_edition if summary.round else "",
        figures=figures_of(summary),
        standing=standing_of(summary),
        changes=[
            {"reference": one.reference, "what": one.what, "before": one.before, "after": one.after}
            for one in summary.edition.changes
        ],
    )
    if not changed:
        raise RuntimeError("an edition is made once")
    sums = {f"{file.language}.{file.format}": file.sha256 for file in made["files"]}
    record("edition.made", edition, by=edition.frozen_by, detail=sums)


def open_file(file: EditionFile) -> IO[bytes]:
    """The file as it was made; the caller has asked whether its edition is still handed out."""
    return (folder() / file.stored_as).open("rb")


def take_back(edition: Edition) -> None:
    """Remove the files of an edition for good; its row, figures and checksums stay."""
    if Edition.objects.filter(pk=edition.pk, taken_back_at=None).update(taken_back_at=timezone.now()):
        record("edition.taken_back", edition, by=None)
    remove(list(edition.files.all()))


def take_back_blocked(held: Sequence[Held] | None = None) -> int:
    """Remove the files of every edition that its audience may no longer have; returns how many editions."""
    found = editions.holding(held)
    for edition in found:
        take_back(edition)
    return len(found)
