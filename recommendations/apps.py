"""The one Django app: every capability's models share its label and its migration history."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommendationsConfig(AppConfig):
    """Loads the index of background handlers, so that web, worker and commands know the same ones."""

    name = "recommendations"
    verbose_name = _("UPR tracker")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("recommendations.tasks")
