"""Rounds, clusters, assessments with their ratings, versions and comments, and the compliance status."""

from recommendations.assessments.models_assessment import *  # noqa: F403
from recommendations.assessments.models_care import *  # noqa: F403
from recommendations.assessments.models_method import *  # noqa: F403
from recommendations.assessments.models_round import *  # noqa: F403
from recommendations.assessments.models_translation import *  # noqa: F403
