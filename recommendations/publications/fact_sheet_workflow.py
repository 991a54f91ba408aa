"""How a fact sheet travels: the engine and the guards of submissions, ending with its approval."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.publications import fact_sheets
from recommendations.publications.checks import blocking
from recommendations.publications.models_fact_sheets import FactSheet, SheetStatus
from recommendations.publications.workflow import reviewed
from recommendations.workflow.engine import Offer, Workflow


def _complete(sheet: FactSheet, _by: Any) -> str | None:
    still = blocking(fact_sheets.checks_of(sheet))
    return " ".join([_("Still to do:"), *still]) if still else None


WORKFLOW = Workflow(
    name="fact sheet",
    statuses=SheetStatus,
    transitions=reviewed(
        SheetStatus,
        complete=_complete,
        needs=gettext_lazy("every part written, no recommendation above 30 words"),
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
