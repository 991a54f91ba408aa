"""Celery, the doorbell of background work, and the clock (beat) that rings at fixed times.

The Job table says what is to be done (recommendations/jobs); a message only says "look now". When to ring stands in
`CELERY_BEAT_SCHEDULE` in settings.py.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Finds recommendations/tasks.py, the index of all handlers and of the tasks that beat starts.
app.autodiscover_tasks()
