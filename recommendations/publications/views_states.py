"""Pages of the sheets for recommending States: which States, for whom and in which language; the files themselves."""

from __future__ import annotations

import io
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from recommendations.access import policy
from recommendations.access.visibility import is_member
from recommendations.assessments.models import Round
from recommendations.audit.log import record
from recommendations.catalogue.models import State
from recommendations.documents.renderers import FORMATS
from recommendations.overview.build import rounds_of
from recommendations.overview.cycle_views import cycle_for, round_for
from recommendations.publications import state_sheets
from recommendations.vocabulary import Audience, Language
from recommendations.web.queries import changed_query

ALL = "all"


def _asked(request: HttpRequest, rounds: list[Round]) -> dict[str, Any]:
    """Round, audience and language as the address names them; English, for the public, where it does not."""
    audience = request.GET.get("audience", Audience.PUBLIC)
    language = request.GET.get("language", Language.ENGLISH)
    if audience not in Audience.values or language not in Language.values:
        raise Http404
    if audience == Audience.COALITION and not is_member(request.user):
        raise PermissionDenied
    return {"round": round_for(request, rounds), "audience": audience, "language": language}


@require_safe
def state_sheets_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """The recommending States of a cycle, each with its sheet, and the booklet of all."""
    policy.require(request.user, "summary.export")
    found = cycle_for(request.user, cycle)
    rounds = rounds_of(found, request.user)
    chosen = _asked(request, rounds)
    shown = (get_language() or "en")[:2]
    rows = [
        {"state": state, "name": state.name_in(shown), "count": count}
        for state, count in state_sheets.recommending(found, language=shown)
    ]
    context = chosen | {
        "cycle": found,
        "rounds": rounds,
        "rows": rows,
        "audiences": Audience.choices if is_member(request.user) else [Audience.choices[0]],
        "languages": Language.choices,
        "query": changed_query(
            request.GET.copy(),
            round=chosen["round"].pk if chosen["round"] else None,
            audience=chosen["audience"],
            language=chosen["language"],
        ),
    }
    return render(request, "publications/state_sheets.html", context)


@require_safe
def state_sheet_file(request: HttpRequest, cycle: str, code: str, format: str) -> FileResponse:
    """The sheet for one State, or the booklet (``all``), made as its audience may see it at this moment."""
    policy.require(request.user, "summary.export")
    found = cycle_for(request.user, cycle)
    chosen = _asked(request, rounds_of(found, request.user))
    if chosen["audience"] == Audience.COALITION:
        policy.require(request.user, "summary.export_coalition")
    state = None if code == ALL else State.objects.visible_to(request.user).filter(code=code).first()
    if format not in state_sheets.WRITERS or (state is None and code != ALL):
        raise Http404
    content = io.BytesIO()
    if not state_sheets.write(content, format=format, cycle=found, state=state, **chosen):
        raise Http404
    content.seek(0)
    detail = {"state": code, "format": format, "audience": chosen["audience"]}
    record("sheet.handed_out", found, by=request.user, detail=detail)
    name = f"{found.key}-{code}-{chosen['audience']}-{chosen['language']}.{format}"
    return FileResponse(content, as_attachment=True, filename=name, content_type=FORMATS[format].mime)
