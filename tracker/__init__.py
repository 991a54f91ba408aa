"""The site: settings, URLs, background workers and the runner that starts them."""

# Loaded with Django, so that whoever rings uses this broker.
from tracker.celery import app as celery_app

__all__ = ["celery_app"]
