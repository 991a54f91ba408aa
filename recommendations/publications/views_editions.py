"""Pages of editions: the list, opening one for signing, its permanent page for everybody who may have it, its files."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.access.visibility import is_member
from recommendations.assessments.models import Round
from recommendations.audit.log import record
from recommendations.documents import words
from recommendations.documents.renderers import FORMATS
from recommendations.documents.story.editions import change_runs
from recommendations.organisations import closing
from recommendations.organisations.confirming import demand
from recommendations.organisations.models import Organisation
from recommendations.overview.edition_lines import ChangeLine
from recommendations.publications import editions, editions_made, sharing, signing
from recommendations.publications.forms import SignForm
from recommendations.publications.models_editions import Edition
from recommendations.vocabulary import Audience, EditionStatus, Language
from recommendations.web.queries import number_in
from recommendations.workflow.engine import Refused

View = Callable[..., HttpResponseBase]


def reader_of(request: HttpRequest) -> Any:
    """Whoever signed in, else the public; nobody while the public pages are closed."""
    if request.user.is_authenticated:
        return request.user
    return Audience.PUBLIC if settings.PUBLIC_PAGES and not closing.is_closed() else None


def for_everybody(view: View) -> View:
    """An address for members and for the public: a stranger is led to the sign-in whatever she asks for."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        reader = reader_of(request)
        if request.user.is_authenticated:
            policy.require(request.user, "content.read")
            return view(request, *args, reader=reader, **kwargs)
        try:
            if reader is None:
                raise Http404
            return view(request, *args, reader=reader, **kwargs)
        except Http404:
            return redirect_to_login(request.get_full_path())

    return login_not_required(require_safe(guarded))


def visible(reader: Any) -> Any:
    """The editions that the reader may see, with what every page shows."""
    return Edition.objects.visible_to(reader).select_related(
        "round__cycle__state", "round__cycle__session", "frozen_by", "before", "renews", "job"
    )


@require_safe
def edition_list(request: HttpRequest) -> HttpResponse:
    """All editions, the latest first, with those that a take-down reached and that are to be renewed."""
    policy.require(request.user, "content.read")
    rows = list(visible(request.user).prefetch_related("sign_offs")[:200])
    gone = editions.blocked(rows)
    may_freeze = policy.may(request.user, "edition.freeze")
    context = {
        "rows": [
            {"edition": row, "signing": sum(1 for one in row.sign_offs.all() if one.kind != "out")}
            for row in rows
        ],
        "named": is_member(request.user),
        "blocked": gone,
        "to_renew": editions.to_renew(rows) if may_freeze else [],
        "may_freeze": may_freeze,
    }
    return render(request, "publications/edition_list.html", context)


