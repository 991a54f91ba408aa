"""Celery, the doorbell of background work, and the clock (beat) that rings at fixed times.

The Job table says what is to be done (recommendations/jobs); a message only says "look now". When to ring stands in
`CELERY_BEAT_SCHEDULE` in settings.py.
"""

import os

from celery import Celery
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Finds recommendations/tasks.py, the index of all handlers and of the tasks that beat starts.
app.autodiscover_tasks()


@app.task(name="tracker.forget_sessions", ignore_result=True)
def forget_sessions() -> None:
    """Remove the sessions that have run out: who was signed in when is nobody's business afterwards."""
    call_command("clearsessions")
