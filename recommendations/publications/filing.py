"""A submission as it leaves: built for the document, with its signers, endnotes and what may not be in it left out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO

from django.utils import timezone, translation

from recommendations.documents.renderers import docx, pdf
from recommendations.documents.story.filing import Filing, Section, Signer, tell
from recommendations.overview.lines import Endnote, narrative
from recommendations.publications.checks import citable
from recommendations.publications.models import Submission
from recommendations.publications.signing import signers
from recommendations.vocabulary import SignOffKind, SubmissionStatus
from recommendations.words.citations import cited_numbers

WRITERS = {"docx": docx.write_story, "pdf": pdf.write_story}
FINAL = (SubmissionStatus.APPROVED, SubmissionStatus.FILED)


def build(submission: Submission, *, at: datetime | None = None) -> Filing:
    """The submission with its words in its own language; only public evidence becomes endnotes."""
    moment = (at or timezone.now()).replace(microsecond=0)
    language = submission.language
    parts = list(submission.parts.all())
    cited = list(dict.fromkeys(number for part in parts for number in cited_numbers(part.text)))
    items = {item.number: item for item in citable().filter(number__in=cited).select_related("source")}
    endnotes = tuple(
        _endnote(place, items[number])
        for place, number in enumerate((one for one in cited if one in items), start=1)
    )
    numbers = {number: place for place, number in enumerate((one for one in cited if one in items), start=1)}
    found = signers(submission)
    named = [row for row in found if row.kind != SignOffKind.UNNAMED]
    with translation.override(language):
        status = "" if submission.status in FINAL else str(submission.get_status_display())
        return Filing(
            title=submission.title,
            language=language,
            cycle=submission.cycle.key,
            state_name=submission.cycle.state.name_in(language),
            number=submission.number,
            is_joint=submission.is_joint,
            signers=tuple(
                Signer(name=row.organisation.name_in(language), reservation=row.reservation) for row in named
            ),
            unnamed=len(found) - len(named),
            sections=tuple(
                Section(heading=part.heading, paragraphs=narrative(part.text, numbers)) for part in parts
            ),
            endnotes=endnotes,
            contact=submission.contact,
            status=status,
            made_at=moment,
            is_demo=submission.organisation.is_demo,
        )


def _endnote(number: int, item: Any) -> Endnote:
    """The full source; neither our number nor an address of ours, which lead outsiders nowhere."""
    source = item.source
    return Endnote(
        number=number,
        reference="",
        title=source.title if source and source.title else item.title,
        kind=item.kind,
        publisher=source.publisher if source else "",
        source_url=source.url if source else "",
        published=source.published_on if source else None,
        accessed=source.accessed_on if source else None,
    )


def write(submission: Submission, format: str, stream: BinaryIO, *, at: datetime | None = None) -> None:
    """Write the submission as "docx" or "pdf"."""
    filing = build(submission, at=at)
    WRITERS[format](tell(filing), filing.made_at, stream)
