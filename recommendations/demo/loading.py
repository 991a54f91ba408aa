"""Loads the demonstration: once, and only into a database that holds no recommendation."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from recommendations.audit.log import record
from recommendations.catalogue.models import Recommendation
from recommendations.catalogue.reference import load_reference
from recommendations.demo.filing import begin_submission
from recommendations.demo.findings import add_findings
from recommendations.demo.people import add_people
from recommendations.demo.record import link_across_cycles, record_recommendations
from recommendations.demo.story import Story, read
from recommendations.demo.work import do_the_work


class NotHere(Exception):
    """The demonstration has no place on this site; the message says why."""


@transaction.atomic
def load_demo(*, now: datetime | None = None) -> bool:
    """Enter the demonstration, all of it or nothing; False where recommendations are recorded already.

    Days are counted from ``now``. Raises ``NotHere`` on a production site: everybody knows the password.
    """
    if settings.PRODUCTION:
        raise NotHere("The demonstration is never loaded on a production site: its password is public.")
    if Recommendation.objects.exists():
        return False
    load_reference()
    story = Story(now=now or timezone.now())
    add_people(story)
    record_recommendations(story)
    add_findings(story)
    work = read("round")
    link_across_cycles(story, work["links"])
    do_the_work(story, work)
    begin_submission(story)
    record("demo.loaded", by=None, at=story.now)
    return True
