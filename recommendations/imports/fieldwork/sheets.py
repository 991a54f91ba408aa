"""Making a field sheet: what is sent is kept as the ancestor of what comes back, under a signed mark in the file."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.access.visibility import roles_of
from recommendations.assessments.models import Assessment, Citation, Round
from recommendations.audit.log import record
from recommendations.imports.fieldwork.columns import COMPARED, titles
from recommendations.imports.fieldwork.models import FieldSheet
from recommendations.imports.fieldwork.units import Unit, shown_rows, units_of
from recommendations.imports.fieldwork.workbook import HEADER_ROW, LONGEST, written
from recommendations.organisations.models import Organisation
from recommendations.vocabulary import Confidentiality, Role
from recommendations.workflow.engine import Refused

MARK = "upr-field-sheet"
_SIGNER = signing.Signer(salt="recommendations.imports.fieldwork")


def organisations_with_work(round_: Round, *, by: Any) -> QuerySet[Organisation]:
    """For whom this person may download a sheet of the round: her own organisation, a coordinator for all."""
    found = Organisation.objects.visible_to(by)
    if not policy.may(by, "assessment.write"):
        return found.none()
    if Role.COORDINATOR not in roles_of(by):
        return found.filter(pk=by.organisation_id)
    has_work = Q(items__round=round_) | Q(assessments__round=round_) | Q(pk=by.organisation_id)
    return found.filter(has_work).distinct()


def draws_on_restricted(round_: Round, organisation: Organisation, *, reader: Any) -> bool:
    """Whether a text in the organisation's sheet cites restricted evidence: the sheet leaves the item out, but a draft
    may tell what stands in it.
    """
    written = Assessment.objects.visible_to(reader).filter(round=round_, organisation=organisation)
    cited = Citation.objects.filter(evidence__confidentiality=Confidentiality.RESTRICTED)
    return cited.filter(assessment__in=written.values("pk")).exists()


@transaction.atomic
def make_sheet(
    *, round_: Round, organisation: Organisation, language: str, by: Any
) -> tuple[FieldSheet, bytes]:
    """The sheet's row and the workbook. Raises ``Refused`` where there is nothing to send."""
    if not round_.is_open:
        raise Refused(_("This round is closed: nothing in it can be changed."))
    if not organisations_with_work(round_, by=by).filter(pk=organisation.pk).exists():
        raise Refused(_("A sheet is made for one's own organisation; coordinators make them for all."))
    with translation.override(language):
        units = units_of(round_, organisation, reader=by, language=language)
        if not units:
            raise Refused(
                _("Nothing in this round is given to %(organisation)s yet.") % {"organisation": organisation}
            )
        sheet = FieldSheet.objects.create(
            round=round_,
            organisation=organisation,
            language=language,
            sent={"columns": titles(), "units": _sent(units)},
            made_by=by,
        )
        content = written(sheet, units, mark=mark_of(sheet))
    record("fieldsheet.made", sheet, by=by, detail={"organisation": str(organisation)})
    return sheet, content


def mark_of(sheet: FieldSheet) -> str:
    """What the file carries: which sheet it is, of which round, organisation and person, signed."""
    about = f"{sheet.pk}.{sheet.round_id}.{sheet.organisation_id}.{sheet.made_by_id}"
    return f"{MARK} {_SIGNER.sign(about)}"


def sheet_number(mark: str) -> int | None:
    """The sheet a mark names; None where the signature is not ours."""
    try:
        return int(_SIGNER.unsign(mark.removeprefix(MARK).strip()).split(".")[0])
    except (signing.BadSignature, ValueError):
        return None


def _sent(units: list[Unit]) -> dict[str, Any]:
    """What goes out: the values of every cell that may be filled in, and what the locked ones said."""
    sent: dict[str, Any] = {}
    number = HEADER_ROW + 1
    for unit in units:
        rows = {}
        for row in shown_rows(unit):
            number += 1
            fits = {name: value for name, value in row.values.items() if len(str(value)) <= LONGEST}
            rows[row.key] = {
                "number": number,
                "label": row.locked["reference"],
                "locked": {name: row.locked.get(name, "")[:LONGEST] for name in COMPARED},
                "values": fits if unit.is_open else {},
            }
        sent[unit.key] = {
            "assessment": unit.assessment.pk,
            "revision": unit.assessment.revision if unit.is_begun else 0,
            "title": unit.title,
            "rows": rows,
        }
    return sent
