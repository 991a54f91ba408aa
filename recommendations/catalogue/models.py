"""What the UN recommended: States, cycles, documents, recommendations, demands, positions, texts, themes."""

from recommendations.catalogue.models_record import *  # noqa: F403
from recommendations.catalogue.models_review import *  # noqa: F403
from recommendations.catalogue.models_terms import *  # noqa: F403
