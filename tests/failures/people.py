"""Run inside the site under test: makes the people who are to be told, or says how it all ended.

``python -m tests.failures.people make N`` · ``python -m tests.failures.people end``; answers with one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Count
from django.utils import timezone

from recommendations.catalogue.models import ReviewCycle, State
from recommendations.exports.models import Export
from recommendations.jobs.models import Heartbeat, Job
from recommendations.organisations.models import Organisation, User
from recommendations.reminders.models import Delivery, Digest, Notification
from recommendations.vocabulary import JobState


def make(count: int) -> dict[str, object]:
    """``count`` members, one of them a coordinator with a session, and a milestone that is due for all."""
    organisation = Organisation.objects.create(name="Invented organisation", short_name="Inv")
    User.objects.bulk_create(
        [
            User(
                email=f"invented{number}@example.org",
                name=f"Invented person {number}",
                organisation=organisation,
                is_editor=True,
                is_coordinator=number == 0,
                password="!",
            )
            for number in range(count)
        ]
    )
    state = State.objects.get_or_create(code="KAZ", defaults={"name_en": "Kazakhstan"})[0]
    State.objects.filter(pk=state.pk).update(is_followed=True)
    cycle = ReviewCycle.objects.create(state=state, number=99, key="KAZ-99")
    person = User.objects.get(email="invented0@example.org")
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    cycle.milestones.create(kind="mid_term", on=timezone.localdate() + timedelta(days=6))
    return {"session": session.session_key, "page": f"/cycles/{cycle.key}/summary/"}


def end() -> dict[str, object]:
    """What the ledger says: who was not told, what was told twice, what is left undone, and which job sent what."""
    members = User.objects.filter(is_active=True, is_editor=True)
    told = Notification.objects.filter(kind="milestone")
    twice = told.values("recipient", "subject_id").annotate(n=Count("pk")).filter(n__gt=1).count()
    twice += (
        Delivery.objects.values("rule", "anchor_kind", "anchor_id", "anchor_on", "lead", "recipient")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .count()
    )
    ready = Notification.objects.filter(kind="export.made")
    twice += ready.values("url").annotate(n=Count("pk")).filter(n__gt=1).count()
    slots = Job.objects.filter(name="reminders.dispatch", state=JobState.DONE)
    last = max((job.pk for job in slots), default=0)
    # A look for reminders that was killed five times is given up; a later one has found what it did not.
    undone = Job.objects.exclude(state=JobState.DONE).exclude(
        name="reminders.dispatch", state=JobState.FAILED, pk__lt=last
    )
    return {
        "untold": members.exclude(pk__in=told.values("recipient")).count(),
        "unsent": members.exclude(pk__in=Digest.objects.exclude(sent_at=None).values("recipient")).count(),
        "doubled": twice,
        "undone": list(undone.values_list("name", "state", "error")[:20]),
        "undone_count": undone.count(),
        "exports": Export.objects.count(),
        "exports_unfinished": Export.objects.filter(ready_at=None).count(),
        "exports_untold": Export.objects.count() - ready.count(),
        "skipped": sum(job.result.get("skipped", 0) for job in slots),
        "jobs": dict(Digest.objects.exclude(job=None).values_list("message_id", "job")),
        "noted": {
            message_id: sent_at.timestamp()
            for message_id, sent_at in Digest.objects.exclude(sent_at=None).values_list(
                "message_id", "sent_at"
            )
        },
        "seen": {
            f"{row.part} {row.name}": round((timezone.now() - row.seen_at).total_seconds())
            for row in Heartbeat.objects.all()
        },
    }


if __name__ == "__main__":
    print(json.dumps(make(int(sys.argv[2])) if sys.argv[1] == "make" else end()))
