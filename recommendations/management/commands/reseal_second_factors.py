"""Seals what proves second factors under today's SECRET_KEY."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recommendations.organisations.sealing import seal_all_anew


class Command(BaseCommand):
    """After a change of SECRET_KEY, with the earlier key in SECRET_KEY_FALLBACKS."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal, and say how many could not be opened."""
        done, lost = seal_all_anew()
        self.stdout.write(f"{done} sealed under the key of today.")
        if lost:
            raise CommandError(
                f"{lost} cannot be opened: their key is missing in SECRET_KEY_FALLBACKS. Nothing of them was changed."
            )
