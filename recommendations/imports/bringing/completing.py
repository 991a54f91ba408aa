"""What a person completes of a report's references before items are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from recommendations.imports.bringing import evidence
from recommendations.imports.bringing.forms import ReferenceForm
from recommendations.imports.bringing.models import Bringing
from recommendations.workflow.engine import Refused

KEPT = ("places", "note", "context")  # what the report itself says


class Incomplete(Refused):
    """Something that is ticked cannot be made yet."""


def keep(forms: Mapping[int, ReferenceForm], *, by: Any) -> None:
    """Keep what was typed, right or not yet; what is wrong with a row stands with it."""
    for form in forms.values():
        row = form.row
        if form.is_valid():
            draft = evidence.drafted(form.cells(), frozenset(), defaults={}, reader=by)
            for name, sentence in draft.problems.items():
                form.add_error(name if name in form.fields else None, sentence)
            typed = {name: form.cells()[name] for name in ("references", "shows", "why")}
            row.record = {name: row.record[name] for name in KEPT} | draft.record | typed
        row.record["problems"] = [error for errors in form.errors.values() for error in errors]
        row.title = row.record["fields"]["title"] or row.title
        row.save(update_fields=["record", "title"])


def require_complete(bringing: Bringing) -> None:
    """Raise ``Incomplete`` with the first ticked row that has a problem."""
    for row in bringing.staged.filter(is_chosen=True).order_by("number"):
        for sentence in row.record.get("problems", []):
            raise Incomplete(
                _("Nothing was made yet. No. %(number)s, “%(title)s”: %(problem)s")
                % {"number": row.number, "title": row.title[:80], "problem": sentence}
            )
