"""Writing evidence: a new item, its facts, its files, who may see it, its check."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from recommendations.access import policy
from recommendations.audit.history import history_of
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.evidence import levels as levels_of
from recommendations.evidence import picking, recording, rules, vault, web_sources
from recommendations.evidence.forms import (
    LEVEL_WORDS,
    AccessForm,
    CheckForm,
    EvidenceForm,
    FilesForm,
    LevelForm,
    differences,
)
from recommendations.evidence.models import Evidence, Upload
from recommendations.evidence.models_safety import AdmissionRequest, LevelChange
from recommendations.evidence.recording import NotRight
from recommendations.evidence.sources import mark_source
from recommendations.evidence.uploads import receives_files
from recommendations.formats.problems import FileProblem
from recommendations.vocabulary import Confidentiality

editing = require_http_methods(["GET", "HEAD", "POST"])


def seen(request: HttpRequest, number: int) -> Evidence:
    """The item, if the person may see it; else it is not there."""
    rows = Evidence.objects.visible_to(request.user).select_related("source", "organisation")
    return get_object_or_404(rows, number=number)


def require(refusal: str | None) -> None:
    """Stop with 403 and the reason where there is one."""
    if refusal:
        raise PermissionDenied(refusal)


def revision_of(request: HttpRequest, evidence: Any) -> int:
    """The revision that the person's form was filled from."""
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else evidence.revision


def way_back(request: HttpRequest) -> str:
    """The page of this site from which the person came to add an item, or nothing."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if allowed else ""


def levels() -> list[tuple[str, str, str]]:
    """The levels with what each means: code, word, sentence."""
    return [(level.value, str(level.label), str(LEVEL_WORDS[level])) for level in Confidentiality]


@editing
@receives_files("evidence.add")
def evidence_new(request: HttpRequest) -> HttpResponse:
    """Add an item: first who will see it, then what it is."""
    asked = request.POST if request.method == "POST" else request.GET
    level = asked.get("confidentiality", "")
    if level not in Confidentiality.values:
        step = LevelForm({"confidentiality": level} if level else None)
        context = {
            "form": step,
            "levels": levels(),
            "references": request.GET.getlist("recommendation"),
            "next": way_back(request),
        }
        return render(request, "evidence/evidence_level.html", context)
    person: Any = request.user
    if request.method != "POST":
        initial = {"references": ", ".join(request.GET.getlist("recommendation"))}
        return _show_new(request, EvidenceForm(person=person, level=level, initial=initial))
    form = EvidenceForm(
        request.POST,
        request.FILES,
        person=person,
        level=level,
        upload_problems=request.upload_problems,  # type: ignore[attr-defined]
    )
    if form.is_valid():
        try:
            evidence = _keep_new(form, level=level, by=person)
        except NotRight as problem:
            form.take(problem)
        except (Refused, FileProblem) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("%(evidence)s was added.") % {"evidence": evidence})
            return redirect(way_back(request) or reverse("evidence_detail", args=[evidence.number]))
    form.say_files_are_gone()
    return _show_new(request, form, status=422)


def _keep_new(form: EvidenceForm, *, level: str, by: Any) -> Evidence:
    """The item, its files and its links: all of them or nothing."""
    data = form.cleaned_data
    with vault.all_or_nothing():
        evidence = recording.add_evidence(
            by=by,
            confidentiality=level,
            organisation=data.get("organisation"),
            named_people=data.get("named_people") or (),
            **form.values(),
        )
        for target in data["targets"]:
            recording.link_evidence(
                evidence,
                recommendation=target.recommendation,
                demand=target.demand,
                shows=data["shows"],
                why=data["why"],
                passage=data["passage"],
                by=by,
            )
        for upload in data["files"]:
            vault.receive_file(evidence, upload=upload, by=by)
    return evidence


def _show_new(request: HttpRequest, form: EvidenceForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "level": form.level,
        "level_words": LEVEL_WORDS[Confidentiality(form.level)],
        "suggestions": suggestions_for(request, form),
        "next": way_back(request),
    }
    return render(request, "evidence/evidence_new.html", context, status=status)


def suggestions_for(request: HttpRequest, form: Any) -> list[picking.Suggestion]:
    """What to offer for ticking beside a form that was sent: what is ticked, and what its words found."""
    if not form.is_bound:
        return []
    typed = form.data.get("references", "") if "references" in form.errors else ""
    return picking.suggestions(typed, reader=request.user, chosen=request.POST.getlist("pick"))


@editing
def evidence_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change what an item says; a change that somebody else made meanwhile is shown beside one's own."""
    evidence = seen(request, number)
    require(rules.refusal_to_change(evidence, by=request.user))
    person: Any = request.user
    context: dict[str, Any] = {"evidence": evidence, "revision": evidence.revision}
    if request.method != "POST":
        form = EvidenceForm(person=person, level=evidence.confidentiality, evidence=evidence)
        return render(request, "evidence/evidence_edit.html", context | {"form": form})
    form = EvidenceForm(request.POST, person=person, level=evidence.confidentiality, evidence=evidence)
    status = 422
    context["revision"] = revision_of(request, evidence)
    if form.is_valid():
        try:
            changed = recording.change_evidence(
                evidence, by=person, revision=context["revision"], **form.values()
            )
        except Conflict as conflict:
            current = seen(request, number)
            context |= {"revision": conflict.current.revision, "conflict": differences(form, current)}
            context["conflict_by"] = _last_writer(current)
            status = 409
        except NotRight as problem:
            form.take(problem)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if changed.revision == context["revision"]:
                messages.info(request, _("Nothing was changed."))
            elif evidence.check_status != changed.check_status:
                messages.warning(request, _("Saved. Its content changed: it has to be checked again."))
            else:
                messages.success(request, _("Saved."))
            return redirect("evidence_detail", number)
    return render(request, "evidence/evidence_edit.html", context | {"form": form}, status=status)


