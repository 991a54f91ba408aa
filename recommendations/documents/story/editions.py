"""What an edition adds to a summary's document: its number and address, who signs, what changed since the last."""

from django.utils.translation import gettext as _

from recommendations.documents import words
from recommendations.documents.story.parts import Block, Runs, heading, para, plain, reference, run
from recommendations.overview.edition_lines import ChangeLine
from recommendations.overview.summary import CycleSummary

MOST = 60  # changes told one by one; of more, how many


def title_lines(summary: CycleSummary) -> list[str]:
    """What the title page says of the edition."""
    if summary.edition is None:
        return []
    return [edition_words(summary)]


def edition_words(summary: CycleSummary) -> str:
    """Edition 2 of 24 November 2026."""
    assert summary.edition is not None
    date = words.date_words(summary.made_at.date())
    return _("Edition %(number)s of %(date)s") % {"number": summary.edition.number, "date": date}


def facts_of(summary: CycleSummary) -> list[tuple[str, Runs | str]]:
    """Lines for the facts about the document."""
    edition = summary.edition
    if edition is None:
        return []
    names = [signer.name for signer in edition.signers]
    if edition.unnamed:
        names.append(words.unnamed_words(edition.unnamed))
    return [
        (_("Edition"), edition_words(summary)),
        (_("Permanent address"), [run(edition.address, url=edition.address)]),
        (_("Signed by"), ", ".join(names)),
    ]


def blocks(summary: CycleSummary) -> list[Block]:
    """Reservations and changes, after what the document says of itself."""
    edition = summary.edition
    if edition is None:
        return []
    held = [signer for signer in edition.signers if signer.reservation]
    found: list[Block] = [heading(2, _("Reservations"))] if held else []
    found += [para([run(f"{signer.name}: ", style="strong"), run(signer.reservation)]) for signer in held]
    if edition.before is None:
        return found
    since = _("Changed since edition %(number)s") % {"number": edition.before}
    found.append(heading(2, since))
    if not edition.changes:
        found.append(para(_("No rating and no position changed.")))
    found += [
        para([reference(one.reference), run(": "), *change_runs(one)]) for one in edition.changes[:MOST]
    ]
    if len(edition.changes) > MOST:
        more = len(edition.changes) - MOST
        found.append(para(_("And %(count)s more.") % {"count": words.number_words(more)}))
    return found


def change_runs(change: ChangeLine) -> Runs:
    """One change in words, without its reference."""
    if change.what == "new":
        return plain(_("is new in this edition"))
    if change.what == "gone":
        return plain(_("is no longer in it"))
    word = words.outcome_word if change.what == "rating" else words.position_word
    return plain(f"{word(change.before)} → {word(change.after)}")
