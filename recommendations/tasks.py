"""Index of the background handlers and of what ends with an account; importing it registers them all."""

from recommendations.assessments import tasks as assessments_tasks  # noqa: F401
from recommendations.evidence import resealing as evidence_resealing  # noqa: F401
from recommendations.evidence import tasks as evidence_tasks  # noqa: F401
from recommendations.exports import ending as exports_ending  # noqa: F401
from recommendations.exports import tasks as exports_tasks  # noqa: F401
from recommendations.imports import tasks as imports_tasks  # noqa: F401
from recommendations.imports.bringing import steps as bringing_tasks  # noqa: F401
from recommendations.jobs import tasks as jobs_tasks  # noqa: F401
from recommendations.organisations import closing as organisations_closing  # noqa: F401
from recommendations.organisations import resetting  # noqa: F401
from recommendations.organisations import tasks as organisations_tasks  # noqa: F401
from recommendations.overview import tasks as overview_tasks  # noqa: F401
from recommendations.publications import tasks as publications_tasks  # noqa: F401
from recommendations.reminders import tasks as reminders_tasks  # noqa: F401
