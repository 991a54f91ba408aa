"""The views of a summary as tables: columns with titles, and rows; XLSX shows all, CSV the recommendations.

Columns are an allowlist: a new field of a line is in no file until it gets a column here.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from recommendations.documents import words
from recommendations.documents.story import editions
from recommendations.documents.story.figures import totals_rows
from recommendations.documents.story.opening import withheld_sentences
from recommendations.formats.spreadsheet import Column, Kind, Link, Sheet
from recommendations.overview.lines import (
    OUTCOMES,
    POSITION_GROUPS,
    STATUSES,
    Finding,
    RecommendationLine,
    standing_sentences,
)
from recommendations.overview.summary import CycleSummary, OutcomeCounts

BETWEEN = "; "


class Field(NamedTuple):
    """A column and how its cell is read from a line."""

    title: str
    value: Callable[[Any], Any]
    kind: Kind = "text"
    key: str = ""
    width: int | None = None


def sheet(name: str, fields: Sequence[Field], lines: Iterable[Any], note: str = "") -> Sheet:
    """The sheet of `lines` in the columns of `fields`; cells are read when the sheet is written."""
    columns = [Column(field.title, field.kind, field.key, field.width) for field in fields]
    return Sheet(name, columns, ([field.value(line) for field in fields] for line in lines), note)


def sheets(summary: CycleSummary) -> list[Sheet]:
    """Every view of the summary, a sheet each; in the active language."""
    return [
        about(summary),
        key_figures(summary),
        themes(summary),
        recommendations(summary),
        chosen(_("Supported, not implemented"), summary.supported_but_not_implemented),
        chosen(_("Noted, yet implemented"), summary.noted_yet_implemented),
        claims(summary),
        indicators(summary),
        evidence(summary),
    ]


def about(summary: CycleSummary) -> Sheet:
    """What the file is, for whom, and with what limits."""
    cycle, around = summary.cycle, summary.round
    said = [
        (_("State under review"), cycle.state_name),
        (_("Review cycle"), Link(cycle.reference, cycle.url)),
        (_("Review"), cycle.review_date),
        (_("Adoption"), cycle.adoption_date),
        *((_("Document"), Link(d.symbol, d.url) if d.url else d.symbol) for d in cycle.documents),
        (_("Assessment round"), around.title if around else ""),
        (_("Purpose"), words.purpose_word(around.purpose) if around else ""),
        (_("Evidence cut-off date"), around.cutoff_date if around else None),
        (_("Edition of the method"), around.method_edition if around else ""),
        (_("For whom"), words.audience_words(summary.audience)),
        (_("Organisations"), BETWEEN.join(summary.organisations)),
        (_("Responsible"), summary.responsible),
        (_("Made on"), words.moment_words(summary.made_at)),
        *_edition(summary),
        *((_("Withheld"), sentence) for sentence in withheld_sentences(summary)),
    ]
    fields = [
        Field(_("Subject"), lambda line: line[0], width=28),
        Field(_("Content"), lambda line: line[1], "long_text"),
    ]
    rows = [line for line in said if line[1]]
    return sheet(_("About"), fields, rows, _("Demonstration data") if summary.is_demo else "")


def _edition(summary: CycleSummary) -> list[tuple[str, Any]]:
    """Number, permanent address and, one by one, what changed since the edition before."""
    edition = summary.edition
    if edition is None:
        return []
    changed = (f"{one.reference}: {editions.change_runs(one)[0]['text']}" for one in edition.changes)
    since = _("Changed since edition %(number)s") % {"number": edition.before}
    return [
        (_("Edition"), editions.edition_words(summary)),
        (_("Permanent address"), Link(edition.address, edition.address)),
        *(
            (_("Reservations"), f"{one.name}: {one.reservation}")
            for one in edition.signers
            if one.reservation
        ),
        *((since, change) for change in changed),
    ]


def key_figures(summary: CycleSummary) -> Sheet:
    """Totals beside the UN's, outcomes, coverage and scores, one figure a row."""
    rows: list[tuple[str, str, Any, Any, str]] = []
    note = summary.totals_note
    for label, ours, un in totals_rows(summary):
        rows.append((_("Position"), label, ours, un, note))
        note = ""
    for group in (None, *POSITION_GROUPS):
        counts = summary.outcomes_by_group[group] if group else summary.outcomes
        label = words.group_word(group) if group else _("All")
        rows += [(_("Finding"), f"{label}: {words.outcome_word(o)}", n, None, "") for o, n in counts.items()]
    for title, covered in (
        (_("Coverage of recommendations"), summary.coverage),
        (_("Coverage of clusters"), summary.cluster_coverage),
    ):
        rows += [(title, words.status_word(s), getattr(covered, s), None, "") for s in STATUSES]
    for score in summary.scores:
        label = words.group_word(score.group)
        if score.without_minimal:
            label += ", " + _("without categories 1 and 2")
        rows.append((_("Score"), label, None, None, words.score_words(score)))
    fields = [
        Field(_("Figure"), lambda row: row[0], width=30),
        Field(_("What is counted"), lambda row: row[1], width=48),
        Field(_("In this record"), lambda row: row[2], "number"),
        Field(_("In the UN's documents"), lambda row: row[3], "number", width=16),
        Field(_("Note"), lambda row: row[4], "long_text"),
    ]
    return sheet(_("Key figures"), fields, rows)


