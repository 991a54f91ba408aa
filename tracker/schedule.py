"""When the clock rings for what. An entry names a task; "expires" keeps calls from piling up while no worker runs."""

from typing import Any


def entries(*, sweep: int) -> dict[str, dict[str, Any]]:
    """Celery's schedule; ``sweep`` is the seconds between two looks for jobs whose bell nobody heard."""
    return {
        "sweep": _every(sweep, "recommendations.jobs.sweep"),
        # Tells people what is due; each thing once, however often it runs.
        "reminders": _every(300, "recommendations.reminders.dispatch"),
        # Consent that ended takes with it what rests on it.
        "safety": _every(600, "recommendations.assessments.safety"),
        "forget-sessions": _every(3600, "tracker.forget_sessions"),
        # Signs how far the log goes and erases what was kept long enough, once a day.
        "care-for-the-log": _every(3600, "recommendations.audit.care"),
        # Half uploads, files without copies, addresses that nobody asked for a week.
        "evidence": _every(3600, "recommendations.evidence.tend"),
        "forget-jobs": _every(3600, "recommendations.jobs.forget"),
    }


def _every(seconds: int, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}
