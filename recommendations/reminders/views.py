"""One's notifications, the coordinators' rules, and what administrators see of the mails."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommendations.access import policy
from recommendations.audit.log import record
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.jobs import queue
from recommendations.organisations.models import User
from recommendations.reminders.digests import STOP
from recommendations.reminders.dispatch import ensure_rules
from recommendations.reminders.editing import change_rule, describes, preview
from recommendations.reminders.forms import RuleForm
from recommendations.reminders.models import Digest, Notification
from recommendations.reminders.sentences import kind_words, sentence
from recommendations.vocabulary import JobState
from recommendations.web.pages import paged
from recommendations.web.queries import number_in


@require_safe
def notification_list(request: HttpRequest) -> HttpResponse:
    """What the person was told, the newest first; `?unread=1` shows only what is unread, `?kind=` one kind."""
    mine = Notification.objects.visible_to(request.user)
    only_unread, kind = request.GET.get("unread") == "1", request.GET.get("kind", "")
    rows = mine.filter(read_at=None) if only_unread else mine
    if kind:
        rows = rows.filter(kind=kind)
    pager = paged(request, rows.order_by("-created_at", "-pk"))
    kinds = mine.order_by("kind").values_list("kind", flat=True).distinct()
    return render(
        request,
        "reminders/notification_list.html",
        {
            "rows": [(row, sentence(row.kind, row.params)) for row in pager.items],
            "pager": pager,
            "only_unread": only_unread,
            "kind": kind,
            "kinds": [(one, kind_words(one)) for one in kinds],
        },
    )


@require_POST
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go to what it is about."""
    row = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    if row.read_at is None:
        Notification.objects.filter(pk=row.pk, read_at=None).update(read_at=timezone.now())
    return redirect(row.url or "notification_list")


@require_POST
def notification_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read, or as unread again (``do``), and stay."""
    row = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    again = request.POST.get("do") == "unread"
    Notification.objects.filter(pk=row.pk).update(read_at=None if again else timezone.now())
    return redirect("notification_list")


@require_POST
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    Notification.objects.visible_to(request.user).filter(read_at=None).update(read_at=timezone.now())
    return redirect("notification_list")


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """The rules of reminders: of what, when and whom they tell."""
    policy.require(request.user, "reminder.edit")
    return render(
        request, "reminders/rule_list.html", {"rules": [describes(rule) for rule in ensure_rules()]}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: HttpRequest, kind: str) -> HttpResponse:
    """Change a rule; what it would then tell whom on which days stands beside it before anything is saved."""
    policy.require(request.user, "reminder.edit")
    rule = next((one for one in ensure_rules() if one.kind == kind), None)
    if rule is None:
        raise Http404
    form = RuleForm(request.POST or None, rule=rule)
    shown, conflict, revision = rule, False, rule.revision
    if request.method == "POST":
        revision = number_in(request.POST.get("revision", ""))
        if form.is_valid():
            shown = form.as_rule()
            if request.POST.get("do") != "preview":
                try:
                    change_rule(rule, by=request.user, revision=revision, **form.cleaned_data)
                except Refused as refusal:
                    form.add_error(None, str(refusal))
                except Conflict as other:
                    conflict, revision = True, other.current.revision
                else:
                    messages.success(request, _("Saved."))
                    return redirect("rule_list")
    ahead = preview(shown, today=timezone.localdate()) if shown.is_on and shown.leads else []
    context = {
        "rule": rule,
        "form": form,
        "revision": revision,
        "conflict": conflict,
        "ahead": ahead[:100],
        "more": max(0, len(ahead) - 100),
    }
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "reminders/rule_edit.html", context, status=status)


@require_safe
def delivery_list(request: HttpRequest) -> HttpResponse:
    """For administrators: which mails went to whom, what failed and why; never what stood in them."""
    policy.require(request.user, "mail.read")
    found = Digest.objects.visible_to(request.user).select_related("recipient", "job")
    state = request.GET.get("state", "")
    if state == "failed":
        found = found.filter(sent_at=None, job__state=JobState.FAILED)
    elif state == "waiting":
        found = found.filter(sent_at=None).exclude(job__state=JobState.FAILED)
    elif state == "sent":
        found = found.exclude(sent_at=None)
    counts = {
        "failed": Digest.objects.filter(sent_at=None, job__state=JobState.FAILED).count(),
        "waiting": Digest.objects.filter(sent_at=None).exclude(job__state=JobState.FAILED).count(),
    }
    rows = found.annotate(told=Count("notifications")).order_by("-pk")
    context = {"pager": paged(request, rows), "state": state, "counts": counts}
    return render(request, "reminders/delivery_list.html", context)


@require_POST
def delivery_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a mail that was given up sent again."""
    policy.require(request.user, "mail.read")
    digest = get_object_or_404(Digest.objects.visible_to(request.user).select_related("job"), pk=pk)
    if digest.sent_at or digest.job is None or digest.job.state != JobState.FAILED:
        messages.info(request, _("Nothing was done: this mail is not one that failed."))
    else:
        with transaction.atomic():
            queue.retry(digest.job)
            record("reminder.sent_again", digest, by=request.user)
        messages.success(request, _("It will be sent again in a moment."))
    return redirect("delivery_list")


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """End the mails with one click: a mail program posts here, a person confirms on the page.

    Nothing is changed by looking (mail scanners open every address), and nothing else can be done with the token.
    """
    try:
        person = User.objects.filter(pk=signing.loads(token, salt=STOP)).first()
    except signing.BadSignature:
        person = None
    if person is None:
        raise Http404
    with translation.override(person.language):
        if request.method == "POST":
            User.objects.filter(pk=person.pk).update(wants_digest=False)
        return render(request, "reminders/mail_stop.html", {"done": request.method == "POST"})