def themes(summary: CycleSummary) -> Sheet:
    """Theme × outcome for each position group and together, a row each, so that filters can choose."""
    rows: list[tuple[str, str, OutcomeCounts]] = [
        (theme.label or _("No theme"), words.group_word(group) if group else _("All"), counts)
        for theme in summary.themes
        for group in (None, *POSITION_GROUPS)
        if (counts := theme.of(group) if group else theme.all).total
    ]
    fields = [
        Field(_("Theme"), lambda row: row[0], width=44),
        Field(_("Position"), lambda row: row[1], width=28),
        *(
            Field(words.outcome_word(o), lambda row, o=o: row[2].of(o), "number", width=14)  # type: ignore[misc]
            for o in OUTCOMES
        ),
        Field(_("Recommendations"), lambda row: row[2].total, "number", width=18),
    ]
    return sheet(_("Themes and findings"), fields, rows)


def recommendations(summary: CycleSummary) -> Sheet:
    """One row a recommendation with everything said of it."""
    return sheet(_("Recommendations"), recommendation_fields(), summary.rows)


def recommendation_fields() -> list[Field]:
    """The columns of a recommendation, the same in XLSX and CSV."""
    return [
        Field(_("Reference"), lambda r: Link(r.reference, r.url), "link", width=18),
        Field(_("Document"), lambda r: r.document, width=16),
        Field(_("Paragraph"), lambda r: r.paragraph, width=11),
        Field(_("Text"), lambda r: r.text, "long_text"),
        Field(_("Kind of text"), lambda r: words.text_kind_word(r.text_kind), width=20),
        Field(_("Recommending States"), lambda r: BETWEEN.join(r.states), width=30),
        Field(_("Position"), lambda r: words.position_word(r.position), width=18),
        Field(_("History of the position"), _positions, width=36),
        Field(_("Standing sentence"), lambda r: " ".join(standing_sentences(r)), width=36),
        Field(_("Theme"), lambda r: r.theme, width=30),
        Field(_("Themes"), lambda r: BETWEEN.join(r.themes), width=30),
        Field(_("Affected groups"), lambda r: BETWEEN.join(r.groups), width=26),
        Field(_("SDGs"), lambda r: BETWEEN.join(r.sdgs), width=12),
        Field(_("Finding"), lambda r: words.outcome_word(r.outcome), width=24),
        Field(_("What each organisation found"), _spread, width=36),
        Field(_("In law"), lambda r: _each(r, lambda f: words.test_word(f.law)), width=20),
        Field(_("In policy"), lambda r: _each(r, lambda f: words.test_word(f.policy)), width=20),
        Field(_("In practice"), lambda r: _each(r, lambda f: words.test_word(f.practice)), width=20),
        Field(_("Implemented when"), lambda r: _each(r, lambda f: f.implemented_when), "long_text", width=40),
        Field(_("Reasons"), lambda r: _each(r, _reasons), "long_text"),
        Field(
            _("To ask next"),
            lambda r: _each(r, lambda f: words.narrative_text(f.ask_next)),
            "long_text",
            width=40,
        ),
        Field(_("Marks"), lambda r: _each(r, lambda f: " ".join(words.marks(f))), width=30),
        Field(_("Demands"), _demands, "long_text", width=40),
        Field(_("The State says"), _claims, "long_text", width=40),
        Field(_("Evidence up to"), lambda r: r.cutoff_date, "date"),
        Field(_("Items of evidence"), lambda r: r.evidence_count, "number"),
        Field(_("Indicators"), lambda r: BETWEEN.join(r.indicators), width=30),
        Field(_("Also made as"), lambda r: BETWEEN.join(x.reference for x in r.repeats), width=18),
        Field(_("Cluster"), lambda r: r.cluster, width=26),
        Field(_("Status"), lambda r: words.status_word(r.status), width=16),
        Field(_("Address"), lambda r: r.url, width=40),
    ]


