"""Fact sheets: begun for a theme or a cluster, written, checked, and built with what was published on their subject."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO

import pypdfium2
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.assessments.models import Cluster, Round
from recommendations.audit.log import record
from recommendations.catalogue.models import Recommendation, Theme
from recommendations.documents.renderers import docx, pdf
from recommendations.documents.story.fact_sheet import Written, tell
from recommendations.documents.story.parts import Story
from recommendations.overview.build import build_summary
from recommendations.publications.checks import Check
from recommendations.publications.models_fact_sheets import FactSheet, SheetStatus
from recommendations.vocabulary import Audience
from recommendations.words.counting import count_words
from recommendations.workflow.engine import Refused, Stale

FIELDS = ("title", "experience", "ask_1", "ask_2", "ask_3", "question", "contact")
WRITABLE = (SheetStatus.DRAFT, SheetStatus.RETURNED)
# What a diplomat can read out in one breath.
WORDS_OF_AN_ASK = 30
LEAST_ASKS = 2

WRITERS: dict[str, Callable[[Story, datetime, BinaryIO], None]] = {
    "docx": docx.write_story,
    "pdf": pdf.write_story,
}


@transaction.atomic
def begin(
    *,
    by: Any,
    round: Round,
    theme: Theme | None = None,
    cluster: Cluster | None = None,
    language: str,
    like: FactSheet | None = None,
    at: datetime | None = None,
) -> FactSheet:
    """A new sheet; ``like`` is one in another language whose texts it begins with, to be translated."""
    at = at or timezone.now()
    reason = policy.refusal(by, "submission.write")
    if reason:
        raise Refused(reason)
    if by.organisation is None:
        raise Refused(_("You belong to no organisation for which you could write."))
    if (theme is None) == (cluster is None) or (cluster is not None and cluster.round_id != round.pk):
        raise Refused(_("Choose a theme, or a cluster of the round."))
    sheet = FactSheet(
        round=round,
        theme=theme,
        cluster=cluster,
        organisation=by.organisation,
        language=language,
        created_by=by,
        created_at=at,
        updated_at=at,
    )
    sheet.title = sheet.subject[:200]
    if like is not None:
        for name in FIELDS[1:]:
            setattr(sheet, name, getattr(like, name))
    sheet.save()
    sheet.authors.add(by)
    record("fact_sheet.started", sheet, by=by, at=at)
    return sheet


def edit_refusal(sheet: FactSheet, *, by: Any) -> str | None:
    """Why this person may not change the text now, or None."""
    if sheet.status not in WRITABLE:
        return _("The text is “%(status)s”: recall or return it to change it.") % {
            "status": sheet.get_status_display()
        }
    reason = policy.refusal(by, "submission.write")
    if reason:
        return reason
    hers = by.organisation_id == sheet.organisation_id or sheet.authors.filter(pk=by.pk).exists()
    if hers or policy.may(by, "submission.file"):
        return None
    return _("Only its organisation and its authors write it.")


@transaction.atomic
def save(
    sheet: FactSheet, *, by: Any, revision: int, texts: dict[str, str], at: datetime | None = None
) -> FactSheet:
    """Save the written parts; raises ``Stale`` where somebody else saved meanwhile, ``Refused`` without the right."""
    at = at or timezone.now()
    current = FactSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    reason = edit_refusal(current, by=by)
    if reason:
        raise Refused(reason)
    if current.revision != revision:
        raise Stale(_("Somebody else saved this a moment ago: compare before you save again."))
    for name in FIELDS:
        if name in texts:
            setattr(current, name, texts[name].strip())
    current.revision, current.updated_at = current.revision + 1, at
    current.save(update_fields=[*FIELDS, "revision", "updated_at"])
    current.authors.add(by)
    record("fact_sheet.saved", current, by=by, at=at)
    return current


def checks_of(sheet: FactSheet) -> list[Check]:
    """The check list of the written parts, as it stands."""
    found = []
    if not sheet.experience.strip():
        found.append(Check("experience", "blocks", _("Say what people experience.")))
    if not sheet.question.strip():
        found.append(Check("question", "blocks", _("Write an advance question.")))
    if not sheet.contact.strip():
        found.append(Check("contact", "blocks", _("Whom to ask is missing.")))
    if len(sheet.asks) < LEAST_ASKS:
        found.append(Check("asks", "blocks", _("Write two or three recommendations to be read out.")))
    for place, text in enumerate(sheet.asks, start=1):
        count = count_words(text)
        words = _("Recommendation %(place)s: %(count)s of %(most)s words.") % {
            "place": place,
            "count": count,
            "most": WORDS_OF_AN_ASK,
        }
        found.append(Check("asks", "blocks" if count > WORDS_OF_AN_ASK else "kept", words))
    return found


def references_of(sheet: FactSheet) -> list[str]:
    """The recommendations of the cycle that belong to the sheet's subject."""
    rows = Recommendation.objects.visible_to(Audience.PUBLIC).filter(cycle=sheet.round.cycle_id)
    if sheet.theme_id is not None:
        rows = rows.filter(Q(themes=sheet.theme_id) | Q(lead_theme=sheet.theme_id))
    else:
        rows = rows.filter(followed__cluster=sheet.cluster_id)
    return list(rows.distinct().values_list("reference", flat=True))


def story_of(sheet: FactSheet, *, at: datetime | None = None) -> tuple[Story, datetime]:
    """The sheet as it stands, with what the public may know of its subject; and the moment it was built."""
    cycle = sheet.round.cycle
    assert cycle is not None
    summary = build_summary(
        cycle=cycle,
        round=sheet.round,
        audience=Audience.PUBLIC,
        language=sheet.language,
        at=at,
        references=references_of(sheet),
    )
    name = settings.COALITION_NAME or sheet.organisation.name_in(sheet.language)
    written = Written(
        title=sheet.title,
        status="" if sheet.status == SheetStatus.APPROVED else sheet.status,
        experience=sheet.experience,
        asks=tuple(sheet.asks),
        question=sheet.question,
        contact=sheet.contact,
    )
    return tell(replace(summary, responsible=name), written), summary.made_at


def write(sheet: FactSheet, format: str, stream: BinaryIO, *, at: datetime | None = None) -> None:
    """Write the sheet as "docx" or "pdf"; until it is approved it says that it is a draft."""
    story, moment = story_of(sheet, at=at)
    WRITERS[format](story, moment, stream)


def pages(sheet: FactSheet) -> int:
    """On how many pages it stands, as the PDF has it: one is what it is for."""
    stream = io.BytesIO()
    write(sheet, "pdf", stream)
    document = pypdfium2.PdfDocument(stream.getvalue())
    try:
        return len(document)
    finally:
        document.close()
