"""Index of the background handlers; importing it registers them all."""

from recommendations.jobs import tasks as jobs_tasks  # noqa: F401