class EditionForm(forms.Form):
    """Of which round, for whom, in which languages."""

    round = forms.ModelChoiceField(Round.objects.none(), label=gettext_lazy("Round"), empty_label=None)
    audience = forms.ChoiceField(label=gettext_lazy("For whom"), choices=Audience.choices)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"), choices=Language.choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, rounds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def edition_new(request: HttpRequest) -> HttpResponse:
    """Open the next edition of a round for signing."""
    policy.require(request.user, "edition.freeze")
    rounds = Round.objects.visible_to(request.user).exclude(cycle=None).select_related("cycle")
    initial = {
        "round": number_in(request.GET.get("round", "")) or rounds.first(),
        "audience": Audience.PUBLIC,
        "languages": Language.values,
    }
    form = EditionForm(request.POST or None, rounds=rounds, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            edition = editions.prepare(by=request.user, **form.cleaned_data)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("edition_detail", edition.key)
    return render(
        request, "publications/edition_new.html", {"form": form}, status=422 if form.errors else 200
    )


@for_everybody
def edition_detail(request: HttpRequest, key: str, *, reader: Any) -> HttpResponse:
    """The permanent page: number, date, figures, method, changes, signers, files with their checksums."""
    edition = get_object_or_404(visible(reader), key=key)
    return render(request, "publications/edition.html", context_of(edition, reader))


def context_of(edition: Edition, reader: Any, **more: Any) -> dict[str, Any]:
    """What the page shows; of one that a take-down reached only that it did, and what replaces it."""
    language = (get_language() or "en")[:2]
    gone = bool(editions.blocked([edition]))
    member = reader != Audience.PUBLIC and policy.may(reader, "submission.sign")
    is_open = edition.status == EditionStatus.OPEN
    figures, changes = edition.figures, edition.changes
    if is_open:  # what it would hold if it were frozen now
        summary = editions_made.summary_of(edition, language)
        figures = editions_made.figures_of(summary)
        changes = [vars(one) for one in summary.edition.changes] if summary.edition else []
    return {
        "edition": edition,
        "base": "base.html" if reader != Audience.PUBLIC else "public/base.html",
        "is_member": member,
        "is_open": is_open,
        "no_longer": editions_made.NO_LONGER if gone else "",
        "replaced_by": visible(reader).filter(renews=edition, made_at__isnull=False).first(),
        "newer": None
        if gone or is_open
        else visible(reader)
        .filter(
            round=edition.round,
            audience=edition.audience,
            number__gt=edition.number,
            made_at__isnull=False,
        )
        .order_by("-number")
        .first(),
        "address": editions_made.address(edition),
        "figures": [] if gone else _figures(figures),
        "is_demo": bool(figures.get("is_demo")),
        "changes": [] if gone else [_change(row) for row in changes],
        "signers": [
            {"name": row["names"][language], "reservation": row["reservation"]} for row in edition.signers
        ],
        "files": [] if gone else [(file, FORMATS[file.format]) for file in edition.files.all()],
        "seats": signing.board(edition, reader=reader) if member and is_open else [],
        "sign_form": SignForm(),
        "freeze_refusal": editions.freeze_refusal(edition, by=reader) if member and is_open else "",
        "may_share": member and sharing.refusal(edition, by=reader) is None,
        "share_days": settings.SHARE_LINK_DAYS,
        "may_freeze": member and policy.may(reader, "edition.freeze"),
    } | more


def _figures(figures: dict[str, Any]) -> list[tuple[str, int]]:
    """The figures in words, in the order of documents."""
    if not figures:
        return []
    named = [
        ("received", _("Received")),
        ("supported", words.position_word("supported")),
        ("supported_in_part", words.position_word("supported_in_part")),
        ("noted", words.position_word("noted")),
        ("under_consideration", words.position_word("under_consideration")),
        ("no_position", words.position_word("")),
    ]
    return [
        *((label, figures[name]) for name, label in named if figures[name] or name == "received"),
        *((words.outcome_word(outcome), count) for outcome, count in figures["outcomes"].items() if count),
        (_("Supported, not implemented"), figures["supported_but_not_implemented"]),
        (_("Noted, yet implemented"), figures["noted_yet_implemented"]),
    ]


def _change(row: dict[str, str]) -> tuple[str, str]:
    return row["reference"], change_runs(ChangeLine(**row))[0]["text"]


@require_POST
def edition_sign(request: HttpRequest, key: str, organisation: int) -> HttpResponse:
    """Record what an organisation decided about this edition."""
    policy.require(request.user, "submission.sign")
    edition = get_object_or_404(visible(request.user), key=key)
    decides = get_object_or_404(Organisation.objects.visible_to(request.user), pk=organisation)
    form = SignForm(request.POST)
    refusal = " ".join(str(error) for errors in form.errors.values() for error in errors)
    if form.is_valid():
        try:
            signing.decide(edition, organisation=decides, by=request.user, **form.cleaned_data)
        except Refused as reason:
            refusal = str(reason)
        else:
            messages.success(request, _("Recorded: %(organisation)s.") % {"organisation": decides})
            return redirect(reverse("edition_detail", args=[key]) + "#signers")
    return _refused(request, edition, refusal, sign_form=form, deciding=decides.pk)


def _refused(request: HttpRequest, edition: Edition, refusal: str, **more: Any) -> HttpResponse:
    context = context_of(edition, request.user, refusal=refusal, **more)
    return render(request, "publications/edition.html", context, status=422)


@require_POST
def edition_freeze(request: HttpRequest, key: str) -> HttpResponse:
    """Freeze it: what it then holds leaves the coalition's hands, so that she confirms that it is she."""
    policy.require(request.user, "edition.freeze")
    edition = get_object_or_404(visible(request.user), key=key)
    reason = editions.freeze_refusal(edition, by=request.user)
    if reason:
        return _refused(request, edition, reason)
    demand(request)
    try:
        frozen = editions.freeze(edition, by=request.user)
    except Refused as refused:
        return _refused(request, edition, str(refused))
    editions.make_at_once(frozen)
    messages.success(request, _("It is frozen: what it says and who signs it stay as they are."))
    return redirect("edition_detail", key)


@require_POST
def edition_drop(request: HttpRequest, key: str) -> HttpResponse:
    """Give up an edition that was not frozen."""
    policy.require(request.user, "edition.freeze")
    edition = get_object_or_404(visible(request.user), key=key)
    try:
        editions.drop(edition, by=request.user)
    except Refused as reason:
        return _refused(request, edition, str(reason))
    messages.success(request, _("It was given up."))
    return redirect("edition_list")


@require_POST
def edition_renew(request: HttpRequest, key: str) -> HttpResponse:
    """Open a new edition in place of one that is no longer handed out."""
    policy.require(request.user, "edition.freeze")
    edition = get_object_or_404(visible(request.user), key=key)
    if not editions.to_renew([edition]):
        messages.info(request, _("Nothing has to replace this edition."))
        return redirect("edition_detail", key)
    try:
        anew = editions.prepare(
            by=request.user,
            round=edition.round,
            audience=edition.audience,
            languages=edition.languages,
            renews=edition,
        )
    except Refused as reason:
        return _refused(request, edition, str(reason))
    return redirect("edition_detail", anew.key)


@for_everybody
def edition_file(
    request: HttpRequest, key: str, language: str, format: str, *, reader: Any
) -> HttpResponseBase:
    """A file of an edition, the very bytes of its checksum."""
    edition = get_object_or_404(visible(reader), key=key)
    if reader != Audience.PUBLIC:
        inside = edition.audience == Audience.COALITION
        policy.require(reader, "summary.export_coalition" if inside else "summary.export")
    response = answer_with_file(edition, language, format)
    record("edition.downloaded", edition, by=request.user if request.user.is_authenticated else None)
    return response


def answer_with_file(edition: Edition, language: str, format: str) -> HttpResponseBase:
    """The file as an attachment; 404 where there is none, 410 with the reason where it is no longer handed out."""
    file = get_object_or_404(edition.files, language=language, format=format)
    if editions.blocked([edition]):
        editions_made.take_back(edition)
        return HttpResponse(
            str(editions_made.NO_LONGER), status=410, content_type="text/plain; charset=utf-8"
        )
    name = f"{edition.key}-{edition.audience}-{language}.{FORMATS[format].extension}"
    return FileResponse(
        editions_made.open_file(file),
        as_attachment=True,
        filename=name,
        content_type=FORMATS[format].mime,
    )
