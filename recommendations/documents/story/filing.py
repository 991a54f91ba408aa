"""A submission to the UN told as a document: signers first, numbered paragraphs, references as endnotes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _

from recommendations.documents import words
from recommendations.documents.story.entries import endnote_runs
from recommendations.documents.story.parts import Block, Runs, Story, heading, legal, para, run, told
from recommendations.overview.lines import Endnote, Narrative


@dataclass(frozen=True, kw_only=True)
class Signer:
    """An organisation that signs, under its name or unnamed, with its reservation where it has one."""

    name: str
    reservation: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: Narrative


@dataclass(frozen=True, kw_only=True)
class Filing:
    """A submission as it leaves: everything the document says; ``unnamed`` counts signers without a name."""

    title: str
    language: str
    cycle: str
    state_name: str
    number: int
    is_joint: bool
    signers: tuple[Signer, ...]
    unnamed: int
    sections: tuple[Section, ...]
    endnotes: tuple[Endnote, ...]
    contact: str
    status: str  # in words; empty once it is approved
    made_at: datetime.datetime
    is_demo: bool = False


def tell(filing: Filing) -> Story:
    """The whole document in the submission's language."""
    with words.speaking(filing.language):
        kind = _("Joint submission %(number)s") if filing.is_joint else _("Submission %(number)s")
        blocks, cited = _numbered(filing)
        story = {
            "language": filing.language,
            "title": filing.title,
            "subtitle": _("Universal Periodic Review of %(state)s") % {"state": filing.state_name},
            "kicker": kind % {"number": filing.number},
            "notice": _demo(filing) or filing.status,
            "lines": [filing.contact] if filing.contact else [],
            "organisations": ", ".join(_names(filing)),
            "made": _("Made on %(moment)s") % {"moment": words.moment_words(filing.made_at)},
            "squares": {"groups": [], "alt": "", "legend": []},
            "legend": [],
            "header": f"{filing.cycle} · {filing.title}",
            "audience": kind % {"number": filing.number},
            "page_pattern": _("Page {n} of {m}"),
            "author": ", ".join(signer.name for signer in filing.signers),
            "contents": "",
            "blocks": [*_reservations(filing), *blocks],
            "endnotes_title": _("Endnotes"),
            "endnotes": [
                {"number": note.number, "runs": endnote_runs(note), "cited": note.number in cited}
                for note in filing.endnotes
            ],
            "made_at": filing.made_at.isoformat(),
        }
    return legal(story)


def _demo(filing: Filing) -> str:
    return _("Demonstration") if filing.is_demo else ""


def _names(filing: Filing) -> list[str]:
    """The signers by name; those that stay unnamed are counted, not named."""
    names = [signer.name for signer in filing.signers]
    if filing.unnamed:
        names.append(words.unnamed_words(filing.unnamed))
    return names


def _reservations(filing: Filing) -> list[Block]:
    held = [signer for signer in filing.signers if signer.reservation]
    if not held:
        return []
    lines: list[Block] = [heading(1, _("Reservations"))]
    return lines + [
        para([run(f"{signer.name}: ", style="strong"), run(signer.reservation)]) for signer in held
    ]


def _numbered(filing: Filing) -> tuple[list[Block], set[int]]:
    """The sections with their paragraphs numbered through, and the endnotes that they cite."""
    blocks: list[Block] = []
    cited: set[int] = set()
    number = 0
    for section in filing.sections:
        if section.heading:
            blocks.append(heading(1, section.heading))
        for runs in told(section.paragraphs):
            number += 1
            blocks.append(para(_marked([run(f"{number}. "), *runs], cited)))
    return blocks, cited


def _marked(runs: Runs, cited: set[int]) -> Runs:
    """The same runs; where an endnote is cited first, its mark says so."""
    for one in runs:
        if "note" in one and one["note"] not in cited:
            cited.add(one["note"])
            one["first"] = True
    return runs
