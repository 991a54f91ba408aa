"""JSON: the summary for programs. The keys are documented in docs/export-json.md and are an allowlist."""

import datetime
import json
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any, BinaryIO

from recommendations.documents import words
from recommendations.overview.lines import POSITION_GROUPS, Finding, RecommendationLine, standing_sentences
from recommendations.overview.summary import CycleSummary, OutcomeCounts

SCHEMA = "upr-cycle-summary/1"


def render(
    summary: CycleSummary, stream: BinaryIO, *, progress: Callable[[int, int], None] | None = None
) -> None:
    """Writes the summary as UTF-8 JSON; numbers are numbers, dates ISO 8601, absent things null or empty."""
    with words.speaking(summary.language):
        text = json.dumps(as_json(summary), ensure_ascii=False, indent=2, default=_plain)
    stream.write(text.encode())
    stream.write(b"\n")
    if progress:
        progress(len(summary.rows), len(summary.rows))


def as_json(summary: CycleSummary) -> dict[str, Any]:
    """The summary as plain objects; dates and decimals are left to the writer."""
    return {
        "schema": SCHEMA,
        "demonstration_data": summary.is_demo,
        "language": summary.language,
        "audience": summary.audience,
        "made_at": summary.made_at.isoformat(),
        "site": summary.site,
        "responsible": summary.responsible,
        "organisations": list(summary.organisations),
        "cycle": asdict(summary.cycle),
        "round": asdict(summary.round) if summary.round else None,
        "edition": asdict(summary.edition) if summary.edition else None,
        "totals": asdict(summary.totals),
        "un_totals": asdict(summary.un_totals) if summary.un_totals else None,
        "totals_note": summary.totals_note,
        "coverage": {
            "recommendations": asdict(summary.coverage),
            "clusters": asdict(summary.cluster_coverage),
        },
        "ratings": {
            "all": _counts(summary.outcomes),
            **{group: _counts(summary.outcomes_by_group[group]) for group in POSITION_GROUPS},
        },
        "scores": [
            {
                "group": score.group,
                "without_categories_1_and_2": score.without_minimal,
                "value_per_cent": score.value,
                "not_shown_because": score.refusal or None,
                "rated": score.rated,
                "of": score.size,
                "cannot": score.counts.cannot,
                "differ": score.counts.differ,
                "reversed": score.counts.reversed,
            }
            for score in summary.scores
        ],
        "themes": [
            {
                "code": theme.code,
                "label": theme.label,
                "all": _counts(theme.all),
                **{group: _counts(theme.of(group)) for group in POSITION_GROUPS},
            }
            for theme in summary.themes
        ],
        "supported_but_not_implemented": _references(summary.supported_but_not_implemented),
        "noted_yet_implemented": _references(summary.noted_yet_implemented),
        "went_backwards": _references(summary.went_backwards),
        "organisations_differ": _references(summary.differing),
        "claimed_by_the_state": _references(summary.claimed),
        "repeated_from_earlier_cycles": _references(summary.repeated),
        "recommendations": [_recommendation(row) for row in summary.rows],
        "endnotes": [asdict(note) for note in summary.endnotes],
        "indicators": [asdict(series) for series in summary.indicators],
        "withheld": {
            "anything": summary.withheld.anything,
            "count": None if summary.is_public else summary.withheld.count,
        },
    }


def _plain(value: datetime.date | Decimal) -> str | int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat()


def _counts(counts: OutcomeCounts) -> dict[str, int]:
    return {str(outcome): number for outcome, number in counts.items()}


def _references(rows: tuple[RecommendationLine, ...]) -> list[str]:
    return [row.reference for row in rows]


def _recommendation(row: RecommendationLine) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "url": row.url,
        "document": row.document,
        "paragraph": row.paragraph,
        "text": row.text,
        "text_language": row.text_language,
        "text_kind": row.text_kind,
        "text_is_fallback": row.text_is_fallback,
        "recommending_states": list(row.states),
        "position": row.position or None,
        "position_label": words.position_word(row.position),
        "positions": [asdict(position) for position in row.positions],
        "standing_sentences": standing_sentences(row),
        "leading_theme": row.theme,
        "themes": list(row.themes),
        "affected_groups": list(row.groups),
        "sdgs": list(row.sdgs),
        "action_categories": list(row.categories),
        "rating": row.outcome,
        "rating_label": words.outcome_word(row.outcome),
        "status": row.status,
        "spread": [asdict(line) for line in row.spread],
        "findings": [_finding(finding) for finding in row.findings],
        "demands": [asdict(demand) for demand in row.demands],
        "state_claims": [asdict(claim) for claim in row.claims],
        "cluster": row.cluster,
        "cutoff_date": row.cutoff_date,
        "evidence_count": row.evidence_count,
        "indicators": list(row.indicators),
        "repeated_in": [asdict(repeat) for repeat in row.repeats],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return asdict(finding) | {
        "reasons": words.narrative_text(finding.reasons),
        "sentence": words.narrative_text(finding.sentence),
        "ask_next": words.narrative_text(finding.ask_next),
        "cannot_details": words.narrative_text(finding.cannot_details),
        "override_reason": words.narrative_text(finding.override_reason),
    }
