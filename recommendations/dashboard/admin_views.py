"""Administrators' pages: the log in plain words, and the mail that was kept as files."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import django_filters
from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from recommendations.access import policy
from recommendations.audit.models import Event
from recommendations.audit.verify_audit import ERASED
from recommendations.audit.words import details, sentence
from recommendations.organisations.models import User
from recommendations.web.fields import Day
from recommendations.web.pages import paged, render_page

MOST_MAILS = 200


class EventFilter(django_filters.FilterSet):
    """The log by person, by kind of act, by words of what it was done to, and by time."""

    actor = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Who"), queryset=User.objects.all(), empty_label=gettext_lazy("anybody")
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("What about"),
        method="by_kind",
        choices=[],
        empty_label=gettext_lazy("anything"),
    )
    subject_label = django_filters.CharFilter(label=gettext_lazy("Of what"), lookup_expr="icontains")
    since = django_filters.DateFilter(
        label=gettext_lazy("From"), field_name="at", lookup_expr="date__gte", widget=Day()
    )
    until = django_filters.DateFilter(
        label=gettext_lazy("To"), field_name="at", lookup_expr="date__lte", widget=Day()
    )

    class Meta:
        model = Event
        fields: list[str] = []

    KINDS = (
        ("assessment", gettext_lazy("Assessments")),
        ("evidence", gettext_lazy("Evidence")),
        ("recommendation", gettext_lazy("Recommendations")),
        ("position", gettext_lazy("Positions")),
        ("import", gettext_lazy("Imports")),
        ("export", gettext_lazy("Exports")),
        ("person", gettext_lazy("People")),
        ("organisation", gettext_lazy("Organisations")),
        ("round", gettext_lazy("Rounds")),
        ("cluster", gettext_lazy("Clusters")),
        ("work", gettext_lazy("Assignments")),
        ("cycle", gettext_lazy("Cycles")),
        ("milestone", gettext_lazy("Milestones")),
        ("indicator", gettext_lazy("Indicators")),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.filters["kind"].extra["choices"] = self.KINDS

    # What else is about the same.
    WITH = {
        "recommendation": ("demands", "claim"),
        "person": ("invitation",),
        "indicator": ("observation",),
    }

    def by_kind(self, rows, name, value):
        """Verbs begin with what they are about."""
        wanted = Q()
        for kind in (value, *self.WITH.get(value, ())):
            wanted |= Q(verb__startswith=f"{kind}.")
        return rows.filter(wanted)


@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    """Who did what, in plain words, the newest first."""
    policy.require(request.user, "audit.read")
    found = EventFilter(
        request.GET, queryset=Event.objects.visible_to(request.user).select_related("actor", "detail")
    )
    pager = paged(request, found.qs)
    events = [
        {
            "number": event.number,
            "when": event.at,
            "words": sentence(event),
            "detail": details(event),
            "has_detail": bool(event.detail.detail) and event.verb != ERASED,
        }
        for event in pager.items
    ]
    return render_page(
        request,
        "dashboard/audit_log.html",
        "dashboard/_audit_log.html",
        {"form": found.form, "events": events, "pager": pager},
    )


def _folder() -> Path:
    return Path(getattr(settings, "EMAIL_FILE_PATH", None) or Path(settings.DATA_DIR) / "mail")


@require_safe
def mail_folder(request: HttpRequest) -> HttpResponse:
    """Mail kept as files, as it is by default, so that a trial needs no mail server."""
    policy.require(request.user, "mail.read")
    files = sorted(_folder().glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)[:MOST_MAILS]
    mails = []
    for file in files:
        message = _parsed(file)
        mails.append(
            {
                "name": file.name,
                "when": datetime.fromtimestamp(file.stat().st_mtime, UTC),
                "to": message["to"],
                "subject": message["subject"],
            }
        )
    return render(
        request,
        "dashboard/mail_folder.html",
        {"mails": mails, "as_files": settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")},
    )


@require_safe
def mail_message(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as its reader sees it, as plain text."""
    policy.require(request.user, "mail.read")
    known = {file.name: file for file in _folder().glob("*.log")}
    if name not in known:
        raise Http404(_("There is no such mail."))
    message = _parsed(known[name])
    body = message.get_body(("plain",))
    return render(
        request,
        "dashboard/mail_message.html",
        {
            "message": message,
            "headers": [
                (key, str(message[key])) for key in ("From", "To", "Subject", "Date") if message[key]
            ],
            "text": body.get_content() if body else "",
        },
    )


def _parsed(file: Path) -> EmailMessage:
    """The last message of the file; Django ends each with a line of hyphens."""
    parts = [part for part in file.read_bytes().split(b"-" * 79 + b"\n") if part.strip()]
    message = email.message_from_bytes(parts[-1] if parts else b"", policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message
