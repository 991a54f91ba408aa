"""Pages of translations: what is to do, and one text beside its source."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from recommendations.access import policy
from recommendations.assessments import translating
from recommendations.assessments.models import Assessment, Round, Translation
from recommendations.assessments.pages import for_pages
from recommendations.assessments.translating import PARTS, State
from recommendations.vocabulary import Language
from recommendations.web.pages import paged
from recommendations.web.queries import number_in
from recommendations.workflow.engine import Refused


@require_safe
def translation_list(request: HttpRequest) -> HttpResponse:
    """The texts to translate, by language, state and round, with how complete each round is."""
    policy.require(request.user, "assessment.translate")
    language, state = request.GET.get("language", ""), request.GET.get("state", "")
    asked = number_in(request.GET.get("round", ""))
    found = translating.pieces_for(request.user, round_id=asked or None)
    shown = [
        piece
        for piece in found
        if (language not in Language.values or piece.language == language)
        # Unless one state is asked for, what is done is not listed.
        and (piece.state == state if state in State.values else piece.state != State.CHECKED)
    ]
    context = {
        "pager": paged(request, shown),
        "completeness": translating.completeness(found),
        "languages": Language.choices,
        "states": State.choices,
        "rounds": Round.objects.visible_to(request.user),
        "language": language,
        "state": state,
        "round": asked,
    }
    return render(request, "translations/translation_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def translation_edit(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """One assessment's text beside its translation: take it on, write it, have it checked."""
    policy.require(request.user, "assessment.translate")
    assessment = get_object_or_404(for_pages(request), pk=pk)
    if language not in Language.values or language == assessment.language:
        raise Http404
    written = None
    if request.method == "POST":
        try:
            _do(request, assessment, language)
        except (Refused, translating.Changed) as refused:
            if isinstance(refused, Refused):
                reason = str(refused)
            else:
                reason = _("Somebody saved this translation meanwhile. Your text stands below.")
            messages.error(request, reason)
            written = request.POST
        else:
            return redirect("translation_edit", pk, language)
    return render(
        request,
        "translations/translation_edit.html",
        _context(request, assessment, language, written),
        status=409 if written is not None else 200,
    )


def _do(request: HttpRequest, assessment: Assessment, language: str) -> None:
    wanted = request.POST.get("do", "")
    seen = number_in(request.POST.get("revision", ""))
    if wanted == "take":
        translating.take(assessment, language, by=request.user)
        messages.success(request, _("It stands on your list now."))
    elif wanted == "check":
        translation = get_object_or_404(_translations(request, assessment), language=language)
        translating.check(translation, by=request.user, revision=seen)
        messages.success(request, _("It is marked as checked."))
    else:
        texts = {part: request.POST.get(part, "") for part in translating.TRANSLATED}
        translating.save(assessment, language, texts=texts, revision=seen, by=request.user)
        messages.success(request, _("The draft is saved; another person checks it."))


def _translations(request: HttpRequest, assessment: Assessment) -> Any:
    return Translation.objects.visible_to(request.user).filter(assessment=assessment)


def _context(request: HttpRequest, assessment: Assessment, language: str, written: Any) -> dict[str, Any]:
    translation = (
        _translations(request, assessment)
        .filter(language=language)
        .select_related("assessment", "translator", "checked_by")
        .first()
    )
    texts = translation.texts if translation else {}
    source = translating.source_of(assessment)
    return {
        "assessment": assessment,
        "language": language,
        "language_word": Language(language).label,
        "translation": translation,
        "state": translating.state_of(translation, assessment),
        "refusal": translating.refusal(assessment, language, by=request.user),
        "check_refusal": translating.check_refusal(translation, by=request.user) if translation else "",
        "rows": [
            {
                "name": part,
                "title": PARTS[part],
                "source": text,
                "text": (written or texts).get(part, ""),
                "lines": min(24, 3 + len(text) // 70),
            }
            for part, text in source.items()
        ],
    }