def _last_writer(evidence: Evidence) -> str:
    """What was done to the item last, in a sentence."""
    latest = history_of(evidence, limit=1)
    return latest[0].words if latest else ""


@editing
def evidence_access(request: HttpRequest, number: int) -> HttpResponse:
    """Change who may see an item."""
    evidence = seen(request, number)
    require(rules.refusal_to_change(evidence, by=request.user))
    person: Any = request.user
    form = AccessForm(request.POST or None, person=person, evidence=evidence)
    context: dict[str, Any] = {
        "evidence": evidence,
        "form": form,
        "changes": LevelChange.objects.visible_to(person)
        .filter(evidence=evidence)
        .select_related("asked_by"),
        "admissions": AdmissionRequest.objects.visible_to(person)
        .filter(evidence=evidence, decided_at=None)
        .select_related("person__organisation", "asked_by"),
        "levels": levels(),
        "revision": evidence.revision,
    }
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                levels_of.change_access(
                    evidence,
                    confidentiality=form.cleaned_data["confidentiality"],
                    named_people=form.cleaned_data["named_people"],
                    reason=form.cleaned_data["reason"],
                    revision=revision_of(request, evidence),
                    by=person,
                )
            except Conflict:
                form.add_error(None, _("Somebody changed this item meanwhile. Look at it again, then save."))
                context["revision"] = seen(request, number).revision
                status = 409
            except NotRight as problem:
                for field, sentence in problem.problems.items():
                    form.add_error(field if field in form.fields else None, sentence)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                if levels_of.lowers(evidence.confidentiality, form.cleaned_data["confidentiality"]):
                    messages.info(
                        request,
                        _("Asked. It stays as it was until a second person agrees to the wider level."),
                    )
                    return redirect("evidence_who", number)
                messages.success(request, _("Saved."))
                still_seen = Evidence.objects.visible_to(person).filter(pk=evidence.pk).exists()
                return redirect("evidence_detail", number) if still_seen else redirect("evidence_list")
    return render(request, "evidence/evidence_access.html", context, status=status)


@editing
def evidence_check(request: HttpRequest, number: int) -> HttpResponse:
    """Record what a check of the item found."""
    evidence = seen(request, number)
    require(rules.refusal_to_check(evidence, by=request.user))
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            recording.check_evidence(evidence, status=data["status"], note=data["note"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The check was recorded."))
            return redirect("evidence_detail", number)
    status = 422 if form.is_bound else 200
    files = evidence.files.all()
    context = {"evidence": evidence, "form": form, "files": files}
    return render(request, "evidence/evidence_check.html", context, status=status)


@editing
@receives_files("evidence.add")
def evidence_file_new(request: HttpRequest, number: int) -> HttpResponse:
    """Add files to an item: all that were sent, or none."""
    evidence = seen(request, number)
    require(rules.refusal_to_change(evidence, by=request.user))
    bound = request.method == "POST"
    problems = request.upload_problems  # type: ignore[attr-defined]
    form = FilesForm(request.POST, request.FILES, upload_problems=problems) if bound else FilesForm()
    if bound and form.is_valid():
        try:
            with vault.all_or_nothing():
                for upload in form.cleaned_data["files"]:
                    vault.receive_file(evidence, upload=upload, by=request.user)
        except (Refused, FileProblem) as problem:
            form.add_error("files", str(problem))
        else:
            messages.success(request, _("The files were added."))
            return redirect("evidence_detail", number)
    waiting = [
        (upload, upload.name) for upload in Upload.objects.visible_to(request.user).filter(evidence=evidence)
    ]
    context = {"evidence": evidence, "form": form, "waiting": waiting}
    return render(request, "evidence/evidence_files.html", context, status=422 if bound else 200)


@require_POST
def evidence_source(request: HttpRequest, number: int) -> HttpResponse:
    """Note that the address of the source no longer answers, or answers again (``do``)."""
    evidence = seen(request, number)
    require(policy.refusal(request.user, "evidence.add"))
    answers = request.POST.get("do") == "answers"
    try:
        mark_source(evidence, answers=answers, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        words = (
            _("Noted: the address answers.")
            if answers
            else _("Noted: the address no longer answers. Look for another, or add a stored copy.")
        )
        messages.success(request, words)
    return redirect("evidence_detail", number)


@require_POST
def evidence_fetch(request: HttpRequest, number: int) -> HttpResponse:
    """Have what stands at the address of the source kept as a file of the item."""
    evidence = seen(request, number)
    policy.require(request.user, "evidence.add")
    try:
        web_sources.ask_for_page(evidence, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The page is being fetched. It appears here among the files."))
    return redirect("evidence_detail", number)