def chosen(name: str, rows: Sequence[RecommendationLine]) -> Sheet:
    """A few recommendations that stand out, in few columns."""
    fields = [
        Field(_("Reference"), lambda r: Link(r.reference, r.url), "link", width=18),
        Field(_("Text"), lambda r: r.text, "long_text"),
        Field(_("Recommending States"), lambda r: BETWEEN.join(r.states), width=30),
        Field(_("Theme"), lambda r: r.theme, width=30),
        Field(_("Position"), lambda r: words.position_word(r.position), width=18),
        Field(_("Finding"), lambda r: words.outcome_word(r.outcome), width=24),
        Field(_("Reasons"), lambda r: _each(r, _reasons), "long_text"),
    ]
    return sheet(name, fields, rows)


def claims(summary: CycleSummary) -> Sheet:
    """What the State claims beside what was found, a row each claim."""
    fields = [
        Field(_("Reference"), lambda x: Link(x[0].reference, x[0].url), "link", width=18),
        Field(_("Text"), lambda x: x[0].text, "long_text"),
        Field(_("The State says"), lambda x: words.claim_word(x[1].claim), width=30),
        Field(_("In its words"), lambda x: x[1].quote, "long_text", width=40),
        Field(_("Source"), lambda x: x[1].source, width=30),
        Field(_("Date"), lambda x: x[1].date, "date"),
        Field(_("Finding"), lambda x: words.outcome_word(x[0].outcome), width=24),
        Field(_("Position"), lambda x: words.position_word(x[0].position), width=18),
    ]
    return sheet(_("State claims"), fields, [(row, claim) for row in summary.claimed for claim in row.claims])


def indicators(summary: CycleSummary) -> Sheet:
    """Figures followed over time, a row each value."""
    fields = [
        Field(_("Indicator"), lambda x: Link(x[0].title, x[0].url), width=44),
        Field(_("Date"), lambda x: x[1].when, width=18),
        Field(_("Value"), lambda x: x[1].value, "number"),
        Field(_("Unit"), lambda x: x[0].unit, width=18),
        Field(_("Target"), lambda x: x[0].target, "number"),
        Field(_("Source"), lambda x: x[1].source, "long_text", width=44),
        Field(_("Note"), lambda x: x[1].note, "long_text", width=44),
        Field(_("Recommendations"), lambda x: BETWEEN.join(x[0].recommendations), width=40),
    ]
    rows = [(series, point) for series in summary.indicators for point in series.points]
    return sheet(_("Indicators"), fields, rows)


def evidence(summary: CycleSummary) -> Sheet:
    """The endnotes of the documents: every cited item of evidence."""
    fields = [
        Field(_("Endnote"), lambda n: n.number, "number", width=10),
        Field(_("Record"), lambda n: Link(n.reference, n.url), "link", width=12),
        Field(_("Title"), lambda n: n.title, "long_text"),
        Field(_("Kind"), lambda n: words.evidence_kind_word(n.kind), width=20),
        Field(_("Check"), lambda n: words.check_word(n.check), width=28),
        Field(_("Publisher"), lambda n: n.publisher, width=28),
        Field(_("Date of publication"), lambda n: n.published, "date"),
        Field(_("Accessed"), lambda n: n.accessed, "date"),
        Field(_("Source"), lambda n: Link(n.source_url, n.source_url), width=44),
    ]
    return sheet(_("Evidence"), fields, summary.endnotes)


def _each(row: RecommendationLine, said: Callable[[Finding], str]) -> str:
    """What the findings say: alone as it is, several each with the organisation before it."""
    texts = [(finding.organisation, said(finding)) for finding in row.findings]
    if len(texts) == 1:
        return texts[0][1]
    return "\n".join(f"{who}: {text}" if who else text for who, text in texts if text)


def _reasons(finding: Finding) -> str:
    own, common = words.narrative_text(finding.sentence), words.narrative_text(finding.reasons)
    details, instead = map(words.narrative_text, (finding.cannot_details, finding.override_reason))
    cannot = BETWEEN.join(part for part in (words.cannot_word(finding.cannot_reason), details) if part)
    return "\n\n".join(part for part in (cannot, own, common, instead) if part)


def _positions(row: RecommendationLine) -> str:
    return BETWEEN.join(
        f"{words.position_word(p.position)} ({', '.join(x for x in (words.date_words(p.date), p.document) if x)})"
        for p in row.positions
    )


def _spread(row: RecommendationLine) -> str:
    return BETWEEN.join(
        f"{words.organisation_word(x.organisation)}: {words.outcome_word(x.rating)}" for x in row.spread
    )


def _demands(row: RecommendationLine) -> str:
    return "\n".join(f"({d.label}) {d.text}: {words.outcome_word(d.outcome)}" for d in row.demands)


def _claims(row: RecommendationLine) -> str:
    return "\n".join(
        ": ".join(part for part in (words.claim_word(c.claim), c.quote, c.source) if part) for c in row.claims
    )
