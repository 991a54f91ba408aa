"""How a fact sheet travels: the engine and the guards of submissions, ending with its approval."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.publications import fact_sheets
from recommendations.publications.checks import blocking
from recommendations.publications.models_fact_sheets import FactSheet, SheetStatus
from recommendations.publications.workflow import keep_note, may, no_author, writes_it
from recommendations.workflow.engine import Offer, Transition, Workflow

DRAFT, SUBMITTED, RETURNED = SheetStatus.DRAFT, SheetStatus.SUBMITTED, SheetStatus.RETURNED
APPROVED, WITHDRAWN = SheetStatus.APPROVED, SheetStatus.WITHDRAWN


def _complete(sheet: FactSheet, _by: Any) -> str | None:
    still = blocking(fact_sheets.checks_of(sheet))
    return " ".join([_("Still to do:"), *still]) if still else None


_AUTHOR = gettext_lazy("an author, or her organisation")

WORKFLOW = Workflow(
    name="fact sheet",
    statuses=SheetStatus,
    transitions=(
        Transition(
            "submit",
            gettext_lazy("Submit for review"),
            (DRAFT, RETURNED),
            SUBMITTED,
            _AUTHOR,
            guards=(writes_it, _complete),
            needs=gettext_lazy("every part written, no recommendation above 30 words"),
            stamps=("submitted_by", "submitted_at"),
            clears=("returned_by", "returned_at"),
        ),
        Transition(
            "recall",
            gettext_lazy("Recall"),
            (SUBMITTED,),
            DRAFT,
            _AUTHOR,
            guards=(writes_it,),
            clears=("submitted_by", "submitted_at"),
        ),
        Transition(
            "return",
            gettext_lazy("Return"),
            (SUBMITTED, APPROVED),
            RETURNED,
            gettext_lazy("a reviewer or coordinator"),
            guards=(may("assessment.review", "submission.file"),),
            note_required=True,
            stamps=("returned_by", "returned_at"),
            clears=("approved_by", "approved_at"),
            effects=(keep_note,),
        ),
        Transition(
            "approve",
            gettext_lazy("Approve"),
            (SUBMITTED,),
            APPROVED,
            gettext_lazy("a reviewer or coordinator who wrote nothing in it"),
            guards=(may("assessment.review", "submission.file"), no_author, _complete),
            stamps=("approved_by", "approved_at"),
        ),
        Transition(
            "withdraw",
            gettext_lazy("Withdraw"),
            (DRAFT, SUBMITTED, RETURNED, APPROVED),
            WITHDRAWN,
            _AUTHOR,
            guards=(writes_it,),
            note_required=True,
            effects=(keep_note,),
        ),
    ),
    verb="fact_sheet",
    dated=("updated_at",),
)

PAGE = """# How a fact sheet travels

From `recommendations/publications/fact_sheet_workflow.py`.

{table}
"""


def workflow_page() -> str:
    """The third part of docs/workflow.md."""
    return PAGE.format(table=WORKFLOW.as_markdown())


def offers(sheet: FactSheet, *, by: Any) -> list[Offer]:
    """The actions that exist from its status, each with the reason why not."""
    return WORKFLOW.offers(sheet, by=by)


def perform(
    sheet: FactSheet, action: str, *, by: Any, note: str = "", at: datetime | None = None
) -> FactSheet:
    """Do it, or raise ``Refused`` (``Stale`` when somebody was faster); returns the sheet as it stands."""
    return WORKFLOW.perform(sheet, action, by=by, note=note, at=at)
