"""Django's index of models: each lives in its capability."""

from recommendations.assessments.models import *  # noqa: F403
from recommendations.audit.models import *  # noqa: F403
from recommendations.catalogue.models import *  # noqa: F403
from recommendations.evidence.models import *  # noqa: F403
from recommendations.evidence.models_safety import *  # noqa: F403
from recommendations.exports.models import *  # noqa: F403
from recommendations.imports.bringing.models import *  # noqa: F403
from recommendations.imports.fieldwork.models import *  # noqa: F403
from recommendations.imports.models import *  # noqa: F403
from recommendations.jobs.models import *  # noqa: F403
from recommendations.organisations.models import *  # noqa: F403
from recommendations.overview.models import *  # noqa: F403
from recommendations.publications.models import *  # noqa: F403
from recommendations.publications.models_editions import *  # noqa: F403
from recommendations.publications.models_fact_sheets import *  # noqa: F403
from recommendations.publications.models_sharing import *  # noqa: F403
from recommendations.reminders.models import *  # noqa: F403
