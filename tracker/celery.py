"""Celery, the doorbell of background work, and the clock (beat) that rings at fixed times.

The Job table says what is to be done (recommendations/jobs); a message only says "look now". When to ring stands in
`schedule.py`.
"""

import os
import resource
import signal
from importlib import import_module
from typing import Any

from celery import Celery, signals
from django.core.management import call_command
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

TRANSPORT_ALIASES["filesystem"] = "tracker.filebroker:Transport"

app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Finds recommendations/tasks.py, the index of all handlers and of the tasks that beat starts.
app.autodiscover_tasks()


_names: dict[str, str] = {}
LARGE = 700_000  # kilobytes of memory


def heartbeat() -> Any:
    """The module of that name, which needs Django set up and so cannot be loaded with this one."""
    return import_module("recommendations.jobs.heartbeat")


@signals.setup_logging.connect
def log_as_the_site_does(**details: Any) -> None:
    """Celery leaves the log alone where somebody listens here: settings.py says how it looks, also in the worker."""


@signals.celeryd_init.connect
def named(sender: str, **details: Any) -> None:
    """Several workers on one machine are seen apart; the processes of one share its name."""
    _names["worker"] = sender


@signals.worker_ready.connect
def ready(**details: Any) -> None:
    """From here on the models can be read."""
    heartbeat().call_me("worker", _names["worker"])
    heartbeat().seen("worker")


@signals.worker_shutting_down.connect
def stopping(**details: Any) -> None:
    """Told to end, a worker ends after the job it has; the others take what is left."""
    import_module("recommendations.jobs.queue").stopping.set()


@signals.task_postrun.connect
def not_too_large(**details: Any) -> None:
    """A worker that has grown large ends, to be started anew by whatever keeps it running."""
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > LARGE and "worker" in _names:
        os.kill(os.getpid(), signal.SIGTERM)


@app.task(name="tracker.forget_sessions", ignore_result=True)
def forget_sessions() -> None:
    """Remove the sessions that have run out: who was signed in when is nobody's business afterwards."""
    call_command("clearsessions")
