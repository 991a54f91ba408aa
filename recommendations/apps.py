"""The one Django app: every capability's models share its label and its migration history."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.core.mail.utils import DNS_NAME
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from recommendations.web.alphabet import teach_alphabets


class RecommendationsConfig(AppConfig):
    """Loads the index of background handlers, so that web, worker and commands know the same ones."""

    name = "recommendations"
    verbose_name = _("UPR tracker")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Django asks the machine for its name and writes it into every mail; it may say too much.
        DNS_NAME._fqdn = settings.MAIL_DOMAIN  # type: ignore[attr-defined]
        connection_created.connect(teach_alphabets)
        import_module("recommendations.tasks")
